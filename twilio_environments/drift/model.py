"""The model of a review; every report is made from it alone, so all reports agree.

It is plain, frozen and sorted: the same input gives the same model, and nothing in it depends on the wall clock except
the window that the caller names. Values are shown as Twilio has them, except that credentials in a URL are masked;
a secret is represented by its state only. Texts may hold whatever somebody typed at Twilio; reports must escape them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from twilio_environments.lifecycle.review import Level, RowKind, Severity

ABSENT = "\N{EM DASH}"
"""Stands for a missing value: the resource is no longer declared, or the field is not known yet."""


@dataclass(frozen=True)
class Attribution:
    """One of Twilio's Monitor events: who did it, how, from where and when.

    Of a call with an API key Twilio promises to name the account only, not the key.
    """

    actor: str
    """US… for a person in the Console, AC… for the API, "" where Twilio does not say."""
    actor_type: str
    """user, account, twilio-admin, …"""
    source: str
    """web (the Console), api or twilio."""
    address: str
    """The IP address, or its substitute if redacted, such as "address 1"; "" if Twilio does not say."""
    when: str
    """ISO 8601, UTC."""
    event_type: str
    event_sid: str

    @property
    def hand(self) -> str:
        """Who did it and how, in words: "user US… in the Console from 198.51.100.7"."""
        how = {"web": "in the Console", "api": "by the API", "twilio": "at Twilio"}.get(self.source, self.source)
        address = f"from {self.address}" if self.address else ""
        return " ".join(part for part in (self.actor_type, self.actor, how, address) if part)


@dataclass(frozen=True)
class Location:
    """A line of the stack file, counted from 1; its path is relative to the project."""

    file: str
    line: int


@dataclass(frozen=True)
class DriftedField:
    """One field in its three states. A state without a value is ABSENT; others are JSON values.

    `attribution` is the event that set the live value, or the newest that touched the field; None when there is none.
    """

    name: str
    desired: Any
    recorded: Any
    live: Any
    attribution: Attribution | None = None
    location: Location | None = None
    """Where the stack file declares it; if it does not, the place that would hold it."""


@dataclass(frozen=True)
class Step:
    """One way to settle a row.

    `command` is what to type ("" where it is done by hand), `text` what it does or what to do, `patch` the change of
    the stack file or of the rules as a unified diff or snippet. The flags say what cannot be taken back.
    """

    text: str
    command: str = ""
    patch: str = ""
    possible: bool = True
    replaces: bool = False
    buys: bool = False


@dataclass(frozen=True)
class Remedy:
    """The three ways to settle a row."""

    accept: Step
    revert: Step
    ignore: Step


@dataclass(frozen=True)
class Row:
    """One finding about one object."""

    kind: RowKind
    place: str
    """Its place in the stack file, such as numbers.support; <section>.<SID> if no stack has it."""
    noun: str
    """What people call it, as in "phone number"."""
    sid: str
    label: str
    """Its name or number at Twilio."""
    console_url: str
    severity: Severity
    remedy: Remedy
    text: str = ""
    """What was found, as a sentence, where the fields do not say it all."""
    fields: tuple[DriftedField, ...] = ()
    attribution: Attribution | None = None
    """Its newest event that belongs to what was found."""
    unattributed: str = ""
    """Why there is no attribution, as a sentence; "" when there is one."""
    cause: str = ""
    """The id of its Cause."""
    location: Location | None = None
    urn: str = ""

    @property
    def key(self) -> str:
        """Identifies it in this review, and in the next one."""
        return f"{self.kind}:{self.place}"


@dataclass(frozen=True)
class Cause:
    """Rows that have one cause: one hand at work, one closed account, one permission that is missing."""

    id: str
    title: str
    rows: tuple[str, ...]
    """Keys of rows."""
    attribution: Attribution | None = None
    """The newest event of the group."""
    since: str = ""
    """When its oldest event was; ISO 8601, UTC."""


@dataclass(frozen=True)
class Node:
    """An object in the picture of the environment."""

    place: str
    kind: str
    """account, number, messaging_service, verify_service, flow, key or document."""
    label: str
    sid: str
    state: Literal["clean", "changed", "missing", "unmanaged", "unchecked"]
    level: Level | None = None
    """The worst severity of its rows."""


@dataclass(frozen=True)
class Link:
    """One object leads to another: calls to a flow, a service to its senders."""

    source: str
    target: str
    """Places."""
    label: str
    """The field that makes the link."""
    state: Literal["clean", "added", "removed"] = "clean"
    """added: at Twilio but not recorded; removed: recorded but not at Twilio."""


@dataclass(frozen=True)
class Window:
    """The period searched for events; ISO 8601, UTC."""

    start: str
    end: str


@dataclass(frozen=True)
class Counts:
    """The figures of the first line."""

    managed: int = 0
    """Objects that are recorded."""
    drifted: int = 0
    """Those of them that are changed, missing, or otherwise not as recorded."""
    missing: int = 0
    unmanaged: int = 0
    unchecked: int = 0
    ignored: int = 0
    """Findings that a rule hides."""
    by_kind: Mapping[str, int] = field(default_factory=dict)
    by_level: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Review:
    """A review of one stack. Rows are sorted: the worst first, then by place."""

    project: str
    stack: str
    account_sid: str
    counts: Counts
    rows: tuple[Row, ...]
    causes: tuple[Cause, ...]
    window: Window
    nodes: tuple[Node, ...] = ()
    links: tuple[Link, ...] = ()
    ignored: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    """What else the reader should know: rules that expired, declared changes that are not applied yet."""
    commit: str = ""
    """The commit of the stack file, where it is known."""

    @property
    def summary(self) -> str:
        """The first line of every report."""
        counts = self.counts
        parts = [
            f"{counts.drifted} of {counts.managed} drifted",
            f"{counts.missing} missing",
            f"{counts.unmanaged} unmanaged",
            f"{counts.unchecked} not checked",
        ]
        parts += [f"{counts.ignored} ignored"] if counts.ignored else []
        return ", ".join(parts)

    @property
    def worst(self) -> Level | None:
        """The worst severity of what was found; what could not be checked does not count."""
        return max((row.severity.level for row in self.rows if row.kind != "unchecked"), default=None)

    def row(self, key: str) -> Row:
        """Return the row of a key; raise KeyError."""
        return next((row for row in self.rows if row.key == key), None) or _unknown(key)


def _unknown(key: str) -> Row:
    raise KeyError(key)
