"""A store whose answer is lost, or is somebody else's: nothing is concluded from it, and no key dies for it."""

import pytest

from tests.kinds.world import OWNER, Resource, World
from tests.rotation.scene import Scene, in_both_stores
from tests.stores.wire import CHANGES, PAGES, answered_by_somebody_else, installed
from twilio_environments.kinds.secret_document import KIND as DOCUMENT
from twilio_environments.problems import Problem

in_vault = pytest.mark.parametrize("store_settings", ["vault"], indirect=True)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _seconds: None)


@pytest.mark.parametrize("page", PAGES)
@in_vault
def test_a_page_in_front_of_the_store_changes_nothing_whatever_is_done(world, page):
    scene = Scene(world)
    document = Resource(world, DOCUMENT, properties={"account_sid": world.account_sid})
    document.create()
    assert scene.up()
    alive, before = scene.alive(), scene.document()
    scene.moving = True  # it is looked at below: nothing can be read behind the page

    def rotated():
        scene.kind.update(world.run(), scene.key.inputs | {"rotation": "now"}, scene.key.recorded, scene.key.id)

    def with_the_state_lost():
        scene.lose_the_record()
        scene.key.create()

    for act in (
        scene.refresh,
        document.refresh,
        lambda: scene.kind.check(world.run(), scene.key.inputs),
        document.create,
        document.delete,
        rotated,
        scene.key.delete,
        with_the_state_lost,
    ):
        with answered_by_somebody_else(page), pytest.raises(Problem, match="does not answer as Vault does"):
            act()
        assert scene.alive() == alive
        assert scene.document() == before
    scene.moving = False
    scene.settle()
    assert scene.alive() == alive


@pytest.mark.parametrize("asked", [False, True], ids=["a first key", "a rotation"])
@pytest.mark.parametrize("damage", ["lost", "standby", "html", "gateway-timeout"])
@in_vault
def test_a_write_that_was_carried_out_and_not_answered_is_success(world, store_settings, damage, asked):
    for number in range(1, 12):
        scene = Scene(World(world.twilio, store_settings, f"{world.path}/{number}"), overlap="24h")
        if asked:
            assert scene.up()
        struck: list[object] = []

        def nth(whole, number=number, struck=struck):
            struck.append(whole)
            return CHANGES[damage](whole) if len(struck) == number else whole

        with installed(store_settings["vault"]["address"]) as wire, wire.damaging("POST secret/data", nth, 100):
            assert scene.up(asked=asked), scene.said[-1]
        scene.at_rest()
        assert scene.opens()
        if len(struck) < number:
            break
    assert number > 3


@in_vault
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("asked", [False, True], ids=["a first key", "a rotation"])
def test_a_write_whose_fate_nobody_can_tell_deletes_no_key_and_the_next_run_completes_it(world, page, asked):
    at = 0
    while True:
        at += 1
        scene = Scene(World(world.twilio, world.store_settings, f"{world.path}/{at}"))
        if asked:
            assert scene.up()
        before = scene.alive()
        process = scene.process(at, what=page)
        scene.up(process, asked=asked)
        if not process.struck:
            break
        made = next((n for n, call in enumerate(process.calls) if call.startswith("POST")), len(process.calls))
        sent = any(call.startswith("store create") for call in process.calls[made:])
        assert len(scene.alive() - before) == sent, "what may be in the store lives, and nothing else"
        assert "Another run" not in scene.said[-1]
        scene.settle()
        assert scene.up(asked=asked)
        scene.at_rest()
    assert at > 4


@pytest.mark.parametrize("store_settings", ["memory", "vault"], indirect=True)
def test_a_destroy_takes_every_pair_out_of_the_store_whose_key_it_deletes_whenever_a_rotation_was_killed(world):
    unrecorded = at = 0
    while True:
        at += 1
        scene = Scene(World(world.twilio, world.store_settings, f"{world.path}/{at}"))
        assert scene.up()
        process = scene.process(at, after=True)
        scene.up(process, asked=True)
        if not process.struck:
            break
        unrecorded += scene.document()["api_key"] != scene.key.recorded["sid"]
        scene.broken_by_hand = True  # it is about to be deleted
        assert list(scene.kind.delete(world.run(), scene.key.recorded, scene.key.id)) == []
        assert scene.alive() == set()
        assert scene.document() == {}
    assert unrecorded, "promoted, and not recorded"


@in_both_stores
def test_what_lost_its_mark_is_left_alone_by_a_destroy_and_named(world):
    scene = Scene(world)
    document = Resource(world, DOCUMENT, properties={"account_sid": world.account_sid})
    document.create()
    scene.up()
    before = scene.document()
    world.store.hand_over(world.path, OWNER, "somebody/else")
    world.store.hand_over(world.path, "somebody/else", "somebody/new")
    (left,) = scene.kind.delete(world.run(), scene.key.recorded, scene.key.id)
    assert world.path in left
    assert "api_key" in left
    (left,) = DOCUMENT.delete(world.run(), document.recorded, document.id)
    assert "account_sid" in left
    assert scene.document() == before
    assert scene.alive() == set()
