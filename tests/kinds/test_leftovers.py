"""What an interrupted run has left behind: proven to be the stack's, named once, and removed with what guards it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kinds.cases import LISTED
from tests.kinds.test_protection import campaign
from tests.kinds.world import MARK, Resource, World
from twilio_environments.drift.review.read import read
from twilio_environments.drift.review.state import RecordedObject
from twilio_environments.environments import leftovers
from twilio_environments.environments.leftovers import Leftover
from twilio_environments.kinds import messaging_service, subaccount
from twilio_environments.problems import Problem

SERVICE: dict[str, Any] = {"friendly_name": "alerts", "discard_inbound": True, "adopt": True, "mark": MARK}


def found(world: World, *resources: Resource, declared: Any = None) -> list[Leftover]:
    names = {messaging_service.KIND.section: "MessagingService", subaccount.KIND.section: "Subaccount"}
    objects = [
        RecordedObject(
            f"urn:pulumi:staging::acme::pulumi-python:dynamic/twilio:{names[one.kind.section]}::{one.kind.section}.it",
            f"{one.kind.section}.it",
            one.kind,
            one.id,
            one.inputs,
            one.recorded,
        )
        for one in resources
    ]
    session = world.run()
    return leftovers.found(session, objects, read(session, objects, world.account_sid), declared or {})


def by_hand(world: World, name: str) -> str:
    answer = world.wire.post(world.address("messaging_services"), FriendlyName=name)
    return str(answer.json()["sid"])


@pytest.fixture
def service(world: World) -> Resource:
    one = Resource(world, messaging_service.KIND, **SERVICE)
    one.create()
    return one


def test_only_what_is_provably_the_stacks_is_left_behind(world, service):
    second, marked = by_hand(world, "alerts"), by_hand(world, f"other {MARK}")
    by_hand(world, "somebody's")
    by_hand(world, "alerts of others [acme/prod]")
    assert {one.sid for one in found(world, service)} == {second, marked}


MARKED = [case for case in LISTED if case.kind.bears_mark and not case.kind.is_account]


@pytest.mark.parametrize("case", MARKED, ids=lambda case: case.name)
def test_whatever_bears_the_stacks_mark_is_left_behind_and_can_be_removed(world, case):
    account = Resource(world, subaccount.KIND, sid=world.account_sid, mark=MARK)
    account.create()
    answer = world.wire.post(world.address(case.name), **case.form | {"FriendlyName": f"lost {MARK}"})
    made = str(answer.json()["sid"])

    (left,) = found(world, account)

    assert (left.sid, left.kind, left.noun) == (made, case.name, case.kind.noun)
    assert bool(left.monthly_price) == case.kind.bought
    left.remove()
    assert found(world, account) == []


def test_what_a_declaration_would_take_over_is_left_for_it_unless_it_is_named(world, service):
    marked = by_hand(world, f"other {MARK}")
    urn = "urn:pulumi:staging::acme::pulumi-python:dynamic/twilio:MessagingService::messaging_services.other"
    (left,) = found(world, service, declared={urn: {"friendly_name": f"other {MARK}", "mark": MARK}})
    assert left.taken_over_as == "messaging_services.other"
    assert leftovers.chosen([left], []) == []
    assert leftovers.chosen([left], [marked]) == [left]
    with pytest.raises(Problem, match="is not a leftover"):
        leftovers.chosen([left], [service.id])


def test_a_second_service_that_carries_a_registration_is_not_removed(world, service):
    second = Resource(world, messaging_service.KIND, **SERVICE)
    second.id = by_hand(world, "alerts")
    campaign(world, second, "VERIFIED")
    (left,) = found(world, service)
    with pytest.raises(Problem, match="carries the US A2P campaign"):
        left.remove()
    assert world.row("messaging_services", second.id)


def test_a_pair_in_the_store_that_no_record_has_is_left_behind_and_goes_alone(world):
    names = {"names": ["api_key", "api_secret"]}
    account = Resource(world, subaccount.KIND, sid=world.account_sid, mark=MARK, documents=[world.reference() | names])
    account.create()
    world.store.write(world.path, world.reference()["owner"], {"api_key": "SK1", "api_secret": "x", "theirs": "kept"})
    (left,) = found(world, account)
    assert (left.sid, left.name) == (world.path, "api_key, api_secret")
    left.remove()
    document = world.store.read(world.path)
    assert document
    assert dict(document.properties) == {"theirs": "kept"}
    assert found(world, account) == []
