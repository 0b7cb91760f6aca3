"""A store that is gone with its address is let go by a word, and by nothing else; nothing is sent to it then."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from twilio_environments.kinds import api_key, secret_document
from twilio_environments.problems import Problem
from twilio_environments.secrets.stores import StoreSettings, connect
from twilio_environments.secrets.stores.given_up import GIVEN_UP

from .world import MARK, OWNER, Resource, World

GONE = "http://127.0.0.1:9"
"""Nobody answers there."""
NAME = f"api {MARK}"


@pytest.fixture(autouse=True)
def vault_is_gone(aws, monkeypatch) -> None:  # after what clears the environment
    monkeypatch.setenv("VAULT_ADDR", GONE)
    monkeypatch.setenv("VAULT_TOKEN", "none")


@pytest.fixture
def word(monkeypatch) -> Any:
    return lambda said=GONE: monkeypatch.setenv(GIVEN_UP, said)


def gone(reference: dict[str, Any]) -> dict[str, Any]:
    return reference | {"store": {"vault": {"address": GONE}}}


def recorded_there(world: World, kind: Any, **inputs: Any) -> Resource:
    """Make an object, and let its record say that it was delivered to the store that is gone."""
    resource = Resource(world, kind, **inputs)
    resource.create()
    for name in ("delivery", "document"):
        if name in resource.recorded:
            resource.recorded[name] = gone(resource.recorded[name])
    world.store.remove(world.path, OWNER, ["api_key", "api_secret", "account_sid"])
    return resource


def key(world: World, **more: Any) -> Resource:
    return recorded_there(world, api_key.KIND, friendly_name=NAME, mark=MARK, **more)


def document(world: World) -> Resource:
    return recorded_there(world, secret_document.KIND, properties={"account_sid": world.account_sid})


def test_that_a_store_does_not_answer_says_nothing_of_what_it_holds(world):
    api, environment = key(world), document(world)
    sids = world.sids_of_keys()
    for act in (api.refresh, api.update, api.delete, environment.refresh, environment.update, environment.delete):
        with pytest.raises(Problem, match="could not be reached"):
            act()
    assert world.sids_of_keys() == sids
    assert world.secret("api_key") == ""


@pytest.mark.parametrize("refreshed", [True, False])
def test_a_key_of_a_store_that_was_given_up_is_made_anew_and_the_old_one_lives_on_for_its_overlap(
    world, word, refreshed
):
    resource = key(world)
    old = resource.object_id
    word()
    if refreshed:
        assert resource.refresh()
    assert "the store that had its secret was given up" in resource.difference().reasons[0]
    resource.update()
    assert resource.object_id != old
    assert world.opens()
    assert set(world.sids_of_keys()) == {old, resource.object_id}
    assert [one["sid"] for one in resource.recorded["previous"]] == [old]
    assert resource.diff() == []
    word("")
    assert resource.refreshed_diff() == [], "it is of the new store now"
    late = api_key.ApiKeyKind(clock=lambda: datetime.now(UTC) + timedelta(hours=25))
    late.update(world.run(), resource.inputs, resource.recorded, resource.id)
    assert world.sids_of_keys() == [resource.object_id]


def test_a_document_of_it_is_written_where_the_stack_file_says(world, word):
    resource = document(world)
    word()
    resource.update()
    assert world.store.read(world.path).properties == {"account_sid": world.account_sid}
    word("")
    assert resource.refreshed_diff() == []


def test_a_document_of_it_is_gone_for_a_refresh(world, word):
    resource = document(world)
    word()
    assert not resource.refresh()


def test_what_was_delivered_there_can_be_destroyed(world, word):
    api, environment = key(world), document(world)
    word()
    environment.delete()
    api.delete()
    assert world.sids_of_keys() == []


def test_a_stack_file_that_still_delivers_to_it_is_refused_in_the_preview(world, word):
    word(f"https://vault.example.com, {GONE}/")
    fields = {"friendly_name": NAME, "mark": MARK, "delivery": gone(world.delivery())}
    resource = Resource(world, api_key.KIND, **fields)
    with pytest.raises(Problem, match="was given up, but the stack file still delivers to it"):
        resource.kind.check(world.run(), resource.inputs)
    with pytest.raises(Problem, match="was given up"):
        resource.create()
    assert world.sids_of_keys() == []


@pytest.mark.parametrize("said", ["", "http://127.0.0.1", "http://127.0.0.1:99", "vault", "aws eu-west-1 "])
def test_another_word_gives_up_nothing_of_it(world, word, said):
    word(said)
    with pytest.raises(Problem, match="could not be reached"):
        connect(StoreSettings.model_validate({"vault": {"address": GONE}})).read("any")


def test_a_region_of_aws_is_given_up_by_its_name(world, word):
    world.store.write(world.path, OWNER, {"account_sid": "AC"})
    word("aws eu-west-1")
    assert world.store.read(world.path) is None
    with pytest.raises(Problem, match="aws eu-west-1 was given up"):
        world.store.write(world.path, OWNER, {"account_sid": "AC"})
