"""Accounts and subaccounts: host api, v2010."""

import secrets

from twilio_environments.emulator.events import event
from twilio_environments.emulator.routing import ApiError, Call, Reply, not_found, page, rfc2822, route
from twilio_environments.emulator.state import Row, State, public

__all__ = ["seed_main_account"]

ACCOUNTS = "/2010-04-01/Accounts.json"
ACCOUNT = "/2010-04-01/Accounts/{account_sid}.json"
STATUSES = ("active", "suspended", "closed")
NAME_LIMIT = 64
SUBRESOURCES = {
    "addresses": "Addresses",
    "applications": "Applications",
    "authorized_connect_apps": "AuthorizedConnectApps",
    "available_phone_numbers": "AvailablePhoneNumbers",
    "balance": "Balance",
    "calls": "Calls",
    "conferences": "Conferences",
    "connect_apps": "ConnectApps",
    "incoming_phone_numbers": "IncomingPhoneNumbers",
    "keys": "Keys",
    "messages": "Messages",
    "notifications": "Notifications",
    "outgoing_caller_ids": "OutgoingCallerIds",
    "queues": "Queues",
    "recordings": "Recordings",
    "short_codes": "SMS/ShortCodes",
    "signing_keys": "SigningKeys",
    "sip": "SIP",
    "transcriptions": "Transcriptions",
    "usage": "Usage",
}


def _account(sid: str, *, owner: str, token: str, name: str, now: str, kind: str) -> Row:
    return {
        "auth_token": token,
        "date_created": now,
        "date_updated": now,
        "friendly_name": name,
        "owner_account_sid": owner,
        "sid": sid,
        "status": "active",
        "subresource_uris": {key: f"/2010-04-01/Accounts/{sid}/{path}.json" for key, path in SUBRESOURCES.items()},
        "type": kind,
        "uri": f"/2010-04-01/Accounts/{sid}.json",
        "_secondary_auth_token": None,
        "_regional_auth_tokens": {},  # for regions other than us1, by region
    }


def _token(given: str | None = None) -> str:
    return given or secrets.token_hex(16)


def seed_main_account(state: State, now: str, *, sid: str | None, auth_token: str | None, trial: bool) -> Row:
    """Create the account that owns all others, unless the state has it; ValueError if its SID there is another."""
    accounts = state.table("accounts")
    main = next((row for row in accounts.rows() if row["owner_account_sid"] == row["sid"]), None)
    if main is None:
        sid = sid or state.new_sid("AC")
        kind = "Trial" if trial else "Full"
        main = _account(sid, owner=sid, token=_token(auth_token), name="Main account", now=now, kind=kind)
    elif sid not in (None, main["sid"]):
        raise ValueError(f"this state belongs to main account {main['sid']}, not {sid}: use another state folder")
    main["auth_token"] = auth_token or main["auth_token"]
    accounts.put(main["sid"], main)
    return main


def _shown(call: Call, row: Row) -> Row:
    """Return the body, with the auth token except for Main keys."""
    body = public(row)
    if call.actor.kind == "main":
        del body["auth_token"]
    return body


def _name(call: Call) -> str | None:
    name = call.form.get("FriendlyName")
    if name is not None and not 1 <= len(name) <= NAME_LIMIT:
        raise ApiError(400, 20002, f"Invalid FriendlyName: it must be 1 to {NAME_LIMIT} characters long")
    return name


def _log(call: Call, event_type: str, row: Row, changed: dict[str, tuple[object, object]] | None = None) -> None:
    log = row["owner_account_sid"] if call.switches.child_account_events_at_parent else row["sid"]
    event(call, event_type, "account", row["sid"], changed, account_sid=log)


@route("POST", "api", ACCOUNTS, "/twilio/iam/accounts/create")
def create(call: Call) -> Reply:
    """Create a subaccount."""
    accounts = call.state.table("accounts")
    own = accounts.get(call.account_sid)
    if own is None or own["owner_account_sid"] != own["sid"]:
        raise ApiError(400, 21101, "Subaccounts cannot contain subaccounts")
    children = [row for row in accounts.rows(owner_account_sid=own["sid"]) if row["sid"] != own["sid"]]
    limit = 1 if call.switches.trial else call.switches.subaccount_limit
    if sum(row["status"] != "closed" for row in children) >= limit:
        raise ApiError(400, 21480, f"Reached maximum number of subaccounts: {limit}")
    name = _name(call) or call.now.strftime("SubAccount Created at %Y-%m-%d %I:%M %p").replace("AM", "am").replace(
        "PM", "pm"
    )
    sid = call.state.new_sid("AC")
    row = _account(sid, owner=own["sid"], token=_token(), name=name, now=rfc2822(call.now), kind=own["type"])
    accounts.insert(sid, row)
    _log(call, "account.created", row)
    return Reply(201, _shown(call, row))


@route("GET", "api", ACCOUNTS, "/twilio/iam/accounts/list")
def listing(call: Call) -> Reply:
    """List the calling account and its subaccounts."""
    equal = {"friendly_name": call.query.get("FriendlyName"), "status": call.query.get("Status")}
    rows = call.state.table("accounts").rows(**{name: value for name, value in equal.items() if value is not None})
    rows = [row for row in rows if call.account_sid in (row["sid"], row["owner_account_sid"])]
    return page(call, [_shown(call, row) for row in rows], "accounts")


@route("GET", "api", ACCOUNT, "/twilio/iam/accounts/read")
def read(call: Call, account_sid: str) -> Reply:
    """Read one account."""
    row = call.state.table("accounts").seen(account_sid)
    if row is None:
        raise not_found(call)
    return Reply(200, _shown(call, row))


@route("POST", "api", ACCOUNT, "/twilio/iam/accounts/update")
def update(call: Call, account_sid: str) -> Reply:
    """Rename, suspend, reactivate or close; closing is final and releases the account's numbers."""
    accounts = call.state.table("accounts")
    row = accounts.get(account_sid)
    if row is None:
        raise not_found(call)
    before = dict(row)
    name, status = _name(call), call.form.get("Status")
    if row["status"] == "closed":
        raise ApiError(400, 21479, f"Account {account_sid} is closed and cannot be changed")
    if status is not None:
        _check_status(call, row, status)
        row["status"] = status
    if name is not None:
        row["friendly_name"] = name
    row["date_updated"] = rfc2822(call.now)
    accounts.put(account_sid, row)
    if status == "closed":
        numbers = call.state.table("incoming_phone_numbers")
        for number in numbers.rows(account_sid=account_sid):
            numbers.delete(number["sid"])
    changed: dict[str, tuple[object, object]] = {
        field: (before[field], row[field]) for field in ("friendly_name", "status") if before[field] != row[field]
    }
    if changed:
        _log(call, "account.updated", row, changed)
    return Reply(200, _shown(call, row))


def _check_status(call: Call, row: Row, status: str) -> None:
    if status not in STATUSES:
        raise ApiError(400, 21475, f"Invalid Status {status!r}: one of {', '.join(STATUSES)}")
    if row["sid"] == call.actor.account_sid:
        raise ApiError(400, 21477, "The status of the calling account cannot be changed")
    owner = call.state.table("accounts").get(row["owner_account_sid"])
    if owner is not None and owner["status"] != "active":
        raise ApiError(400, 21476, "The parent account is suspended")
    if row.get("_suspended_by_twilio"):
        raise ApiError(400, 21478, "The account was suspended by Twilio")
