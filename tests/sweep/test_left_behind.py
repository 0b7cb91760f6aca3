"""A destroy after a kill leaves nothing or names it, and what Twilio carries out too late is noticed and removable."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest

from tests import figures
from tests.sweep.engine import Failed
from tests.sweep.gate import Point, is_write
from tests.sweep.scenarios import SCENARIOS
from tests.sweep.stage import Stage
from tests.sweep.sweep import Sweep, sample
from twilio_environments.drift.review.read import read
from twilio_environments.drift.review.state import RecordedObject, account_of
from twilio_environments.environments import leftovers
from twilio_environments.kinds.registry import KINDS
from twilio_environments.resources import saying
from twilio_environments.rest import sessions

WHOLE = bool(os.environ.get("SWEEP"))
FEW = 8
BOOTSTRAPS = ("environment-bootstrap", "environment-shared-bootstrap")
MADE = r"Accounts.json|IncomingPhoneNumbers.json|/Keys.json|/v1/Services|/v2/Services|/v2/Flows"
_TYPES = {kind.section: name for name, kind in KINDS.items()}


def recorded(stage: Stage) -> list[RecordedObject]:
    found = []
    for name, one in stage.engine.state.items():
        kind = one.declared.adapter.kind
        urn = f"urn:pulumi:local::acme::pulumi-python:dynamic/twilio:{_TYPES[kind.section]}::{name}"
        found.append(RecordedObject(urn, name, kind, one.id, one.inputs, kind.declaration.completed(one.outputs)))
    return found


def left(stage: Stage) -> set[tuple[str, str]]:
    return stage._live() - stage.strangers


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("name", BOOTSTRAPS)
def test_a_destroy_after_a_kill_leaves_nothing_or_names_it(sweep: Sweep, record_property, name):
    calls = sweep.baseline(SCENARIOS[name]).calls
    points = [Point(number, way) for number, _ in enumerate(calls, 1) for way in ("before", "committed", "after")]
    chosen = points if WHOLE else [point for (point,) in sample([(point,) for point in points], FEW)]
    wrong = []
    for point in chosen:
        stage = sweep._stage(SCENARIOS[name])
        with sweep.gate.open([point]):
            stage.run()
        sweep.gate.watch = None
        said = ""
        try:
            stage.engine.up([])
        except Failed as failed:
            said = str(failed)
        # In an account that was there Verify services cannot bear the stack's mark.
        remains = {sid for kind, sid in left(stage) if not (kind == "verify_services" and "shared" in name)}
        remains |= {stage.world.path} if stage.world.store.read(stage.world.path) is not None else set()
        if unsaid := [one for one in remains if one not in said]:
            wrong.append(f"{name}/{point} ({calls[point.number - 1]}): destroy leaves {unsaid} and says {said!r}")
        if said and not remains:
            wrong.append(f"{name}/{point}: destroy fails for nothing: {said}")
    record_property(figures.COUNTED, ("destroy-after-kill", {"points": len(chosen), "violations": len(wrong)}))
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def warned(monkeypatch) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda message, *_more, **_options: said.append(message))
    return said


def late_points(calls: tuple[str, ...]) -> Iterator[Point]:
    """Where an object is made by a request that may be under way when its process is killed."""
    for number, call in enumerate(calls, 1):
        verb, _, path = call.partition(" ")
        if is_write(call) and verb == "POST" and path.endswith(tuple(MADE.split("|"))):
            yield Point(number, "late")


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("name", BOOTSTRAPS)
def test_what_is_carried_out_after_the_next_run_has_looked_is_noticed_and_removable(
    sweep: Sweep, warned, record_property, name
):
    calls = sweep.baseline(SCENARIOS[name]).calls
    points = list(late_points(calls))
    assert len(points) > 5, calls
    wrong: list[str] = []
    for point in points if WHOLE else points[:: max(1, len(points) // FEW)]:
        stage = sweep._stage(SCENARIOS[name])
        with sweep.gate.open([point]):
            stage.run()
        assert stage.run(), stage.engine.said
        sweep.gate.under_way()  # type: ignore[misc]  # it was held
        late = left(stage) - set(stage._recorded())
        if late:  # a number that is bought by its name is the same one
            wrong += (f"{name}/{point} ({calls[point.number - 1]}): {one}" for one in unnoticed(stage, late, warned))
    record_property(figures.COUNTED, ("late", {"points": len(points), "violations": len(wrong)}))
    assert not wrong, "\n".join(wrong)


def unnoticed(stage: Stage, late: set[tuple[str, str]], warned: list[str]) -> Iterator[str]:
    ((kind, sid),) = late
    operations: dict[str, Any] = {"refresh": stage.engine.refresh, "preview": lambda: stage.engine.up(stage.program)}
    if kind == "keys":  # whose secret nobody has: the refresh notices a rotation that was begun, and `up` ends it
        stage.engine.refresh()
        if not stage.engine.preview(stage.program):
            yield f"no preview names {sid}"
        stage.engine.up(stage.program)
    else:
        for operation, run in operations.items():
            warned.clear()
            saying._said.clear()
            run()
            if not any(sid in one for one in warned):
                yield f"{operation} does not name {sid}"
        stage.engine._process()
        objects = recorded(stage)
        session = sessions.session()
        found = leftovers.found(session, objects, read(session, objects, account_of(objects)), {})
        if {one.sid for one in found} != {sid}:
            yield f"leftovers are {[one.sid for one in found]} and not {sid}"
        for one in leftovers.chosen(found, []):
            one.remove()
    if again := left(stage) - set(stage._recorded()):
        yield f"{again} is there after all"
