"""A number that its owner moved to another account is found there, never bought again, and comes back if asked for."""

from typing import Any

import pytest

from tests.emulator.wire import Wire
from twilio_environments.emulator import Fault
from twilio_environments.kinds.phone_number import KIND
from twilio_environments.lifecycle.objects import ACCOUNT
from twilio_environments.lifecycle.purchases import PurchaseLimits, Purchases
from twilio_environments.numbers import transfer
from twilio_environments.problems import Problem
from twilio_environments.rest.credentials import Credentials
from twilio_environments.rest.endpoint import Endpoint
from twilio_environments.rest.errors import TwilioError
from twilio_environments.rest.session import Session

from .world import MARK, Resource, World

EXPLICIT: dict[str, Any] = {"phone_number": "+12125550150", "friendly_name": "sales"}
SEARCHED: dict[str, Any] = {"search": {"country": "US"}, "friendly_name": f"sales {MARK}", "mark": MARK}
VOICE = "https://example.com/voice"
either = pytest.mark.parametrize("fields", [EXPLICIT, SEARCHED], ids=["explicit", "searched"])


@pytest.fixture
def next_door(world) -> str:
    for name in ("an account", "another account"):
        Wire(world.twilio).subaccount(name)
    return str(Wire(world.twilio).subaccount("Next door").sid)


def number(world: World, fields: dict[str, Any] = EXPLICIT, **more: Any) -> Resource:
    resource = Resource(world, KIND, voice_url=VOICE, **fields | more)
    resource.create()
    return resource


def move(world: World, resource: Resource, target: str) -> None:
    source = world.row("incoming_phone_numbers", resource.object_id)["account_sid"]
    path = world.parent.accounts(f"/{source}/IncomingPhoneNumbers/{resource.object_id}")
    assert world.parent.post(path, AccountSid=target).status_code == 200
    world.twilio.journal.clear()


def held(world: World, resource: Resource) -> list[str]:
    """The accounts that have the number."""
    rows = world.twilio.state.table("incoming_phone_numbers").rows(phone_number=resource.recorded["phone_number"])
    return [row["account_sid"] for row in rows]


@either
@pytest.mark.parametrize("to_main", [False, True])
@pytest.mark.parametrize(("keeps_sid", "has_events"), [(True, True), (True, False), (False, True), (False, False)])
def test_a_number_that_was_moved_is_found_and_comes_back_by_an_update(request, fields, to_main, keeps_sid, has_events):
    world, switches, next_door = map(request.getfixturevalue, ("world", "switches", "next_door"))
    switches.transfer_keeps_sid, switches.transfer_has_events = keeps_sid, has_events
    target = world.twilio.account_sid if to_main else next_door
    resource = number(world, fields)
    bought = len(world.twilio.state.table("incoming_phone_numbers").rows())
    move(world, resource, target)

    assert resource.refreshed_diff() == ["held_by"]
    assert resource.difference().replaces == []
    session = world.run()
    with pytest.raises(Problem, match=f"not gone: it is in the account {target}") as caught:
        KIND.guard_change(session.account(world.account_sid), resource.inputs, resource.recorded)
    assert f"transfer_from: {target}" in caught.value.remedy
    if has_events and keeps_sid:
        assert f"account {world.twilio.account_sid} moved it on" in caught.value.what
    with pytest.raises(Problem, match="not gone"):
        resource.update()
    assert held(world, resource) == [target]

    resource.declare(voice_url=VOICE, transfer_from=target, **fields)
    assert "is brought here from" in " ".join(resource.difference().reasons)
    resource.update()
    assert held(world, resource) == [world.account_sid]
    assert resource.refreshed_diff() == []
    assert world.row("incoming_phone_numbers", resource.object_id)["voice_url"] == VOICE
    assert len(world.twilio.state.table("incoming_phone_numbers").rows()) == bought


@either
def test_a_number_that_came_back_by_hand_is_here_again(world, next_door, fields):
    resource = number(world, fields)
    move(world, resource, next_door)
    assert resource.refreshed_diff() == ["held_by"]
    move(world, resource, world.account_sid)
    assert resource.refreshed_diff() == []


@either
def test_a_change_of_a_number_that_moved_meanwhile_says_where_it_is(world, next_door, fields):
    resource = number(world, fields)
    move(world, resource, next_door)
    resource.declare(voice_url="https://example.org/voice", **fields)
    with pytest.raises(Problem, match=f"not gone: it is in the account {next_door} \\('Next door'\\)"):
        resource.update()


@either
def test_a_number_that_is_elsewhere_is_not_released_and_that_is_said(world, next_door, fields):
    resource = number(world, fields)
    move(world, resource, next_door)
    (said,) = KIND.delete(world.run(), resource.recorded, resource.id)
    assert f"not released: it is in the account {next_door}" in said
    assert held(world, resource) == [next_door]


@either
def test_a_number_that_was_released_is_gone(world, next_door, fields):
    resource = number(world, fields)
    world.wire.delete(world.address("numbers", resource.object_id))
    assert not resource.refresh()
    assert not KIND.delete(world.run(), resource.recorded, resource.id)


def test_many_missing_numbers_cost_one_listing_of_each_account(world, next_door):
    resources = [number(world, EXPLICIT | {"phone_number": f"+1212555015{n}"}) for n in range(4)]
    for resource in resources:
        move(world, resource, next_door)
    session = world.run()
    for resource in resources:
        assert resource.refresh(session)
    listings = world.twilio.count("GET", "api", "/2010-04-01/Accounts/{account_sid}/IncomingPhoneNumbers.json")
    assert listings == 1 + 1, "its own account's, and that of the account that the log names"


def key_of(world: World) -> Session:
    path = world.parent.accounts(f"/{world.twilio.account_sid}/Keys")
    key = world.parent.post(path, FriendlyName="ci").json()
    credentials = Credentials(world.twilio.account_sid, key["sid"], key["secret"])
    return Session(credentials, Endpoint(url=world.twilio.endpoint), sleep=lambda _: None)


def test_where_nobody_can_look_next_door_a_number_is_gone_only_if_the_log_says_that_it_was_released(world, next_door):
    moved, released = (number(world, EXPLICIT | {"phone_number": f"+1212555015{n}"}) for n in (1, 2))
    for resource in (moved, released):
        move(world, resource, world.twilio.account_sid)
        resource.recorded[ACCOUNT] = world.twilio.account_sid  # of a stack that lives in the main account
    session = key_of(world)
    for resource in (moved, released):
        assert resource.refresh(session)
    move(world, moved, next_door)
    world.parent.delete(world.parent.accounts(f"/{world.twilio.account_sid}/IncomingPhoneNumbers/{released.id}"))
    assert not released.refresh(key_of(world))
    with pytest.raises(Problem, match="released or moved to another account cannot be determined") as caught:
        moved.refresh(key_of(world))
    assert "Auth Token" in caught.value.remedy


def test_an_owner_of_more_accounts_than_are_looked_at_is_told_so(world, next_door, monkeypatch):
    monkeypatch.setattr(transfer, "_ACCOUNTS", 2)
    resource = number(world)
    world.twilio.switches.transfer_has_events = False
    move(world, resource, next_door)
    with pytest.raises(Problem, match="cannot be determined: it is in none of"):
        resource.refresh()


@pytest.mark.parametrize("way", ["reset_after", "status_after", "truncate"])
def test_a_transfer_whose_answer_was_lost_is_done_once(world, next_door, way):
    resource = number(world)
    move(world, resource, next_door)
    resource.refresh()
    resource.declare(voice_url=VOICE, transfer_from=next_door, **EXPLICIT)
    world.twilio.faults.add(Fault(way, method="POST", path="/IncomingPhoneNumbers/PN", status=500, times=1))
    resource.update()
    assert held(world, resource) == [world.account_sid]
    assert resource.refreshed_diff() == []


# -- creations ---------------------------------------------------------------------------------------------------------


def test_a_number_that_the_owner_has_next_door_is_not_called_sold(world, next_door):
    move(world, number(world), next_door)
    with pytest.raises(Problem, match=f"is in the account {next_door}") as caught:
        number(world)
    assert f"transfer_from: {next_door}" in caught.value.remedy


def test_a_number_that_is_a_strangers_is_not_for_sale(world):
    first = number(world)
    row = world.row("incoming_phone_numbers", first.id)
    world.twilio.state.table("incoming_phone_numbers").put(first.id, row | {"account_sid": "AC" + "f" * 32})
    with pytest.raises(TwilioError, match="21422"):
        number(world)


@either
def test_a_number_of_another_account_is_brought_instead_of_bought(world, next_door, fields):
    first = number(world, fields)
    move(world, first, next_door)
    more = {"transfer_from": next_door}
    purchases = Purchases(PurchaseLimits(purchases=0))
    session = world.run()
    KIND.guard_creation(session, session.account(world.account_sid), {**fields, **more}, purchases)
    (said,) = KIND.foreseen(world.run(), {**first.inputs, **more}, set())
    assert said == f"brings the phone number {first.recorded['phone_number']} ({first.id}) here from {next_door}"
    resource = number(world, fields, **more)
    assert resource.id == first.id
    assert held(world, resource) == [world.account_sid]
    assert resource.refreshed_diff() == []


def test_a_stack_that_lives_in_another_account_from_now_on_takes_its_number_along(world, next_door):
    resource = number(world)
    resource.declare(voice_url=VOICE, **EXPLICIT)
    resource.inputs[ACCOUNT] = next_door
    assert resource.difference().replaces == [ACCOUNT]
    resource.declare(voice_url=VOICE, transfer_from=world.account_sid, **EXPLICIT)
    resource.inputs[ACCOUNT] = next_door
    assert resource.difference().replaces == []
    resource.update()
    assert held(world, resource) == [next_door]
    assert resource.refreshed_diff() == []
