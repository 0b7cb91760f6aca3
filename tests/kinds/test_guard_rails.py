"""The guard rails that ask Twilio: what a run would buy, and what somebody edited in the Console."""

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.kinds.cases.studio_flow import flow
from tests.kinds.test_studio import console, moved
from tests.kinds.world import MARK, Resource, World
from twilio_environments.emulator.resources import pricing
from twilio_environments.guard_rails import ONLY_LOOKS
from twilio_environments.kinds.phone_number import KIND as NUMBERS
from twilio_environments.kinds.studio_flow import KIND as FLOWS
from twilio_environments.lifecycle.purchases import PurchaseLimits, Purchases
from twilio_environments.numbers.pricing import monthly_price
from twilio_environments.problems import Problem
from twilio_environments.resources import adapter
from twilio_environments.resources.phone_number import PhoneNumberProvider
from twilio_environments.resources.studio_flow import StudioFlowProvider
from twilio_environments.rest.sessions import use
from twilio_environments.settings.limits import allows

SEARCH: dict[str, Any] = {"search": {"country": "US"}}


def buy(world: World, purchases: Purchases, name: str, *, account: bool = True, **fields: Any) -> None:
    """Ask whether a number that is yet to be made may be bought."""
    session = world.run()
    inputs = {"friendly_name": name} | (fields or SEARCH)
    NUMBERS.guard_creation(session, session.account(world.account_sid) if account else None, inputs, purchases)


def test_the_purchase_too_many_is_refused_and_names_all(world):
    purchases = Purchases(PurchaseLimits(purchases=2))
    buy(world, purchases, "sales")
    buy(world, purchases, "support")
    buy(world, purchases, "sales")  # the same one: asked for again, and counted once
    with pytest.raises(Problem, match=r"least 3 phone numbers, and 2 are allowed: more, sales, support \(guard rail"):
        buy(world, purchases, "more")
    assert world.methods()["POST"] == 0


def test_numbers_are_counted_by_what_they_are_and_not_by_what_they_are_called(world):
    purchases = Purchases(PurchaseLimits(purchases=3))
    for last in "044":
        buy(world, purchases, "x", phone_number=f"+1212555010{last}")
    buy(world, purchases, "x", **SEARCH)
    with pytest.raises(Problem, match=r"at least 4 phone numbers, and 3 are allowed: x, x, x \(\+12125550100\), x \("):
        buy(world, purchases, "x", search={"country": "US", "type": "toll_free"})
    cheap = Purchases(PurchaseLimits(monthly_cost=3.0))
    buy(world, cheap, "x", phone_number="+12125550100")
    with pytest.raises(Problem, match=r"cost at least 4.30 USD per month, and 3.0 are allowed"):
        buy(world, cheap, "x", phone_number="+12125550104")


def test_one_number_costs_one_question(world):
    purchases = Purchases(PurchaseLimits(monthly_cost=3.0))
    world.twilio.journal.clear()
    for _ in range(2):
        buy(world, purchases, "x", account=False, phone_number="+12125550100")
    assert sum("/Voice/Numbers/" in call.path for call in world.twilio.calls) == 1


def test_no_purchase_at_all_may_be_allowed(world):
    with pytest.raises(Problem, match="purchases"):
        buy(world, Purchases(PurchaseLimits(purchases=0)), "sales", phone_number="+12125550100")


def test_a_number_that_is_there_is_no_purchase(world):
    owned: dict[str, Any] = {"phone_number": "+12125550101", "adopt": True}
    Resource(world, NUMBERS, friendly_name=f"sales {MARK}", mark=MARK, **SEARCH).create()
    purchases = Purchases(PurchaseLimits(purchases=0, monthly_cost=0))
    buy(world, purchases, "seeded", **owned)
    buy(world, purchases, f"sales {MARK}", mark=MARK, **SEARCH)


def test_where_the_account_is_yet_to_be_made_everything_is_a_purchase_and_nothing_is_looked_up(world):
    with pytest.raises(Problem, match="purchases"):
        buy(
            world,
            Purchases(PurchaseLimits(purchases=0)),
            "seeded",
            account=False,
            phone_number="+12125550101",
            adopt=True,
        )
    assert world.methods()["GET"] == 0


def test_where_there_is_no_limit_nothing_is_asked(world):
    session = world.run()
    account = session.account(world.account_sid)
    world.twilio.journal.clear()
    NUMBERS.guard_creation(session, account, {"friendly_name": "a"} | SEARCH, Purchases())
    assert world.methods()["GET"] == 0


def test_what_is_recorded_is_no_purchase(world, monkeypatch):
    number = Resource(world, NUMBERS, friendly_name="sales", phone_number="+12125550100")
    number.create()
    provider, changed = PhoneNumberProvider(), number.inputs | {"voice_url": "https://example.com/voice"}
    monkeypatch.setattr(adapter, "_guarded", adapter._Guarded(Purchases(PurchaseLimits(purchases=0))))
    use(world.run())
    try:
        assert provider.check(number.inputs, changed).failures == []
        assert "purchases" in str(
            provider.check({}, number.inputs | {"phone_number": "+12125550104"}).failures[0].reason
        )
    finally:
        use(None)


@pytest.fixture
def host(world, monkeypatch):
    """The provider host of one phase of a run, as the adapter keeps it."""
    guarded = adapter._Guarded()
    monkeypatch.setattr(adapter, "_guarded", guarded)
    use(world.run())
    yield guarded
    use(None)


def test_nothing_is_bought_past_the_limits_although_the_preview_was_told_to_look_only(world, host, monkeypatch):
    monkeypatch.setenv(ONLY_LOOKS, "1")
    host.purchases.limits = PurchaseLimits(purchases=1)
    provider = PhoneNumberProvider()
    numbers = [Resource(world, NUMBERS, friendly_name="x", phone_number=f"+1212555010{last}") for last in "056"]
    for number in numbers:
        assert provider.check({}, number.inputs).failures == []
    made = provider.create(numbers[0].inputs)
    for number in numbers[1:]:
        with pytest.raises(Exception, match="guard rail purchases"):
            provider.create(number.inputs)
    provider.create(numbers[0].inputs | {"phone_number": "+12125550101", "adopt": True})  # it is there: no purchase
    bought = {row["sid"] for row in world.twilio.state.table("incoming_phone_numbers").rows()}
    assert bought - {"PN" + f"{n:032x}" for n in (1, 2, 3)} == {made.id}


def test_another_search_is_a_purchase_although_the_number_of_that_name_is_there_still(world, host):
    number = Resource(world, NUMBERS, friendly_name="sales", **SEARCH)
    number.create()
    host.purchases.limits = PurchaseLimits(purchases=0)
    provider, other = PhoneNumberProvider(), number.inputs | {"search": {"country": "US", "type": "toll_free"}}
    assert provider.check(number.recorded, other).failures == []
    with pytest.raises(Exception, match="guard rail purchases"):
        provider.diff(number.id, number.recorded, other)


def test_an_edit_is_not_overwritten_although_the_preview_was_told_to_look_only(world, ivr, host, monkeypatch):
    monkeypatch.setenv(ONLY_LOOKS, "1")
    revision = console(world, ivr, "published", flow("By hand"))
    provider = StudioFlowProvider()
    provider.check(ivr.recorded, ivr.inputs)
    assert provider.diff(ivr.id, ivr.recorded, ivr.inputs).changes
    with pytest.raises(Exception, match="guard rail reviewed_edits"):
        provider.update(ivr.id, ivr.recorded, ivr.inputs)
    assert world.wire.get(world.address("studio_flows", ivr.id)).json()["revision"] == revision


def test_an_update_is_looked_at_once(world, ivr, host):
    provider = StudioFlowProvider()
    provider.check(ivr.recorded, ivr.inputs)
    world.twilio.journal.clear()
    assert provider.diff(ivr.id, ivr.recorded, ivr.inputs).changes
    looked = world.methods()["GET"]
    assert looked
    provider.update(ivr.id, ivr.recorded, ivr.inputs)
    assert world.methods()["GET"] == looked


@pytest.mark.parametrize(
    ("fields", "price"),
    [
        (SEARCH, "1.15"),
        ({"search": {"country": "US", "type": "toll_free"}}, "2.15"),
        ({"phone_number": "+12125550100"}, "2.15"),  # nobody says of which type it is, so it counts as the dearest
    ],
)
def test_a_number_costs_what_twilio_says_and_never_less(world, fields, price):
    declared = NUMBERS.read_inputs({"friendly_name": "a"} | fields)
    assert monthly_price(world.run().own, declared.phone_number, declared.search) == (Decimal(price), "USD")
    with pytest.raises(Problem, match=rf"cost at least {price} USD per month, and 1.0 are allowed: a \(guard rail"):
        buy(world, Purchases(PurchaseLimits(monthly_cost=1.0)), "a", **fields)


def test_a_price_may_be_a_number_as_twilios_schema_says_and_not_a_text_as_in_its_examples(world, monkeypatch):
    monkeypatch.setitem(pricing._MONTHLY, "local", 1.15)
    declared = NUMBERS.read_inputs({"friendly_name": "a"} | SEARCH)
    assert monthly_price(world.run().own, None, declared.search) == (Decimal("1.15"), "USD")


def test_costs_add_up_to_the_cent(world):
    purchases = Purchases(PurchaseLimits(monthly_cost=3.45))
    for name in "abc":
        buy(world, purchases, name)
    with pytest.raises(Problem, match=r"cost at least 4\.60 USD"):
        buy(world, purchases, "d")


@pytest.mark.parametrize("fields", [{"phone_number": "+99812345678"}, {"search": {"country": "ZZ"}}])
def test_what_cannot_be_priced_is_refused_where_there_is_a_cap(world, fields):
    with pytest.raises(Problem, match="cannot be determined"):
        buy(world, Purchases(PurchaseLimits(monthly_cost=1000)), "a", **fields)


@pytest.mark.parametrize(
    ("hosts", "host", "allowed"),
    [
        (["hooks.example.com"], "hooks.example.com", True),
        (["hooks.example.com"], "Hooks.Example.com.", True),
        (["hooks.example.com"], "a.hooks.example.com", False),
        (["*.example.com"], "a.b.example.com", True),
        (["*.example.com"], "example.com", False),
        (["*.example.com"], "badexample.com", False),
        ([], "example.com", False),
    ],
)
def test_a_host_is_allowed_by_name_or_by_all_above_it(hosts, host, allowed):
    assert allows(hosts, host) is allowed


# -- flows -------------------------------------------------------------------------------------------------------------


def guarded(world: World, resource: Resource) -> str:
    """What an update of the flow is refused with; "" when it is not."""
    session = world.run()
    account = session.account(world.account_sid)
    try:
        FLOWS.guard_change(account, resource.inputs, resource.recorded)
    except Problem as problem:
        return str(problem)
    return ""


@pytest.fixture
def ivr(world):
    resource = Resource(world, FLOWS, friendly_name="ivr", definition=flow())
    resource.create()
    resource.declare(friendly_name="ivr", definition=flow("Ours"))
    return resource


def test_what_nobody_edited_may_be_updated(world, ivr):
    assert guarded(world, ivr) == ""
    ivr.update()
    ivr.declare(friendly_name="ivr", definition=flow("Ours again"))
    assert guarded(world, ivr) == ""


@pytest.mark.parametrize("status", ["published", "draft"])
@pytest.mark.parametrize("refreshed", [False, True])
def test_an_edit_in_the_console_is_not_overwritten_until_it_is_reviewed(world, ivr, status, refreshed):
    revision = console(world, ivr, status, flow("By hand"))
    if refreshed:
        ivr.refresh()
    said = guarded(world, ivr)
    assert f"it is at revision {revision}, and the last one from here is {revision - 1}" in said
    assert "guard rail reviewed_edits" in said
    ivr.declare(friendly_name="ivr", definition=flow("Ours"), reviewed=revision)
    assert guarded(world, ivr) == ""
    assert console(world, ivr, status, flow("And again")) == revision + 1
    assert "guard rail reviewed_edits" in guarded(world, ivr), "a review is of one edit"


def test_once_it_is_overwritten_the_next_update_is_free(world, ivr):
    revision = console(world, ivr, "published", flow("By hand"))
    ivr.refresh()
    ivr.declare(friendly_name="ivr", definition=flow("Ours"), reviewed=revision)
    ivr.update()
    ivr.declare(friendly_name="ivr", definition=flow("Ours again"), reviewed=revision)
    assert guarded(world, ivr) == ""


def test_an_edit_below_a_draft_counts_too(world, ivr):
    console(world, ivr, "published", flow("By hand"))
    console(world, ivr, "draft", flow())
    assert "reviewed_edits" in guarded(world, ivr)


def test_an_edit_that_the_file_took_over_is_ours_from_then_on(world, ivr):
    console(world, ivr, "published", flow("By hand"))
    ivr.refresh()
    ivr.declare(friendly_name="ivr", definition=flow("By hand"))
    assert ivr.diff() == ["written"]
    assert guarded(world, ivr) == ""
    world.twilio.journal.clear()
    ivr.update()
    assert world.methods()["POST"] == 0, "an update that sends nothing records it"
    assert ivr.refreshed_diff() == []
    ivr.declare(friendly_name="ivr", definition=flow("Ours again"))
    assert guarded(world, ivr) == ""


@pytest.mark.parametrize("edit", [flow("Ours"), moved(flow()), flow()])
def test_an_edit_that_says_nothing_new_is_no_loss(world, ivr, edit):
    console(world, ivr, "published", edit)
    assert guarded(world, ivr) == ""


def test_a_flow_that_was_taken_over_counts_from_then(world):
    made = world.wire.post(
        world.address("studio_flows"), FriendlyName="theirs", Status="published", Definition=flow()
    ).json()
    resource = Resource(world, FLOWS, friendly_name="theirs", definition=flow(), adopt=True)
    assert resource.create().live.id == made["sid"]
    resource.declare(friendly_name="theirs", definition=flow("Ours"), adopt=True)
    assert guarded(world, resource) == ""
    console(world, resource, "published", flow("By hand"))
    resource.refresh()
    assert "reviewed_edits" in guarded(world, resource)


def test_reads_that_lag_behind_our_own_update_refuse_nothing(world, ivr, switches):
    switches.studio_read_lag = 3
    ivr.update()
    ivr.declare(friendly_name="ivr", definition=flow("Ours again"))
    assert guarded(world, ivr) == ""


def test_a_flow_that_is_gone_has_no_edit_to_lose(world, ivr):
    world.wire.delete(world.address("studio_flows", ivr.id))
    assert guarded(world, ivr) == ""


def test_only_the_template_of_the_last_write_is_ours(world):
    template = flow("Welcome to ${values.company}")
    resource = Resource(world, FLOWS, friendly_name="ivr", definition=template, placeholders={"values.company": "Acme"})
    resource.create()
    console(world, resource, "published", moved(flow("Welcome to Acme")))
    resource.declare(friendly_name="ivr", definition=template, placeholders={"values.company": "Emca"})
    assert guarded(world, resource) == ""
    edited = json.loads(flow("Welcome to Emcee"))
    console(world, resource, "published", json.dumps(edited))
    assert "reviewed_edits" in guarded(world, resource)


def test_a_preview_is_refused_a_refresh_is_not_and_neither_is_a_review(world, ivr, monkeypatch):
    console(world, ivr, "published", flow("By hand"))
    ivr.refresh()
    provider, session = StudioFlowProvider(), world.run()
    monkeypatch.setattr(adapter, "_guarded", adapter._Guarded())
    use(session)
    try:
        assert provider.diff(ivr.id, ivr.recorded, ivr.inputs).changes, "in a refresh, which asks without the program"
        provider.check(ivr.inputs, ivr.inputs)  # the program declares something
        with pytest.raises(Exception, match="guard rail reviewed_edits"):
            provider.diff(ivr.id, ivr.recorded, ivr.inputs)
        monkeypatch.setenv(ONLY_LOOKS, "1")
        assert provider.diff(ivr.id, ivr.recorded, ivr.inputs).changes
    finally:
        use(None)
