"""The calls for API keys at Twilio, and a check of this machine's clock.

Standard keys are v2010's, restricted ones IAM's. By a policy of its own Twilio refuses v2010's keys to some accounts
and gives them standard keys by IAM (20003, "Policy evaluation failed") [Twilio: twilio-cli, pull request 704]. So a
call refused for that reason is repeated at IAM, in a region that has it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar

from twilio_environments.explain.access import POLICY
from twilio_environments.lifecycle.absence import proven
from twilio_environments.lifecycle.values import unordered
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import NotFound, TwilioError
from twilio_environments.rest.session import Account

T = TypeVar("T")
# Twilio's Date header has seconds; more than a few minutes is no delay on the way.
_CLOCK_SKEW = timedelta(minutes=5)


class Listing:
    """The listing of an account's keys: what a listed kind reads page by page."""

    def __init__(self, account: Account) -> None:
        """Take the account whose keys they are."""
        self._account = account

    def page(self, page_size: int) -> Any:
        """Return the first page."""
        keys, iam = self._account.client.api.v2010.account.keys, self._account.client.iam.v1.get_api_keys
        return _allowed(
            self._account,
            lambda: keys.page(page_size=page_size),
            lambda: iam.page(account_sid=self._account.sid, page_size=page_size),
        )

    def get_page(self, url: str) -> Any:
        """Return the page that another one links to."""
        of_iam = url.startswith("https://iam.")
        client = self._account.client
        return (client.iam.v1.get_api_keys if of_iam else client.api.v2010.account.keys).get_page(url)


def fetch(account: Account, sid: str) -> Any:
    """Return a key's row; raise NotFound."""
    return _allowed(
        account,
        lambda: account.client.api.v2010.account.keys(sid).fetch(),
        lambda: account.client.iam.v1.api_key(sid).fetch(),
    )


def rename(account: Account, sid: str, friendly_name: str) -> None:
    """Rename a key."""
    _allowed(
        account,
        lambda: account.client.api.v2010.account.keys(sid).update(friendly_name=friendly_name),
        lambda: account.client.iam.v1.api_key(sid).update(friendly_name=friendly_name),
    )


def restrict(account: Account, sid: str, friendly_name: str, policy: Sequence[str]) -> list[str]:
    """Give a restricted key another policy, and a name; return what it may do then."""
    account.client.iam.v1.api_key(sid).update(friendly_name=friendly_name, policy=_allow(policy))
    return settled_policy_of(account, sid)


def create(account: Account, friendly_name: str, policy: Sequence[str]) -> tuple[str, str]:
    """Return SID and secret of a new key, restricted if there is a policy; one that is not as requested is deleted."""
    if policy:
        return _by_iam(account, policy, friendly_name=friendly_name, key_type="restricted", policy=_allow(policy))

    def by_v2010() -> tuple[str, str]:
        made = account.client.api.v2010.account.new_keys.create(friendly_name=friendly_name)
        return str(made.sid), str(made.secret)

    return _allowed(account, by_v2010, lambda: _by_iam(account, (), friendly_name=friendly_name))


def _by_iam(account: Account, wanted: Sequence[str], **fields: Any) -> tuple[str, str]:
    made = account.client.iam.v1.new_api_key.create(account_sid=account.sid, **fields)
    sid = str(made.sid)
    try:
        policy = proven(account, f"API key {sid}", lambda: _policy(account, sid), lambda: True, lambda: None)
        if bool(policy) != bool(wanted) or unordered(policy.get("allow")) != unordered(wanted):
            raise Problem(  # noqa: TRY301 - the key is deleted in one place
                f"Twilio created the key {sid} with a policy other than the declared one, so it was deleted again.",
                "Check the permissions against Twilio's list.",
            )
    except BaseException:
        delete(account, sid)
        raise
    return sid, str(made.secret)


def _allow(policy: Sequence[str]) -> dict[str, list[str]]:
    return {"allow": sorted(policy)}


def policy_of(account: Account, sid: str) -> list[str]:
    """Return what a key may do; nothing for a standard one."""
    if not account.has("iam"):
        return []  # a region without it has standard keys only
    return unordered(_policy(account, sid).get("allow"))  # type: ignore[no-any-return]  # it takes and returns anything


def _policy(account: Account, sid: str) -> dict[str, Any]:
    return account.client.iam.v1.api_key(sid).fetch().policy or {}  # a standard key has none


def settled_policy_of(account: Account, sid: str) -> list[str]:
    """Return what a key that is known to exist may do, although reads may not show it yet."""
    return proven(account, f"API key {sid}", lambda: policy_of(account, sid), lambda: True, lambda: None)


def delete(account: Account, sid: str) -> None:
    """Delete a key; one that is already gone counts as success."""
    with suppress(NotFound):
        remove(account, sid)


def remove(account: Account, sid: str) -> None:
    """Delete a key; raise NotFound when it is already gone."""
    _allowed(
        account,
        lambda: account.client.api.v2010.account.keys(sid).delete(),
        lambda: account.client.iam.v1.api_key(sid).delete(),
    )


def _allowed(account: Account, by_v2010: Callable[[], T], by_iam: Callable[[], T]) -> T:
    """Call v2010, or IAM if a policy of Twilio's refuses the account v2010."""
    try:
        return by_v2010()
    except TwilioError as error:
        if error.cause != POLICY or not account.has("iam"):
            raise
    return by_iam()


def require_right_clock(account: Account) -> None:
    """Raise Problem when this machine's clock, by which keys are rotated and revoked, is not Twilio's."""
    skew = account.clock_skew
    if abs(skew) > _CLOCK_SKEW:
        raise Problem(
            f"This machine's clock is {abs(skew)} {'ahead of' if skew > timedelta() else 'behind'} Twilio's, "
            "and keys are rotated and revoked by it.",
            "Set the clock, then run again.",
        )
