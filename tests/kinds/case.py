"""What a case is: all that the tests over every kind have to know of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.kinds.operations import Operations
from tests.kinds.strategies import Form, Random
from twilio_environments.lifecycle.kind import Kind

URL = "https://example.com/hook"
OTHER_URL = "https://example.org/hook"
OWNER = "acme/staging"
MARK = "[acme/staging]"


def sid(prefix: str, number: int = 1) -> str:
    return f"{prefix}{number:032x}"


@dataclass(frozen=True)
class Change:
    """One field changed, and left out again.

    `beside` is declared all the time because Twilio wants it there. `calls` are the POST and DELETE that the change
    takes, `back` those of the way back. `names` is what `diff` says, where that is more than the field; `drift` is
    what it says when somebody else made the change, where that is not the same. `reason` is why this case is there.
    """

    name: str
    value: Any
    beside: Mapping[str, Any] = field(default_factory=dict)
    calls: Mapping[str, int] = field(default_factory=lambda: {"POST": 1})
    back: Mapping[str, int] = field(default_factory=lambda: {"POST": 1})
    names: tuple[str, ...] = ()
    drift: tuple[str, ...] | None = None
    reason: str = "a declared field reaches Twilio, comes back from it, and is its default when it is left out again"

    @property
    def expected(self) -> list[str]:
        return sorted(self.names or (self.name,))


@dataclass(frozen=True)
class Case:
    """A kind: inputs at their least, several that together give every field a value of its own, and the changes.

    `posts` are the POST calls of the creation from `minimal` and from each of `full`.
    """

    kind: Kind[Any]
    minimal: Mapping[str, Any]
    full: tuple[Mapping[str, Any], ...]
    changes: tuple[Change, ...]
    operations: tuple[Operations, ...] = ()
    """What Twilio's documents state of it, the collection that it is made in first."""
    table: str = ""
    """Where the emulator keeps them, of objects of Twilio's own."""
    posts: tuple[int, ...] = (1, 1)
    by_hand: Form = field(default_factory=dict)
    """What somebody sends who makes such an object in the Console, beside its name."""
    estate: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Its objects in the stack file of the drift review's tests, where that file does not have them already."""
    altered: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The fields that somebody alters behind the back of that stack, by place; one of `changes` has each."""
    random: Random | None = None
    """What a random stack file says of one object."""
    account: st.SearchStrategy[Any] | None = None
    """What people sent to Twilio who made an account over the years."""

    @property
    def name(self) -> str:
        return self.kind.section

    @property
    def form(self) -> Form:
        """What somebody sends who makes an object of the least declared identity in the Console."""
        return {"FriendlyName": self.minimal["friendly_name"], **self.by_hand}

    def parameter(self, name: str) -> str:
        """What Twilio calls a field."""
        return next(one.name for operations in self.operations for one in operations.parameters() if one.field == name)

    @property
    def is_listed(self) -> bool:
        """Whether it is an object of Twilio's own, found in a listing."""
        return self.kind.section not in {"senders", "secrets"}


def flags(*names: str, to: bool) -> tuple[Change, ...]:
    return tuple(Change(name, to) for name in names)
