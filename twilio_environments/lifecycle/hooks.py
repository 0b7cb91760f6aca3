"""What a kind implements itself, and what it may override; `kind.py` shows when the lifecycle calls it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from twilio_environments.lifecycle.adoption import Adoptable
from twilio_environments.lifecycle.card import Card, D
from twilio_environments.lifecycle.copying import Copyable
from twilio_environments.lifecycle.declaration import live_values, minimal_values
from twilio_environments.lifecycle.objects import ACCOUNT, Live, unmarked
from twilio_environments.lifecycle.protection import ALLOWED, Protected
from twilio_environments.lifecycle.purchases import Purchases
from twilio_environments.lifecycle.review import Reviewable
from twilio_environments.lifecycle.values import plain
from twilio_environments.rest.session import Account, Session


class Hooks(Card[D], Protected, Reviewable, Adoptable, Copyable, ABC):
    """What is specific to one kind. The methods take an account and know nothing about Pulumi."""

    # -- what a kind must say for itself ---------------------------------------------------------------------------

    @abstractmethod
    def find(self, account: Account, declared: D, *, made: bool = False) -> Live | None:
        """Return the object with the declared identity, None if there is none; raise Problem if it may not be ours.

        `made` says that this very run sent the POST that may have created it.
        """

    @abstractmethod
    def observe(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> Live:
        """Return the object with all its compared values, as cheaply as what is recorded allows; raise NotFound."""

    @abstractmethod
    def create_object(self, account: Account, declared: D) -> Live:
        """Create the object with one POST and return it from the answer."""

    @abstractmethod
    def update_object(self, account: Account, live: Live, declared: D, names: set[str]) -> Live:
        """Update the named fields as declared and return the object from the answer."""

    @abstractmethod
    def delete_object(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> None:
        """Delete the object; the caller counts NotFound as success."""

    # -- what a kind may refine ------------------------------------------------------------------------------------

    def identity(self, declared: D) -> str:
        """Return what identifies the object: its friendly name, unless the kind says otherwise."""
        return str(declared.friendly_name)  # type: ignore[attr-defined]  # every kind with this identity has the field

    def is_same(self, declared: D, live: Live) -> bool:  # noqa: ARG002 - for kinds that need it
        """Return whether a live object has the identity of the declared one."""
        return False

    def identifies(self, inputs: Mapping[str, Any], recorded: Mapping[str, Any]) -> int:
        """Return how certain it is that the recorded object is the one that these inputs declare; 0: it is another.

        Neither logical names nor the stack's mark count: the mark changes with the stack's name.
        """
        name = unmarked(inputs)
        # A refresh after a killed run records the new name next to the mark of the stack's former name.
        renamed = {**recorded, "mark": inputs.get("mark", "")}
        return int(bool(name) and name in {unmarked(recorded), unmarked(renamed)})

    def desired(self, declared: D) -> dict[str, Any]:
        """Return the compared fields as they should be; undeclared optional parts are absent."""
        return declared.values()

    def adopted(self, account: Account, live: Live, declared: D) -> Live:  # noqa: ARG002 - for kinds that need it
        """Complete an object that was found instead of created."""
        return self.observe(account, live.id, {})

    def check(
        self,
        session: Session,
        inputs: Mapping[str, Any],
        before: Mapping[str, Any] | None = None,  # noqa: ARG002 - for kinds that need it
    ) -> None:
        """Check, before anything is changed, for whatever would stop a creation; read-only. Raise Problem.

        Called with the inputs that are known: in a preview some may be missing. `before` are those of the last run.
        """
        session.account(inputs.get(ACCOUNT))

    def check_creation(self, session: Session, account: Account | None, inputs: Mapping[str, Any]) -> None:
        """Check, before it is created, for whatever Twilio would refuse permanently; read-only. Raise Problem.

        `account` is None if it does not exist yet, or if the object with this identity is deleted first. Some inputs
        may be missing.
        """

    def guard_creation(
        self, session: Session, account: Account | None, inputs: Mapping[str, Any], purchases: Purchases
    ) -> None:
        """Refuse, before anything is created, what a guard rail forbids; read-only. Raise Problem.

        `account` is as in `check_creation`. `purchases` are those of this run, and their limits.
        """

    def guard_purchase(self, session: Session, inputs: Mapping[str, Any], purchases: Purchases) -> None:
        """Count what creating the object buys; also called right before that. Raise Problem beyond the limits."""

    def guard_change(self, account: Account, inputs: Mapping[str, Any], recorded: Mapping[str, Any]) -> None:
        """Refuse, before the recorded object is changed, what a guard rail forbids; read-only. Raise Problem."""

    def announce(
        self, session: Session, object_id: str, inputs: Mapping[str, Any], recorded: Mapping[str, Any]
    ) -> None:
        """Note what an update is going to change for other objects, before they are read."""

    def foreseen(
        self,
        session: Session,  # noqa: ARG002 - for kinds that need it, as the others
        inputs: Mapping[str, Any],  # noqa: ARG002
        unknown: AbstractSet[str],  # noqa: ARG002
    ) -> Sequence[str]:
        """Tell a preview what a creation would take over, and what it would change in it; read-only.

        `inputs` are the known ones, `unknown` the names of the others.
        """
        return ()

    def twins(
        self,
        account: Account,  # noqa: ARG002 - for kinds that can have them, as the others
        object_id: str,  # noqa: ARG002
        recorded: Mapping[str, Any],  # noqa: ARG002
    ) -> Sequence[Live]:
        """Return other objects with the recorded one's identity; more than one means that a run was interrupted."""
        return ()

    def before_deletion(self, session: Session, recorded: Mapping[str, Any], object_id: str) -> None:
        """Refuse a deletion that would leave something behind permanently; read-only. Raise Problem."""

    def withdraw(
        self,
        account: Account | None,  # noqa: ARG002 - for kinds that deliver something, as the others
        recorded: Mapping[str, Any],  # noqa: ARG002
        object_id: str,  # noqa: ARG002
    ) -> Sequence[str]:
        """Remove what was delivered from the secret store, and report what had to be left there.

        Called before the object is deleted, or when it is found deleted; `account` is None if that is gone with all it
        held.
        """
        return ()

    def delivered_names(self, recorded: Mapping[str, Any]) -> set[str]:  # noqa: ARG002 - for kinds that deliver something
        """Return the properties that a recorded object may have in its document, including during a rotation."""
        return set()

    def monthly_price(self, session: Session, live: Live) -> str:  # noqa: ARG002 - for kinds that are billed
        """Return what an object costs per month, as people write it; "" for nothing."""
        return ""

    def not_there(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> Sequence[str]:  # noqa: ARG002
        """Return what to say about an object that was to be deleted but is gone; raise Problem if that is unknown."""
        return ()

    def listing_key(self, account: Account) -> tuple[str, ...]:
        """Return the key of the shared listing."""
        return (account.sid, self.section)

    def wrote(self, account: Account, live: Live) -> None:
        """Let later reads in this run know what was just created or updated."""

    def deleted(self, account: Account, object_id: str) -> None:  # noqa: ARG002 - for kinds that can tell
        """Let later reads in this run know that it is gone: a replacement created in this run must not find it."""
        account.listings.drop(*self.listing_key(account))

    def resource_id(self, live: Live) -> str:
        """Return the object's id in the state: Twilio's SID, unless that may change in its lifetime."""
        return live.id

    def object_id(self, resource_id: str, recorded: Mapping[str, Any]) -> str:  # noqa: ARG002 - see resource_id
        """Return the object's SID."""
        return resource_id

    def followed_from_name(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a recorded object has in the fields of `follows_from_name`."""
        return {"friendly_name": unmarked(inputs)}

    # -- an object in its forms ------------------------------------------------------------------------------------

    def recorded(self, object_id: str, recorded: Mapping[str, Any]) -> Live:
        """Return the object as it is recorded in the state."""
        table = self.declaration.table()
        names = [name for name, twilio in table.items() if twilio.compared] + list(self.statuses)
        values = {name: recorded[name] for name in names if name in recorded}
        return Live(object_id, plain(values), {name: recorded[name] for name in self.facts if name in recorded})

    def read_inputs(self, inputs: Mapping[str, Any]) -> D:
        """Turn checked inputs into the kind's model."""
        return self.declaration.model_validate(self._fields(inputs), context={"local": True})

    def _fields(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return {name: plain(value) for name, value in inputs.items() if name in self.declaration.model_fields}

    def inputs_of(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """Return the inputs that would declare what the outputs hold; refresh records them."""
        inputs = minimal_values(self.declaration, outputs)
        return inputs | {name: outputs[name] for name in (ACCOUNT, "local", ALLOWED) if name in outputs}

    def live(self, answer: Any, object_id: str = "") -> Live:
        """Read an object from one of Twilio's answers."""
        facts = {name: plain(getattr(answer, name, "")) for name in self.facts}
        return Live(object_id or str(answer.sid), live_values(self.declaration, answer), facts)
