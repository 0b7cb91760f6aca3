"""What an API key takes at Twilio, and the clock by which that is done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from twilio_environments.kinds.absence import proven
from twilio_environments.kinds.declaration import unordered
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import NotFound
from twilio_environments.rest.session import Account

# Twilio's Date header has seconds; more than a few minutes is no delay on the way.
_CLOCK_SKEW = timedelta(minutes=5)


def create(account: Account, friendly_name: str, policy: Sequence[str]) -> tuple[str, str]:
    """Return SID and secret of a new key, restricted if there is a policy; one that is not as asked is deleted."""
    if not policy:
        made = account.client.api.v2010.account.new_keys.create(friendly_name=friendly_name)
        return str(made.sid), str(made.secret)
    restricted = account.client.iam.v1.new_api_key.create(
        account_sid=account.sid, friendly_name=friendly_name, key_type="restricted", policy={"allow": sorted(policy)}
    )
    sid = str(restricted.sid)
    try:
        if settled_policy_of(account, sid) != unordered(policy):
            raise Problem(  # noqa: TRY301 - the key is deleted in one place
                f"Twilio made the key {sid} with another policy than declared, so it was deleted again.",
                "Look the permissions up in Twilio's list of them.",
            )
    except BaseException:
        delete(account, sid)
        raise
    return sid, str(restricted.secret)


def policy_of(account: Account, sid: str) -> list[str]:
    """Return what a key may do; nothing for a standard one."""
    if not account.has("iam"):
        return []  # a region without it has standard keys only
    policy = account.client.iam.v1.api_key(sid).fetch().policy or {}
    return unordered(policy.get("allow"))  # type: ignore[no-any-return]  # Twilio's library types it as object


def settled_policy_of(account: Account, sid: str) -> list[str]:
    """Return what a key that is known to be there may do, although reads may not show it yet."""
    return proven(account, f"API key {sid}", lambda: policy_of(account, sid), lambda: True, lambda: None)


def delete(account: Account, sid: str) -> None:
    """Delete a key; that it is gone already is success."""
    try:
        account.client.api.v2010.account.keys(sid).delete()
    except NotFound:
        return


def require_right_clock(account: Account) -> None:
    """Raise Problem when this machine's clock, by which keys are rotated and revoked, is not Twilio's."""
    skew = account.clock_skew
    if abs(skew) > _CLOCK_SKEW:
        raise Problem(
            f"This machine's clock is {abs(skew)} {'ahead of' if skew > timedelta() else 'behind'} Twilio's, "
            "and keys are rotated and revoked by it.",
            "Set the clock, then run again.",
        )
