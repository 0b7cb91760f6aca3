"""The kinds of object an environment consists of: one file per kind, and the list of them.

Nothing in here knows Pulumi. `lifecycle/declaration.py` defines how a kind's fields are declared, `lifecycle/kind.py`
holds what all kinds have in common, and each file here but `registry.py` is one kind, always in this order: what Twilio
promises and what it does not, inputs with their field table, outputs, observe, create, update, delete.
"""
