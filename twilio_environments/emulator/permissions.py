"""The permissions a restricted key can have, for the resources that the emulator serves.

Strings from third parties' enumerations of Twilio's permission sheets. `*` stands for every action where it is listed.
"""

__all__ = ["KNOWN"]

_CRUD = "read list create update delete *"
_MEMBER = "read list create delete"
_STEMS = {
    "iam/api-keys": _CRUD,
    "iam/accounts": "read list",
    "phone-numbers/active-numbers": _CRUD,
    "phone-numbers/available-numbers": "list",
    "phone-numbers/address-service": "read create",
    "phone-numbers/regulatory-compliance.bundles": _CRUD,
    "messaging/services": _CRUD,
    "messaging/services.phonenumbers": _MEMBER,
    "messaging/services.shortcodes": _MEMBER,
    "messaging/services.alphasenders": _MEMBER,
    "messaging/services.destination-alpha-senders": _MEMBER,
    "messaging/services.usa2p-campaign": _MEMBER,
    "messaging/services.channelsenders": "read list",
    "messaging/services.usa2p-usecase": "list",
    "messaging/messages": _CRUD,  # nothing here sends messages, but keys that may are common
    "verify/service": _CRUD,
    "verify/rate-limit": _CRUD,
    "verify/bucket": _CRUD,
    "verify/webhook": _CRUD,
    "studio/flows": _CRUD,
    "studio/flows.revisions": "read list",
    "studio/flows.validate": "update",
    "monitor/events": "list read",
    "monitor/alerts": "list read",
}
KNOWN = frozenset(f"/twilio/{stem}/{action}" for stem, actions in _STEMS.items() for action in actions.split())
