"""When a rotation is due, what a preview says of it, for how long the old key lives on, and what is no rotation."""

import pytest

from tests.kinds.cases.api_key import LIST_SERVICES, READ_SERVICES
from tests.kinds.world import MARK, OWNER
from tests.rotation.scene import NAME, Scene, in_both_stores
from twilio_environments.problems import Problem
from twilio_environments.secrets.schedule import asked_for, request

RESTRICTED = {"type": "restricted", "policy": [READ_SERVICES]}


@in_both_stores
def test_a_key_that_is_young_is_left_alone_and_an_old_one_is_due_with_the_reason(world):
    scene = Scene(world, rotate_every="90d")
    scene.up()
    first = scene.key.recorded["sid"]
    scene.clock.advance(days=89, hours=23)
    assert scene.key.difference().changed == []
    scene.clock.advance(hours=2)
    assert scene.key.difference().changed == ["rotated"]
    assert scene.key.difference().reasons == ["a rotation is due: the key is 90 days old, and rotate_every is 90d"]
    assert scene.up()
    assert scene.key.recorded["sid"] != first
    scene.at_rest()


def test_without_rotate_every_a_key_never_comes_of_age(world):
    scene = Scene(world)
    scene.up()
    scene.clock.advance(days=10_000)
    assert scene.key.difference().changed == []


def test_the_old_key_lives_on_until_its_overlap_is_over_and_the_preview_says_when_it_is(world):
    scene = Scene(world, overlap="24h")
    scene.up()
    first = scene.key.recorded["sid"]
    scene.up(asked=True)
    second = scene.key.recorded["sid"]
    assert scene.alive() == {first, second}
    scene.clock.advance(hours=23)
    assert scene.key.difference().changed == []
    scene.clock.advance(hours=2)
    assert scene.key.difference().reasons == [f"the overlap of {first} is over, so it is revoked"]
    assert scene.up()
    assert scene.alive() == {second}
    scene.at_rest()


def test_without_overlap_the_old_key_goes_in_the_same_run_after_the_new_one_is_current(world):
    scene = Scene(world, overlap="0s")
    scene.up()
    scene.up(asked=True)
    assert scene.alive() == {scene.key.recorded["sid"]}
    scene.at_rest()


def test_a_second_rotation_within_the_overlap_keeps_two_and_not_three(world):
    scene = Scene(world, overlap="24h")
    for _ in range(3):
        scene.up(asked=True)
    assert scene.most_alive == 2
    scene.at_rest()


def test_a_rotation_that_was_asked_for_is_done_once(world):
    scene = Scene(world)
    scene.up()
    scene.key.inputs["rotation"] = "2026-01-01T00:00:00Z"
    assert scene.key.difference().reasons == ["a rotation was requested"]
    assert scene.up()
    assert scene.key.difference().changed == []
    del scene.key.inputs["rotation"]  # an ordinary run afterwards
    assert scene.key.difference().changed == []


def test_only_the_named_keys_are_asked_for():
    environ = request("now", ["api", "reporting"])
    assert [asked_for(key, environ) for key in ("api", "reporting", "rep", "")] == ["now", "now", "", ""]
    assert asked_for("api", {}) == ""


def test_no_old_key_is_revoked_while_the_store_has_another_or_one_that_does_not_work(world):
    scene = Scene(world, overlap="24h")
    scene.up()
    scene.up(asked=True)
    both = scene.alive()
    for put in ({"api_key": "SK" + "0" * 32}, {"api_key": scene.key.recorded["sid"], "api_secret": "by hand"}):
        scene.edit(put)
        scene.clock.advance(hours=25)
        assert not scene.up()
        assert "no old key was revoked" in scene.said[-1]
        assert scene.alive() == both
    scene.settle()


def test_another_policy_is_an_update_of_the_living_key(world):
    scene = Scene(world, **RESTRICTED)
    scene.up()
    before = scene.document()
    scene.key.declare(friendly_name=NAME, mark=MARK, type="restricted", policy=[LIST_SERVICES])
    assert scene.key.difference().reasons == []
    assert scene.up()
    assert scene.document() == before
    assert [row["_policy"] for row in world.key_rows()] == [[LIST_SERVICES]]
    scene.at_rest()


@pytest.mark.parametrize(("was", "becomes"), [({}, RESTRICTED), (RESTRICTED, {})], ids=["to restricted", "to standard"])
def test_another_type_is_a_new_key_and_the_old_one_keeps_its_overlap(world, was, becomes):
    scene = Scene(world, **was)
    scene.up()
    old = scene.key.recorded["sid"]
    scene.key.declare(friendly_name=NAME, mark=MARK, **becomes)
    difference = scene.key.difference()
    assert (difference.replaces, difference.reasons) == ([], ["its type changes, so a new key is created"])
    assert scene.up()
    assert scene.alive() == {old, scene.key.recorded["sid"]}
    assert [one["sid"] for one in scene.key.recorded["previous"]] == [old]
    scene.at_rest()


def test_a_machine_whose_clock_is_wrong_neither_makes_nor_revokes_keys(world, monkeypatch):
    scene = Scene(world, overlap="24h")
    scene.up()
    scene.up(asked=True)
    both, document = scene.alive(), scene.document()
    scene.clock.advance(hours=25)
    honest = world.run

    def late():
        session = honest()
        session._transport._wall_clock = scene.clock
        return session

    monkeypatch.setattr(world, "run", late)
    for asked in (False, True):
        assert not scene.up(asked=asked)
        assert "clock is" in scene.said[-1]
        assert "ahead of Twilio's" in scene.said[-1]
    assert (scene.alive(), scene.document()) == (both, document)
    with pytest.raises(Problem, match="clock"):
        Scene(world, delivery=world.delivery(f"{world.path}-2")).key.create()


def test_destroying_in_the_middle_of_a_rotation_leaves_no_key_and_no_property(world):
    scene = Scene(world)
    scene.up()
    scene.up(asked=True)
    at = next(n for n, call in enumerate(_calls(world), 1) if call.startswith("POST")) + 1
    scene.up(scene.process(at, after=True), asked=True)
    scene.world.store.write(world.path, OWNER, {"others": "x"})
    scene.key.delete()
    assert scene.alive() == set()
    assert scene.document() == {"others": "x"}


def _calls(world):
    other = Scene(world, friendly_name=f"other {MARK}", delivery=world.delivery(f"{world.path}-other"))
    other.up()
    process = other.process()
    other.up(process, asked=True)
    return process.calls
