"""Where an API key is delivered to: changed by hand, moved, and left behind."""

import pytest

from twilio_environments.kinds.api_key import KIND

from .cases.api_key import READ_SERVICES
from .world import MARK, OWNER, Resource, World

NAME = f"api {MARK}"
RESTRICTED = {"type": "restricted", "policy": [READ_SERVICES]}


@pytest.fixture(params=["aws", "vault"])
def world(request, twilio) -> World:
    return World(twilio, request.getfixturevalue(request.param))


def declared(world: World, **more) -> Resource:
    return Resource(world, KIND, **{"friendly_name": NAME, "mark": MARK} | more)


HANDS = {
    "missing": lambda world: world.store.remove(world.path, OWNER, ["api_key", "api_secret"]),
    "altered": lambda world: world.store.write(world.path, OWNER, {"api_secret": "by hand"}),
    "of another key": lambda world: world.store.write(world.path, OWNER, {"api_key": "SK" + "0" * 32}),
    "without its sid": lambda world: world.store.write(world.path, OWNER, {}, drop=["api_key"]),
}


@pytest.mark.parametrize("hand", HANDS)
def test_a_secret_that_is_not_in_the_store_as_it_was_delivered_is_drift_and_healed_by_a_new_key(world, hand):
    key = declared(world, overlap="0s")
    key.create()
    was = key.object_id
    HANDS[hand](world)
    assert key.refreshed_diff()[0] in {"rotated", "secret_status"}
    assert "secret_status" in key.diff()
    assert not key.update().incomplete
    assert world.opens()
    assert key.object_id != was
    assert world.sids_of_keys() == [key.object_id], "the old one is revoked"
    assert key.diff() == []
    assert key.refreshed_diff() == []


def test_a_key_revoked_by_hand_is_gone_and_made_again(world):
    key = declared(world)
    key.create()
    world.wire.delete(world.address("keys", key.object_id))
    assert not key.refresh()
    key.create()
    assert world.sids_of_keys() == [key.object_id]
    assert world.opens()


def test_a_delivery_moves_to_another_path_and_the_old_one_is_emptied(world):
    key = declared(world)
    key.create()
    was, elsewhere = key.object_id, f"{world.path}/moved"
    world.store.write(world.path, OWNER, {"other": "another resource's"})
    key.declare(friendly_name=NAME, mark=MARK, delivery=world.delivery(elsewhere))
    assert key.diff() == ["delivery"]
    world.twilio.journal.clear()
    assert not key.update().incomplete
    assert "POST" not in world.methods(), "the key stays"
    assert key.object_id == was
    assert world.opens(elsewhere)
    assert dict(world.store.read(world.path).properties) == {"other": "another resource's"}
    assert key.refreshed_diff() == []


@pytest.mark.parametrize(
    "names",
    [
        {"sid_property": "web_key", "secret_property": "web_secret"},
        {"sid_property": "api_secret", "secret_property": "api_key"},
    ],
    ids=["other names", "swapped"],
)
def test_a_delivery_moves_to_other_properties_of_its_document(world, names):
    key = declared(world)
    key.create()
    key.declare(friendly_name=NAME, mark=MARK, delivery=world.delivery(**names))
    key.update()
    assert set(world.store.read(world.path).properties) == set(names.values())
    assert world.opens(key=names["sid_property"], secret=names["secret_property"])
    assert key.refreshed_diff() == []


def test_a_delivery_that_moves_while_the_secret_is_gone_is_a_new_key_at_the_new_place(world):
    key = declared(world, overlap="0s")
    key.create()
    world.store.write(world.path, OWNER, {"api_secret": "by hand"})
    key.refresh()
    elsewhere = f"{world.path}/moved"
    key.declare(friendly_name=NAME, mark=MARK, overlap="0s", delivery=world.delivery(elsewhere))
    assert not key.update().incomplete
    assert world.opens(elsewhere)
    assert world.store.read(world.path) is None, "no dead key is left at the old place"
    assert world.sids_of_keys() == [key.object_id]


def test_a_key_leaves_the_store_before_it_dies(world, twilio):
    seen = []

    def look(method, _product, pattern, _status, _body):
        if method == "DELETE" and pattern.endswith("/Keys/{sid}.json"):
            seen.append(world.store.read(world.path))

    key = declared(world)
    key.create()
    twilio.on_answer = look
    key.delete()
    assert seen == [None]
    assert world.sids_of_keys() == []


def test_deleting_takes_only_its_own_properties_and_only_if_they_are_its_own(world):
    key = declared(world)
    key.create()
    world.store.write(world.path, OWNER, {"api_key": "SK" + "1" * 32, "other": "x"})
    key.delete()
    assert world.secret("api_key") == "SK" + "1" * 32, "another key's by now"
    assert world.secret("other") == "x"


def test_a_dead_key_of_a_closed_account_leaves_the_store(world):
    key = declared(world)
    key.create()
    world.close()
    key.delete()
    assert world.store.read(world.path) is None
