"""A generated stack in one process: what Pulumi would do with it, against the emulator and a real Vault."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from tests.emulator.wire import Wire
from tests.random_stacks.declarations import Generated, placed
from tests.random_stacks.drifting import Scene
from tests.sweep.engine import Engine, Failed, Recorded
from tests.sweep.programs import program_of
from tests.sweep.stage import TABLES
from twilio_environments.emulator import Emulator
from twilio_environments.secrets.stores import StoreSettings, connect

PROJECT, STACK = "acme", "random"  # the project is the one of `program_of`
_documents = itertools.count()


def alive(twilio: Emulator, shared: str) -> set[tuple[str, str]]:
    """Section and SID of what is in open accounts, with those that are neither the main account nor `shared`."""
    state = twilio.state
    open_ = {row["sid"] for row in state.table("accounts").rows() if row["status"] != "closed"}
    found = {
        (section, str(row["sid"]))
        for section, table in TABLES.items()
        for row in state.table(table).rows()
        if row.get("account_sid", row.get("_account_sid")) in open_
    }
    return found | {("subaccount", sid) for sid in open_ - {twilio.account_sid, shared}}


class Wrong(AssertionError):
    """A promise that did not hold."""


class Life:
    """One stack, from nothing to nothing."""

    def __init__(self, generated: Generated, twilio: Emulator, store: Mapping[str, Any], root: Path) -> None:
        twilio.reset()
        self.twilio = twilio
        self.store = connect(StoreSettings.model_validate(store))
        self.document = f"random/{next(_documents)}"
        shared = generated.config["subaccount"].get("sid")
        self.shared = Wire(twilio).subaccount("shared").sid if shared else ""
        generated.write(root)
        config = placed(generated, store=store, document=self.document, account=self.shared)
        self.program = program_of(config, STACK, root)
        self.engine = Engine(twilio)

    def up(self, what: str) -> None:
        """Bring it up; then the preview is empty, and everything that is alive is recorded."""
        try:
            self.engine.up(self.program)
        except Failed as failed:
            raise Wrong(f"{what} fails: {failed}") from None
        self.stays(f"after {what}")

    def stays(self, when: str) -> None:
        if steps := self.engine.preview(self.program):
            raise Wrong(f"{when} the preview would {'; '.join(steps)}")

    def refresh(self) -> list[str]:
        try:
            return self.engine.refresh()
        except Failed as failed:
            raise Wrong(f"a refresh fails: {failed}") from None

    def settled(self) -> None:
        """Nothing is alive that is not recorded, nor the other way round, and a refresh finds nothing."""
        if gone := self.refresh():
            raise Wrong(f"a refresh takes {', '.join(gone)} for gone")
        self.stays("after a refresh")

    def scene(self) -> Scene:
        objects = {
            name: (recorded.declared.adapter.kind.section, self._sid(name))
            for name, recorded in self.engine.state.items()
            if self._is_at_twilio(recorded)
        }
        return Scene(self.twilio, self.account_sid, objects, dict(self._alterations()))

    @property
    def account_sid(self) -> str:
        return self.shared or self.engine.state["subaccount"].id

    def alive(self) -> set[tuple[str, str]]:
        """What there is in accounts that are not closed, beside the main account."""
        return alive(self.twilio, self.shared)

    def recorded(self) -> set[tuple[str, str]]:
        """What the state knows of, with keys that live on for a while after a rotation."""
        found = set()
        for name, recorded in self.engine.state.items():
            section = recorded.declared.adapter.kind.section
            if self._is_at_twilio(recorded):
                found.add((section, self._sid(name)))
                found |= {(section, str(old["sid"])) for old in recorded.outputs.get("previous") or []}
        return found

    def _is_at_twilio(self, recorded: Recorded) -> bool:
        """Whether it is an object that the stack has made at Twilio: no document, and no account that was there."""
        return recorded.declared.adapter.kind.section in (*TABLES, "subaccount") and recorded.id != self.shared

    def destroy(self) -> None:
        try:
            self.engine.up([])
        except Failed as failed:
            raise Wrong(f"destroy fails: {failed}") from None

    def documents(self) -> list[str]:
        """The documents that are left."""
        paths = [self.document, *(f"{self.document}/{name}" for name in ("api", "reporting", "ci-2"))]
        return [path for path in paths if self.store.read(path) is not None]

    def _sid(self, name: str) -> str:
        recorded = self.engine.state[name]
        return str(recorded.declared.adapter.kind.object_id(recorded.id, recorded.outputs))

    def _alterations(self) -> Iterator[tuple[str, Any]]:
        for name, recorded in self.engine.state.items():
            for reference, field in (("delivery", "secret_property"), ("document", "")):
                if place := recorded.outputs.get(reference):
                    changed = {place[field] if field else "account_sid": "0" * 32}
                    yield name, partial(self.store.write, place["path"], place["owner"], changed)
