"""API keys: Standard ones from host api (v2010), Standard or Restricted ones from host iam (v1)."""

import json
import secrets

from twilio_environments.emulator.permissions import KNOWN
from twilio_environments.emulator.routing import ApiError, Call, Reply, owned, page, rfc2822, route
from twilio_environments.emulator.state import Row, public

__all__ = ["make_key"]

NAME_LIMIT = 64
POLICY_LIMIT = 100
STEM = "/twilio/iam/api-keys/"
V2010 = "/2010-04-01/Accounts/{account_sid}/Keys"
SIGNING = "/2010-04-01/Accounts/{account_sid}/SigningKeys"  # an older name of the same objects


def make_key(
    sid: str, account_sid: str, *, name: str | None, now: str, kind: str, policy: list[str] | None, region: str = "us1"
) -> Row:
    """Make the row of a key; a Main key, which only Twilio's Console can make, is made by putting such a row."""
    return {
        "sid": sid,
        "friendly_name": name,
        "date_created": now,
        "date_updated": now,
        "_account_sid": account_sid,
        "_secret": secrets.token_urlsafe(24),
        "_kind": kind,
        "_policy": policy,
        "_region": region,
    }


def _create(call: Call, name: str | None, kind: str, policy: list[str] | None) -> Row:
    keys = call.state.table("keys")
    if len(keys.rows(_account_sid=call.account_sid)) >= call.switches.key_limit:
        raise ApiError(call.switches.validation_status, 70151, "Maximum Number Of API Keys Exceeded")
    sid = call.state.new_sid("SK")
    now = rfc2822(call.now)
    row = make_key(sid, call.account_sid, name=name, now=now, kind=kind, policy=policy, region=call.region)
    keys.insert(sid, row)
    call.state.event(call, "account-api-keys.created", "account-api-keys", sid)
    return row


def _update(call: Call, row: Row, changes: Row) -> Row:
    changed = {name.strip("_"): (row[name], value) for name, value in changes.items() if row[name] != value}
    row.update(changes, date_updated=rfc2822(call.now))
    call.state.table("keys").put(row["sid"], row)
    if changed:
        call.state.event(call, "account-api-keys.updated", "account-api-keys", row["sid"], changed)
    return row


def _delete(call: Call, sid: str) -> Reply:
    owned(call, "keys", sid)
    call.state.table("keys").delete(sid)
    call.state.event(call, "account-api-keys.deleted", "account-api-keys", sid)
    return Reply(204)


def _name(call: Call, code: int) -> str | None:
    name = call.form.get("FriendlyName")
    if name is not None and len(name) > NAME_LIMIT:
        raise ApiError(400, code, f"Invalid FriendlyName: at most {NAME_LIMIT} characters")
    return name


# -- host api: KeyType and Policy are ignored in silence, the key is a Standard one with full access --


def _allow_v2010(call: Call) -> None:
    if status := call.switches.v2010_keys_refused:
        raise ApiError(status, 20003, "Policy evaluation failed")


@route("POST", "api", V2010 + ".json", STEM + "create")
@route("POST", "api", SIGNING + ".json", STEM + "create")
def create_v2010(call: Call, account_sid: str) -> Reply:  # noqa: ARG001  (the path names it, the call carries it)
    """Make a Standard key; this answer alone has the secret."""
    _allow_v2010(call)
    row = _create(call, _name(call, 20002), "standard", None)
    return Reply(201, {**public(row), "secret": row["_secret"]})


@route("GET", "api", V2010 + ".json", STEM + "list")
@route("GET", "api", SIGNING + ".json", STEM + "list")
def list_v2010(call: Call, account_sid: str) -> Reply:
    """List the account's keys, of every kind."""
    _allow_v2010(call)
    key = "signing_keys" if call.path.endswith("/SigningKeys.json") else "keys"
    return page(call, call.state.table("keys").rows(_account_sid=account_sid), key)


@route("GET", "api", V2010 + "/{sid}.json", STEM + "read")
@route("GET", "api", SIGNING + "/{sid}.json", STEM + "read")
def read_v2010(call: Call, account_sid: str, sid: str) -> Reply:  # noqa: ARG001
    """Read one key."""
    _allow_v2010(call)
    return Reply(200, public(owned(call, "keys", sid)))


@route("POST", "api", V2010 + "/{sid}.json", STEM + "update")
@route("POST", "api", SIGNING + "/{sid}.json", STEM + "update")
def update_v2010(call: Call, account_sid: str, sid: str) -> Reply:  # noqa: ARG001
    """Rename a key."""
    _allow_v2010(call)
    row, name = owned(call, "keys", sid), _name(call, 20002)
    return Reply(200, public(_update(call, row, {} if name is None else {"friendly_name": name})))


@route("DELETE", "api", V2010 + "/{sid}.json", STEM + "delete")
@route("DELETE", "api", SIGNING + "/{sid}.json", STEM + "delete")
def delete_v2010(call: Call, account_sid: str, sid: str) -> Reply:  # noqa: ARG001
    """Revoke a key, at once."""
    _allow_v2010(call)
    return _delete(call, sid)


# -- host iam --


def _account(call: Call, account_sid: str | None) -> None:
    if not account_sid:
        raise ApiError(400, 20001, "Missing required parameter AccountSid")
    if account_sid != call.account_sid:  # product hosts know no parents
        raise ApiError(401, 20003, "Authenticate")


def _policy(text: str) -> list[str]:
    try:
        allow = json.loads(text)["allow"]
        unknown = [entry for entry in allow if entry not in KNOWN]
    except (ValueError, TypeError, KeyError):
        raise ApiError(400, 70002, 'Policy is not JSON of the form {"allow": ["/twilio/..."]}') from None
    if len(allow) > POLICY_LIMIT:
        raise ApiError(400, 70001, f"Policy has {len(allow)} permissions, at most {POLICY_LIMIT} are allowed")
    if unknown:
        raise ApiError(400, 70002, f"Unknown permission in Policy: {unknown[0]}")
    return list(allow)


def _iam(row: Row) -> Row:
    return {**public(row), "policy": None if row["_policy"] is None else {"allow": row["_policy"]}}


@route("POST", "iam", "/v1/Keys", STEM + "create")
def create_iam(call: Call) -> Reply:
    """Make a Standard key, or with KeyType and Policy a Restricted one; this answer alone has the secret."""
    _account(call, call.form.get("AccountSid"))
    kind, policy = call.form.get("KeyType"), None
    if kind not in (None, "restricted"):
        raise ApiError(400, 70002, f"Invalid KeyType {kind!r}: the only value is restricted")
    if kind == "restricted":
        if not call.form.get("Policy"):
            raise ApiError(400, 70001, "A restricted key needs a Policy")
        policy = _policy(call.form.required("Policy"))
    row = _create(call, _name(call, 70001), kind or "standard", policy)
    return Reply(201, {**_iam(row), "secret": row["_secret"]})


@route("GET", "iam", "/v1/Keys", STEM + "list")
def list_iam(call: Call) -> Reply:
    """List the account's keys: flags, but no policies."""
    _account(call, call.query.get("AccountSid"))
    rows = call.state.table("keys").rows(_account_sid=call.account_sid)
    return page(call, [{**row, "flags": ["rest_api", "signing"]} for row in rows], "keys")


@route("GET", "iam", "/v1/Keys/{sid}", STEM + "read")
def read_iam(call: Call, sid: str) -> Reply:
    """Read one key, with its policy."""
    return Reply(200, _iam(owned(call, "keys", sid)))


@route("POST", "iam", "/v1/Keys/{sid}", STEM + "update")
def update_iam(call: Call, sid: str) -> Reply:
    """Rename a key, or replace a Restricted key's policy."""
    row, name, policy = owned(call, "keys", sid), _name(call, 70001), call.form.get("Policy")
    changes: Row = {} if name is None else {"friendly_name": name}
    if policy is not None:
        if row["_policy"] is None:
            raise ApiError(400, 70001, "Only a restricted key has a Policy")
        changes["_policy"] = _policy(policy)
    return Reply(200, _iam(_update(call, row, changes)))


@route("DELETE", "iam", "/v1/Keys/{sid}", STEM + "delete")
def delete_iam(call: Call, sid: str) -> Reply:
    """Revoke a key, at once."""
    return _delete(call, sid)
