"""Twilio as it is now: the recorded objects as their kinds read them, and whatever else the same listings show.

Nothing here writes. That something cannot be read is a result too, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from twilio_environments.drift.review.state import RecordedObject, own_account
from twilio_environments.kinds.registry import LISTED
from twilio_environments.lifecycle.listed import ListedKind
from twilio_environments.lifecycle.objects import ACCOUNT, Live
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

    recorded: RecordedObject
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
    """The SID of the recorded object that has the same identity."""

    @property
    def place(self) -> str:
        """In lieu of its place in the stack file: <section>.<SID>."""
        return f"{self.kind.section}.{self.live.id}"

    @property
    def label(self) -> str:
        """The name by which people know it."""
        return self.kind.label({**self.live.values, **self.live.facts}, self.live.id)

    @property
    def is_leftover(self) -> bool:
        """Whether it is provably this stack's, so an interrupted run must have created it."""
        return self.marked or bool(self.twin_of)


@dataclass(frozen=True)
class Sight:
    """Everything that was read in one review."""

    account_sid: str
    seen: Sequence[Seen] = ()
    strangers: Sequence[Stranger] = ()
    unlisted: Mapping[str, str] = field(default_factory=dict)
    """Sections whose listing could not be read, and why."""
    listed: Mapping[str, Sequence[Live]] = field(default_factory=dict)
    """All objects of the account, by section; none for a section that could not be read."""
    beside: Mapping[str, Any] = field(default_factory=dict)
    """What the kinds read besides their listings, by section."""


def read(session: Session, objects: Sequence[RecordedObject], account_sid: str | None) -> Sight:
    """Read all recorded objects and the account's listings; one listing is read once, whatever asks for it."""
    # First, because the listing of accounts contains the token that all others need.
    first = [one for one in objects if one.kind.is_account]
    rest = [one for one in objects if not one.kind.is_account]
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
    listed = {section: lives or [] for section, (lives, _) in listings.items()}
    return Sight(
        account_sid or session.own.sid,
        [_with_listed(one, listed.get(one.recorded.kind.section, ())) for one in seen],
        _strangers(session, objects, account_sid, listed),
        unlisted,
        listed,
        {kind.section: _beside(session, account_sid, kind, listed) for kind in LISTED},
    )


def _beside(
    session: Session, account_sid: str | None, kind: ListedKind[Any], listed: Mapping[str, Sequence[Live]]
) -> Any:
    read_beside, _ = tried(lambda: kind.look_beside(session.account(account_sid), listed))
    return read_beside


def _unrecorded(session: Session, account_sid: str | None, kind: ListedKind[Any], live: Live) -> Live:
    return kind.unrecorded(session.account(account_sid), live)


def _look(session: Session, one: RecordedObject) -> Seen:
    live, problem = tried(lambda: one.kind.read(session, one.outputs, one.id))
    secret = forms_of(side[name] for side in (one.outputs, one.inputs) for name in one.secret if name in side)
    return Seen(one, live, problem=without(problem, secret))


def _with_listed(seen: Seen, lives: Sequence[Live]) -> Seen:
    listed = next((live for live in lives if live.id == seen.recorded.sid), None)
    return Seen(seen.recorded, seen.live, listed, seen.problem)


def _strangers(
    session: Session, objects: Sequence[RecordedObject], account_sid: str | None, listings: Mapping[str, Sequence[Live]]
) -> list[Stranger]:
    ours = {one.sid for one in objects}.union(*(one.kind.also_ours(one.outputs) for one in objects))
    shared = own_account(objects) is None
    marks = {str(one.inputs["mark"]) for one in objects if one.inputs.get("mark")}
    twins = {live.id: (live, one) for one in objects for live in _twins(session, one)}
    strangers = [
        Stranger(one.kind, live, marked=True, twin_of=one.sid)
        for live, one in twins.values()
        if isinstance(one.kind, ListedKind) and one.kind not in LISTED  # accounts are listed by name only
    ]
    for kind in LISTED:
        for live in listings[kind.section]:
            mark = MARK.search(str(live.values.get("friendly_name", "")))
            if live.id in ours or (shared and mark and mark[0] not in marks):
                continue  # in an account that stacks share, another stack's mark says that it is that stack's
            complete, _ = tried(partial(_unrecorded, session, account_sid, kind, live))
            twin_of = twins[live.id][1].sid if live.id in twins else ""
            strangers.append(Stranger(kind, complete or live, marked=bool(mark and mark[0] in marks), twin_of=twin_of))
    return sorted(strangers, key=lambda one: (one.kind.section, one.live.id))


def _twins(session: Session, one: RecordedObject) -> Sequence[Live]:
    found, _ = tried(lambda: one.kind.twins(session.account(one.outputs.get(ACCOUNT)), one.sid, one.outputs))
    return found or ()


def tried(read_it: Callable[[], T]) -> tuple[T | None, str]:
    """Return what was read, or None and why it could not be."""
    try:
        return read_it(), ""
    except Problem as problem:
        return None, str(problem)
    except Exception as error:  # noqa: BLE001 - one object that cannot be read must not hide the others
        return None, f"A fault in twilio-environments itself ({type(error).__name__}). Please report it."
