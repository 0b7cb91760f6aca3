"""Twilio as it is now: the recorded objects by the kinds' own look, and what else the same listings show.

Nothing here writes. What cannot be read is an answer too, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from twilio_environments.drift.review.state import Recorded, own_account
from twilio_environments.kinds import sender_pool, subaccount
from twilio_environments.kinds.registry import LISTED
from twilio_environments.lifecycle.kind import ACCOUNT, Live
from twilio_environments.lifecycle.listed import ListedKind
from twilio_environments.problems import Problem
from twilio_environments.rest.session import Session
from twilio_environments.secret_texts import forms_of, without

T = TypeVar("T")
AT_ONCE = 8
MARK = re.compile(r"\[[^\[\]]+(/[^\[\]]+|~[0-9a-f]{8})\]$")
"""The mark of some stack at the end of a name."""


@dataclass(frozen=True)
class Seen:
    """A recorded object as Twilio has it: `live` is None when it is gone, `problem` says why it could not be read.

    `listed` is what the listing says of it, which for a flow includes its draft.
    """

    recorded: Recorded
    live: Live | None = None
    listed: Live | None = None
    problem: str = ""


@dataclass(frozen=True)
class Stranger:
    """An object in the account that no stack recorded."""

    kind: ListedKind[Any]
    live: Live
    marked: bool = False
    """Its name ends with this stack's mark."""
    twin_of: str = ""
    """The SID of the recorded object whose identity it has too."""

    @property
    def is_leftover(self) -> bool:
        """Whether it is provably this stack's, so that an interrupted run must have made it."""
        return self.marked or bool(self.twin_of)


@dataclass(frozen=True)
class Sight:
    """Everything that was read in one review."""

    account_sid: str
    seen: Sequence[Seen] = ()
    strangers: Sequence[Stranger] = ()
    unlisted: Mapping[str, str] = field(default_factory=dict)
    """Sections whose listing could not be read, and why."""
    pools: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The SIDs of the phone numbers in the pool of each Messaging Service, by the service's SID."""
    services: Sequence[Live] = ()
    """All Messaging Services of the account."""


def read(session: Session, objects: Sequence[Recorded], account_sid: str | None) -> Sight:
    """Read all recorded objects and the account's listings; one listing is read once, whatever asks for it."""
    # First, because the listing of accounts has the token that all others need.
    first = [one for one in objects if one.kind.section == "subaccount"]
    rest = [one for one in objects if one.kind.section != "subaccount"]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        seen = [_look(session, one) for one in first] + list(pool.map(lambda one: _look(session, one), rest))
        listings = dict(
            zip(
                (kind.section for kind in LISTED),
                pool.map(lambda kind: tried(lambda: kind.listed(session.account(account_sid))), LISTED),
                strict=True,
            )
        )
    unlisted = {section: problem for section, (_, problem) in listings.items() if problem}
    services = listings["messaging_services"][0] or []
    pools = {}
    if any(answered_by(live.values) for live in listings["numbers"][0] or []):
        for service in services:
            members, _ = tried(partial(_pool, session, account_sid, service.id))
            if members is not None:
                pools[service.id] = tuple(members.values["phone_numbers"])
    return Sight(
        account_sid or session.own.sid,
        [_with_listed(one, listings.get(one.recorded.kind.section, (None, ""))[0]) for one in seen],
        _strangers(session, objects, account_sid, {section: lives or [] for section, (lives, _) in listings.items()}),
        unlisted,
        pools,
        services,
    )


def answered_by(number: Mapping[str, Any]) -> str:
    """Return which of a number's values says who is asked about its messages, "" where nobody is."""
    return next((name for name in ("sms_application_sid", "sms_url") if number.get(name)), "")


def _pool(session: Session, account_sid: str | None, service_sid: str) -> Live:
    return sender_pool.KIND.observe(session.account(account_sid), service_sid, {})


def _parts(session: Session, account_sid: str | None, kind: ListedKind[Any], live: Live) -> Live:
    return kind.detailed(session.account(account_sid), live, {})


def _look(session: Session, one: Recorded) -> Seen:
    live, problem = tried(lambda: one.kind.read(session, one.outputs, one.id))
    secret = forms_of(side[name] for side in (one.outputs, one.inputs) for name in one.secret if name in side)
    return Seen(one, live, problem=without(problem, secret))


def _with_listed(seen: Seen, lives: Sequence[Live] | None) -> Seen:
    listed = next((live for live in lives or () if live.id == seen.recorded.sid), None)
    return Seen(seen.recorded, seen.live, listed, seen.problem)


def _strangers(
    session: Session, objects: Sequence[Recorded], account_sid: str | None, listings: Mapping[str, Sequence[Live]]
) -> list[Stranger]:
    ours = {one.sid for one in objects}
    for one in objects:  # keys that live on after a rotation, until their overlap is over
        ours |= {str(old["sid"]) for old in one.outputs.get("previous") or [] if isinstance(old, Mapping)}
    shared = own_account(objects) is None
    marks = {str(one.inputs["mark"]) for one in objects if one.inputs.get("mark")}
    twins = {live.id: (live, one.sid) for one in objects for live in _twins(session, one)}
    strangers = [  # accounts are listed by name alone
        Stranger(subaccount.KIND, live, marked=True, twin_of=twin_of)
        for live, twin_of in twins.values()
        if live.id.startswith("AC")
    ]
    for kind in LISTED:
        for live in listings[kind.section]:
            mark = MARK.search(str(live.values.get("friendly_name", "")))
            if live.id in ours or (shared and mark and mark[0] not in marks):
                continue  # in an account that stacks share, another stack's mark says that it is that stack's
            complete = live
            if kind.section == "verify_services":
                found, _ = tried(partial(_parts, session, account_sid, kind, live))
                complete = found or live
            marked = bool(mark and mark[0] in marks)
            _, twin_of = twins.get(live.id, (live, ""))
            strangers.append(Stranger(kind, complete, marked=marked, twin_of=twin_of))
    return sorted(strangers, key=lambda one: (one.kind.section, one.live.id))


def _twins(session: Session, one: Recorded) -> Sequence[Live]:
    found, _ = tried(lambda: one.kind.twins(session.account(one.outputs.get(ACCOUNT)), one.sid, one.outputs))
    return found or ()


def tried(read_it: Callable[[], T]) -> tuple[T | None, str]:
    """Return what was read, or None and why it could not be."""
    try:
        return read_it(), ""
    except Problem as problem:
        return None, str(problem)
    except Exception as error:  # noqa: BLE001 - one object that cannot be read must not hide the others
        return None, f"A fault in twilio-environments itself ({type(error).__name__}). Report it, please."
