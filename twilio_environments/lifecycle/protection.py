"""What must not be lost by accident: numbers, accounts, and whatever carries a registration.

Pulumi protects what it has recorded as protected, and only against deletion: a single run may lift that and replace the
object. So the reason why an object may be lost is recorded with it, and every replacement relies on that record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from twilio_environments.guard_rails import Rule
from twilio_environments.rest.session import Account, Session

ALLOWED = "allowed"


class Protected:
    """The part of a kind that keeps its objects from being lost."""

    noun: ClassVar[str]
    """What people call it, as in "Messaging Service"."""
    protection: ClassVar[Rule | None] = None
    """The guard rail that stands against losing such an object for good, where there is one."""

    def guard_replacement(
        self,
        session: Session,  # noqa: ARG002 - for kinds that ask
        inputs: Mapping[str, Any],
        recorded: Mapping[str, Any],
        names: Sequence[str],
    ) -> None:
        """Refuse a replacement for the fields in `names` that would lose what a guard rail protects. Raise Problem.

        An allowance counts from the run after it, so it has to be recorded, and it must not have been taken back.
        """
        told = inputs.get(ALLOWED)
        if self.protection and self.keeps(recorded) and told is not None and not (told and recorded.get(ALLOWED)):
            raise self.protection.problem(
                f"The {self.noun} {label(recorded)} would be replaced, because {' and '.join(names)} changed",
                not_yet(self.protection, told),
            )

    def keeps(self, recorded: Mapping[str, Any]) -> bool:  # noqa: ARG002 - for kinds that need it
        """Return whether, according to the record, an object must not be lost unless the stack allows it."""
        return self.protection is not None

    def registered(self, recorded: Mapping[str, Any]) -> bool:  # noqa: ARG002 - for kinds that may be
        """Return whether, according to the record, an object carries a registration that would be lost with it."""
        return False

    def guard_deletion(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> None:  # noqa: ARG002
        """Refuse, right before a deletion, to lose what a guard rail protects; read-only. Raise Problem."""
        if self.protection and self.keeps(recorded) and recorded.get(ALLOWED) == "":
            raise self.protection.problem(
                f"The {self.noun} {label(recorded)} ({object_id}) is recorded as protected",
                not_yet(self.protection, ""),
            )


def label(recorded: Mapping[str, Any]) -> str:
    """Return what people know a recorded object by."""
    return str(recorded.get("phone_number") or repr(recorded.get("friendly_name", "")))


def not_yet(rule: Rule, told: str) -> str:
    """Return what to do about a loss that no recorded allowance covers; `told` is what the stack file says now."""
    if told:
        return (
            "An allowance takes effect in the run after the one that records it: undo the change, run pulumi up, and "
            "then make the change."
        )
    return (
        f"Undo the change. If it may be lost, say why in twilio:allow {rule.name}, in a program of your own by "
        "allowed, and run pulumi up first."
    )
