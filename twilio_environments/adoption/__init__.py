"""From an existing account to the stack file that takes it over: `twilio-env adopt`.

`account` reads what there is and reports what no stack file can declare; `plan` declares the rest, by name instead of
SID, and checks every object against the settings until what is left is valid; `text` writes it down.
"""
