"""What a kind says about itself when a new environment's stack file is copied from another one's.

Strings get the new environment's name automatically, and SIDs of the other account are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from twilio_environments.lifecycle.adoption import Entries


@dataclass(frozen=True)
class Copying:
    """What becomes of the fields of a kind's stack file that are not plain text, by name.

    `kept` are the same in both, `left_out` concern only the other environment's object, `documents` are paths in the
    secret store, where each environment has its own, `asked` are texts that a person changes. `beside` says which field
    is dropped along with another that is left out.
    """

    kept: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    beside: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CopyChange:
    """A field that becomes another in the copy, None to drop it; and what a person has to decide, as a clause."""

    name: str
    value: Any = None
    decision: str = ""


class Copyable:
    """The part of a kind that a copy uses."""

    copying: ClassVar[Copying] = Copying()

    def copied(self, name: str, entries: Entries, before: str) -> Iterator[CopyChange]:  # noqa: ARG002 - for kinds that are not copied field by field
        """Yield what else differs in the copy of the object with that logical name.

        `entries` are those of the other stack file, `before` is the other environment's name.
        """
        yield from ()
