"""What a kind says about itself when a stack adopts an existing account.

The defaults fit most kinds; a kind overrides in its own file what differs.
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
    """An object with everything that a creation compares, and the content of its definition's file, if it has one."""

    live: Live
    definition: Any = None


class Said(NamedTuple):
    """What a stack file has to say in a field, and why: a comment."""

    value: Any
    why: str


Entries = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""What a stack file says, by section and logical name."""


class Adoptable:
    """The part of a kind that an adoption uses."""

    adoptable: ClassVar[bool] = True
    """Whether an existing object can be taken over whole; a key's secret cannot be read."""

    def not_to_adopt(self, account: Account, lives: Sequence[Live]) -> Mapping[str, Problem]:  # noqa: ARG002 - for kinds that have some
        """Return, by SID, why no stack can take over some of the account's objects; read-only."""
        return {}

    def unadoptable(self, values: Mapping[str, Any]) -> Problem | None:  # noqa: ARG002 - for kinds that cannot be
        """Return why no stack-file entry can take over an existing object, None if one can."""
        return None

    def said_to_adopt(self, stated: Mapping[str, Any], others: Entries) -> Mapping[str, Said]:  # noqa: ARG002 - as above
        """Return what the stack file has to say besides the object's values (`stated`) to take it over as it is.

        `others` are the entries of objects that it may name; none where they are not known.
        """
        return {}

    def staying(self, live: Live) -> Mapping[str, str]:  # noqa: ARG002 - for kinds that have some
        """Return what an object carries that is not part of a stack and stays as it is, and why."""
        return {}
