"""Subaccounts: found by the stack's mark, suspended and resumed, closed for good."""

import pytest

from tests.emulator.wire import Wire
from twilio_environments.kinds import messaging_service
from twilio_environments.kinds.subaccount import KIND, Subaccount
from twilio_environments.lifecycle.census import Census
from twilio_environments.problems import Problem
from twilio_environments.rest.credentials import Credentials
from twilio_environments.rest.endpoint import Endpoint
from twilio_environments.rest.session import Session

from .world import MARK, Resource, World, accepts, through_pulumi

NAME = f"Acme staging {MARK}"


def declared(world: World, **more) -> Resource:
    return Resource(world, KIND, friendly_name=NAME, mark=MARK, **more)


def status(world: World, sid: str) -> str:
    return str(world.row("accounts", sid)["status"])


def test_a_subaccount_carries_the_stacks_mark_and_is_known_by_it(world):
    first, second = declared(world), declared(world)
    first.create()
    second.create()
    assert first.id == second.id
    assert world.row("accounts", first.id)["friendly_name"].endswith(MARK)


def test_a_subaccount_of_our_name_without_the_mark_is_a_strangers(world):
    was = Wire(world.twilio).subaccount("Acme staging").sid
    with pytest.raises(Problem, match=was):
        Resource(world, KIND, friendly_name="Acme staging", mark=MARK).create()


def test_the_main_account_is_never_taken_for_a_subaccount(world):
    main = world.row("accounts", world.twilio.account_sid)
    resource = Resource(world, KIND, friendly_name=main["friendly_name"], adopt=True)
    resource.create()
    assert resource.id != world.twilio.account_sid


def test_a_closed_subaccount_of_our_name_is_not_taken_over(world):
    first, second = declared(world), declared(world)
    first.create()
    first.delete()
    assert status(world, first.id) == "closed"
    assert not first.refresh()
    second.create()
    assert second.id != first.id
    assert status(world, second.id) == "active"


def test_closing_is_one_call_and_takes_a_suspended_one_too(world):
    resource = declared(world, status="suspended")
    resource.create()
    assert status(world, resource.id) == "suspended"
    world.twilio.journal.clear()
    resource.delete()
    assert world.methods()["POST"] == 1
    assert status(world, resource.id) == "closed"


def test_a_subaccount_suspended_by_hand_is_drift_and_is_resumed(world):
    resource = declared(world)
    resource.create()
    world.parent.post(world.address("subaccount", resource.id), Status="suspended")
    assert resource.refreshed_diff() == ["status"]
    resource.update()
    assert status(world, resource.id) == "active"
    assert resource.refreshed_diff() == []


def test_what_lives_in_a_suspended_account_is_a_problem_and_not_gone(world):
    account = declared(world)
    account.create()
    service = Resource(world, messaging_service.KIND, friendly_name="alerts", discard_inbound=True)
    service.inputs["account_sid"] = account.id
    service.create()
    world.parent.post(world.address("subaccount", account.id), Status="suspended")
    with pytest.raises(Problem, match="suspended") as caught:
        service.refresh()
    assert "active" in caught.value.remedy


def test_an_account_that_is_resumed_is_open_for_the_rest_of_the_run(world):
    account = declared(world, status="suspended")
    account.create()
    session = world.run()
    KIND.check(session, account.inputs)  # reads the listing, in which it is suspended
    account.declare(friendly_name=NAME, mark=MARK)
    account.update(session)
    session.account(account.id).client.messaging.v1.services.list()


def test_an_account_just_made_is_open_without_another_reading(world):
    session = world.run()
    account = declared(world)
    account.create(session)
    world.twilio.journal.clear()
    session.account(account.id)
    assert world.methods() == {}


def test_no_token_of_an_account_is_in_outputs_or_in_a_repr(world):
    account = declared(world)
    outcome = account.create()
    token = world.row("accounts", account.id)["auth_token"]
    assert token not in f"{account.recorded!r} {outcome!r}"


def test_an_api_key_cannot_make_a_subaccount_and_the_preview_says_so(world):
    key = Wire(world.twilio).post(world.parent.accounts(f"/{world.twilio.account_sid}/Keys"), FriendlyName="ci").json()
    credentials = Credentials(world.twilio.account_sid, key["sid"], key["secret"])
    session = Session(credentials, Endpoint(url=world.twilio.endpoint), sleep=lambda _: None)
    with pytest.raises(Problem, match="API key") as caught:
        KIND.check(session, declared(world).inputs)
    assert "TWILIO_AUTH_TOKEN" in caught.value.remedy


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"sid": "AC123"}, "not a SID"),
        ({"status": "closed"}, "closing is for good, so it is no setting"),
        ({"friendly_name": "x" * 65}, "Twilio: 64 characters"),
        ({"owner": "us"}, "nothing unknown is accepted"),
    ],
)
def test_what_twilio_would_refuse_is_a_mistake_at_preview(fields, reason):
    assert not accepts(Subaccount, fields), reason


def existing(world: World) -> Resource:
    return Resource(world, KIND, sid=world.account_sid, mark=MARK, documents=[], allowed="")


def test_another_account_is_another_resource_and_the_old_one_is_not_closed_unasked(world):
    own, there = declared(world, allowed=""), existing(world)
    own.create()
    difference = KIND.diff(there.inputs, own.recorded)
    assert difference.replaces == ["sid"]
    with pytest.raises(Problem, match="close_subaccount"):
        KIND.guard_replacement(world.run(), there.inputs, own.recorded, difference.replaces)
    there.create()
    assert KIND.diff(own.inputs, there.recorded).replaces == ["sid"]
    KIND.guard_replacement(world.run(), own.inputs, there.recorded, ["sid"])  # which closes nothing


def test_an_account_that_was_there_is_neither_changed_nor_closed(world):
    there = existing(world)
    there.create()
    before = world.events()
    assert there.refreshed_diff() == []
    there.delete()
    assert world.events() == before
    assert status(world, world.account_sid) == "active"


def test_an_account_that_is_declared_by_its_sid_from_now_on_stays(world):
    own = declared(world, allowed="it may go")
    own.create()
    census = Census()
    by_sid = through_pulumi({"sid": own.id, "mark": MARK, "documents": []})
    census.declare(KIND, by_sid)
    census.compare(KIND, own.id, by_sid, replaced=True)
    census.hold(KIND, KIND.create(world.run(), by_sid).live.id)
    assert census.keeps(KIND, own.id, own.recorded)
