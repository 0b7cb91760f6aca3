"""API keys: Standard ones from host api (v2010), Standard or Restricted ones from host iam (v1)."""

import json
import secrets
from typing import Any

from twilio_environments.emulator.fields import Field, assign, created, fitting, refusal, sent
from twilio_environments.emulator.permissions import KNOWN
from twilio_environments.emulator.resource import Resource
from twilio_environments.emulator.routing import ApiError, Call, Reply, page, rfc2822
from twilio_environments.emulator.state import Row, public

__all__ = ["make_key"]

_POLICY_LIMIT = 100
_COMMON: dict[str, Any] = {
    "table": "keys",
    "prefix": "SK",
    "account": "_account_sid",
    "permission": "/twilio/iam/api-keys",
    "event": "account-api-keys",
}


def make_key(
    sid: str, account_sid: str, *, name: str | None, now: str, kind: str, policy: list[str] | None, region: str = "us1"
) -> Row:
    """Make the row of a key. Only Twilio's Console creates Main keys: here, put such a row."""
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


def _create(call: Call, keys: Resource, kind: str, policy: list[str] | None) -> Reply:
    """Create a key; only this answer has the secret."""
    name = created(call, keys.fields)["friendly_name"]
    if len(keys.rows(call)) >= call.switches.key_limit:
        raise ApiError(call.switches.validation_status, 70151, "Maximum Number Of API Keys Exceeded")
    row = make_key(
        call.state.new_sid("SK"),
        call.account_sid,
        name=name,
        now=rfc2822(call.now),
        kind=kind,
        policy=policy,
        region=call.region,
    )
    reply = keys.insert(call, row)
    return Reply(reply.status, {**(reply.body or {}), "secret": row["_secret"]})


def _name(code: int) -> Field:
    read = fitting("(?s).{0,64}", refusal(code), "Invalid {parameter}: at most 64 characters")
    return Field("FriendlyName", read, default=None)


# -- host api: KeyType and Policy are silently ignored, the key is a Standard one with full access --


def _allow_v2010(call: Call, **_ids: str) -> None:
    if status := call.switches.v2010_keys_refused:
        raise ApiError(status, 20003, "Policy evaluation failed")


def _create_v2010(call: Call, **_ids: str) -> Reply:
    _allow_v2010(call)
    return _create(call, KEYS, "standard", None)


def _v2010(path: str, key: str) -> Resource:
    return Resource(
        product="api",
        path=f"/2010-04-01/Accounts/{{account_sid}}/{path}",
        key=key,
        fields=(_name(20002),),
        guard=_allow_v2010,
        by_hand={"create": _create_v2010},
        **_COMMON,
    )


KEYS = _v2010("Keys", "keys")
_v2010("SigningKeys", "signing_keys")  # an older name of the same objects


# -- host iam --


def _check_account(call: Call, account_sid: str | None) -> None:
    if not account_sid:
        raise ApiError(400, 20001, "Missing required parameter AccountSid")
    if account_sid != call.account_sid:  # product hosts have no parent accounts
        raise ApiError(401, 20003, "Authenticate")


def _policy(text: str) -> list[str]:
    try:
        allow = json.loads(text)["allow"]
        unknown = [entry for entry in allow if entry not in KNOWN]
    except (ValueError, TypeError, KeyError):
        raise ApiError(400, 70002, 'Policy is not JSON of the form {"allow": ["/twilio/..."]}') from None
    if len(allow) > _POLICY_LIMIT:
        raise ApiError(400, 70001, f"Policy has {len(allow)} permissions, at most {_POLICY_LIMIT} are allowed")
    if unknown:
        raise ApiError(400, 70002, f"Unknown permission in Policy: {unknown[0]}")
    return list(allow)


def _create_iam(call: Call) -> Reply:
    """Create a Standard key, or with KeyType and Policy a Restricted one."""
    _check_account(call, call.form.get("AccountSid"))
    kind, policy = call.form.get("KeyType"), None
    if kind not in (None, "restricted"):
        raise ApiError(400, 70002, f"Invalid KeyType {kind!r}: the only value is restricted")
    if kind == "restricted":
        if not call.form.get("Policy"):
            raise ApiError(400, 70001, "A restricted key needs a Policy")
        policy = _policy(call.form.required("Policy"))
    return _create(call, IAM_KEYS, kind or "standard", policy)


def _list_iam(call: Call) -> Reply:
    """List the account's keys: flags, but no policies."""
    _check_account(call, call.query.get("AccountSid"))
    return page(call, [{**row, "flags": ["rest_api", "signing"]} for row in IAM_KEYS.rows(call)], IAM_KEYS.key)


def _update_iam(call: Call, sid: str) -> Reply:
    """Rename a key, or replace a Restricted key's policy."""
    row = IAM_KEYS.find(call, sid=sid)
    values, policy = sent(call, IAM_KEYS.fields), call.form.get("Policy")
    if policy is not None:
        if row["_policy"] is None:
            raise ApiError(400, 70001, "Only a restricted key has a Policy")
        values["_policy"] = _policy(policy)
    changes = assign(row, values)
    return IAM_KEYS.put(call, row, {name.strip("_"): change for name, change in changes.items()})


def _with_policy(_call: Call, row: Row) -> Row:
    return {**public(row), "policy": None if row["_policy"] is None else {"allow": row["_policy"]}}


IAM_KEYS = Resource(
    product="iam",
    path="/v1/Keys",
    key="keys",
    fields=(_name(70001),),
    shown=_with_policy,
    by_hand={"create": _create_iam, "list": _list_iam, "update": _update_iam},
    **_COMMON,
)
