"""A key, its document and its record, and what must hold of them at every instant and at rest."""

import copy
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.kinds.world import MARK, OWNER, Resource, World
from tests.rotation.process import Killed, Process
from twilio_environments.kinds.api_key import ApiKeyKind
from twilio_environments.problems import Problem
from twilio_environments.secrets.delivery import transient

NAME = f"api {MARK}"
in_both_stores = pytest.mark.parametrize("store_settings", ["aws", "vault"], indirect=True)
TRANSIENT = set(transient("api_key", "api_secret"))


@dataclass
class Clock:
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **passed: float) -> None:
        self.now += timedelta(**passed)


class Scene:
    """One key of one stack, as Pulumi drives it: a record that only a completed operation changes."""

    def __init__(self, world: World, **declared: Any) -> None:
        self.world, self.clock = world, Clock()
        self.kind = ApiKeyKind(clock=self.clock)
        self.key = Resource(world, self.kind, **{"friendly_name": NAME, "mark": MARK} | declared)
        self.said: list[str] = []
        self.secrets: set[str] = set()
        self.documents: list[Mapping[str, str]] = []
        self.current = ""
        self.broken_by_hand = False
        self.undecided = False
        self.delivered = False
        self.moving = False
        self.most_alive = 0
        self.asked = 0
        world.twilio.on_answer = self._remember

    # -- what is -----------------------------------------------------------------------------------------------------

    def document(self) -> Mapping[str, str]:
        found = self.world.store.read(self.world.path)
        return dict(found.properties) if found else {}

    def alive(self) -> set[str]:
        return {row["sid"] for row in self.world.key_rows() if row["friendly_name"] == NAME}

    def known(self) -> set[str]:
        """The keys that the record knows."""
        recorded = self.key.recorded
        return {recorded["sid"], *(old["sid"] for old in recorded.get("previous") or [])} if recorded else set()

    def opens(self) -> bool:
        """Whether Twilio lets in who reads the store now."""
        document = self.document()
        account = self.world.run().account(self.world.account_sid)
        return account.accepts(document.get("api_key", "") or "SK", document.get("api_secret", "") or "none")

    # -- what happens ------------------------------------------------------------------------------------------------

    def process(self, at: int = 0, *, after: bool = False, what: Any = "kill", alone: bool = True) -> Process:
        # The emulator is asked in this process, which is what a call over HTTP comes to; at rest it is asked by HTTP.
        def watch(to_store: bool) -> None:
            if not self.moving:
                self.check(alone=alone, read=to_store)

        return Process(self.world, at, after, what, watch)

    def up(self, process: Process | None = None, *, asked: bool = False) -> bool:
        """Do as `pulumi up`; return whether it came to its end. What goes wrong is remembered."""
        before = copy.deepcopy((self.key.id, self.key.recorded))
        inputs = dict(self.key.inputs)
        if asked:
            self.asked += 1
            self.key.inputs = inputs | {"rotation": f"rotation {self.asked}"}
        try:
            return self._up(process or self.process())
        except Killed:
            # Nothing was recorded, whatever this run got to.
            self.key.id, self.key.recorded = before
            return False
        except Problem as problem:
            self.said += [str(problem), *traceback.format_exception(problem)]
            return False
        finally:
            self.key.inputs = inputs

    def _up(self, process: Process) -> bool:
        if not self.key.recorded:
            outcome = process.run(self.key.create)
        else:
            difference = self.key.difference()
            self.said += difference.reasons
            if not difference.changed:
                return True
            outcome = process.run(self.key.update)
        self.delivered = True
        self.said += [*outcome.notes, *outcome.incomplete, repr(outcome), str(self.key.recorded)]
        return not outcome.incomplete

    def refresh(self, process: Process | None = None) -> None:
        if not self.key.recorded:
            return
        if not (process.run(self.key.refresh) if process else self.key.refresh()):
            self.key.recorded = {}

    def lose_the_record(self) -> None:
        """Lose Pulumi's state."""
        self.key.id, self.key.recorded = "", {}

    def settle(self) -> None:
        """Refresh and up, undisturbed; then everything must be right, whatever happened before."""
        self.world.twilio.faults.clear()
        self.refresh()
        assert self.up(), self.said[-1]
        self.at_rest()

    def edit(self, put: Mapping[str, str], drop: set[str] | None = None) -> None:
        """Change the document by hand."""
        self.world.store.write(self.world.path, OWNER, put, drop or set())
        self._by_hand()

    def revoke(self, sid: str) -> None:
        """Delete a key in the Console."""
        self.world.twilio.state.table("keys").delete(sid)
        self._by_hand()

    def _by_hand(self) -> None:
        document = self.document()
        self.current, self.broken_by_hand = document.get("api_key", ""), not self.works(document)

    # -- what must hold ----------------------------------------------------------------------------------------------

    def works(self, document: Mapping[str, str] | None = None) -> bool:
        """Whether the emulator has the key that the store names, with that secret."""
        document = self.document() if document is None else document
        row = self.world.twilio.state.table("keys").get(document.get("api_key", ""))
        return row is not None and row["_secret"] == document.get("api_secret")

    def check(self, *, alone: bool = True, read: bool = True) -> None:
        """What must hold at each instant; `read`: the store may have changed."""
        alive = self.alive()
        self.most_alive = max(self.most_alive, len(alive))
        # While the store names no key that works, none is revoked for that: nobody can tell which ones are in use, nor,
        # where somebody deletes the claims too, which ones were never stored. At rest there are two at most again.
        self.undecided = self.undecided or self.broken_by_hand
        # Twilio makes a key without asking whether somebody else does: a run that is overtaken between its claim and
        # its next write has one more until it notices.
        assert self.undecided or len(alive) <= 2 + (not alone), f"{len(alive)} keys are alive"
        works = self.current in alive
        if read:
            document = self.document()
            self.current, works = document.get("api_key", ""), self.works(document)
            if document and document not in self.documents:
                self.documents.append(document)
        if not self.broken_by_hand and self.delivered:
            assert works, "the store's current key does not work"
        elif read and works:
            self.broken_by_hand = False

    def at_rest(self) -> None:
        recorded, document = self.key.recorded, self.document()
        assert self.opens(), "the store's current key does not work"
        assert document["api_key"] == recorded["sid"]
        assert self.alive() <= self.known(), "an orphan is alive"
        assert len(self.alive()) <= 2
        assert not TRANSIENT & document.keys(), "a rotation is still under way"
        assert self.key.refreshed_diff() == []
        self.broken_by_hand = self.undecided = False
        self.no_secret_was_said()

    def no_secret_was_said(self) -> None:
        said = "\n".join(self.said) + repr(self.key.recorded) + self.key.id
        found = [secret for secret in self.secrets if secret in said]
        assert not found, "a secret was said"

    def _remember(self, method: str, _product: str, _pattern: str, _status: int, body: Any) -> None:
        if method == "POST" and isinstance(body, dict) and "secret" in body:
            self.secrets.add(body["secret"])
