"""What an account holds, read by its listings, and what of it no stack file can take over. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from twilio_environments.drift.review.read import AT_ONCE, MARK, tried
from twilio_environments.kinds import phone_number, sender_pool, studio_flow, subaccount
from twilio_environments.kinds.registry import LISTED
from twilio_environments.lifecycle.listed import ListedKind
from twilio_environments.lifecycle.objects import Live
from twilio_environments.problems import Problem
from twilio_environments.rest.credentials import account_sid
from twilio_environments.rest.errors import AccountClosed, NotFound
from twilio_environments.rest.session import Account, Session
from twilio_environments.studio import flow_template

_HOSTED = "hosted"


@dataclass(frozen=True)
class Existing:
    """An object that may be taken over. A flow has its definition, layout and all; a service the members of its pool.

    `live` has the values that a creation would compare.
    """

    kind: ListedKind[Any]
    live: Live
    definition: Any = None
    pool: Mapping[str, Sequence[str]] | None = None

    @property
    def shown(self) -> str:
        """What people know it by."""
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
    """Return what an object is called when it is spoken of: its kind, its name and its SID."""
    name = live.facts.get("phone_number") or live.values.get("friendly_name") or ""
    return f"{kind.noun} {str(name)!r} ({live.id})"


def read(session: Session, sid: str) -> Holding:
    """Read an account; raise Problem when it is not there, closed, or nothing of it may be read."""
    name, others = _account(session, sid)
    account = session.account(sid)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        listings = list(pool.map(lambda kind: (kind, *tried(lambda: kind.listed(account))), LISTED))
        if all(problem for _, _, problem in listings):
            raise Problem(f"Nothing in {sid} may be read: {listings[0][2]}", "Nothing was written.")
        hosted, _ = tried(lambda: _hosted(account))
        objects: list[Existing] = []
        left = [Left(f"every {kind.noun}", f"could not be read: {problem}") for kind, _, problem in listings if problem]
        listed = [(kind, live) for kind, lives, _ in listings for live in lives or ()]
        looks = pool.map(lambda one: tried(lambda: _existing(account, one[0], one[1], hosted or ())), listed)
        for (kind, live), (found, problem) in zip(listed, looks, strict=True):
            if found is None:
                left.append(Left(named(kind, live), problem))
            else:
                objects.append(found)
        left += [one for service in listed for one in _campaigns(*service)]
    order = [kind.section for kind in LISTED]
    objects.sort(key=lambda one: (order.index(one.kind.section), one.shown, one.live.id))
    lives = {kind.section: found or () for kind, found, _ in listings}
    return Holding(sid, name, objects, sorted([*left, *others]), lives)


def _account(session: Session, sid: str) -> tuple[str, list[Left]]:
    """Return the account's name, and the accounts below it; raise Problem where it cannot be had."""
    account_sid(sid, "--account")
    if sid != session.own.sid:
        try:
            session.account(sid)
        except AccountClosed:
            raise
        except NotFound as refused:
            raise Problem(
                f"These credentials reach no account {sid}: {refused.what}",
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
            "it is closed, for good, and nothing in it exists any more"
            if one.values["status"] == "closed"
            else f"it is an environment of its own: twilio-env adopt --account {one.id} --stack NAME",
        )
        for one in accounts
        if one.id != sid
    ]


def _hosted(account: Account) -> list[str]:
    """Return the SIDs of hosted numbers; the origin is in no record of a stack, since nothing can change it."""
    numbers = account.client.api.v2010.account.incoming_phone_numbers.list(origin=_HOSTED, page_size=1000)
    return [str(one.sid) for one in numbers]


def _existing(account: Account, kind: ListedKind[Any], live: Live, hosted: Sequence[str]) -> Existing:
    """Complete a listed object with what the listing does not say; raise Problem for what cannot be taken over."""
    if not kind.adoptable:
        raise Problem(
            "Its secret is told once, when it is made.",
            "Declare a key of your own, and revoke this one when nobody uses it any more.",
        )
    mark = MARK.search(str(live.values.get("friendly_name", "")))
    if mark:
        raise Problem(f"The mark {mark[0]} says that a stack made it.", "It is that stack's to keep, or to give up.")
    if kind is phone_number.KIND and live.id in hosted:
        raise Problem("It is a hosted number, which Twilio's support moves.", "A stack could neither buy nor make it.")
    if kind is studio_flow.KIND:
        return _flow(account, kind, live)
    pool = None
    if kind.section == "messaging_services":
        members = sender_pool.KIND.observe(account, live.id, {}).values
        pool = {name: those for name, those in members.items() if name != "service_sid"}
    return Existing(kind, kind.detailed(account, live, {}), pool=pool)


def _flow(account: Account, kind: ListedKind[Any], live: Live) -> Existing:
    definition, under_a_draft = studio_flow.KIND.running(account, live.id)
    status = "published" if under_a_draft else live.values["status"]
    text = flow_template.canonical(definition)
    values = dict(live.values) | {"status": status, "definition": text}
    return Existing(kind, Live(live.id, values, live.facts), definition=definition)


def _campaigns(kind: ListedKind[Any], live: Live) -> Iterator[Left]:
    if live.facts.get("us_app_to_person_registered"):
        yield Left(
            f"US A2P 10DLC campaign of the {named(kind, live)}",
            "people vet it, and it is no part of the service's settings; it stays registered as it is",
        )
