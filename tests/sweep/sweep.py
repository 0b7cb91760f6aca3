"""The sweep itself: each point of each scenario, then the same operation again, then the invariants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.sweep.gate import KILLS, LAGS, Gate, Point, points_of
from tests.sweep.stage import Scenario, Stage
from twilio_environments.emulator import Emulator

SHORT = 3
"""Operations of up to so many calls are swept by pairs: a second point strikes while they recover from the first."""
PAIRED = ("before", "committed", "after", "lost")
Strike = tuple[Point, ...]


@dataclass(frozen=True)
class Baseline:
    """The operation undisturbed: its calls, how many numbers it buys, and what is wrong with it all the same."""

    calls: tuple[str, ...]
    purchases: int
    violations: tuple[str, ...]


class Sweep:
    """Where scenarios are tried."""

    def __init__(self, gate: Gate, twilio: Emulator, stores: Mapping[str, Any]) -> None:
        self.gate, self.twilio, self.stores = gate, twilio, stores
        gate.twilio = twilio

    def baseline(self, scenario: Scenario) -> Baseline:
        stage = self._stage(scenario)
        with self.gate.open():
            done = stage.run()
        calls, purchases = tuple(self.gate.calls), stage.purchases
        wrong = [] if done else [f"it fails by itself: {stage.engine.said}"]
        return Baseline(calls, purchases, (*wrong, *stage.violations(purchases)))

    def strike(self, scenario: Scenario, strike: Strike, purchases: int) -> list[str]:
        """Let each point strike one run of the operation, run it once more in peace, and return what is wrong."""
        stage = self._stage(scenario)
        for point in strike:
            with self.gate.open([point]):
                stage.run()
            if point.way not in KILLS:
                stage.look_for_lost_keys()
        self.gate.watch = None
        lags = LAGS if any("lag" in point.way for point in strike) else 0
        for left in reversed(range(lags + 1)):  # while a listing is behind, a run may have to be repeated
            if stage.run():
                break
            if not left:
                return [f"the next run fails: {stage.engine.said[-1]}", *stage.violations(purchases)]
        return stage.violations(purchases, lags)

    def pairs(self, scenario: Scenario, calls: Sequence[str]) -> Iterator[Strike]:
        """All pairs of points for a short operation; the second is one of the recovery from the first."""
        if len(calls) > SHORT:
            return
        for first in points_of(calls):
            if first.way not in PAIRED:
                continue
            stage = self._stage(scenario)
            with self.gate.open([first]):
                stage.run()
            with self.gate.open():
                stage.run()
            recovery = tuple(self.gate.calls)
            yield from ((first, second) for second in points_of(recovery) if second.way in PAIRED)

    def strikes(self, scenario: Scenario, calls: Sequence[str]) -> Iterator[Strike]:
        """All strikes of a scenario: singles, then pairs."""
        yield from ((point,) for point in points_of(calls))
        yield from self.pairs(scenario, calls)

    def _stage(self, scenario: Scenario) -> Stage:
        self.gate.watch = None
        stage = Stage(scenario, self.twilio, self.stores[scenario.store], lambda: self.gate.killed)
        self.gate.watch = stage.watch if scenario.watched else None
        return stage


def written(strike: Strike) -> str:
    return "+".join(str(point) for point in strike)


def read(text: str) -> Strike:
    return tuple(Point.parse(part) for part in text.split("+"))


def sample(strikes: Sequence[Strike], few: int) -> list[Strike]:
    """The same few strikes every time, spread over the whole."""
    step = max(1, len(strikes) // max(few, len(strikes) // 40))
    return list(strikes[step // 2 :: step])
