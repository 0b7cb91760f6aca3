"""The kinds of object an environment is made of: one file per kind, and the lifecycle they share.

Nothing in here knows Pulumi. `declaration.py` says how a kind's fields are declared, `lifecycle.py` holds what every
kind does alike, and each of the other files is one kind, always in this order: what Twilio promises and what it does
not, inputs with their field table, outputs, observe, create, update, delete.
"""
