"""Whatever a stack file's edits do to names, and wherever a run is killed: what is declared lives on as what it was."""

from __future__ import annotations

import copy
import json
import os
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests import figures
from tests.emulator.wire import Wire
from tests.kinds.cases.studio_flow import flow
from tests.random_stacks.edits import URL, Config, Edits, Identity, identities
from tests.random_stacks.inprocess import Wrong, alive
from tests.stores.memory import Calls, Memory
from tests.sweep.engine import Engine, Failed, Recorded
from tests.sweep.gate import Gate, Point, installed
from tests.sweep.programs import Program, program_of
from tests.sweep.stage import TABLES
from twilio_environments.emulator import Emulator
from twilio_environments.secrets.stores import StoreSettings, connect

LIVES = 400 if os.environ.get("TWILIO_ENVIRONMENTS_LONG") else 40
PIECES = 4
EDITS = 9
WAYS = ("before", "committed", "after", "lost")
BEGIN: Config = {
    "allow": {"release_numbers": "these are a test's alone", "close_subaccount": "this is a test's alone"},
    "keys": {"api": {"properties": {"sid": "api_sid", "secret": "api_secret"}}},
    "numbers": {
        "support": {"phone_number": "+14155550100", "voice_flow": "ivr", "sms_url": URL},
        "sales": {"search": {"country": "US"}, "friendly_name": "Sales", "sms_url": URL},
    },
    "messaging_services": {
        "alerts": {"friendly_name": "Alerts", "discard_inbound": True, "senders": {"numbers": ["sales"]}},
        "news": {"friendly_name": "News", "discard_inbound": True, "senders": {"numbers": []}},
    },
    "verify_services": {"login": {"friendly_name": "Acme Login"}, "pay": {"friendly_name": "Acme Pay"}},
    "studio_flows": {"ivr": {"friendly_name": "Menu", "file": "studio/flow.json", "reviewed": 1000}},
}


class _Gated(Calls):
    def __init__(self, gate: Gate, memory: Memory) -> None:
        super().__init__(memory)
        self._gate = gate

    def call(self, need: str, *how: Any) -> Any:
        call = super().call
        return self._gate.pass_through(f"store {need}", lambda: call(need, *how), lambda _way, answer: answer)


@pytest.fixture
def gate(twilio: Emulator, store: Mapping[str, Any]) -> Iterator[Gate]:
    """The gate before Twilio and the store in memory."""
    with installed() as one:
        one.twilio = twilio
        memory: Any = connect(StoreSettings.model_validate(store))
        memory._client = _Gated(one, memory._memory)
        yield one


class Life:
    """One stack through its edits: what each identity is at Twilio, and what must be true after every step."""

    def __init__(self, seed: int, gate: Gate, store: Mapping[str, Any], root: Path) -> None:
        assert gate.twilio is not None
        self.gate, self.twilio, self.root = gate, gate.twilio, root
        self.twilio.reset()
        self.dice = random.Random(seed)
        self.document = f"identity/{seed}"
        self.store = connect(StoreSettings.model_validate(store))
        self.shared = Wire(self.twilio).subaccount("shared").sid if self.dice.random() < 0.5 else ""
        account = {"sid": self.shared} if self.shared else {"friendly_name": "Acme"}
        config = copy.deepcopy(BEGIN) | {"subaccount": account, "secrets": {"vault": {}, "document": self.document}}
        if self.dice.random() < 0.3:
            del config["allow"]
        self.engine = Engine(self.twilio, lambda: self.gate.killed)
        self.edits = Edits(self.dice, config, self._numbers)
        self.known: dict[Identity, str] = {}
        self.story: list[str] = []

    def live(self, edits: int) -> None:
        self.up()
        for _ in range(edits):
            self.story.append(self.edits.one())
            if self.dice.random() < 0.4:
                self.killed()
                if self.dice.random() < 0.3:
                    continue  # another edit comes before the run that would have gone on
            if self.dice.random() < 0.2:
                self.refresh()
            self.up()
        self.destroy()

    def up(self) -> None:
        self.story.append("up")
        try:
            self.engine.up(self.program())
        except Failed as failed:
            raise Wrong(f"up fails: {failed}") from None
        self.keeps()
        if self.alive() != self.recorded():
            raise Wrong(f"alive or recorded, and not both: {sorted(self.alive() ^ self.recorded())}")
        self.known = self.sids()
        self.edits.passed_on.clear()
        self.pairs()
        if steps := self.engine.preview(self.program()):
            raise Wrong(f"the preview would {'; '.join(steps)}")

    def killed(self) -> None:
        point = Point(self.dice.randint(1, 25), self.dice.choice(WAYS))
        self.story.append(f"up, killed at {point}")
        with self.gate.open([point]):
            try:
                self.engine.up(self.program())
            except Failed as failed:
                self.story.append(f"it said: {failed}")
        self.gate.watch = None
        self.twilio.faults.clear()
        self.keeps()

    def refresh(self) -> None:
        self.story.append("refresh")
        before = {name: self._sid(one) for name, one in self.engine.state.items() if self._is_at_twilio(one)}
        try:
            gone = self.engine.refresh()
        except Failed as failed:
            raise Wrong(f"a refresh fails: {failed}") from None
        there = {sid for _, sid in self.alive()}
        if lost := [name for name in gone if before.get(name) in there]:
            raise Wrong(f"a refresh takes {lost} for gone")

    def destroy(self) -> None:
        if "allow" not in self.edits.config:
            self.edits.config["allow"] = BEGIN["allow"]
            self.up()  # an allowance counts from the run after the one that says it
        killed = self.dice.random() < 0.5
        if killed:
            self.story.append(self.edits.one())
            self.killed()
        self.story.append("destroy")
        try:
            self.engine.up([])
        except Failed as failed:
            there = [sid for _, sid in self.alive()] + self.documents()
            unsaid = [one for one in there if one not in str(failed)]
            if unsaid or not there:
                raise Wrong(f"destroy fails, and does not name {unsaid}: {failed}") from None
            return
        # In an account that was there Verify services cannot bear the stack's mark.
        left = [sid for section, sid in self.alive() if not (self.shared and section == "verify_services")]
        if left + self.documents():
            raise Wrong(f"destroy leaves {left + self.documents()}")

    def keeps(self) -> None:
        """Whatever was declared in the last run that ended, and is declared now, is alive under its SID."""
        there = {sid for _, sid in self.alive()}
        for identity in identities(self.edits.config):
            sid = self.known.get(self.edits.passed_on.get(identity, identity))
            if sid is not None and sid not in there:
                raise Wrong(f"{identity} was {sid}, and that is gone")

    def pairs(self) -> None:
        """Every key in the store authenticates."""
        document = self.store.read(self.document)
        properties = document.properties if document else {}
        keys = {row["sid"]: row["_secret"] for row in self.twilio.state.table("keys").rows()}
        for key in self.edits.config["keys"].values():
            sid, secret = (properties.get(key["properties"][name], "") for name in ("sid", "secret"))
            if keys.get(sid) != secret:
                raise Wrong(f"the pair at {key['properties']['sid']} does not authenticate")

    def sids(self) -> dict[Identity, str]:
        """The SID of each declared identity, which has to be the one that it had."""
        found = {}
        for identity, place in identities(self.edits.config).items():
            recorded = self.engine.state[place]
            sid = self._sid(recorded)
            was = self.known.get(self.edits.passed_on.get(identity, identity), sid)
            if was != sid:
                raise Wrong(f"{identity} was {was} and is {sid}")
            found[identity] = sid
        return found

    def program(self) -> Program:
        config = json.loads(json.dumps(self.edits.config))
        return program_of(config, self.edits.stack, self.root, self.engine.recorded())

    def alive(self) -> set[tuple[str, str]]:
        return alive(self.twilio, self.shared)

    def recorded(self) -> set[tuple[str, str]]:
        return {
            (one.declared.adapter.kind.section, self._sid(one))
            for one in self.engine.state.values()
            if self._is_at_twilio(one)
        }

    def documents(self) -> list[str]:
        return [self.document] if self.store.read(self.document) is not None else []

    def _sid(self, one: Recorded) -> str:
        return str(one.declared.adapter.kind.object_id(one.id, one.outputs))

    def _is_at_twilio(self, one: Recorded) -> bool:
        return one.declared.adapter.kind.section in (*TABLES, "subaccount") and one.id != self.shared

    def _numbers(self) -> dict[str, str]:
        state = self.engine.state
        return {name: str(one.outputs["phone_number"]) for name, one in state.items() if name.startswith("numbers.")}


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("piece", range(PIECES))
def test_what_is_declared_lives_on_as_what_it_was(gate, store, tmp_path, record_property, piece):
    (tmp_path / "studio").mkdir()
    (tmp_path / "studio" / "flow.json").write_text(flow(), encoding="utf-8")
    counted = {"edits": 0, "violations": 0}
    try:
        for number in range(LIVES // PIECES):
            seed = 1000 * piece + number
            life = Life(seed, gate, store, tmp_path)
            counted["edits"] += EDITS
            try:
                life.live(EDITS)
            except Wrong as wrong:
                counted["violations"] += 1
                story = "\n  ".join(life.story)
                raise Wrong(f"seed {seed}: {wrong}\n  {story}") from None
    finally:
        record_property(figures.COUNTED, ("identity", counted))
