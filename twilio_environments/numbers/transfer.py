"""Where a phone number is that its account no longer has, and how to bring it back.

Twilio promises: an update with `AccountSid`, by the Auth Token of the owner, moves a number between the owner's
accounts, and it leaves its sender pool. It does not promise that the number keeps its SID, nor that Monitor says where
it went, so each account of the owner is asked for the SID and the E.164 [Twilio: IncomingPhoneNumbers, `AccountSid`;
errors 21470 to 21474].
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from twilio_environments.lifecycle.together import together
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import TwilioError
from twilio_environments.rest.events import changes
from twilio_environments.rest.session import Account

HELD_BY = "held_by"
"""The output that names the account that has the number, if that is not the environment's."""
_ACCOUNTS = 1000
"""How many accounts of an owner are searched: as many as Twilio allows an owner by default."""
_EVENTS = 50
_PAGE = 1000


@dataclass(frozen=True)
class NumberPlace:
    """Where a number is: the account, what that is called, and who moved it there, as far as Monitor says."""

    account_sid: str
    name: str
    sid: str
    phone_number: str
    moved: str = ""

    def __str__(self) -> str:
        return f"in the account {self.account_sid} ({self.name!r}){self.moved}"


@dataclass(frozen=True)
class _Neighbour:
    sid: str
    name: str
    owner: str


def elsewhere(account: Account, sid: str, phone_number: str) -> NumberPlace | None:
    """Return which other account of its owner has a number that is not in `account`; None if none has it.

    `sid` or `phone_number` may be "", but not both. Raises Problem when not all of those accounts can be read and
    nothing else says that the number was released.
    """
    log = _log(account, sid) if sid else _Log()
    try:
        place, unseen = _searched(account, sid, phone_number, log)
    except TwilioError as error:
        place, unseen = None, error.what.rstrip(".")
    if place or not unseen or log.released:
        return place
    raise Problem(
        f"The phone number {phone_number or sid} is no longer in the account {account.sid}, and whether it was "
        f"released or moved to another account cannot be determined: {unseen}.",
        "Run with the Auth Token of the main account, or look for the number in the Console.",
    )


def _searched(account: Account, sid: str, phone_number: str, log: _Log) -> tuple[NumberPlace | None, str]:
    """Return where a number is, and why not every account was searched, "" if all were."""
    neighbours = _neighbours(account)
    main = next((one for one in neighbours if one.sid == one.owner == account.parent.account_sid), None)
    if main is None:
        return None, "the credentials are not those of the main account"
    others = [one for one in neighbours[:_ACCOUNTS] if one.sid != account.sid]
    # Where the log says it went, then the main account: usually the rest need not be read.
    others.sort(key=lambda one: (one.sid != log.moved_to, one is not main))
    for number, neighbour in _numbers(account, others):
        if number[0] == sid or (phone_number and number[1] == phone_number):
            how = log.how if neighbour.sid == log.moved_to else ""
            return NumberPlace(neighbour.sid, neighbour.name, *number, how), ""
    more = len(neighbours) > _ACCOUNTS
    return None, f"it is in none of {len(others)} accounts of the owner, and there are more" if more else ""


def brought(account: Account, place: NumberPlace, parameters: dict[str, Any]) -> Any:
    """Move a number to `account` and return Twilio's answer; `parameters` are what it needs to be allowed there."""
    number = account.parent.api.v2010.accounts(place.account_sid).incoming_phone_numbers(place.sid)
    account.listings.drop(*_key(place.account_sid))
    return number.update(account_sid=account.sid, **parameters)


def at(account: Account, account_sid: str) -> list[tuple[str, str]]:
    """Return the numbers of another account of the owner: SID and E.164, from one listing per run."""

    def read() -> list[tuple[str, str]]:
        numbers = account.parent.api.v2010.accounts(account_sid).incoming_phone_numbers
        return [(str(one.sid), str(one.phone_number)) for one in numbers.stream(page_size=_PAGE)]

    return account.listings.get(_key(account_sid), read)


def _key(account_sid: str) -> tuple[str, str]:
    return (account_sid, "numbers next door")


def _neighbours(account: Account) -> list[_Neighbour]:
    """Return the accounts that the credentials see and that are not closed, the main account among them."""

    def read() -> list[_Neighbour]:
        listed = account.parent.api.v2010.accounts.list(page_size=_PAGE, limit=_ACCOUNTS + 1)
        # Not the answers themselves: they hold Auth Tokens.
        return [
            _Neighbour(str(one.sid), str(one.friendly_name), str(one.owner_account_sid))
            for one in listed
            if str(one.status) != "closed"
        ]

    return account.listings.get((str(account.parent.account_sid), "neighbours"), read)


def _numbers(account: Account, others: Sequence[_Neighbour]) -> Iterator[tuple[tuple[str, str], _Neighbour]]:
    for few in (others[:1], others[1:2], others[2:]):
        found = together(account, [partial(at, account, one.sid) for one in few], "looking for a phone number")
        for one, numbers in zip(few, found, strict=True):
            yield from ((number, one) for number in numbers)


@dataclass(frozen=True)
class _Log:
    """What the account's own events say of a number."""

    moved_to: str = ""
    how: str = ""
    released: bool = False


def _log(account: Account, sid: str) -> _Log:
    try:
        events = account.client.monitor.v1.events.list(resource_sid=sid, limit=_EVENTS)
    except TwilioError:  # without a log the accounts can still be searched
        return _Log()
    for event in events:  # the newest first
        if str(event.event_type).endswith((".deleted", ".released")):
            return _Log(released=True)
        target = str(changes(event.event_data).get("account_sid", ("", ""))[1] or "")
        if target and target != account.sid:
            when = event.event_date.strftime("%Y-%m-%d %H:%M UTC") if event.event_date else "an unknown day"
            return _Log(target, f", where {event.actor_type} {event.actor_sid} moved it on {when}")
    return _Log()
