"""Whatever comes back over the wire, it is a clear error or a safe retry, and the next run makes good."""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests import figures
from tests.damage.damages import CANARY, DAMAGES
from tests.damage.endpoints import CASES
from tests.damage.wire import Wire
from tests.sweep.engine import Failed
from tests.sweep.stage import Scenario, Stage

WHOLE = bool(os.environ.get("TWILIO_ENVIRONMENTS_LONG"))
FEW, FEWER = 12, 4
ONE_IN = 1 if WHOLE else 3
"""Of so many damages one is followed by another run and all invariants; the others have to end in clear words."""
_UNCLEAR = re.compile(r"<|Traceback|A fault in twilio-environments|\.py\b|Error\(|" + CANARY)


def chosen(case: int) -> list[str]:
    """All damages, or a few of them: others for each case, so that all of them have their turn."""
    names = list(DAMAGES)
    if WHOLE:
        return names
    first, few = case * 5, FEW if is_first(case) else FEWER
    return [names[(first + number) % len(names)] for number in range(few)]


def is_first(case: int) -> bool:
    """Whether no case before is of the same endpoint."""
    return CASES[case][0] not in [endpoint for endpoint, _ in CASES[:case]]


class Trial:
    """One operation, damaged; then once more in peace."""

    def __init__(self, scenario: Scenario, wire: Wire, store: object) -> None:
        self.scenario, self.wire, self.store = scenario, wire, store

    def stage(self) -> Stage:
        stage = Stage(self.scenario, self.wire.twilio, self.store)  # type: ignore[arg-type]  # a fixture's mapping
        stage.engine.twilio = self.wire.public
        return stage

    def undamaged(self) -> tuple[Counter[str], int]:
        """The calls of the operation, and how many numbers it buys."""
        stage = self.stage()
        with self.wire.damaging("", lambda whole: whole, 0):
            assert stage.run(), stage.engine.said
        calls = Counter(self.wire.calls)
        assert not stage.violations(stage.purchases)
        return calls, stage.purchases

    def violations(self, endpoint: str, name: str, times: int, purchases: int, *, again: bool) -> Iterator[str]:
        stage = self.stage()
        self.wire.strays.clear()
        declared = set(stage.engine.state)
        with self.wire.damaging(endpoint, DAMAGES[name], times):
            if self.scenario.name.endswith("-refresh"):
                with suppress(Failed):
                    stage.engine.refresh()
                yield from (f"{gone} is there, and taken for gone" for gone in declared - set(stage.engine.state))
            done = stage.run()
        assert endpoint in self.wire.calls
        yield from (f"it went on to another host: {stray}" for stray in self.wire.strays)
        if not done and not stage.engine.said:
            yield "it fails without a word"
        if again:
            if not stage.run():
                yield f"the next run fails: {stage.engine.said[-1]}"
            yield from stage.violations(purchases)
        for said in stage.engine.said:
            if _UNCLEAR.search(said) or any(secret in said for secret in stage.canaries):
                yield f"an error that is not clear: {said}"


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("case", range(len(CASES)), ids=[f"{scenario.name}: {call}" for call, scenario in CASES])
def test_no_answer_is_worse_than_a_clear_error(wire, store, record_property, case):
    endpoint, scenario = CASES[case]
    trial = Trial(scenario, wire, store)
    calls, purchases = trial.undamaged()
    assert endpoint in calls
    wrong = []
    cases = [(name, times) for name in chosen(case) for times in ((1, sys.maxsize) if WHOLE else (sys.maxsize,))]
    for number, (name, times) in enumerate(cases):
        found = list(trial.violations(endpoint, name, times, purchases, again=number % ONE_IN == 0))
        if found:
            wrong.append(f"{name}, {'once' if times == 1 else 'always'}: {'; '.join(found)}")
    counted = {"endpoints": int(is_first(case)), "damages": len(cases), "violations": len(wrong)}
    record_property(figures.COUNTED, ("damage", counted))
    assert not wrong, "\n" + "\n".join(wrong)
