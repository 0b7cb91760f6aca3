"""Who calls, and what that credential may do: the table "Which credential may do what" of Twilio's documentation."""

import base64
import binascii
import hmac
from fnmatch import fnmatchcase

from .routing import Actor, ApiError, Call, Route, not_found
from .state import Row, State
from .switches import Switches

__all__ = ["AUTHENTICATE", "authenticate", "authorize"]

AUTHENTICATE = (401, 20003, "Authenticate")


def authenticate(state: State, switches: Switches, header: str | None, region: str) -> Actor:
    """Find the credential of an `Authorization: Basic` header, AC and auth token or SK and secret.

    ApiError 401/20003 if there is none, it is wrong, or it was created for another region; an account that is not
    active gets `Switches.closed_account_answer`.
    """
    user, password = _basic(header)
    actor: Actor | None = None
    if user.startswith("AC"):
        account = state.table("accounts").get(user)
        if account is not None and any(_same(token, password) for token in _auth_tokens(account, region)):
            actor = Actor(user, "auth_token", user)
    elif user.startswith("SK"):
        key = state.table("keys").get(user)
        if key is not None and key["_region"] == region and _same(key["_secret"], password):
            account = state.table("accounts").get(key["_account_sid"])
            actor = Actor(key["_account_sid"], key["_kind"], user, key["_policy"])
    if actor is None or account is None:
        raise ApiError(*AUTHENTICATE)
    if _status(state, account) != "active" and account["owner_account_sid"] != account["sid"]:
        raise ApiError(*switches.closed_account_answer, "Account not active")
    return actor


def authorize(call: Call, route: Route) -> None:
    """Let the call pass, or raise the error that Twilio answers when this credential may not make it."""
    actor, permission = call.actor, route.permission
    if actor.kind == "restricted" and not _allows(actor.policy or [], permission):
        missing = f"missing permission {permission}" if permission else "the endpoint does not support restricted keys"
        raise ApiError(call.switches.permission_denied_status, 70051, f"Authorization Failed: {missing}")
    if actor.kind == "standard" and (permission or "").startswith("/twilio/iam/"):
        # Accounts, Keys and Auth Tokens are closed to Standard keys, which get the answer of a wrong password.
        raise ApiError(*AUTHENTICATE)
    on_accounts = (permission or "").startswith("/twilio/iam/accounts/")
    if call.account_sid != actor.account_sid:
        # Into a subaccount: its parent's auth token; for the account resource itself also a Main key.
        main_too = on_accounts or call.switches.main_key_reaches_subaccounts
        _reach(call, {"auth_token", "main"} if main_too else {"auth_token"})
    account = call.state.table("accounts").get(call.account_sid)
    if account is None or (call.method != "GET" and not on_accounts and _status(call.state, account) != "active"):
        raise ApiError(*call.switches.inactive_account_write, f"Account {call.account_sid} is not active")


def _reach(call: Call, kinds: set[str]) -> None:
    accounts = call.state.table("accounts")
    caller, account = accounts.get(call.actor.account_sid), accounts.get(call.account_sid)
    is_parent = caller is not None and caller["owner_account_sid"] == caller["sid"]
    if not is_parent or call.actor.kind not in kinds:
        raise ApiError(*AUTHENTICATE)
    if account is None or account["owner_account_sid"] != call.actor.account_sid:
        raise not_found(call)


def _basic(header: str | None) -> tuple[str, str]:
    scheme, _, encoded = (header or "").partition(" ")
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        colon = user = password = ""
    if scheme.lower() != "basic" or not colon:
        raise ApiError(*AUTHENTICATE)
    return user, password


def _auth_tokens(account: Row, region: str) -> list[str]:
    if region != "us1":  # each region has its own tokens, which the Console shows
        return [account.get("_regional_auth_tokens", {}).get(region, "")]
    return [account["auth_token"], account.get("_secondary_auth_token") or ""]


def _same(expected: str, given: str) -> bool:
    return bool(expected) and hmac.compare_digest(expected.encode(), given.encode())


def _status(state: State, account: Row) -> str:
    """Give the account's status; children of a suspended parent are suspended too."""
    owner = state.table("accounts").get(account["owner_account_sid"])
    if account["status"] == "active" and owner is not None and owner["status"] != "active":
        return str(owner["status"])
    return str(account["status"])


def _allows(policy: list[str], permission: str | None) -> bool:
    return permission is not None and any(fnmatchcase(permission, allowed) for allowed in policy)
