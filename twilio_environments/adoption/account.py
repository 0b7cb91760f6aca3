"""What an account contains, read from its listings, and what no stack file can take over. Nothing here writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from twilio_environments.drift.review.read import AT_ONCE, MARK, tried
from twilio_environments.kinds import subaccount
from twilio_environments.kinds.registry import BY_SECTION, LISTED
from twilio_environments.lifecycle.listed import ListedKind
from twilio_environments.lifecycle.objects import Live
from twilio_environments.problems import Problem
from twilio_environments.rest.credentials import account_sid
from twilio_environments.rest.errors import AccountClosed, NotFound
from twilio_environments.rest.session import Account, Session


@dataclass(frozen=True)
class Existing:
    """An object that may be taken over, with the values that a creation would compare.

    `definition` is what its file would say, where it has one, and `parts` what of it is a resource of its own, by the
    field.
    """

    kind: ListedKind[Any]
    live: Live
    definition: Any = None
    parts: Mapping[str, Live] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """The name by which people know it."""
        return named(self.kind, self.live)


@dataclass(frozen=True, order=True)
class Left:
    """What is in the account and stays out of the stack file, and why."""

    what: str
    reason: str


@dataclass(frozen=True)
class Holding:
    """What was read of an account."""

    account_sid: str
    friendly_name: str
    objects: Sequence[Existing]
    left: Sequence[Left]
    lives: Mapping[str, Sequence[Live]]
    """All objects by section, those that cannot be taken over too."""


def named(kind: ListedKind[Any], live: Live) -> str:
    """Return how messages name an object: its kind, its name and its SID."""
    return f"{kind.noun} {kind.label({**live.values, **live.facts}, '')!r} ({live.id})"


def read(session: Session, sid: str) -> Holding:
    """Read an account; raise Problem if it does not exist, is closed, or nothing in it may be read."""
    name, others = _account(session, sid)
    account = session.account(sid)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        listings = list(pool.map(lambda kind: (kind, *tried(lambda: kind.listed(account))), LISTED))
        if all(problem for _, _, problem in listings):
            raise Problem(f"Nothing in {sid} can be read: {listings[0][2]}", "Nothing was written.")
        refused = {sid: why for kind, lives, _ in listings for sid, why in _refused(account, kind, lives or ()).items()}
        objects: list[Existing] = []
        left = [Left(f"every {kind.noun}", f"could not be read: {problem}") for kind, _, problem in listings if problem]
        listed = [(kind, live) for kind, lives, _ in listings for live in lives or ()]
        looks = pool.map(lambda one: tried(lambda: _existing(account, one[0], one[1], refused)), listed)
        for (kind, live), (found, problem) in zip(listed, looks, strict=True):
            if found is None:
                left.append(Left(named(kind, live), problem))
            else:
                objects.append(found)
        left += [
            Left(f"{what} of the {named(kind, live)}", why)
            for kind, live in listed
            for what, why in kind.staying(live).items()
        ]
    order = [kind.section for kind in LISTED]
    objects.sort(key=lambda one: (order.index(one.kind.section), one.shown, one.live.id))
    lives = {kind.section: found or () for kind, found, _ in listings}
    return Holding(sid, name, objects, sorted([*left, *others]), lives)


def _account(session: Session, sid: str) -> tuple[str, list[Left]]:
    """Return the account's name, and the accounts below it; raise Problem if they cannot be read."""
    account_sid(sid, "--account")
    if sid != session.own.sid:
        try:
            session.account(sid)
        except AccountClosed:
            raise
        except NotFound as refused:
            raise Problem(
                f"These credentials do not reach the account {sid}: {refused.what}",
                "Check --account; TWILIO_ACCOUNT_SID has to be that account or its main account.",
            ) from None
        return str(subaccount.KIND.observe(session.own, sid, {}).values["friendly_name"]), []
    if session.credentials.kind == "api_key":  # which may not read accounts
        return "", []
    accounts = subaccount.KIND.listed(session.own)
    name = next((str(one.values["friendly_name"]) for one in accounts if one.id == sid), "")
    return name, [
        Left(
            named(subaccount.KIND, one),
            "it is closed and cannot be reopened, and nothing in it exists any more"
            if one.values["status"] == "closed"
            else f"it is a separate environment: twilio-env adopt --account {one.id} --stack NAME",
        )
        for one in accounts
        if one.id != sid
    ]


def _refused(account: Account, kind: ListedKind[Any], lives: Sequence[Live]) -> Mapping[str, Problem]:
    refused, _ = tried(partial(kind.not_to_adopt, account, lives))
    return refused or {}


def _existing(account: Account, kind: ListedKind[Any], live: Live, refused: Mapping[str, Problem]) -> Existing:
    """Complete a listed object with what the listing does not say; raise Problem for what cannot be taken over."""
    if live.id in refused:
        raise refused[live.id]
    mark = MARK.search(str(live.values.get("friendly_name", "")))
    if mark:
        raise Problem(f"The mark {mark[0]} says that a stack created it.", "Only that stack can keep it or give it up.")
    parts = {
        name: BY_SECTION[child.section].observe(account, live.id, {})
        for name, child in kind.declaration.children().items()
    }
    found = kind.to_adopt(account, live)
    return Existing(kind, found.live, found.definition, parts)
