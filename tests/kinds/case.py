"""What a case is: a kind with what it takes at least, at most, and one change of each of its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from twilio_environments.lifecycle.kind import Kind

URL = "https://example.com/hook"
OTHER_URL = "https://example.org/hook"


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
    posts: tuple[int, ...] = (1, 1)

    @property
    def name(self) -> str:
        return self.kind.section

    @property
    def is_listed(self) -> bool:
        """Whether it is an object of Twilio's own, found in a listing."""
        return self.kind.section not in {"senders", "secrets"}


def flags(*names: str, to: bool) -> tuple[Change, ...]:
    return tuple(Change(name, to) for name in names)
