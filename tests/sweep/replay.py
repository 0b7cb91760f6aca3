"""One point of the sweep, again: `make sweep POINT=numbers-create/2.committed`."""

import os

from tests.sweep.scenarios import SCENARIOS
from tests.sweep.sweep import read

POINT = os.environ.get("SWEEP_POINT", "")


def test_one_point(sweep):
    name, _, strike = POINT.partition("/")
    baseline = sweep.baseline(SCENARIOS[name])
    print("undisturbed:", *(f"{number:3} {call}" for number, call in enumerate(baseline.calls, 1)), sep="\n")
    violations = sweep.strike(SCENARIOS[name], read(strike), baseline.purchases)
    print("struck:", *(f"    {call}" for call in sweep.gate.calls), sep="\n")
    assert not violations, "\n".join(violations)
