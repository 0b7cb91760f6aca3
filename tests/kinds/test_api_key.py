"""API keys: the secret is in the store and nowhere else, and what the store says always opens the door.

The steps of a rotation and what interrupts it are tested with rotation.py.
"""

import pytest

from tests.rest.scripted import Clock, refuses, scripted
from twilio_environments.emulator import Fault
from twilio_environments.kinds.api_key import KIND, DeliveredKey
from twilio_environments.problems import Problem
from twilio_environments.rest.credentials import Credentials
from twilio_environments.rest.endpoint import Endpoint
from twilio_environments.rest.errors import TwilioError
from twilio_environments.rest.session import Session
from twilio_environments.secrets import key_calls

from .cases.api_key import LIST_SERVICES, READ_SERVICES
from .world import MARK, OWNER, Resource, World, accepts, sid

NAME = f"api {MARK}"
RESTRICTED = {"type": "restricted", "policy": [READ_SERVICES]}


@pytest.fixture(params=["aws", "vault"])
def world(request, twilio) -> World:
    return World(twilio, request.getfixturevalue(request.param))


def declared(world: World, **more) -> Resource:
    return Resource(world, KIND, **{"friendly_name": NAME, "mark": MARK} | more)


def secrets_of(world: World) -> list[str]:
    return [row["_secret"] for row in world.key_rows()]


@pytest.mark.parametrize("kind", [{}, RESTRICTED], ids=["standard", "restricted"])
def test_the_secret_is_in_the_store_and_nowhere_else(world, caplog, kind):
    for logger in ("twilio_environments", "twilio", "urllib3"):
        caplog.set_level("DEBUG", logger=logger)
    key = declared(world, **kind)
    session = world.run()
    outcome = key.create(session)
    (secret,) = secrets_of(world)
    assert world.secret("api_secret") == secret
    assert world.secret("api_key") == key.object_id
    assert world.opens()
    said = f"{key.recorded!r} {outcome!r} {outcome.live!r} {session!r} {caplog.text}"
    assert secret not in said
    key.refresh()
    assert secret not in repr(key.recorded)


def test_a_key_whose_secret_could_not_be_stored_is_revoked_and_said(world, twilio):
    def takes_the_document(method, _product, pattern, _status, _body):
        if method == "POST" and pattern.endswith("/Keys.json"):
            world.store.hand_over(world.path, OWNER, "somebody/else")

    twilio.on_answer = takes_the_document
    with pytest.raises(Problem, match="somebody/else"):
        declared(world).create()
    assert world.sids_of_keys() == []


@pytest.mark.parametrize("hand", [{}, {"api_secret": "by hand"}], ids=["not in the store", "altered"])
@pytest.mark.parametrize("overlap", ["24h", "0s"])
def test_a_key_whose_record_and_secret_were_lost_lives_on_for_the_overlap_beside_its_successor(world, hand, overlap):
    first = declared(world)
    first.create()
    world.store.write(world.path, OWNER, hand, drop=[] if hand else ["api_key", "api_secret"])
    second = declared(world, overlap=overlap)
    second.create()
    kept = [first.object_id] if overlap == "24h" else []
    assert sorted(world.sids_of_keys()) == sorted([*kept, second.object_id])
    assert [old["sid"] for old in second.recorded["previous"]] == kept
    assert world.opens()
    assert second.refreshed_diff() == []


def test_a_key_that_a_killed_run_made_and_never_stored_is_deleted_by_the_next(world):
    class Killed(BaseException):
        pass

    def killed(account, friendly_name, policy):
        made = create(account, friendly_name, policy)
        raise Killed(made[0])

    key, create = declared(world), key_calls.create
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_calls, "create", killed)
        for _ in range(3):
            with pytest.raises(Killed):
                key.create()
            assert len(world.sids_of_keys()) == 1, "the one before is deleted: its claim proves that nobody has it"
    key.create()
    assert world.sids_of_keys() == [key.object_id]
    assert world.opens()


def test_a_key_whose_record_was_lost_is_taken_over_with_its_secret(world):
    first = declared(world)
    first.create()
    second = declared(world)
    assert second.create().notes
    assert world.sids_of_keys() == [first.object_id] == [second.object_id]
    assert second.diff() == []
    assert second.refreshed_diff() == []


def test_a_key_whose_record_was_lost_is_not_taken_over_with_another_policy(world):
    declared(world, **RESTRICTED).create()
    second = declared(world, **RESTRICTED | {"policy": [READ_SERVICES, LIST_SERVICES]})
    assert not second.create().incomplete
    assert second.refreshed_diff() == []
    assert [sorted(row["_policy"]) for row in world.key_rows()] == [sorted([READ_SERVICES, LIST_SERVICES])]
    assert world.opens()


@pytest.mark.parametrize(
    ("before", "after"), [({}, RESTRICTED), (RESTRICTED, {})], ids=["to restricted", "to standard"]
)
def test_a_key_whose_record_was_lost_is_not_taken_over_as_another_type(world, before, after):
    declared(world, **before).create()
    second = declared(world, **after, overlap="0s")
    kept = world.key_rows()
    assert "type" in " ".join(second.create().incomplete)
    assert world.key_rows() == kept, "the old one stays as it is until there is a new one"
    assert world.opens()
    assert not second.update().incomplete
    assert [row["_kind"] for row in world.key_rows()] == [after.get("type", "standard")]
    assert world.opens()
    assert second.refreshed_diff() == []


@pytest.mark.parametrize("action", ["reset_after", "html"])
@pytest.mark.parametrize("kind", [{}, RESTRICTED], ids=["standard", "restricted"])
def test_a_key_whose_answer_was_lost_is_deleted_and_the_next_run_makes_one(world, action, kind):
    world.twilio.faults.add(Fault(action, method="POST", path=r"/Keys(\.json)?$", times=1))
    key = declared(world, **kind)
    with pytest.raises(Problem, match="Run again"):
        key.create()
    assert world.sids_of_keys() == [], "nobody knows its secret"
    key.create()
    assert world.sids_of_keys() == [key.object_id]
    assert world.opens()


def test_a_key_of_another_stack_is_left_alone(world):
    other = declared(world, friendly_name="api", mark="")
    other.create()
    world.store.remove(world.path, OWNER, ["api_key", "api_secret"])
    with pytest.raises(Problem, match=other.object_id):
        declared(world, friendly_name="api").create()
    assert world.sids_of_keys() == [other.object_id]


def test_a_policy_is_changed_on_the_living_key(world):
    key = declared(world, **RESTRICTED)
    key.create()
    was = key.object_id
    key.declare(friendly_name=NAME, mark=MARK, **RESTRICTED | {"policy": [LIST_SERVICES]})
    assert key.diff() == ["policy"]
    key.update()
    assert [(row["sid"], row["_policy"]) for row in world.key_rows()] == [(was, [LIST_SERVICES])]
    assert world.opens()


def test_a_policy_widened_by_hand_is_drift_and_is_narrowed(world):
    key = declared(world, **RESTRICTED)
    key.create()
    row = world.key_rows()[0]
    world.twilio.state.table("keys").put(row["sid"], row | {"_policy": ["/twilio/messaging/services/*"]})
    assert key.refreshed_diff() == ["policy"]
    key.update()
    assert world.key_rows()[0]["_policy"] == [READ_SERVICES]


def test_a_restricted_key_that_twilio_made_a_full_one_is_revoked_before_anybody_has_it(world, twilio):
    def downgrades(method, product, _pattern, status, body):
        if (method, product, status) == ("POST", "iam", 201):
            row = twilio.state.table("keys").get(body["sid"])
            twilio.state.table("keys").put(row["sid"], row | {"_policy": None, "_kind": "standard"})

    twilio.on_answer = downgrades
    with pytest.raises(Problem, match="a policy other than the declared one"):
        declared(world, **RESTRICTED).create()
    assert world.sids_of_keys() == []
    assert world.store.read(world.path) is None


def test_a_restricted_key_whose_policy_cannot_be_read_is_no_orphan(world):
    world.twilio.faults.add(Fault("status", method="GET", product="iam", status=500))
    with pytest.raises(Problem):
        declared(world, **RESTRICTED).create()
    assert world.sids_of_keys() == [], "nobody knows its secret"


def test_a_permission_that_twilio_does_not_know_leaves_nothing(world):
    with pytest.raises(Problem, match="70002"):
        declared(world, type="restricted", policy=["/twilio/nonsense/read"]).create()
    assert world.sids_of_keys() == []


def test_a_document_that_is_not_ours_stops_everything_before_a_key_is_made(world):
    world.store.write(world.path, "somebody/else", {"theirs": "x"})
    key = declared(world)
    for attempt in (lambda: KIND.check(world.run(), key.inputs), key.create):
        with pytest.raises(Problem, match="somebody/else"):
            attempt()
    assert "POST" not in world.methods()


def test_a_key_renamed_by_hand_is_drift_and_gets_its_name_back(world):
    key = declared(world)
    key.create()
    world.wire.post(world.address("keys", key.object_id), FriendlyName="mine now")
    assert key.refreshed_diff() == ["friendly_name"]
    key.update()
    assert world.key_rows()[0]["friendly_name"] == NAME
    assert key.refreshed_diff() == []


def test_a_key_in_state_goes_by_its_name_because_its_sid_changes(world):
    key = declared(world)
    key.create()
    assert key.id == NAME
    assert key.object_id.startswith("SK")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"type": "restricted"}, "no policy"),
        ({"policy": [READ_SERVICES]}, "Twilio ignores the policy of a standard key"),
        ({"type": "restricted", "policy": ["messaging"]}, "not a permission"),
        ({"type": "restricted", "policy": [READ_SERVICES] * 101}, "more than 100"),
        ({"type": "main"}, "only the Console makes Main keys"),
        ({"rotate_every": "12h"}, "shorter than the overlap: three keys would be alive"),
    ],
)
def test_what_twilio_would_refuse_or_ignore_is_a_mistake_at_preview(fields, reason):
    reference = {"store": {"aws": {}}, "path": "a", "owner": OWNER, "sid_property": "a", "secret_property": "b"}
    DeliveredKey.model_validate({"friendly_name": NAME, "delivery": reference})
    assert not accepts(DeliveredKey, {"friendly_name": NAME, "delivery": reference} | fields), reason


@pytest.mark.parametrize("status", [401, 403])
def test_where_a_policy_refuses_v2010_standard_keys_come_from_iam(world, switches, status):
    switches.v2010_keys_refused = status
    key = declared(world)
    assert not key.create().incomplete
    (row,) = world.key_rows()
    assert (row["_kind"], row["_policy"]) == ("standard", None)
    assert world.opens()
    assert key.refreshed_diff() == []
    key.declare(friendly_name=f"web {MARK}", mark=MARK)
    key.update()
    assert [one["friendly_name"] for one in world.key_rows()] == [f"web {MARK}"]
    key.delete()
    assert world.sids_of_keys() == []


def test_a_key_that_iam_made_otherwise_than_asked_is_deleted(world, twilio, switches):
    def becomes_restricted(method, product, pattern, _status, _body):
        if (method, product, pattern) == ("POST", "iam", "/v1/Keys"):
            (row,) = world.key_rows()
            twilio.state.table("keys").put(row["sid"], row | {"_kind": "restricted", "_policy": [READ_SERVICES]})

    switches.v2010_keys_refused = 403
    twilio.on_answer = becomes_restricted
    with pytest.raises(Problem, match="a policy other than the declared one"):
        declared(world).create()
    assert world.sids_of_keys() == []


def test_any_other_refusal_of_a_standard_key_is_final(world, twilio):
    fault = Fault("status", method="POST", path=r"/Keys\.json$", status=401, code=20003)
    twilio.faults.add(fault)
    with pytest.raises(Problem, match="20003"):
        declared(world).create()
    assert not [call for call in twilio.calls if call.product == "iam"]


def test_where_the_region_has_no_iam_the_refusal_stands():
    clock, account_sid = Clock(), sid("AC")
    with scripted(refuses(403, 20003, "Policy evaluation failed")) as twilio:
        credentials = Credentials(account_sid, account_sid, "0" * 32)
        endpoint = Endpoint(url=twilio.url, region="ie1", edge="dublin")
        account = Session(credentials, endpoint, sleep=clock.sleep, clock=clock).own
        with pytest.raises(TwilioError, match="Policy evaluation failed"):
            key_calls.create(account, NAME, ())
        assert len(twilio.seen) == 1
