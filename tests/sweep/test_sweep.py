"""Killed anywhere, any answer lost, run again, and everything is as declared.

`make test` takes the same few points of each operation every time, spread over the whole; `make sweep` takes all of
them, and `make sweep POINT=…` replays one.
"""

import os

import pytest

from tests import figures
from tests.sweep.gate import points_of
from tests.sweep.scenarios import SCENARIOS
from tests.sweep.sweep import sample, written

WHOLE = bool(os.environ.get("SWEEP"))
PIECES = 8 if WHOLE else 1
FEW = 3


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("piece", range(PIECES))
@pytest.mark.parametrize("name", SCENARIOS)
def test_the_next_run_makes_good_whatever_went_wrong(sweep, record_property, name, piece):
    scenario = SCENARIOS[name]
    baseline = sweep.baseline(scenario)
    assert not baseline.violations, "undisturbed"
    if WHOLE:
        strikes = list(sweep.strikes(scenario, baseline.calls))[piece::PIECES]
    else:
        singles = [(point,) for point in points_of(baseline.calls)]
        strikes = sample(singles, FEW)
        record_property(figures.COUNTED, ("sweep-selection", {"points": len(strikes), "of": len(singles)}))
    wrong = []
    for strike in strikes:
        violations = sweep.strike(scenario, strike, baseline.purchases)
        if violations:
            calls = " + ".join(dict(enumerate(baseline.calls, 1)).get(point.number, "") for point in strike[:1])
            wrong.append(f"make sweep POINT={name}/{written(strike)}  ({calls}): {'; '.join(violations)}")
    record_property(figures.COUNTED, ("sweep", {"points": len(strikes), "violations": len(wrong)}))
    assert not wrong, "\n" + "\n".join(wrong)


def test_the_gate_is_on_every_way_out_and_nothing_leaves_a_dead_process(sweep):
    scenario = SCENARIOS["keys-create"]
    calls = sweep.baseline(scenario).calls
    assert {call.split()[0] for call in calls} == {"GET", "POST", "store"}
    for point in points_of(calls):
        if point.way not in ("before", "committed"):
            continue
        stage = sweep._stage(scenario)
        with sweep.gate.open([point]):
            stage.run()
        assert len(sweep.gate.calls) == point.number, "handlers that tidy up found the process dead"
        assert stage.engine.state == {}


@pytest.mark.parametrize(
    ("name", "invariant"), [("numbers-create-searched", "I7"), ("messaging_services-create", "I1")]
)
def test_the_sweep_sees_what_a_creation_that_does_not_look_first_would_do(sweep, monkeypatch, name, invariant):
    scenario = SCENARIOS[name]
    kind = scenario.program(sweep._stage(scenario).world)[0].adapter.kind
    monkeypatch.setattr(kind, "find", lambda *_arguments, **_more: None)
    baseline = sweep.baseline(scenario)
    committed = next(point for point in points_of(baseline.calls) if point.way == "committed")
    violations = sweep.strike(scenario, (committed,), baseline.purchases)
    assert any(violation.startswith(invariant) for violation in violations)
