"""From an account that is there to the stack file that takes it over: `twilio-env adopt`.

`account` reads what there is and says what no stack file can have; `plan` declares the rest, by names instead of SIDs,
and holds every object against the settings until what is left is valid; `text` writes it down.
"""
