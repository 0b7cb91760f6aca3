"""What a kind says of itself to the drift review, and the words in which it says it.

The review knows no kind. It asks these attributes and methods; what most kinds have in common is their default, and a
kind says in its own file what is different about it. Nothing here reads or writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, ClassVar, Literal

from twilio_environments.problems import Problem

RowKind = Literal[
    "changed",  # fields differ from what is recorded
    "webhook_host",  # as changed, and the field now leads to a host that nothing else of the environment names
    "missing",  # it no longer exists at Twilio
    "unmanaged",  # it is in the account and in no stack
    "secret",  # it is missing or altered in the secret store, or is no longer what Twilio has
    "key_by_hand",  # an API key that no stack made
    "overdue",  # a key that should have been rotated by now
    "draft",  # a flow has a draft that is not published
    "layout",  # a flow was published again with nothing changed but its layout or its commit message
    "shadowed",  # a number's own message webhook is not asked, because of its Messaging Service
    "unchecked",  # it could not be read, and the reason
]
STRAY: frozenset[RowKind] = frozenset({"unmanaged", "key_by_hand"})
"""What is in the account and in no stack."""


class Level(IntEnum):
    """How much a difference matters; the higher the worse."""

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
    """How an object stands in the picture of an environment: the word for it, and the heading of its column.

    Without a heading it stands above the columns. `leads` says whether its values lead to other objects, and theirs to
    it: an arrow is drawn then.
    """

    word: str
    column: str = ""
    rank: int = 0
    """Where its column stands, from the left: what is reached first has the lowest."""
    noun: str = ""
    """What people call it there; the word where left out."""
    leads: bool = True


@dataclass(frozen=True)
class Trail:
    """Where Twilio's Monitor has the events of what was found, or why there are none.

    `sid` is the resource that they are logged under. What else is logged under that is told apart by `words`: one of
    them is in the type of each event.
    """

    sid: str = ""
    words: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    """How the type of the event ends that did it; any where left out."""
    about: str = ""
    """What the event names as it is since, where it has to name one: the SID of a sender that came."""
    reason: str = ""


@dataclass(frozen=True)
class Gone:
    """What it means that a recorded object is gone."""

    severity: Severity
    kind: RowKind = "missing"
    text: str = "it no longer exists at Twilio"
    optional: bool = True
    """Whether an environment can be without it, so that the stack file may be."""


@dataclass(frozen=True)
class Stray:
    """What it means that an object is in the account and in no stack, and what settles it."""

    severity: Severity
    kind: RowKind = "unmanaged"
    revert: str = "Delete it in the Console once nobody uses it; a released number may not come back."
    shared: Severity = Severity(Level.COSMETIC, "others use this account too")
    """How much it matters in an account that is not this stack's own."""


@dataclass(frozen=True)
class Recreation:
    """What it means to make an object again that is gone."""

    text: str = "Create it again, under another SID. The next pulumi up updates what refers to it."
    buys: bool = False
    replaces: bool = False
    whole: bool = False
    """Whether the whole stack is made again, and not the object alone."""


@dataclass(frozen=True)
class Elsewhere:
    """Where what Twilio has of a field is accepted, where that is not the stack file: a sentence, and one of remedy.

    {stack} and {name} stand for the stack and the object's logical name. `command` accepts it, and `text` says how.
    """

    what: str
    remedy: str
    command: str = ""
    text: str = ""


@dataclass(frozen=True)
class Notice:
    """What a kind finds beside fields that differ, and what settles it."""

    kind: RowKind
    text: str
    severity: Severity
    revert: str
    by_hand: bool = True
    """Whether somebody has to revert it, because no update does."""
    possible: bool = True
    """Whether it can be reverted at all."""
    refresh: str = ""
    """What a refresh does, where that accepts it."""
    drops: tuple[str, ...] = ()
    """The fields that accepting takes out of the stack file."""
    refusal: Problem | None = None
    """Why it cannot be accepted."""
    trail: Trail | None = None
    """Where its events are, if not where the object's are."""


@dataclass(frozen=True)
class Reading:
    """A recorded object, and Twilio's answer: what its kind looks at for findings of its own."""

    sid: str
    inputs: Mapping[str, Any]
    recorded: Mapping[str, Any]
    """The recorded outputs."""
    values: Mapping[str, Any]
    facts: Mapping[str, Any]
    listed: Mapping[str, Any] = field(default_factory=dict)
    """The values in the listing, which may be others: of a flow those of its draft."""
    changed: Sequence[str] = ()
    """What a refresh would call changed."""


@dataclass(frozen=True)
class Surroundings:
    """What was read beside an object: the account's listings and the stack's records, by section and SID."""

    listed: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    recorded: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    beside: Any = None
    """What the kind's `look_beside` has returned."""
    secret: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The names of fields that no report may show, by SID."""


class Reviewable:
    """The part of a kind that a review asks."""

    console: ClassVar[str] = ""
    """Where Twilio's Console shows one, below its root, with {sid} in it; Twilio does not promise such addresses."""
    labels: ClassVar[tuple[str, ...]] = ("friendly_name",)
    """What people know one by: the first of these outputs that it has."""
    is_account: ClassVar[bool] = False
    """Whether it is the account that all others live in."""
    part_of: ClassVar[str] = ""
    """The section of the kind that one is a part of: it goes by that one's SID, and its place is below that one's."""
    drawn: ClassVar[Drawn | None] = None
    """How it stands in the picture; None for a part, whose values are drawn as those of its whole."""

    wording: ClassVar[tuple[str, ...]] = ("friendly_name",)
    """Fields whose text leads nowhere, whatever it looks like."""
    delivered: ClassVar[tuple[str, ...]] = ()
    """Those of `statuses` that say whether the secret store still has what was delivered to it."""
    of_time: ClassVar[tuple[str, ...]] = ()
    """What `diff` calls changed without anybody having changed it."""
    grave: ClassVar[tuple[str, ...]] = ()
    """Fields that are a matter of security whatever they differ in."""

    gone: ClassVar[Gone] = Gone(Severity(Level.BEHAVIOUR, "what refers to it fails"))
    stray: ClassVar[Stray] = Stray(Severity(Level.BEHAVIOUR, "it costs money or takes traffic, and nobody reviewed it"))
    bought: ClassVar[bool] = False
    """Whether making one buys something."""

    event_words: ClassVar[tuple[str, ...]] = ()
    """What tells its events from others that are logged under the same SID: one of these is in their type."""
    event_names: ClassVar[Mapping[str, str]] = {}
    """What events call a field, where that is not its name."""
    unlogged: ClassVar[tuple[str, ...]] = ()
    """Fields that an event about them may leave out."""
    logged_by_member: ClassVar[bool] = False
    """Whether its fields are sets, and each event is about one member that came or went."""

    stated_as: ClassVar[Mapping[str, str]] = {}
    """The key by which a stack file says a field, where that is neither its name nor a logical name."""

    def console_url(self, sid: str) -> str:
        """Return the Console's page of an object, "" where it has none."""
        return f"https://console.twilio.com/us1/{self.console.format(sid=sid)}" if self.console and sid else ""

    def label(self, values: Mapping[str, Any], otherwise: str, hidden: frozenset[str] = frozenset()) -> str:
        """Return what people know an object of these values by; those of `hidden` names are not told."""
        return next((str(values[name]) for name in self.labels if values.get(name) and name not in hidden), otherwise)

    def is_stacks_own(self, recorded: Mapping[str, Any]) -> bool:  # noqa: ARG002 - for accounts
        """Say whether a recorded account was made by its stack, so that nobody else works in it."""
        return False

    def also_ours(self, recorded: Mapping[str, Any]) -> set[str]:  # noqa: ARG002 - for kinds that have some
        """Return the SIDs that a record has beside the object's own."""
        return set()

    def findings(self, reading: Reading, around: Surroundings) -> Iterator[Notice]:  # noqa: ARG002 - for kinds that have some
        """Yield what is to be said of an object beside fields that differ."""
        yield from ()

    def remark(self, reading: Reading) -> str:  # noqa: ARG002 - for kinds that have one
        """Return what to say beside fields that differ, as a clause."""
        return ""

    def severity(self, name: str, recorded: Any, live: Any) -> Severity:  # noqa: ARG002 - for fields that need it
        """Return how much a field matters that differs; without a reason where it is that of most fields."""
        if name == "friendly_name":
            return Severity(Level.COSMETIC, "only the name differs")
        return Severity(Level.BEHAVIOUR, "")

    def trail(self, sid: str, recorded: Mapping[str, Any], differing: Mapping[str, Any]) -> Trail:  # noqa: ARG002 - as above
        """Return where the events of an object are; `differing` are the fields that differ, as they are live."""
        return Trail(sid, self.event_words)

    def reverted(self, names: Sequence[str]) -> str:  # noqa: ARG002 - for kinds with secrets
        """Say what an update does that reverts the named fields."""
        return "Set it back to what is declared."

    def before_reverting(self, name: str, live: Any, facts: Mapping[str, Any]) -> str:  # noqa: ARG002 - as above
        """Return what the stack file has to say before an update may revert a field, "" for nothing."""
        return ""

    def recreated(self, inputs: Mapping[str, Any]) -> Recreation:  # noqa: ARG002 - for kinds that are chosen anew
        """Return what it means to make an object again that is gone."""
        return Recreation(buys=self.bought)

    def accepted_elsewhere(self, name: str) -> Elsewhere | None:  # noqa: ARG002 - for fields of files
        """Return where what Twilio has of a field is accepted, None for the stack file."""
        return None
