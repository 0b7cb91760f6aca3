"""What a kind says of itself when a stack takes over an account that is there.

The default is what most kinds have in common; a kind says in its own file what is different about it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from twilio_environments.lifecycle.objects import Live
from twilio_environments.problems import Problem
from twilio_environments.rest.session import Account


@dataclass(frozen=True)
class Found:
    """An object with all that a creation compares, and what its definition's file would say, where it has one."""

    live: Live
    definition: Any = None


class Said(NamedTuple):
    """What a stack file has to say in a field, and why: a comment."""

    value: Any
    why: str


Entries = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""What a stack file says, by section and logical name."""


class Adoptable:
    """The part of a kind that an adoption asks."""

    adoptable: ClassVar[bool] = True
    """Whether an object that is there can be taken over whole; nobody tells the secret of a key."""

    def not_to_adopt(self, account: Account, lives: Sequence[Live]) -> Mapping[str, Problem]:  # noqa: ARG002 - for kinds that have some
        """Return, by SID, why no stack can have some of the account's objects; read-only."""
        return {}

    def unadoptable(self, values: Mapping[str, Any]) -> Problem | None:  # noqa: ARG002 - for kinds that cannot be
        """Return why no entry of the stack file takes over an object that is there, None where one does."""
        return None

    def said_to_adopt(self, stated: Mapping[str, Any], others: Entries) -> Mapping[str, Said]:  # noqa: ARG002 - as above
        """Return what the stack file has to say beside what an object is like (`stated`), to take it over as it is.

        `others` are the entries of objects that it may name; none where they are not known.
        """
        return {}

    def staying(self, live: Live) -> Mapping[str, str]:  # noqa: ARG002 - for kinds that have some
        """Return what an object carries that is no part of a stack and stays as it is, and why."""
        return {}
