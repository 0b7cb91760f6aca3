"""What a kind tells the drift review about itself, and the vocabulary it uses.

The review knows no particular kind. It uses these attributes and methods; their defaults fit most kinds, and a kind
overrides in its own file what differs. Nothing here reads or writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, ClassVar, Literal

from twilio_environments.problems import Problem

RowKind = Literal[
    "changed",  # fields differ from what is recorded
    "webhook_host",  # as changed, and the field now points to a host that nothing else in the environment names
    "missing",  # it no longer exists at Twilio
    "unmanaged",  # it is in the account and in no stack
    "secret",  # it is missing from the secret store, altered there, or no longer what Twilio has
    "key_by_hand",  # an API key that no stack made
    "overdue",  # a key that should have been rotated by now
    "draft",  # a flow has a draft that is not published
    "layout",  # a flow was published again with nothing changed but its layout or its commit message
    "shadowed",  # a number's own message webhook is not asked, because of its Messaging Service
    "unchecked",  # it could not be read, and the reason
]
STRAY: frozenset[RowKind] = frozenset({"unmanaged", "key_by_hand"})
"""What is in the account but in no stack."""


class Level(IntEnum):
    """How much a difference matters; higher is worse."""

    COSMETIC = 1
    BEHAVIOUR = 2
    SECURITY = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Severity:
    """How much a row matters, and why, as a clause."""

    level: Level
    reason: str


@dataclass(frozen=True)
class Drawn:
    """How an object appears in the picture of an environment: the word for it, and the heading of its column.

    Without a heading it is placed above the columns. `leads` says whether its values point to other objects, and theirs
    to it: then an arrow is drawn.
    """

    word: str
    column: str = ""
    rank: int = 0
    """The position of its column, from the left: what is reached first has the lowest."""
    noun: str = ""
    """What people call it there; defaults to the word."""
    leads: bool = True


@dataclass(frozen=True)
class Trail:
    """Where Twilio's Monitor has the events of what was found, or why there are none.

    `sid` is the resource that they are logged under. `words` sets them apart from other events logged there: one of
    these is in the type of each event.
    """

    sid: str = ""
    words: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    """How the type of the event that did it ends; any if left out."""
    about: str = ""
    """What the event has to name as the new value, if anything: the SID of a sender that was added."""
    reason: str = ""


@dataclass(frozen=True)
class Gone:
    """What it means that a recorded object is gone."""

    severity: Severity
    kind: RowKind = "missing"
    text: str = "it no longer exists at Twilio"
    optional: bool = True
    """Whether an environment can do without it, so the stack file may too."""


@dataclass(frozen=True)
class Stray:
    """What it means that an object is in the account but in no stack, and what resolves it."""

    severity: Severity
    kind: RowKind = "unmanaged"
    revert: str = "Delete it in the Console once nobody uses it; a released number may not come back."
    shared: Severity = Severity(Level.COSMETIC, "others use this account too")
    """How much it matters in an account that does not belong to this stack."""


@dataclass(frozen=True)
class Recreation:
    """What it means to recreate an object that is gone."""

    text: str = "Create it again, under another SID. The next pulumi up updates what refers to it."
    buys: bool = False
    replaces: bool = False
    whole: bool = False
    """Whether the whole stack is recreated, not just the object."""


@dataclass(frozen=True)
class Elsewhere:
    """Where a field's live value is accepted, if not in the stack file: a sentence, and one on the remedy.

    {stack} and {name} stand for the stack and the object's logical name. `command` accepts the value, and `text` says
    how.
    """

    what: str
    remedy: str
    command: str = ""
    text: str = ""


@dataclass(frozen=True)
class Notice:
    """What a kind finds besides fields that differ, and what resolves it."""

    kind: RowKind
    text: str
    severity: Severity
    revert: str
    by_hand: bool = True
    """Whether a person has to revert it, because no update does."""
    possible: bool = True
    """Whether it can be reverted at all."""
    refresh: str = ""
    """What a refresh does, where that accepts it."""
    drops: tuple[str, ...] = ()
    """The fields that accepting takes out of the stack file."""
    refusal: Problem | None = None
    """Why it cannot be accepted."""
    trail: Trail | None = None
    """Where its events are logged, if not with the object's."""


@dataclass(frozen=True)
class Reading:
    """A recorded object and Twilio's answer, from which its kind derives findings of its own."""

    sid: str
    inputs: Mapping[str, Any]
    recorded: Mapping[str, Any]
    """The recorded outputs."""
    values: Mapping[str, Any]
    facts: Mapping[str, Any]
    listed: Mapping[str, Any] = field(default_factory=dict)
    """The values in the listing, which may differ: for a flow, those of its draft."""
    changed: Sequence[str] = ()
    """What a refresh would call changed."""


@dataclass(frozen=True)
class Surroundings:
    """What was read besides an object: the account's listings and the stack's records, by section and SID."""

    listed: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    recorded: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    beside: Any = None
    """What the kind's `look_beside` has returned."""
    secret: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The names of fields that no report may show, by SID."""


class Reviewable:
    """The part of a kind that a review uses."""

    console: ClassVar[str] = ""
    """The path of its page in Twilio's Console, with {sid} in it; Twilio does not promise such addresses."""
    labels: ClassVar[tuple[str, ...]] = ("friendly_name",)
    """What people know it by: the first of these outputs that is set."""
    is_account: ClassVar[bool] = False
    """Whether it is the account that all others live in."""
    part_of: ClassVar[str] = ""
    """The section of the kind that it is a part of: it uses that one's SID, and is placed below it."""
    drawn: ClassVar[Drawn | None] = None
    """How it appears in the picture; None for a part, whose values are drawn as its owner's."""

    wording: ClassVar[tuple[str, ...]] = ("friendly_name",)
    """Fields whose text points nowhere, whatever it looks like."""
    delivered: ClassVar[tuple[str, ...]] = ()
    """The `statuses` that say whether the secret store still has what was delivered to it."""
    of_time: ClassVar[tuple[str, ...]] = ()
    """What `diff` reports as changed although nobody changed it."""
    grave: ClassVar[tuple[str, ...]] = ()
    """Fields in which any difference is a matter of security."""

    gone: ClassVar[Gone] = Gone(Severity(Level.BEHAVIOUR, "what refers to it fails"))
    stray: ClassVar[Stray] = Stray(Severity(Level.BEHAVIOUR, "it costs money or takes traffic, and nobody reviewed it"))
    bought: ClassVar[bool] = False
    """Whether making one buys something."""

    event_words: ClassVar[tuple[str, ...]] = ()
    """What sets its events apart from others logged under the same SID: one of these is in their type."""
    event_names: ClassVar[Mapping[str, str]] = {}
    """What events call a field, where that is not its name."""
    unlogged: ClassVar[tuple[str, ...]] = ()
    """Fields that an event about them may leave out."""
    logged_by_member: ClassVar[bool] = False
    """Whether its fields are sets, and each event is about one member that came or went."""

    stated_as: ClassVar[Mapping[str, str]] = {}
    """The key that a stack file uses for a field, if neither its name nor a logical name."""

    def console_url(self, sid: str) -> str:
        """Return the Console's page of an object, "" where it has none."""
        return f"https://console.twilio.com/us1/{self.console.format(sid=sid)}" if self.console and sid else ""

    def label(self, values: Mapping[str, Any], otherwise: str, hidden: frozenset[str] = frozenset()) -> str:
        """Return what people know an object with these values by; values whose names are `hidden` are not shown."""
        return next((str(values[name]) for name in self.labels if values.get(name) and name not in hidden), otherwise)

    def is_stacks_own(self, recorded: Mapping[str, Any]) -> bool:  # noqa: ARG002 - for accounts
        """Return whether a recorded account was made by its stack, so that nobody else works in it."""
        return False

    def also_ours(self, recorded: Mapping[str, Any]) -> set[str]:  # noqa: ARG002 - for kinds that have some
        """Return the SIDs that a record has besides the object's own."""
        return set()

    def findings(self, reading: Reading, around: Surroundings) -> Iterator[Notice]:  # noqa: ARG002 - for kinds that have some
        """Yield what to report about an object besides fields that differ."""
        yield from ()

    def remark(self, reading: Reading) -> str:  # noqa: ARG002 - for kinds that have one
        """Return what to say besides fields that differ, as a clause."""
        return ""

    def severity(self, name: str, recorded: Any, live: Any) -> Severity:  # noqa: ARG002 - for fields that need it
        """Return how much a differing field matters; without a reason if it is as for most fields."""
        if name == "friendly_name":
            return Severity(Level.COSMETIC, "only the name differs")
        return Severity(Level.BEHAVIOUR, "")

    def trail(self, sid: str, recorded: Mapping[str, Any], differing: Mapping[str, Any]) -> Trail:  # noqa: ARG002 - as above
        """Return where the events of an object are; `differing` are the fields that differ, as they are live."""
        return Trail(sid, self.event_words)

    def reverted(self, names: Sequence[str]) -> str:  # noqa: ARG002 - for kinds with secrets
        """Describe what an update that reverts the named fields does."""
        return "Set it back to what is declared."

    def before_reverting(self, name: str, live: Any, facts: Mapping[str, Any]) -> str:  # noqa: ARG002 - as above
        """Return what the stack file has to say before an update may revert a field, "" for nothing."""
        return ""

    def recreated(self, inputs: Mapping[str, Any]) -> Recreation:  # noqa: ARG002 - for kinds that are chosen again
        """Return what it means to recreate an object that is gone."""
        return Recreation(buys=self.bought)

    def accepted_elsewhere(self, name: str) -> Elsewhere | None:  # noqa: ARG002 - for fields of files
        """Return where a field's live value is accepted, None for the stack file."""
        return None
