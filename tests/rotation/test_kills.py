"""Killed after every single call, which is before the next one; and the same for a store that goes down."""

import pytest

from tests.kinds.cases.api_key import READ_SERVICES
from tests.kinds.world import MARK, World
from tests.rotation.scene import NAME, Scene
from twilio_environments.emulator import Fault

RESTRICTED = {"type": "restricted", "policy": [READ_SERVICES]}
DECLARED = {"friendly_name": NAME, "mark": MARK, "overlap": "0s"}

CALLS = range(1, 60)


def another_type(scene):
    scene.key.declare(**DECLARED | RESTRICTED)


def moved(scene):
    scene.key.declare(**DECLARED, delivery=scene.world.delivery(f"{scene.world.path}-elsewhere"))


WORK = {
    "a first key": (False, lambda _scene: None, False),
    "a rotation without overlap": (True, lambda _scene: None, True),
    "a change of type": (True, another_type, False),
}


@pytest.mark.parametrize("what", ["kill", "store down"])
@pytest.mark.parametrize(
    ("work", "store_settings"),
    [*((work, "memory") for work in WORK), ("a rotation without overlap", "vault")],
    indirect=["store_settings"],
)
def test_interrupted_at_any_call_the_current_key_works_and_the_next_run_completes_it(
    twilio, store_settings, work, what
):
    exists, change, asked = WORK[work]
    struck = 0
    for at in CALLS:
        twilio.reset()
        scene = Scene(World(twilio, store_settings), overlap="0s")
        if exists:
            assert scene.up()
        change(scene)
        process = scene.process(at, after=True, what=what)
        ended = scene.up(process, asked=asked)
        scene.check()
        if exists:
            assert scene.opens(), process.calls
        if not process.struck:
            assert ended
            break
        struck += 1
        scene.settle()
        if exists and not ended and asked:
            assert scene.up(asked=True)  # as the person who asked does again
            scene.settle()
        assert len(scene.alive()) == 1
        assert scene.world.key_rows()[0]["_kind"] == scene.key.recorded["type"]
    assert struck > 6


def test_killed_at_any_call_of_a_move_the_next_run_completes_it_without_a_new_key(twilio, vault):
    for at in CALLS:
        twilio.reset()
        scene = Scene(World(twilio, vault), overlap="0s")
        scene.up()
        (sid,) = scene.alive()
        moved(scene)
        process = scene.process(at, after=True)
        scene.moving = True  # the old place is emptied, which is what a move is
        scene.up(process)
        assert scene.up(), scene.said[-1]
        assert scene.alive() == {sid}
        assert scene.world.opens(f"{scene.world.path}-elsewhere")
        assert scene.document() == {}
        assert scene.key.refreshed_diff() == []
        if not process.struck:
            break


def test_a_run_that_lost_its_answer_does_not_delete_the_key_of_the_run_that_took_over(twilio, vault):
    scene = Scene(World(twilio, vault))
    scene.up()
    seen = scene.process()
    scene.up(seen, asked=True)
    scene.clock.advance(hours=25)
    scene.up()
    record = scene.key.recorded
    promoted = []

    def another_run():
        twilio.faults.clear()
        assert scene.up(asked=True)
        promoted.append(scene.key.recorded)
        scene.key.recorded = record

    at = next(n for n, call in enumerate(seen.calls, 1) if call.startswith("POST"))
    twilio.faults.add(Fault("reset_after", method="POST", path=r"/Keys\.json$", times=1))
    assert not scene.up(scene.process(at, after=True, what=another_run, alone=False), asked=True)
    (scene.key.recorded,) = promoted
    assert scene.document()["api_key"] == scene.key.recorded["sid"]
    assert scene.opens()
    scene.settle()


def test_a_run_that_was_overtaken_before_its_claim_makes_no_key(twilio, memory):
    scene = Scene(World(twilio, memory), overlap="0s")
    scene.up()
    promoted = []

    def another_run():
        assert scene.up(asked=True)
        promoted.append(scene.key.recorded)
        scene.key.recorded = record

    seen = scene.process()
    scene.up(seen, asked=True)
    record = scene.key.recorded
    claim = next(n for n, call in enumerate(seen.calls, 1) if call.startswith("store create"))
    twilio.journal.clear()
    assert not scene.up(scene.process(claim, what=another_run, alone=False), asked=True)
    assert any("Another run changed" in said for said in scene.said[-2:])
    assert twilio.journal.count("POST") == 1, "the other run's key"
    (scene.key.recorded,) = promoted
    scene.at_rest()
