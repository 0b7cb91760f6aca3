"""Requests in general, credentials, accounts and keys."""

from twilio_environments.explain.entry import Entry, ErrorCause

POLICY = "policy"
"""The cause of a refusal that an alternative call may avoid: see `secrets/key_calls.py`."""
_COMPLIANCE = ErrorCause(
    "compliance",
    "(compliance|customer|business) profile",
    "The main account's profile at Twilio (Trust Hub) is not approved",
    "Finish it in the Console (Trust Hub) and wait for the approval; the credentials are not necessarily wrong.",
)
_POLICY = ErrorCause(
    POLICY,
    "policy evaluation",
    "A Twilio policy does not allow this call for the account or its credentials",
    "With an API key, use the main account's Auth Token instead; else contact Twilio's support with the request id.",
)
_REGION = ErrorCause(
    "region",
    r"not (supported|available) in (the |this |your )?(realm|region)",
    "This is not available in the run's region",
    "Remove it, or declare it in a stack without twilio:region and twilio:edge, which runs in us1.",
)

ENTRIES = (
    Entry(
        10001,
        "Account not active",
        "The account is not active",
        "Reactivate it: check its balance, and whether it was suspended in the Console.",
    ),
    Entry(
        10002,
        "Not on a trial account",
        "Trial accounts do not have this feature",
        "Upgrade the main account; its subaccounts follow.",
    ),
    Entry(
        20001,
        "Parameter unknown or missing",
        "A parameter is unknown, or a required one is missing",
        "Correct the named parameter.",
        not_this="It says nothing about credentials.",
        causes=(_REGION,),
        usual="param|missing|required|unknown|invalid|must|valid",
    ),
    Entry(
        20002,
        "Friendly name not valid",
        "The friendly name is empty or longer than 64 characters",
        "Use a name of 1 to 64 characters.",
        not_this="It says nothing about the Auth Token.",
    ),
    Entry(
        20003,
        "Not authenticated or not permitted",
        "Twilio did not accept these credentials here",
        "Check that SID and secret belong to this region and were not revoked, that the account is active, and that "
        "you use the Auth Token to manage accounts or keys: an API key gets this same answer.",
        not_this="The secret is not necessarily wrong: a standard API key gets this on Accounts and Keys too.",
        causes=(_COMPLIANCE, _POLICY, _REGION),
        usual="authenticat|credential|user ?name|password|token|unauthori[sz]ed|permission",
    ),
    Entry(
        20004,
        "Method not allowed",
        "Twilio does not offer this operation on this object",
        "Report this as a bug of this project; for example, a subaccount can be closed but not deleted.",
    ),
    Entry(20005, "Account not active", "The account is not active", "Check its balance, and whether it was suspended."),
    Entry(
        20006,
        "Access denied",
        "The credentials lack the privilege for this",
        "Use credentials that have it, or grant it in the Console.",
        causes=(_COMPLIANCE, _POLICY),
    ),
    Entry(20007, "Page too large", "More than 1,000 items per page were asked for", "Ask for at most 1,000."),
    Entry(
        20008,
        "Test credentials",
        "Test credentials may only buy numbers, send messages and make calls",
        "Use live credentials, or the emulator (`twilio-env emulator`).",
    ),
    Entry(
        20009,
        "Not finished yet",
        "A call or message cannot be deleted before it is complete",
        "Wait until it is complete.",
        "later",
        not_this="It is not about permissions.",
    ),
    Entry(20010, "Action disabled", "Twilio disabled this action for the account", "Contact Twilio's support."),
    Entry(
        20162,
        "Another update in progress",
        "Another update of the same object is in progress",
        "Run again; change an environment with only one run at a time.",
        "safe",
    ),
    Entry(
        20403,
        "Forbidden",
        "The account may not do this; it may be suspended or closed, or not have the product",
        "Check the account's status and its products in the Console.",
        causes=(_COMPLIANCE, _POLICY, _REGION),
    ),
    Entry(
        20404,
        "Not found",
        "There is no such object in this account",
        "Refresh to detect deleted objects; check the SID, and that it belongs to this account and region.",
        causes=(_REGION,),
    ),
    Entry(
        20409,
        "Conflict",
        "Somebody else was changing the object",
        "Run again; change an environment with only one run at a time.",
        "safe",
    ),
    Entry(
        20422,
        "Parameter not valid",
        "A parameter is not valid",
        "Correct the named parameter.",
        causes=(_REGION,),
    ),
    Entry(20423, "SID not valid", "A SID is not valid here", "Use the SID of an object of the right kind."),
    Entry(
        20429,
        "Too many requests",
        "Twilio received too many requests from this account at once, for longer than we wait",
        "Run again later, or with lower concurrency; Twilio raises the limit on request.",
        "safe",
    ),
    Entry(
        20500,
        "Server error",
        "Twilio failed while it processed the call",
        "Check status.twilio.com and run again; existing objects are found first, so nothing is created twice.",
        "later",
    ),
    Entry(
        20503,
        "Unavailable",
        "Twilio's service is unavailable",
        "Check status.twilio.com and run again.",
        "later",
    ),
    Entry(
        21101,
        "No subaccounts of subaccounts",
        "A subaccount cannot have subaccounts",
        "Use the credentials of the main account.",
    ),
    Entry(
        21102,
        "Too many services",
        "The account has reached its limit of services of this product",
        "Delete unused ones, or ask Twilio's support to raise the limit.",
    ),
    Entry(21475, "Status not valid", "This is not an account status", "Use active, suspended or closed."),
    Entry(
        21476,
        "Main account suspended",
        "The status cannot change while the main account is suspended",
        "Reactivate the main account.",
    ),
    Entry(
        21477,
        "Status of a main account",
        "The status of a main account cannot be changed this way",
        "Use the SID of a subaccount; close a main account in the Console.",
    ),
    Entry(21478, "Suspended by Twilio", "Twilio suspended this account", "Contact Twilio's support."),
    Entry(
        21479,
        "Account closed",
        "The account is closed and cannot be reopened",
        "Declare a new subaccount, or remove this one from the stack.",
    ),
    Entry(
        21480,
        "Too many subaccounts",
        "The account has reached its limit of subaccounts (1,000; one for a trial account)",
        "Close unused ones (closed ones do not count), or ask Twilio's support to raise the limit.",
    ),
    Entry(
        21481, "Page token not valid", "The listing was continued with a token that is not valid", "Run again.", "later"
    ),
    Entry(
        70001,
        "Not valid",
        "A value was not accepted, such as a name longer than 64 characters",
        "Correct the named value.",
    ),
    Entry(
        70002,
        "Not understood",
        "Twilio could not use a value: an unknown permission in a key's policy, or a second Auth Token when "
        "one exists already",
        "Check each permission against Twilio's list for restricted keys, or promote or delete the secondary token.",
        causes=(
            ErrorCause(
                "permission",
                "permission|policy",
                "The key's policy has a permission that does not exist at Twilio",
                "Check each permission against Twilio's list for restricted keys.",
            ),
            ErrorCause(
                "secondary",
                "secondary ?auth ?token",
                "A second Auth Token exists already, or there is none to promote",
                "Promote or delete the secondary token; `twilio-env rotate-auth-token` continues a rotation.",
            ),
        ),
        usual="parse|json|format",
    ),
    Entry(
        70003,
        "Outdated",
        "The object was changed since it was read",
        "Run again.",
        "later",
    ),
    Entry(
        70051,
        "Permission missing",
        "The restricted API key lacks a permission, or this operation does not accept restricted keys; also returned "
        "for keys and accounts that are suspended or do not belong together",
        "Add the named permission to the key's policy, or use the Auth Token; if none is named, check that "
        "key and account are active and belong together.",
    ),
    Entry(
        70151,
        "Too many API keys",
        "The account has reached its limit of API keys",
        "Delete unused keys; a rotation needs room for one more.",
    ),
)
