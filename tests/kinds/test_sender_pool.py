"""Sender pools: declared whole, on a service that others may use too."""

import pytest
from pydantic import ValidationError

from twilio_environments.emulator import Fault
from twilio_environments.kinds import messaging_service
from twilio_environments.kinds.messaging_service import MessagingService
from twilio_environments.kinds.sender_pool import KIND, SenderPool
from twilio_environments.problems import Problem

from .world import Resource, World, accepts, sid

OURS, THEIRS = sid("MG", 1), sid("MG", 2)


def pool(world: World, *numbers: int, **more) -> Resource:
    return Resource(world, KIND, service_sid=OURS, phone_numbers=[sid("PN", n) for n in numbers], **more)


def add(world: World, service: str, number: int) -> None:
    added = world.wire.post(
        world.address("messaging_services", service) + "/PhoneNumbers", PhoneNumberSid=sid("PN", number)
    )
    assert added.status_code == 201


def members(world: World, service: str = OURS) -> list[str]:
    rows = world.twilio.state.table("messaging_phone_numbers").rows(service_sid=service)
    return sorted(row["sid"] for row in rows)


def test_a_sender_added_by_hand_is_drift_and_is_removed(world):
    resource = pool(world, 1)
    resource.create()
    add(world, OURS, 2)
    assert resource.refreshed_diff() == ["phone_numbers"]
    resource.update()
    assert members(world) == [sid("PN", 1)]
    assert resource.refreshed_diff() == []


def test_a_sender_removed_by_hand_is_drift_and_is_added(world):
    resource = pool(world, 1, 2)
    resource.create()
    world.wire.delete(world.address("messaging_services", OURS) + f"/PhoneNumbers/{sid('PN', 2)}")
    assert resource.refreshed_diff() == ["phone_numbers"]
    resource.update()
    assert members(world) == [sid("PN", 1), sid("PN", 2)]


def test_the_order_of_senders_is_no_difference(world):
    resource = pool(world, 1, 2)
    resource.create()
    resource.declare(service_sid=OURS, phone_numbers=[sid("PN", 2), sid("PN", 1)])
    assert resource.diff() == []


def test_only_what_differs_is_added_and_removed(world):
    resource = pool(world, 1, 2)
    resource.create()
    resource.declare(service_sid=OURS, phone_numbers=[sid("PN", 2), sid("PN", 3)])
    world.twilio.journal.clear()
    resource.update()
    methods = world.methods()
    assert (methods["POST"], methods["DELETE"]) == (1, 1)
    assert members(world) == [sid("PN", 2), sid("PN", 3)]


def test_a_pool_that_was_there_before_us_becomes_what_is_declared(world):
    add(world, OURS, 3)
    resource = pool(world, 1)
    assert not resource.create().incomplete
    assert members(world) == [sid("PN", 1)]


def test_a_sender_that_is_there_already_is_success(world):
    resource = pool(world)
    resource.create()
    session = world.run()
    resource.refresh(session)  # an empty pool, as far as this run knows
    add(world, OURS, 1)
    resource.declare(service_sid=OURS, phone_numbers=[sid("PN", 1)])
    lag = world.twilio.faults.add(
        Fault("status", method="POST", path="/PhoneNumbers$", status=409, code=21710, times=1)
    )
    assert not resource.update(session).incomplete
    assert lag.applied == 1
    assert resource.refreshed_diff() == []


def test_a_sender_that_somebody_removed_just_now_is_success(world):
    resource = pool(world, 1)
    resource.create()
    session = world.run()
    resource.refresh(session)
    world.wire.delete(world.address("messaging_services", OURS) + f"/PhoneNumbers/{sid('PN', 1)}")
    resource.declare(service_sid=OURS)
    assert not resource.update(session).incomplete
    assert resource.refreshed_diff() == []


@pytest.mark.parametrize("status", [200, 201])
def test_either_answer_to_an_addition_is_success(world, switches, status):
    switches.pool_add_status = status
    resource = pool(world, 1)
    assert not resource.create().incomplete


def test_a_sender_in_another_services_pool_is_moved_when_that_may_be_taken_over(world):
    add(world, THEIRS, 1)
    add(world, THEIRS, 2)
    resource = pool(world, 1, adopt=True)
    assert not resource.create().incomplete
    assert members(world) == [sid("PN", 1)]
    assert members(world, THEIRS) == [sid("PN", 2)], "and nothing else of that pool"


def test_a_sender_in_a_strangers_pool_stays_there_and_the_stranger_is_named(world):
    resource = pool(world)
    resource.create()
    add(world, THEIRS, 1)
    resource.declare(service_sid=OURS, phone_numbers=[sid("PN", 1)])
    with pytest.raises(Problem) as caught:
        resource.update()
    assert THEIRS in caught.value.what
    assert sid("PN", 1) in caught.value.what
    assert "adopt: true" in caught.value.remedy
    assert members(world, THEIRS) == [sid("PN", 1)]


def test_a_new_pool_that_cannot_have_a_sender_is_recorded_and_finished_when_it_can(world):
    add(world, THEIRS, 1)
    resource = pool(world, 1, 2)
    assert THEIRS in " ".join(resource.create().incomplete)
    assert "incomplete" in resource.diff()
    world.wire.delete(world.address("messaging_services", THEIRS) + f"/PhoneNumbers/{sid('PN', 1)}")
    resource.update()
    assert members(world) == [sid("PN", 1), sid("PN", 2)]
    assert resource.refreshed_diff() == []


def test_a_deleted_pool_is_empty_and_its_numbers_are_still_ours(world):
    resource = pool(world, 1, 2)
    resource.create()
    resource.delete()
    assert members(world) == []
    assert world.twilio.state.table("incoming_phone_numbers").get(sid("PN", 1)) is not None


def test_the_pool_of_a_service_just_made_needs_no_reading(world):
    session = world.run()
    service = Resource(world, messaging_service.KIND, friendly_name="alerts", discard_inbound=True)
    service.create(session)
    world.twilio.journal.clear()
    Resource(world, KIND, service_sid=service.id, phone_numbers=[sid("PN", 1)]).create(session)
    assert dict(world.methods()) == {"POST": 1}


def test_another_service_is_another_pool(world):
    resource = pool(world)
    resource.create()
    resource.declare(service_sid=THEIRS)
    assert resource.difference().replaces == ["service_sid"]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"alpha_senders": ["12345"]}, "digits alone are a number"),
        ({"alpha_senders": ["Acme Company Ltd"]}, "more than 11 characters"),
        ({"alpha_senders": ["Acme!"]}, "a character that Twilio refuses"),
        ({"short_codes": ["12345"]}, "the code and not its SID"),
        ({"phone_numbers": ["+15005550006"]}, "the number and not its SID"),
    ],
)
def test_a_sender_that_twilio_would_refuse_is_a_mistake_at_preview(fields, reason):
    assert not accepts(SenderPool, {"service_sid": OURS} | fields), reason


def test_a_service_that_would_throw_messages_away_has_to_say_so():
    with pytest.raises(ValidationError, match="discard them"):
        MessagingService.model_validate({"friendly_name": "alerts"})
