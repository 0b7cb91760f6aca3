"""One try of a scenario: what is there before, the operation, and what has to be true when it is over."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.kinds.cases import LISTED
from tests.kinds.world import World
from tests.sweep.engine import Engine, Failed
from tests.sweep.programs import Program
from twilio_environments.emulator import Emulator
from twilio_environments.kinds import api_key
from twilio_environments.rest import sessions
from twilio_environments.rest.session import Session
from twilio_environments.secrets.delivery import Delivery

TABLES = {case.name: case.table for case in LISTED if case.kind.by_name}
POOLS = ("messaging_phone_numbers", "messaging_alpha_senders")
LISTED_ONLY = {
    *("rate_limits", "messaging_configurations", "webhooks"),
    *("phone_numbers", "short_codes", "alpha_senders", "channel_senders"),
}
"""Fields that Twilio shows in listings alone: while those are behind, a refresh cannot know better."""
BY_ONE_GET = {"status", "friendly_name"}
"""Fields of a subaccount, which is read by one GET alone: while that is behind, neither can a refresh."""
SECRETS = ("secret", "auth_token", "secondary_auth_token")
Build = Callable[[World], Program]


def moved(world: World) -> str:
    """Another path in the store than the world's, for documents that move."""
    return f"{world.path}/moved"


def _nothing(_world: World) -> Program:
    return []


@dataclass(frozen=True)
class Scenario:
    """An operation, and what it starts from.

    `before` are programs brought up one after the other; `by_hand` is what somebody else does then; then the operation
    brings up `program`, or is `instead`, after a refresh where it is `refreshed`. `later` is how much time passes
    before it. `refused` is what the operation says when it must fail, and then nothing at all may change.
    `also` are invariants of its own. `watched` are the places of which one holds a secret that authenticates
    at every instant: (path, property of the SID, property of the secret).
    """

    name: str
    program: Build = _nothing
    before: tuple[Build, ...] = ()
    by_hand: Callable[[World], None] = lambda _world: None
    instead: Callable[[World, Session], None] | None = None
    also: Callable[[World], list[str]] = lambda _world: []
    later: timedelta = timedelta()
    refreshed: bool = False
    refused: str = ""
    watched: Callable[[World], tuple[tuple[str, str, str], ...]] | None = None
    store: str = "aws"


class Stage:
    """One try of a scenario, in an emptied emulator and on a path of the store that nobody has used."""

    def __init__(
        self, scenario: Scenario, twilio: Emulator, store: Mapping[str, Any], killed: Callable[[], bool] = lambda: False
    ) -> None:
        self.scenario = scenario
        twilio.reset()
        self.canaries: set[str] = set()
        twilio.on_answer = lambda _method, _product, _pattern, _status, body: self._note(body)
        self.world = World(twilio, store)
        self.strangers = self._live()
        self.engine = Engine(twilio, killed)
        self.wrong: list[str] = []
        for program in scenario.before:
            self.engine.up(program(self.world))
        scenario.by_hand(self.world)
        if scenario.refused:
            self.strangers = self._live()
        self.before = self._everything()
        self.purchases_before = self._purchases()
        self.program = scenario.program(self.world)

    def run(self) -> bool:
        """Carry out the operation, in a process of its own; False when it did not end as it has to."""
        succeeded = self._attempt()
        if self.scenario.refused:
            return not succeeded and self.scenario.refused in self.engine.said[-1]
        return succeeded

    def _attempt(self) -> bool:
        with _in(self.scenario.later):
            try:
                if self.scenario.refreshed:
                    self.engine.refresh()
                if self.scenario.instead is None:
                    self.engine.up(self.program)
                else:
                    self.engine._process()
                    self.engine._call(self.scenario.instead, self.world, sessions.session())
            except Failed:
                return False
            return True

    @property
    def purchases(self) -> int:
        """How many numbers the operation has bought so far."""
        return self._purchases() - self.purchases_before

    def watch(self) -> None:
        """Look, between two calls, whether a consumer of the store could work now (I4)."""
        if self.scenario.watched is None:
            return
        keys = {row["sid"]: row["_secret"] for row in self.world.twilio.state.table("keys").rows()}
        good = 0
        for path, sid, secret in self.scenario.watched(self.world):
            document = self.world.store.read(path)
            properties = document.properties if document else {}
            if sid in properties:
                if keys.get(properties[sid]) != properties.get(secret):
                    self.wrong.append(f"I4: {path} names {properties[sid]}, which does not authenticate")
                good += 1
        if not good:
            self.wrong.append("I4: no place in the store has a key at this instant")

    def look_for_lost_keys(self) -> None:
        """Look, after a run that was not killed, for keys that are alive and whose secret nobody has (I2)."""
        unknown = [sid for kind, sid in self._live() - self.strangers - set(self._recorded()) if kind == "keys"]
        if not unknown:
            return
        places = (self.world.path, moved(self.world))
        documents = [document for path in places if (document := self.world.store.read(path))]
        stored = {value for document in documents for value in document.properties.values()}
        keys = self.world.twilio.state.table("keys")
        for sid in unknown:
            if keys.get(sid)["_secret"] not in stored:  # type: ignore[index]  # it is alive
                self.wrong.append(f"I2: a run that was not killed left the key {sid} behind, and nobody has its secret")

    def violations(self, purchases: int, lags: int = 0) -> list[str]:
        """Say which invariants do not hold, now that the operation went through; it buys `purchases` numbers.

        `lags`: for how many reads listings may still be behind.
        """
        with _in(self.scenario.later):
            return list(self._violations(purchases, lags))

    def _violations(self, purchases: int, lags: int) -> Iterator[str]:
        yield from dict.fromkeys(self.wrong)
        yield from self.scenario.also(self.world)
        live, recorded = self._live(), set(self._recorded())
        for kind, sid in sorted(live - self.strangers - recorded):
            yield f"I1, I2: {kind} {sid} is alive and in no state"
        for kind, sid in sorted(recorded - live):
            yield f"I1: {kind} {sid} is in the state and not alive"
        if self.scenario.refused and self._everything() != self.before:
            yield "what is not ours was changed"
        yield from self._keys()
        try:
            yield from self._previews(lags)
        except Failed as failed:
            yield f"I5: {failed}"
        told = self.engine.dump() + "\n".join(self.engine.said)
        if any(canary in told for canary in self.canaries):
            yield "I6: a secret is in the state or in a message"
        if unclear := [said for said in self.engine.said if "A fault in twilio-environments" in said or "<" in said]:
            yield f"an error that is not clear: {unclear[0]}"
        if self.purchases != purchases:
            yield f"I7: {self.purchases} numbers were bought instead of {purchases}"

    def _previews(self, lags: int) -> Iterator[str]:
        """Whether the preview is empty, and again after a refresh (I5).

        What only listings show may differ while they are behind; then `up` changes nothing, and it is soon over.
        """
        for step in self._steps():
            yield f"I5: after up, the preview would {step}"
        for left in reversed(range(lags + 1)):
            for name in self.engine.refresh():
                yield f"I5: a refresh takes {name} for gone"
            steps = self._steps()
            for step in steps:
                behind = LISTED_ONLY | (BY_ONE_GET if "subaccount: " in step else set())
                if not left or not set(step.partition(": ")[2].split(", ")) <= behind:
                    yield f"I5: after refresh, the preview would {step}"
            if not steps:
                return
            with suppress(Failed):  # as a run may while a listing is behind
                self.engine.up(self.program)

    def _steps(self) -> list[str]:
        by_itself = self.scenario.instead is not None or self.scenario.refused
        return [] if by_itself else self.engine.preview(self.program)

    def _keys(self) -> Iterator[str]:
        """Whether each key in the store authenticates, and nothing else is left there (I3)."""
        for name, recorded in self.engine.state.items():
            if "delivery" not in recorded.outputs:
                continue
            delivery = Delivery.model_validate(recorded.outputs["delivery"])
            document = delivery.read()
            properties = document.properties if document else {}
            sid, secret = (properties.get(property_name, "") for property_name in delivery.names)
            url = self.world.parent.accounts(f"/{recorded.outputs['account_sid']}/IncomingPhoneNumbers")
            if sid != recorded.outputs["sid"]:
                yield f"I3: the store names {sid or 'no key'} for {name}, and the state {recorded.outputs['sid']}"
            elif self.world.parent.as_(sid, secret).get(url).status_code == 401:
                yield f"I3: what the store has for {name} does not authenticate"
            if left := [one for one in delivery.transient if one in properties]:
                yield f"I3: {', '.join(left)} of a rotation are left in the store"
        if self.scenario.refused:
            return
        if not self.engine.state and self.world.store.read(self.world.path) is not None:
            yield "I2: the document is left in the store"

    def _recorded(self) -> Iterator[tuple[str, str]]:
        for recorded in self.engine.state.values():
            kind = recorded.declared.adapter.kind
            if kind.section in TABLES or kind.section == "subaccount":
                yield kind.section, str(kind.object_id(recorded.id, recorded.outputs))
            for old in recorded.outputs.get("previous") or []:
                yield kind.section, str(old["sid"])

    def _live(self) -> set[tuple[str, str]]:
        state = self.world.twilio.state
        closed = {row["sid"] for row in state.table("accounts").rows(status="closed")}  # with all that is in it
        live = {
            (kind, str(row["sid"]))
            for kind, table in TABLES.items()
            for row in state.table(table).rows()
            if row.get("account_sid", row.get("_account_sid")) not in closed
        }
        return live | {
            ("subaccount", str(row["sid"])) for row in state.table("accounts").rows() if row["status"] != "closed"
        }

    def _everything(self) -> tuple[list[list[dict[str, Any]]], Any]:
        """All that is of this stack or of others, at Twilio and in the store."""
        state = self.world.twilio.state
        document = self.world.store.read(self.world.path) if self.scenario.refused else None
        rows = [copy.deepcopy(state.table(table).rows()) for table in (*TABLES.values(), *POOLS)]
        return rows, document and (dict(document.properties), document.version, document.owner)

    def _purchases(self) -> int:
        return len(self.world.twilio.state.table("events").rows(event_type="phone-number.created"))

    def _note(self, body: Any) -> None:
        if isinstance(body, Mapping):
            self.canaries |= {body[name] for name in SECRETS if isinstance(body.get(name), str)}
            for value in body.values():
                if isinstance(value, list):
                    for item in value:
                        self._note(item)


@contextmanager
def _in(later: timedelta) -> Iterator[None]:
    """Let time be later than it is, for keys to come of age."""
    before = api_key.KIND._clock
    api_key.KIND._clock = lambda: datetime.now(UTC) + later
    try:
        yield
    finally:
        api_key.KIND._clock = before
