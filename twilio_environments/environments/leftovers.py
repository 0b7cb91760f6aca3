"""What interrupted runs of a stack left behind: found the way a review reads the account, priced, and removed.

Only what is provably the stack's counts: what bears its mark, in an account of its own a second object of a recorded
one's identity, and in the store what the stack's own documents hold under names that no record has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from twilio_environments.drift.review.read import Sight, Stranger
from twilio_environments.drift.review.state import RecordedObject, account_of
from twilio_environments.kinds import secret_document
from twilio_environments.kinds.registry import KINDS
from twilio_environments.kinds.subaccount import OwnedDocument
from twilio_environments.lifecycle.listed import ListedKind
from twilio_environments.problems import Problem
from twilio_environments.rest.session import Account, Session

Declared = Mapping[str, Mapping[str, Any]]
_DELIVERIES = sorted({kind.delivers_by for kind in KINDS.values()} - {""})


@dataclass(frozen=True)
class Leftover:
    """Something of this stack's that is not recorded; `taken_over_as` is the declared place that would take it over."""

    kind: str
    noun: str
    sid: str
    """Its SID; the path of a document."""
    name: str
    where: str
    """The SID of its account; the address of its store."""
    why: str
    monthly_price: str = ""
    taken_over_as: str = ""
    remove: Callable[[], Any] = field(default=lambda: None, repr=False, compare=False)


def found(session: Session, objects: Sequence[RecordedObject], sight: Sight, declared: Declared) -> list[Leftover]:
    """Return what is left behind, in the order in which to remove it; `declared` are the declared inputs by URN."""
    recorded = {one.urn for one in objects}
    unmade = {urn.rpartition("::")[2]: inputs for urn, inputs in declared.items() if urn not in recorded}
    documents = [
        OwnedDocument.model_validate(document) for one in objects for document in one.outputs.get("documents") or []
    ]
    names = {owned.path: _recorded_names(objects, owned.path) for owned in documents}
    rotating = {value for owned in documents for value in _held(owned, names[owned.path]).values()}
    at_twilio = (
        _at_twilio(session, objects, one, unmade)
        for one in sight.strangers
        if one.is_leftover and one.live.id not in rotating
    )
    # A pair is removed from the store before its key is revoked.
    return [*(left for owned in documents for left in _in_store(owned, names[owned.path], unmade)), *at_twilio]


def chosen(leftovers: Sequence[Leftover], sids: Sequence[str]) -> list[Leftover]:
    """Return what to remove: the named ones, else all that no declaration would take over; raise Problem."""
    for sid in sids:
        if sid not in {one.sid for one in leftovers}:
            raise Problem(
                f"{sid} is not a leftover.",
                "Only what is provably this stack's and not in its state can be removed here. Nothing was removed.",
            )
    return [one for one in leftovers if (one.sid in sids if sids else not one.taken_over_as)]


def _at_twilio(session: Session, objects: Sequence[RecordedObject], one: Stranger, unmade: Declared) -> Leftover:
    kind, live = one.kind, one.live
    account = session.own if kind.is_account else session.account(account_of(objects))
    values = {**live.values, **live.facts}
    second = f"duplicates {one.twin_of}, which is recorded"
    return Leftover(
        kind.section,
        kind.noun,
        live.id,
        one.label,
        account.sid,
        second if one.twin_of else "bears the stack's mark, but is not in the state",
        monthly_price=kind.monthly_price(session, live),
        taken_over_as=_taker(one, unmade),
        remove=partial(_removed, one.kind, account, live.id, values),
    )


def _removed(kind: ListedKind[Any], account: Account, sid: str, values: Mapping[str, Any]) -> None:
    kind.guard_deletion(account, sid, values)  # a registration that it carries is not a leftover
    kind.delete_object(account, sid, values)


def _taker(one: Stranger, unmade: Declared) -> str:
    """Return the declared place whose creation would find the object, "" if there is none."""
    for place, inputs in unmade.items():
        section, _, name = place.partition(".")
        if section == one.kind.section and "." not in name:  # and not a part that is a resource of its own
            declared = one.kind.declaration.model_construct(None, **inputs)  # some of it may not be known yet
            if one.kind.is_same(declared, one.live):
                return place
    return ""


def _in_store(owned: OwnedDocument, recorded: set[str], unmade: Declared) -> Iterator[Leftover]:
    left = sorted(_held(owned, {*owned.names} - recorded))
    if left:
        places = (place for place, inputs in unmade.items() if owned.path == _path(inputs))
        yield Leftover(
            secret_document.KIND.section,
            secret_document.KIND.noun,
            owned.path,
            ", ".join(left),
            owned.open().address,
            "is marked as the stack's, but the state does not know these properties",
            taken_over_as=next(places, ""),
            remove=lambda: owned.open().remove(owned.path, owned.owner, left),
        )


def _held(owned: OwnedDocument, names: set[str]) -> dict[str, str]:
    document = owned.open().read(owned.path)
    if document is None or document.owner != owned.owner:
        return {}
    return {name: value for name, value in document.properties.items() if name in names}


def _recorded_names(objects: Sequence[RecordedObject], path: str) -> set[str]:
    """Return the properties of a document that some record has, also those of a rotation under way."""
    names: set[str] = set()
    for one in objects:
        if _path(one.outputs) == path:
            names |= one.kind.delivered_names(one.outputs)
    return names


def _path(values: Mapping[str, Any]) -> str:
    place: Any = next((values[name] for name in _DELIVERIES if values.get(name)), {})
    return str(place.get("path", "")) if isinstance(place, Mapping) else ""
