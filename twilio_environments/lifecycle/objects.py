"""An object as the lifecycle passes it on: its state at Twilio, what became of it, how it differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from twilio_environments.lifecycle.absence import SEEN_BY, seeing
from twilio_environments.lifecycle.values import plain
from twilio_environments.rest.session import Session

INCOMPLETE = "incomplete"
ACCOUNT = "account_sid"
MOVED = "moved"
FORMER_MARKS = "former_marks"


@dataclass(frozen=True)
class Live:
    """An object as Twilio has it: the compared fields, normalised, and the facts that only Twilio decides."""

    id: str
    values: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """The result of an operation, and what to say about it."""

    live: Live
    incomplete: Sequence[str] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Difference:
    """Which fields an update would change, which of those replace the object, and reasons beyond the fields.

    `delete_first`: the replacement has the old object's identity, so its creation would find the old one.
    """

    changed: Sequence[str]
    replaces: Sequence[str]
    reasons: Sequence[str] = ()
    delete_first: bool = False


def unmarked(values: Mapping[str, Any]) -> str:
    """Return the friendly name in `values` without the mark of the stack."""
    return str(values.get("friendly_name", "")).removesuffix(str(values.get("mark", ""))).rstrip()


def seen(session: Session, live: Live) -> Live:
    """Return the object together with the account whose credentials see it now."""
    return replace(live, facts={**live.facts, SEEN_BY: seeing(session)})


def different(desired: Mapping[str, Any], live: Mapping[str, Any]) -> set[str]:
    """Return the names of the fields that differ; fields that are not desired are ignored."""
    return {name for name, value in desired.items() if plain(live.get(name)) != plain(value)}
