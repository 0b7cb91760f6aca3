"""What a document holds of one credential, read once, and the claim by which one run at a time changes it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from twilio_environments.secrets.delivery import Delivery
from twilio_environments.secrets.stores import Document


@dataclass(frozen=True)
class Held:
    """The properties of a document as they were read, and its version; "" if there is none."""

    delivery: Delivery
    properties: Mapping[str, str] = field(repr=False)
    version: str = ""

    @classmethod
    def of(cls, delivery: Delivery, document: Document | None) -> Held:
        """Return what a document holds."""
        return cls(delivery, document.properties, document.version) if document else cls(delivery, {})

    @classmethod
    def read(cls, delivery: Delivery) -> Held:
        """Read the document; raise Problem when it is not ours or may not be written."""
        return cls.of(delivery, delivery.read())

    @property
    def current(self) -> tuple[str, str]:
        """SID and secret of the current one, "" for what is missing."""
        sid, secret = self.delivery.names
        return self.properties.get(sid, ""), self.properties.get(secret, "")

    @property
    def pending(self) -> tuple[str, str]:
        """SID and secret of the one that a rotation was about to promote, "" for what is missing."""
        sid, secret, _ = self.delivery.transient
        return self.properties.get(sid, ""), self.properties.get(secret, "")

    @property
    def is_rotating(self) -> bool:
        """Whether a rotation is under way, or was interrupted."""
        return bool(self.properties.keys() & set(self.delivery.transient))

    def lost(self, alive: Collection[str]) -> set[str]:
        """Return those that were created under the document's claim and are not in it: nobody has their secret.

        `alive` has to be read after the document, and they may be dealt with only after a write that removes the claim:
        then the run that holds it can no longer store them.
        """
        _, listed, sids = self.properties.get(self.delivery.transient[2], "").partition("/")
        return set(alive) - {*sids.split(","), self.current[0], self.pending[0]} if listed else set()

    def claim(self, alive: Collection[str]) -> Claim:
        """Claim the document for this run, which found these alive; raise Problem when it is not as it was read."""
        delivery = self.delivery
        name = f"{uuid.uuid4().hex}/{','.join(sorted(alive))}"
        expected = self.seen((*delivery.names, *delivery.transient))
        delivery.write({delivery.transient[2]: name}, expect=expected)
        return Claim(self, name)

    def end_rotation(self) -> str:
        """Remove an unfinished rotation's properties, and return the version; raise Problem when it is not as read."""
        return self.delivery.write({}, self.delivery.transient, self.seen(self.delivery.all_names))

    def seen(self, names: Collection[str]) -> dict[str, str | None]:
        """Return what was read under these names, None for what is missing."""
        return {name: self.properties.get(name) for name in names}


@dataclass(frozen=True)
class Claim:
    """A document that this run has claimed. Each write raises Overtaken when another run has claimed it since."""

    held: Held
    name: str

    def put_pending(self, sid: str, secret: str) -> str:
        """Store a new one alongside the current one; return the version."""
        pending_sid, pending_secret, _ = self._delivery.transient
        return self._delivery.write({pending_sid: sid, pending_secret: secret}, expect=self._unchanged())

    def promote(self, account_sid: str, sid: str, secret: str, *, pending: bool = False) -> str:
        """Make one the current one in one write; return the version. `pending`: provided that it is the pending one."""
        expected = self._unchanged() | ({self._delivery.transient[0]: sid} if pending else {})
        put = self._delivery.properties(account_sid, sid, secret)
        return self._delivery.write(put, self._delivery.transient, expected)

    def release(self) -> None:
        """Remove the claim, and leave the rest as it is."""
        self._delivery.write({}, self._delivery.transient[2:], self._unchanged() | self._current)

    def end_rotation(self) -> None:
        """Remove the claim, and what was pending before it."""
        self._delivery.write({}, self._delivery.transient, self._unchanged() | self._current)

    @property
    def _delivery(self) -> Delivery:
        return self.held.delivery

    @property
    def _current(self) -> dict[str, str | None]:
        return self.held.seen(self._delivery.names)

    def _unchanged(self) -> dict[str, str | None]:
        return {self._delivery.transient[2]: self.name}
