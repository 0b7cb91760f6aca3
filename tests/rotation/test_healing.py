"""What people do to the secret in the store, to the key at Twilio, and to the place where both meet."""

import boto3
import hvac
import pytest

from tests.kinds.cases.api_key import READ_SERVICES
from tests.kinds.world import MARK, OWNER, World
from tests.rotation.scene import NAME, Scene, in_both_stores
from twilio_environments.emulator import Fault
from twilio_environments.problems import Problem


def older_version(world, store_settings):
    """Make the version before the current one the current one again, by the store's own means."""
    if "aws" in store_settings:
        client = boto3.client("secretsmanager", region_name=store_settings["aws"]["region"])
        stages = client.describe_secret(SecretId=world.path)["VersionIdsToStages"]
        current = next(version for version, labels in stages.items() if "AWSCURRENT" in labels)
        previous = next(version for version, labels in stages.items() if "AWSPREVIOUS" in labels)
        client.update_secret_version_stage(
            SecretId=world.path, VersionStage="AWSCURRENT", RemoveFromVersionId=current, MoveToVersionId=previous
        )
        return
    kv = hvac.Client(url=store_settings["vault"]["address"], token=world.store._client._client.token).secrets.kv.v2
    version = int(world.store.read(world.path).version)
    older = kv.read_secret_version(world.path, version=version - 1, raise_on_deleted_version=True)
    kv.create_or_update_secret(world.path, older["data"]["data"])


HANDS = {
    "missing": lambda scene, _: scene.edit({}, {"api_key", "api_secret"}),
    "altered": lambda scene, _: scene.edit({"api_secret": "by hand"}),
    "altered, the sid": lambda scene, _: scene.edit({"api_key": "SK" + "0" * 32}),
    "altered, by a restore": lambda scene, settings: older_version(scene.world, settings),
}


@in_both_stores
@pytest.mark.parametrize("hand", HANDS)
def test_what_happened_to_the_secret_is_noticed_by_refresh_said_in_words_and_healed_by_a_rotation(
    world, store_settings, hand
):
    scene = Scene(world, overlap="0s")
    scene.up()
    scene.up(asked=True)
    HANDS[hand](scene, store_settings)
    scene.broken_by_hand = not scene.works()
    scene.refresh()
    word = hand.partition(",")[0]
    assert scene.key.recorded["secret_status"] == word
    assert scene.key.difference().reasons[0] == f"the secret in the store is {word}, so a new key is created"
    assert scene.up()
    scene.at_rest()


def test_a_key_revoked_in_the_console_is_gone_at_refresh_and_made_again(world):
    scene = Scene(world)
    scene.up()
    (sid,) = scene.alive()
    scene.revoke(sid)
    scene.refresh()
    assert scene.key.recorded == {}
    assert scene.up()
    scene.at_rest()


def test_a_document_that_was_restored_with_the_recorded_key_as_the_pending_one_leaves_no_orphan(world):
    scene = Scene(world, overlap="24h")
    scene.up()
    scene.up(asked=True)
    document = scene.document()
    pending = {f"{name}_pending": value for name, value in document.items()}
    scene.edit(pending | {"api_key_rotation": "a run of old"}, {*document})
    scene.settle()
    assert len(scene.alive()) == 1, "the overlap of the one before is ended"


def test_a_key_that_is_taken_over_from_a_restored_document_ends_the_rotation_that_is_restored_with_it(world):
    scene = Scene(world, overlap="24h")
    scene.up()
    first = scene.document()
    scene.up(asked=True)
    scene.edit(
        {**first, "api_key_pending": "SK of old", "api_secret_pending": "old", "api_key_rotation": "a run of old"}
    )
    scene.revoke(scene.key.recorded["sid"])
    scene.settle()


def test_interrupted_after_a_restore_and_a_revocation_by_hand_the_next_run_leaves_no_orphan(twilio, memory):
    for at in range(1, 40):
        twilio.reset()
        scene = Scene(World(twilio, memory), overlap="24h")
        scene.up()
        first = scene.document()
        scene.up(asked=True)
        recorded = scene.key.recorded["sid"]
        scene.edit(first)
        scene.revoke(recorded)
        process = scene.process(at, after=True)
        scene.up(process, asked=True)
        assert scene.up(asked=True)
        scene.at_rest()
        if not process.struck:
            break


@pytest.mark.parametrize("at", ["created", "pending"])
def test_a_rotation_on_demand_that_was_killed_is_noticed_by_refresh_and_finished(world, at):
    scene = Scene(world)
    scene.up()
    calls = scene.process()
    scene.up(calls, asked=True)
    scene.clock.advance(hours=25)
    scene.up()
    post = next(n for n, call in enumerate(calls.calls, 1) if call.startswith("POST"))
    proof = next(n for n, call in enumerate(calls.calls, 1) if n > post and call.startswith("GET"))
    scene.up(scene.process(post if at == "created" else proof, after=at == "created"), asked=True)
    old, (new,) = scene.key.recorded["sid"], scene.alive() - scene.known()
    assert scene.opens()
    assert scene.key.difference().changed == [], "an ordinary run knows nothing of it"
    scene.refresh()
    assert scene.key.recorded["secret_status"] == "unfinished"
    assert scene.key.difference().reasons == ["a rotation was started but not finished, so it is finished now"]
    assert scene.up()
    assert (scene.key.recorded["sid"] == new) == (at == "pending"), "only a stored secret can be taken up again"
    assert old in scene.known()
    scene.at_rest()


FOREIGN = {
    "a text": {"api_key": "not a key"},
    "a secret without its sid": {"api_secret": "x"},
    "a key of this account that is not ours": None,
}


@pytest.mark.parametrize("what", FOREIGN)
def test_properties_that_hold_what_is_not_ours_are_left_alone(world, what):
    put = FOREIGN[what]
    if put is None:
        made = world.wire.post(world.address("keys"), FriendlyName="of another team").json()
        put = {"api_key": made["sid"], "api_secret": made["secret"]}
    world.store.write(world.path, OWNER, put)
    before, keys = dict(world.store.read(world.path).properties), world.sids_of_keys()
    with pytest.raises(Problem, match="already, but not from a key of this stack"):
        Scene(world).key.create()
    assert dict(world.store.read(world.path).properties) == before
    assert world.sids_of_keys() == keys


BAD = {
    "a policy with an unknown permission": (
        lambda scene: scene.key.declare(
            friendly_name=NAME, mark=MARK, type="restricted", policy=["/twilio/nonsense/read"]
        ),
        "70002",
    ),
    "too many keys in the account": (lambda scene: setattr(scene.world.twilio.switches, "key_limit", 1), "70151"),
    "a key that is let in nowhere": (
        lambda scene: scene.world.twilio.faults.add(
            Fault("status", path="IncomingPhoneNumbers", status=401, code=20003, after=1)
        ),
        "does not accept the new key",
    ),
    "Twilio that is not there": (
        lambda scene: scene.world.twilio.faults.add(Fault("reset_before", method="POST")),
        "may or may not",
    ),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_rotation_that_cannot_be_is_one_clear_error_and_the_old_key_keeps_working(world, bad):
    scene = Scene(world, **({"type": "restricted", "policy": [READ_SERVICES]} if "policy" in bad else {}))
    scene.up()
    old, inputs = scene.key.recorded["sid"], scene.key.inputs
    change, words = BAD[bad]
    change(scene)
    assert not scene.up(asked=True)
    problem = next(said for said in reversed(scene.said) if words in said)
    assert problem
    world.twilio.faults.clear()
    world.twilio.switches.key_limit = 1000
    assert scene.document()["api_key"] == old
    assert scene.opens()
    scene.key.inputs = inputs
    scene.settle()


def test_a_permission_that_twilio_does_not_know_leaves_no_trace_in_the_document(world):
    scene = Scene(world)
    scene.up()
    before = scene.document()
    scene.key.declare(friendly_name=NAME, mark=MARK, type="restricted", policy=["/twilio/nonsense/read"])
    assert not scene.up()
    assert scene.document() == before


@in_both_stores
def test_a_document_that_becomes_another_stacks_is_not_written_and_the_new_key_is_revoked(world):
    scene = Scene(world)
    scene.up()
    (old,) = scene.alive()
    before = scene.document()

    def taken():
        world.store.remove(world.path, OWNER, set(before))
        hand_over(world)

    calls = scene.process()
    calls.what = taken
    calls.watch = lambda _changed: None
    calls.at = 9  # right after the claim
    scene.broken_by_hand = True
    assert not scene.up(calls, asked=True)
    assert calls.struck
    assert scene.alive() == {old}


def hand_over(world):
    """Give the path to another stack, as its people would."""
    store = world.store
    loaded = store._load(world.path)
    if "aws" in world.store_settings:
        client = boto3.client("secretsmanager", region_name=world.store_settings["aws"]["region"])
        if loaded.deleted:
            client.restore_secret(SecretId=world.path)
        client.tag_resource(SecretId=world.path, Tags=[{"Key": "owner", "Value": "somebody/else"}])
    else:
        store._client._client.secrets.kv.v2.update_metadata(
            world.path, custom_metadata={"managed-by": "twilio-environments", "owner": "somebody/else"}
        )
