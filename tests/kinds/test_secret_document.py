"""The environment's document: its own properties and nothing else, in both stores."""

import pytest

from twilio_environments.kinds.api_key import KIND as KEY
from twilio_environments.kinds.secret_document import KIND
from twilio_environments.problems import Problem

from .world import MARK, OWNER, Resource, World, sid

ACCOUNT, NUMBER = {"account_sid": sid("AC")}, {"phone_number_support": "+14155550100"}


@pytest.fixture(params=["aws", "vault"])
def world(request, twilio) -> World:
    return World(twilio, request.getfixturevalue(request.param))


def stored(world: World, path: str | None = None) -> dict[str, str]:
    document = world.store.read(path or world.path)
    return dict(document.properties) if document else {}


def token(world: World) -> str:
    return str(world.row("accounts", world.account_sid)["auth_token"])


def rotate_token(world: World) -> None:
    for step in ("Secondary", "Promote"):
        assert world.wire.post(f"https://accounts.twilio.com/v1/AuthTokens/{step}").ok


def test_properties_come_and_go_and_others_stay(world):
    resource = Resource(world, KIND, properties=ACCOUNT)
    resource.create()
    world.store.write(world.path, OWNER, {"api_key": "another resource's"})
    resource.declare(properties=ACCOUNT | NUMBER)
    assert resource.diff() == ["properties"]
    resource.update()
    assert stored(world) == ACCOUNT | NUMBER | {"api_key": "another resource's"}
    resource.declare(properties=NUMBER)
    resource.update()
    assert stored(world) == NUMBER | {"api_key": "another resource's"}
    assert resource.refreshed_diff() == []
    resource.delete()
    assert stored(world) == {"api_key": "another resource's"}


@pytest.mark.parametrize("hand", [{"account_sid": "changed"}, {}], ids=["changed", "removed"])
def test_a_property_changed_or_removed_by_hand_is_drift_and_is_put_right(world, hand):
    resource = Resource(world, KIND, properties=ACCOUNT | NUMBER)
    resource.create()
    world.store.write(world.path, OWNER, hand, drop=() if hand else ["account_sid"])
    assert resource.refreshed_diff() == ["properties"]
    resource.update()
    assert stored(world) == ACCOUNT | NUMBER
    assert resource.refreshed_diff() == []


def test_writing_the_same_again_makes_no_version(world):
    resource = Resource(world, KIND, properties=ACCOUNT)
    resource.create()
    was = resource.recorded["version"]
    resource.create()
    assert resource.recorded["version"] == was


def test_the_auth_token_is_delivered_and_is_nowhere_else(world, caplog):
    caplog.set_level("DEBUG", logger="twilio_environments")
    caplog.set_level("DEBUG", logger="twilio")
    resource = Resource(world, KIND, properties=ACCOUNT, auth_token_property="auth_token")
    outcome = resource.create()
    assert stored(world)["auth_token"] == token(world)
    assert token(world) not in f"{resource.recorded!r} {outcome!r} {caplog.text}"
    assert resource.refreshed_diff() == []


@pytest.mark.parametrize("hand", [{"auth_token": "changed"}, {}], ids=["changed", "removed"])
def test_an_auth_token_that_is_not_as_it_was_delivered_is_drift_and_is_delivered_again(world, hand):
    resource = Resource(world, KIND, properties=ACCOUNT, auth_token_property="auth_token")
    resource.create()
    world.store.write(world.path, OWNER, hand, drop=() if hand else ["auth_token"])
    assert resource.refreshed_diff() == ["auth_token_status"]
    resource.update()
    assert stored(world)["auth_token"] == token(world)
    assert resource.refreshed_diff() == []


def test_an_auth_token_that_was_rotated_at_twilio_is_drift_and_is_delivered_again(world):
    resource = Resource(world, KIND, properties=ACCOUNT, auth_token_property="auth_token")
    resource.create()
    rotate_token(world)
    assert stored(world)["auth_token"] != token(world)
    assert resource.refreshed_diff() == ["auth_token_status"], "receivers check signatures with it: the old one is dead"
    resource.update()
    assert stored(world)["auth_token"] == token(world)
    assert resource.refreshed_diff() == []


def test_the_auth_token_moves_to_another_property_and_leaves_when_it_is_not_asked_for(world):
    resource = Resource(world, KIND, properties=ACCOUNT, auth_token_property="auth_token")
    resource.create()
    resource.declare(properties=ACCOUNT, auth_token_property="token")
    resource.update()
    assert stored(world) == ACCOUNT | {"token": token(world)}
    resource.declare(properties=ACCOUNT)
    resource.update()
    assert stored(world) == ACCOUNT


def test_a_document_that_is_not_ours_is_a_problem_before_anything_and_stays_as_it_is(world):
    world.store.write(world.path, "somebody/else", {"account_sid": "theirs"})
    resource = Resource(world, KIND, properties=ACCOUNT)
    for attempt in (lambda: KIND.check(world.run(), resource.inputs), resource.create):
        with pytest.raises(Problem, match="somebody/else"):
            attempt()
    resource.recorded = resource.inputs
    resource.delete()
    assert stored(world) == {"account_sid": "theirs"}


def test_a_document_that_went_to_another_owner_is_gone(world):
    resource = Resource(world, KIND, properties=ACCOUNT)
    resource.create()
    resource.recorded["document"]["owner"] = "acme/prod"
    assert not resource.refresh()


def test_what_a_killed_run_of_the_renamed_stack_has_handed_over_is_still_known_by_the_former_name(world):
    document, key = (
        Resource(world, KIND, properties=ACCOUNT),
        Resource(world, KEY, friendly_name=f"api {MARK}", mark=MARK),
    )
    for resource in (document, key):
        resource.create()
    world.store.hand_over(world.path, OWNER, "acme/renamed")
    for resource in (document, key):
        assert resource.refreshed_diff() == []
    for resource in (key, document):
        resource.delete()
    assert stored(world) == {}
    assert world.sids_of_keys() == []


def test_another_path_is_another_document(world):
    resource = Resource(world, KIND, properties=ACCOUNT)
    resource.create()
    was, old = dict(resource.recorded), world.path
    resource.declare(properties=ACCOUNT, document=world.reference(f"{old}/moved"))
    difference = resource.difference()
    assert difference.replaces == ["document"]
    assert not difference.delete_first, "consumers find the new one before the old one goes"
    resource.create()
    KIND.delete(world.run(), was, old)
    assert stored(world) == {}
    assert stored(world, f"{old}/moved") == ACCOUNT


def test_the_same_path_through_other_settings_of_the_store_is_not_emptied(world):
    resource = Resource(world, KIND, properties=ACCOUNT)
    resource.create()
    was = dict(resource.recorded)
    same = {"aws": {"region": "eu-west-1", "recovery_window_days": 7}} if "aws" in world.store_settings else {
        "vault": {**world.store_settings["vault"], "auth": {"method": "token"}, "mount": "secret"}
    }  # fmt: skip
    resource.declare(properties=ACCOUNT, document=world.reference() | {"store": same})
    difference = resource.difference()
    if difference.replaces:
        assert difference.delete_first, "what is deleted after the replacement was made is the replacement"
        KIND.delete(world.run(), was, world.path)
        resource.create()
    assert stored(world) == ACCOUNT


def test_the_document_of_a_closed_account_is_emptied(world):
    resource = Resource(world, KIND, properties=ACCOUNT, auth_token_property="auth_token")
    resource.create()
    world.close()
    resource.delete()
    assert stored(world) == {}
