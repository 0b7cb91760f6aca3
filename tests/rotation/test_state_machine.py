"""Rotations in any order, with anything that may come between; Hypothesis looks for the order that breaks a promise."""

import contextlib
import copy
import os
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests import figures
from tests.kinds.cases.api_key import READ_SERVICES
from tests.kinds.world import World
from tests.rotation.scene import Scene
from tests.stores.wire import PAGES
from twilio_environments.emulator import Fault
from twilio_environments.problems import Problem

LONG = bool(os.environ.get("TWILIO_ENVIRONMENTS_LONG"))
STEPS = 50 if LONG else 6
# Most runs are on the stand-in: Vault's dev server and moto's AWS take longer than all else together.
RUNS = {"memory": 240 if LONG else 190, "vault": 8, "aws": 4}
KINDS = [{}, {"type": "restricted", "policy": [READ_SERVICES]}]
moments = st.tuples(st.integers(1, 16), st.booleans())
counted = {"runs": 0, "steps": 0, "kills": 0, "foreign": 0}


class Rotation(RuleBasedStateMachine):
    new_world: Any  # a function, which each test brings
    scene: Scene
    crowded = False

    @initialize(kind=st.sampled_from(KINDS), overlap=st.sampled_from(["24h", "0s"]), at=moments)
    def declare(self, kind, overlap, at):
        counted["runs"] += 1
        self.scene = Scene(self.new_world(), rotate_every="30d", overlap=overlap, **kind)
        self._killed(at, asked=False)
        if not self.scene.key.recorded:
            self.scene.settle()

    @rule()
    def rotate(self):
        self.scene.up(asked=True)

    @rule(hours=st.sampled_from([1, 25, 31 * 24]))
    def time_passes(self, hours):
        self.scene.clock.advance(hours=hours)

    @rule()
    def up(self):
        self.scene.up()

    @rule()
    def settle(self):
        self.scene.settle()
        self.crowded = False

    @rule(at=moments, asked=st.booleans())
    def killed(self, at, asked):
        self._killed(at, asked=asked)

    @rule(at=moments)
    def killed_when_it_is_time(self, at):
        self.scene.clock.advance(days=31)
        self._killed(at, asked=False)

    @rule(at=moments)
    def killed_while_it_heals(self, at):
        self.scene.refresh()
        self._killed(at, asked=False)

    @rule(at=moments, asked=st.booleans())
    def store_down(self, at, asked):
        self.scene.up(self.scene.process(at[0], after=at[1], what="store down"), asked=asked)

    @rule(at=moments, asked=st.booleans(), page=st.sampled_from(sorted(PAGES)), record=st.booleans())
    def somebody_else_answers_for_the_store(self, at, asked, page, record):
        """From a call on, or once, a proxy's page comes instead of the store's answer; the record may be lost, too."""
        if not record:
            self.scene.lose_the_record()
        alive = self.scene.alive()
        self._foreign(at, page, lambda process: self.scene.up(process, asked=asked))
        if at[0] == 1 and not at[1]:
            assert alive <= self.scene.alive(), "a key was revoked, and no answer of the store's was seen"

    @rule(at=moments, page=st.sampled_from(sorted(PAGES)))
    def somebody_else_answers_a_refresh(self, at, page):
        record = copy.deepcopy(self.scene.key.recorded)
        alive = record.get("sid") in self.scene.alive()
        with contextlib.suppress(Problem):
            self._foreign(at, page, self.scene.refresh)
        assert bool(self.scene.key.recorded) == alive or not record

    def _foreign(self, at, page, work):
        process = self.scene.process(at[0], after=at[1], what=page)
        work(process)
        counted["foreign"] += process.struck

    @rule(
        action=st.sampled_from(["reset_after", "reset_before", "html", "status"]),
        method=st.sampled_from(["GET", "POST", "DELETE"]),
        nth=st.integers(1, 3),
    )
    def twilio_fails(self, action, method, nth):
        faults = self.scene.world.twilio.faults
        faults.add(Fault(action, method=method, path="Keys|IncomingPhoneNumbers", nth=nth, status=503))
        self.scene.up(asked=True)
        faults.clear()

    @rule()
    def revoked_in_the_console(self):
        if self.scene.alive():
            self.scene.revoke(min(self.scene.alive()))

    @rule(put=st.sampled_from([{"api_secret": "by hand"}, {"api_key": "SK" + "0" * 32}]))
    def altered(self, put):
        if "api_key" in self.scene.document():  # without it nobody could tell that the secret was ours
            self.scene.edit(put)

    @rule()
    def deleted(self):
        self.scene.edit({}, set(self.scene.document()))

    @precondition(lambda self: self.scene.documents)
    @rule(back=st.integers(1, 6))
    def restored(self, back):
        older = self.scene.documents[-min(back, len(self.scene.documents))]
        self.scene.edit(older, set(self.scene.document()) - set(older))

    @rule(at=moments, asked=st.booleans(), then=moments)
    def two_at_once(self, at, asked, then):
        """At one of the first run's calls the second comes, and is over or killed before the first goes on."""
        scene = self.scene
        record = copy.deepcopy((scene.key.id, scene.key.recorded))
        seconds = []

        def second():
            scene.up(scene.process(then[0], after=then[1], alone=False), asked=asked)
            seconds.append((scene.key.id, scene.key.recorded))
            scene.key.id, scene.key.recorded = copy.deepcopy(record)

        if not scene.up(scene.process(at[0], after=at[1], what=second, alone=False), asked=True) and seconds:
            scene.key.id, scene.key.recorded = seconds[0]
        # A run that was overtaken has deleted its key by now; one that was killed left it to the next.
        self.crowded = True

    def _killed(self, at, *, asked):
        process = self.scene.process(at[0], after=at[1])
        self.scene.up(process, asked=asked)
        counted["kills"] += process.struck

    @invariant()
    def holds(self):
        if hasattr(self, "scene"):
            counted["steps"] += 1
            self.scene.check(alone=not self.crowded)
            self.scene.no_secret_was_said()

    def teardown(self):
        if hasattr(self, "scene"):
            self.scene.settle()


@pytest.mark.timeout(7200 if LONG else 300)
@pytest.mark.parametrize(("store", "seed"), [("memory", 1), ("vault", 2), ("aws", 3)])
def test_the_stores_current_key_works_and_at_most_two_are_alive_whatever_happens(
    twilio, request, store, seed, record_property
):
    settings_of_store = request.getfixturevalue(store)

    def new_world():
        twilio.reset()
        return World(twilio, settings_of_store)

    counted.update(runs=0, steps=0, kills=0, foreign=0)
    machine = type("Machine", (Rotation,), {"new_world": staticmethod(new_world)})
    told = {"violations": 1}
    try:
        run_state_machine_as_test(
            machine if LONG else hypothesis.seed(seed)(machine),
            settings=hypothesis.settings(
                max_examples=RUNS[store],
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                suppress_health_check=list(hypothesis.HealthCheck),
            ),
        )
        told["violations"] = 0
    finally:
        record_property(figures.COUNTED, ("rotation", counted | told))
    assert counted["runs"] >= RUNS[store]
