"""What a kind says of itself when the stack file of a new environment is made from another one's.

Texts get the new environment's name by themselves, and what is a SID of the other account is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from twilio_environments.lifecycle.adoption import Entries


@dataclass(frozen=True)
class Copying:
    """What becomes of the fields of a kind's stack file that are no mere texts, by their names.

    `kept` are the same in both, `left_out` are about the other environment's object alone, `documents` are paths of the
    secret store, of which each has its own, `asked` are texts that a person changes. `beside` says which field goes
    with another one that is left out.
    """

    kept: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    beside: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CopyChange:
    """A field that is another one in the copy, None for none; and what of that a person has to decide, as a clause."""

    name: str
    value: Any = None
    decision: str = ""


class Copyable:
    """The part of a kind that a copy asks."""

    copying: ClassVar[Copying] = Copying()

    def copied(self, name: str, entries: Entries, before: str) -> Iterator[CopyChange]:  # noqa: ARG002 - for kinds that are not copied field by field
        """Yield what else is different in the copy of an object of that logical name.

        `entries` are those of the other stack file, `before` is the other environment's name.
        """
        yield from ()
