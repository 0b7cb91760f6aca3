"""How many calls a stack takes at Twilio, to the call: all that Pulumi's host does, four at a time as it does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import pytest

from tests import figures
from tests.emulator.wire import Subaccount
from twilio_environments.emulator.resources.number_stock import BLOCKS
from twilio_environments.kinds import (
    api_key,
    messaging_service,
    phone_number,
    sender_pool,
    studio_flow,
    subaccount,
    verify_service,
)
from twilio_environments.lifecycle.kind import Kind
from twilio_environments.rest.session import Session

from .cases.studio_flow import flow
from .world import MARK, Resource, World

AT_ONCE = 4
CHILD = "/2010-04-01/Accounts/{account_sid}"
ACCOUNT = f"{CHILD}.json"
NUMBERS, NUMBER = f"{CHILD}/IncomingPhoneNumbers.json", f"{CHILD}/IncomingPhoneNumbers/{{sid}}.json"
POOL = "/v1/Services/{service_sid}"
VERIFY = "/v2/Services/{service_sid}"
LISTINGS = {
    f"GET api {ACCOUNT}": 1,  # the subaccount, and with it the token that opens it
    f"GET api {CHILD}/Keys.json": 1,
    f"GET api {NUMBERS}": 1,
    "GET messaging /v1/Services": 1,
    "GET verify /v2/Services": 1,
    "GET studio /v2/Flows": 1,  # whose revisions say that no definition changed
    f"GET messaging {POOL}/PhoneNumbers": 1,
    # Beyond the floor: a sender, a limit or a webhook that somebody added by hand shows nowhere else.
    f"GET messaging {POOL}/ShortCodes": 1,
    f"GET messaging {POOL}/AlphaSenders": 1,
    f"GET messaging {POOL}/ChannelSenders": 1,
    f"GET verify {VERIFY}/RateLimits": 1,
    f"GET verify {VERIFY}/MessagingConfigurations": 1,
    f"GET verify {VERIFY}/Webhooks": 1,
}


class Stack:
    """A stack of one subaccount in the order in which Pulumi makes it, from the main account on."""

    def __init__(self, world: World) -> None:
        self.world, self.resources = world, list[Resource]()
        self.session = world.run()

    def account(self) -> None:
        (made,) = self.make(subaccount.KIND, [{"friendly_name": f"bench {MARK}"}])
        token = self.world.row("accounts", made.id)["auth_token"]
        self.world.environment = Subaccount(made.id, self.world.parent.as_(made.id, token))

    def make(self, kind: Kind[Any], declared: Iterable[dict[str, Any]]) -> list[Resource]:
        made = [Resource(self.world, kind, adopt=True, mark=MARK, **fields) for fields in declared]
        self.each(Resource.create, made)
        self.resources += made
        return made

    def each(self, verb: Callable[[Resource, Session], Any], resources: Iterable[Resource]) -> list[Any]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(lambda one: verb(one, self.session), resources))

    def calls(self, verb: Callable[[Resource, Session], Any]) -> dict[str, int]:
        """Do it to every resource in a run of its own, and count."""
        self.session = self.world.run()
        self.world.twilio.journal.clear()
        self.each(verb, self.resources)
        return self.world.twilio.journal.counters()

    def destroyed(self) -> dict[str, int]:
        """Delete every resource after those that need it, in a run of its own, and count."""
        self.session = self.world.run()
        self.world.twilio.journal.clear()
        for one in self.resources[::-1]:
            one.delete(self.session)
        return self.world.twilio.journal.counters()


def numbers(count: int, start: int = 0) -> list[dict[str, Any]]:
    """Numbers that Twilio has for sale to everybody, the same ones each time."""
    stock = (number for block in BLOCKS if block.type == "local" for number in block.numbers())
    return [
        {"phone_number": number, "friendly_name": f"n{n}"}
        for n, number in enumerate(islice(stock, start, start + count), start)
    ]


def verbs(counters: dict[str, int]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for call, count in counters.items():
        found[call.partition(" ")[0]] += count
    return dict(found)


def test_a_stack_of_49_objects(world, record_property):
    world.twilio.journal.clear()
    stack = Stack(world)
    stack.account()
    flows = stack.make(studio_flow.KIND, [{"friendly_name": f"f{n}", "definition": flow()} for n in range(5)])
    bought = stack.make(phone_number.KIND, numbers(20))
    (service,) = stack.make(messaging_service.KIND, [{"friendly_name": "alerts", "discard_inbound": True}])
    stack.make(sender_pool.KIND, [{"service_sid": service.id, "phone_numbers": [one.id for one in bought]}])
    stack.make(verify_service.KIND, [{"friendly_name": "Acme Login"}])
    stack.make(api_key.KIND, [{"friendly_name": f"api {MARK}"}])
    assert len(flows) == 5

    made = world.twilio.journal.counters()
    assert verbs(made) == {"POST": 49, "GET": 1}, made
    assert made["GET api /2010-04-01/Accounts.json"] == 1, "by name, so it is a page however many accounts there are"
    figure = {"create": 50}

    refreshed = stack.calls(Resource.refresh)
    assert refreshed == LISTINGS
    assert [one.diff() for one in stack.resources] == [[]] * len(stack.resources)
    figure["refresh"] = sum(refreshed.values())

    changed = stack.calls(lambda one, session: one.update(session))
    assert verbs(changed) == {"GET": 1}, "opening the account: what is as declared takes nothing else"

    removed = stack.destroyed()
    # The account, the keys (for those that a rotation left), the pool's members, whose SIDs are in no state, and the
    # accounts of this one's name, which an interrupted run may have made; and the service with its campaigns, which are
    # not to be lost.
    assert verbs(removed) == {"DELETE": 48, "POST": 1, "GET": 9}, removed
    figure["destroy"] = sum(removed.values())
    record_property(figures.RECORDED, figures.line("calls of 49 objects", figure))


@pytest.fixture
def thousand(world: World) -> Stack:
    """A thousand numbers, recorded; one is made and the others are copied, since what is counted is what follows."""
    stack = Stack(world)
    stack.account()
    (first,) = stack.make(phone_number.KIND, numbers(1))
    table = world.twilio.state.table("incoming_phone_numbers")
    for n, fields in enumerate(numbers(999, 1), 1):
        copy = Resource(world, phone_number.KIND, adopt=True, mark=MARK, **fields)
        row = world.row("incoming_phone_numbers", first.id) | fields | {"sid": f"PN{n:032x}"}
        table.put(row["sid"], row)
        copy.id, copy.recorded = row["sid"], first.recorded | fields | {"sid": row["sid"]}
        stack.resources.append(copy)
    return stack


def test_a_thousand_numbers_are_read_by_one_page_and_what_drifted_once_more(world, thousand, record_property):
    assert thousand.calls(Resource.refresh) == {f"GET api {ACCOUNT}": 1, f"GET api {NUMBERS}": 1}
    for one in thousand.resources[100:110]:
        world.wire.post(world.address("numbers", one.id), FriendlyName="by hand")
    drifted = thousand.calls(Resource.refresh)
    assert drifted == {f"GET api {ACCOUNT}": 1, f"GET api {NUMBERS}": 1, f"GET api {NUMBER}": 10}
    assert sum(bool(one.diff()) for one in thousand.resources) == 10
    record_property(
        figures.RECORDED, figures.line("calls of 1000 numbers", {"refresh": 2, "refresh with 10 drifted": 12})
    )


def test_what_a_run_writes_itself_is_not_listed_again(world):
    """Renamed, released and bought between each other: the listing is read once, and is right all the time."""
    stack = Stack(world)
    first, second, third = stack.make(phone_number.KIND, numbers(3))
    session = world.run()
    world.twilio.journal.clear()
    first.declare(**numbers(1)[0] | {"friendly_name": "renamed"}, adopt=True)
    first.update(session)
    second.delete(session)
    fresh = Resource(world, phone_number.KIND, **numbers(1, 1)[0])
    fresh.create(session)
    third.delete(session)
    again = Resource(world, phone_number.KIND, **numbers(1, 2)[0])
    again.create(session)
    assert {fresh.id, again.id}.isdisjoint({second.id, third.id})
    assert world.twilio.journal.counters()[f"GET api {NUMBERS}"] == 1
    lives = phone_number.KIND.listed(session.account(world.account_sid))
    assert {first.id, fresh.id, again.id} <= {live.id for live in lives}
    assert {second.id, third.id}.isdisjoint(live.id for live in lives)


@pytest.mark.parametrize(("shared", "pages", "gets"), [(True, 1, 3), (False, 3, 0)])
def test_in_an_account_with_far_more_than_the_stack_has_each_object_is_read_by_itself(world, shared, pages, gets):
    """What others have is listed no further than to the page that says how much it is; in our own account all is."""
    mark = f" {MARK}" if shared else ""
    resources = [
        Resource(
            world,
            phone_number.KIND,
            adopt=not shared,
            mark=MARK,
            **one | {"friendly_name": one["friendly_name"] + mark},
        )
        for one in numbers(3)
    ]
    for one in resources:
        one.create()
    table = world.twilio.state.table("incoming_phone_numbers")
    rows = [table.get(one.id) for one in resources]
    for one in resources:
        table.delete(one.id)
    strangers = [rows[0] | {"sid": f"PN{n:032x}", "friendly_name": "other"} for n in range(100, 2100)]
    for row in [*strangers, *rows]:  # the last page has ours
        table.put(row["sid"], row)
    session = world.run()
    world.twilio.journal.clear()
    assert all(one.refresh(session) for one in resources)
    assert [one.diff() for one in resources] == [[]] * 3
    counters = world.twilio.journal.counters()
    assert counters.get(f"GET api {NUMBERS}", 0) == pages
    assert counters.get(f"GET api {NUMBER}", 0) == gets
