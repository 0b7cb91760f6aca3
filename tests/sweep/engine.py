"""What Pulumi does with a program and its state, as far as a kill shows: one step at a time, each recorded when done.

Its rules: what a create or an update did is recorded when it returned; what is recorded under an alias is the
resource's own; what `diff` replaces is created first and its predecessor deleted at the end, or at the end of the next
run, unless `diff` says delete first; what was protected in the last run and is in this one is not replaced, and what
was protected in the last run is not deleted; what is no longer declared is deleted at the end, in reverse; an object is
not deleted by itself when the one it is deleted with is deleted too; what is recorded as incomplete fails the run.
[Pulumi: resource/deploy/step_generator.go, GenerateDeletes]
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.kinds.world import through_pulumi
from tests.sweep.gate import Killed
from twilio_environments.kinds import phone_number
from twilio_environments.lifecycle.objects import INCOMPLETE
from twilio_environments.numbers.choice import Choice
from twilio_environments.resources import adapter
from twilio_environments.resources.adapter import Adapter
from twilio_environments.rest import sessions
from twilio_environments.rest.credentials import Credentials
from twilio_environments.rest.endpoint import Endpoint
from twilio_environments.rest.session import Session

_environment: dict[str, Any] = {}  # what the transport looks up once per process and host, kept for all of ours
REFERENCE = re.compile(r"<<([^#<>]+)#([^#<>]+)>>")


@dataclass(frozen=True)
class Declared:
    """A declared resource. In its inputs `<<name#attribute>>` stands for what another one has recorded."""

    name: str
    adapter: Adapter
    inputs: Mapping[str, Any]
    deleted_with: str = ""
    aliases: tuple[str, ...] = ()
    protect: bool = False


@dataclass
class Recorded:
    declared: Declared
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any] = field(default_factory=dict)


class Failed(Exception):
    """The run ended with errors, as people would read them."""


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Engine:
    """One stack's state, and the commands on it; each command is a process of its own."""

    twilio: Any
    killed: Callable[[], bool] = lambda: False
    state: dict[str, Recorded] = field(default_factory=dict)
    condemned: list[Recorded] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def up(self, program: Sequence[Declared]) -> None:
        """Bring the program up, as far as it goes; raise Failed with the reason where it stops."""
        self._process()
        for declared in program:
            self._step(declared)
        self._bury()
        names = {declared.name for declared in program}
        for name in [name for name in reversed(self.state) if name not in names]:
            recorded = self.state[name]
            if recorded.declared.protect:
                raise Failed(f"{name} cannot be deleted because it is protected")
            if recorded.declared.deleted_with in ("", *names) or recorded.declared.deleted_with not in self._known:
                self._call(recorded.declared.adapter.delete, recorded.id, recorded.outputs)
            del self.state[name]

    def preview(self, program: Sequence[Declared]) -> list[str]:
        """Say what `up` would do, from the state alone."""
        self._process()
        steps = [f"delete {name}" for name in self.state if name not in {declared.name for declared in program}]
        steps += [f"delete {recorded.declared.name}" for recorded in self.condemned]
        for declared in program:
            recorded = self.state.get(declared.name)
            if recorded is None:
                steps.append(f"create {declared.name}")
                continue
            inputs = self._checked(declared, recorded.inputs)
            kind = declared.adapter.kind
            difference = kind.diff(inputs, kind.declaration.completed(recorded.outputs))
            if difference.changed:
                steps.append(f"change {declared.name}: {', '.join(difference.changed)}")
        return steps

    def refresh(self) -> list[str]:
        """Read everything anew; return what is gone."""
        self._process()
        gone = []
        for name, recorded in list(self.state.items()):
            found = self._call(recorded.declared.adapter.read, recorded.id, recorded.outputs)
            if not found.id:
                gone.append(name)
                del self.state[name]
            else:
                self._record(recorded.declared, found.id, through_pulumi(found.inputs), found.outs)
        return gone

    def dump(self) -> str:
        """All that is in the state."""
        everything = [*self.state.values(), *self.condemned]
        return json.dumps([(recorded.id, recorded.inputs, recorded.outputs) for recorded in everything])

    def _process(self) -> None:
        clock = Clock()
        credentials = Credentials(self.twilio.account_sid, self.twilio.account_sid, self.twilio.auth_token)
        session = Session(credentials, Endpoint(url=self.twilio.endpoint), sleep=clock.sleep, clock=clock)
        session._transport._environment = _environment
        sessions.use(session)
        adapter._guarded = adapter._Guarded()
        self._known = set(self.state)
        phone_number.KIND._choice = Choice()

    def _step(self, declared: Declared) -> None:
        self._rename(declared)
        recorded = self.state.get(declared.name)
        inputs = self._checked(declared, recorded.inputs if recorded else {})
        adapter = declared.adapter
        if recorded is None:
            self._create(declared, inputs)
            return
        difference = self._call(adapter.diff, recorded.id, recorded.outputs, inputs)
        if difference.replaces and declared.protect and recorded.declared.protect:
            raise Failed(f"{declared.name} cannot be replaced because it is protected")
        if difference.replaces and difference.delete_before_replace:
            self._call(adapter.delete, recorded.id, recorded.outputs)
            del self.state[declared.name]
            self._create(declared, inputs)
        elif difference.replaces:
            made = self._call(adapter.create, inputs)
            self.condemned.append(recorded)
            self._record(declared, made.id, inputs, made.outs)
            self._require_complete(declared.name)
        elif difference.changes:
            made = self._call(adapter.update, recorded.id, recorded.outputs, inputs)
            self._record(declared, recorded.id, inputs, made.outs)
            self._require_complete(declared.name)
        else:
            self.state[declared.name] = Recorded(declared, recorded.id, inputs, recorded.outputs)

    def _rename(self, declared: Declared) -> None:
        """Give a resource the record that it has under an alias, in its place."""
        was = next((alias for alias in declared.aliases if alias in self.state), None)
        if declared.name not in self.state and was is not None:
            self.state[was].declared = replace(self.state[was].declared, name=declared.name)
            self.state = {declared.name if name == was else name: one for name, one in self.state.items()}

    def recorded(self) -> dict[str, dict[str, dict[str, Any]]]:
        """What the engine says to a program: the outputs by section and name."""
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for name, one in self.state.items():
            kind = one.declared.adapter.kind
            found.setdefault(kind.section, {})[name] = kind.declaration.completed(one.outputs)
        return found

    def _create(self, declared: Declared, inputs: dict[str, Any]) -> None:
        made = self._call(declared.adapter.create, inputs)
        self._record(declared, made.id, inputs, made.outs)
        self._require_complete(declared.name)

    def _bury(self) -> None:
        while self.condemned:
            recorded = self.condemned[0]
            self._call(recorded.declared.adapter.delete, recorded.id, recorded.outputs)
            self.condemned.pop(0)

    def _record(self, declared: Declared, object_id: str, inputs: dict[str, Any], outputs: Mapping[str, Any]) -> None:
        self.state[declared.name] = Recorded(declared, object_id, inputs, through_pulumi(dict(outputs)))

    def _require_complete(self, name: str) -> None:
        left = self.state[name].outputs.get(INCOMPLETE)
        if left:
            self.said += left
            raise Failed(f"{name} is not complete: {left}")

    def _checked(self, declared: Declared, olds: dict[str, Any]) -> dict[str, Any]:
        result = declared.adapter.check(olds, through_pulumi(self._resolved(declared)))
        if result.failures:
            reasons = [failure.reason for failure in result.failures]
            self.said += reasons
            raise Failed("; ".join(reasons))
        return {name: value for name, value in through_pulumi(result.inputs).items() if value is not None}

    def _resolved(self, declared: Declared) -> dict[str, Any]:
        def value(found: re.Match[str]) -> str:
            recorded = self.state[found[1]]
            text = recorded.id if found[2] == "id" else str(recorded.outputs[found[2]])
            return json.dumps(text)[1:-1]

        resolved: dict[str, Any] = json.loads(REFERENCE.sub(value, json.dumps(declared.inputs)))
        return resolved

    def _call(self, operation: Any, *arguments: Any) -> Any:
        try:
            result = operation(*arguments)
        except Exception as error:  # noqa: BLE001 - what Pulumi's host would print
            self.said.append(str(error))
            raise Failed(str(error)) from None
        if self.killed():
            raise Killed
        return result
