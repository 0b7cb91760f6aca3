"""Two runs that came past Pulumi's lock rotate one key at once: in whatever order their calls come, one wins."""

import copy
import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import figures
from tests.kinds.world import World
from tests.rotation.process import Process
from tests.rotation.scene import Scene
from twilio_environments.problems import Problem

SEEDS = 200 if os.environ.get("TWILIO_ENVIRONMENTS_LONG") else 12


class Turns:
    """Lets one of the runs make one call at a time, in an order that the seed decides."""

    def __init__(self, seed: int, runs: set[int]) -> None:
        self._random, self._runs, self._changed = random.Random(seed), runs, threading.Condition()
        self._turn = self._random.choice(sorted(runs))

    def take(self, run: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self._turn == run, 60)

    def pass_on(self, gone: int | None = None) -> None:
        with self._changed:
            self._runs -= {gone}
            if self._runs:
                self._turn = self._random.choice(sorted(self._runs))
            self._changed.notify_all()


def taking_turns(process: Process, turns: Turns, run: int) -> Process:
    call = process._call

    def in_turn(*arguments):
        turns.take(run)
        try:
            return call(*arguments)
        finally:
            turns.pass_on()

    process._call = in_turn  # type: ignore[method-assign]
    return process


@pytest.mark.parametrize("seed", range(SEEDS))
def test_of_two_rotations_at_once_one_wins_and_the_other_says_so(twilio, memory, record_property, seed):
    twilio.reset()
    scene = Scene(World(twilio, memory), overlap="0s")
    scene.up()
    turns = Turns(seed, {0, 1})
    runs = [copy.copy(scene.key) for _ in range(2)]

    def rotate(number):
        key = runs[number]
        key.recorded = copy.deepcopy(key.recorded)
        key.inputs = key.inputs | {"rotation": f"rotation {number}"}
        try:
            outcome = taking_turns(scene.process(alone=False), turns, number).run(key.update)
        except Problem as problem:
            return str(problem)
        else:
            return " ".join(outcome.incomplete)
        finally:
            turns.pass_on(gone=number)

    with ThreadPoolExecutor(2) as threads:
        said = list(threads.map(rotate, range(2)))
    record_property(figures.COUNTED, ("interleavings", {"runs": 2, "overtaken": sum(map(bool, said))}))
    assert not all(said), said
    assert all("Another run changed" in one for one in said if one), said
    current = scene.document()["api_key"]
    # Two may have won: the later one has taken the key over that the earlier one had promoted.
    scene.key, *_ = [one for one, words in zip(runs, said, strict=True) if not words and one.recorded["sid"] == current]
    assert scene.opens()
    assert len(scene.alive()) == 1
    scene.settle()
    assert len(scene.alive()) == 1
