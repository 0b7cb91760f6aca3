"""Rotation of an account's Auth Token: host accounts, always for the account that authenticates."""

import secrets

from twilio_environments.emulator.events import event
from twilio_environments.emulator.routing import ApiError, Call, Reply, iso, not_found, route
from twilio_environments.emulator.state import Row

SECONDARY = "/v1/AuthTokens/Secondary"
PROMOTE = "/v1/AuthTokens/Promote"
PERMISSION = "/twilio/iam/auth-tokens/"  # in no list of permissions: neither Standard nor Restricted keys may


def _account(call: Call) -> Row:
    row = call.state.table("accounts").get(call.account_sid)
    if row is None:
        raise not_found(call)
    return row


def _log(call: Call, what: str) -> None:
    event(call, f"account-auth-token.{what}", "account-auth-token", call.account_sid)


@route("POST", "accounts", SECONDARY, PERMISSION + "create")
def create_secondary(call: Call) -> Reply:
    """Create a second token; both authenticate until one of them is deleted."""
    row = _account(call)
    if row["_secondary_auth_token"]:
        raise ApiError(400, 70002, "secondaryAuthToken already exists on account")
    now = iso(call.now)
    row |= {"_secondary_auth_token": secrets.token_hex(16), "_secondary_created": now}
    call.state.table("accounts").put(row["sid"], row)
    _log(call, "secondary-created")
    return Reply(
        201,
        {
            "account_sid": row["sid"],
            "date_created": now,
            "date_updated": now,
            "secondary_auth_token": row["_secondary_auth_token"],
            "url": call.base + SECONDARY,
        },
    )


@route("DELETE", "accounts", SECONDARY, PERMISSION + "delete")
def delete_secondary(call: Call) -> Reply:
    """Delete the second token."""
    row = _account(call)
    if not row["_secondary_auth_token"]:
        raise not_found(call)
    call.state.table("accounts").put(row["sid"], row | {"_secondary_auth_token": None})
    _log(call, "secondary-deleted")
    return Reply(204)


@route("POST", "accounts", PROMOTE, PERMISSION + "update")
def promote(call: Call) -> Reply:
    """Make the second token the only one; the first is invalid at once. 404 without a second, as for deletion."""
    row = _account(call)
    if not row["_secondary_auth_token"]:
        raise not_found(call)
    promoted = row["_secondary_auth_token"]
    call.state.table("accounts").put(row["sid"], row | {"auth_token": promoted, "_secondary_auth_token": None})
    _log(call, "promoted")
    return Reply(
        200,
        {
            "account_sid": row["sid"],
            "auth_token": promoted,
            "date_created": row["_secondary_created"],
            "date_updated": iso(call.now),
            "url": call.base + PROMOTE,
        },
    )
