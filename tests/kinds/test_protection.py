"""What must not be lost by accident is not, whatever a change is called; an allowance counts from the next run on."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from twilio_environments.emulator import Fault
from twilio_environments.guard_rails import ONLY_LOOKS
from twilio_environments.kinds import messaging_service, phone_number
from twilio_environments.kinds.subaccount import KIND as ACCOUNTS
from twilio_environments.lifecycle.objects import ACCOUNT
from twilio_environments.problems import Problem
from twilio_environments.resources import adapter
from twilio_environments.resources.adapter import Adapter
from twilio_environments.resources.messaging_service import MessagingServiceProvider
from twilio_environments.resources.phone_number import PhoneNumberProvider
from twilio_environments.rest.sessions import use

from .world import MARK, Resource, World, sid

NUMBERS, SERVICES = phone_number.KIND, messaging_service.KIND
REASON = "the line is given up for good"
FIRST: dict[str, Any] = {"phone_number": "+12125550150"}
SECOND: dict[str, Any] = {"phone_number": "+12125550151"}
SEARCHED: dict[str, Any] = {"search": {"country": "US"}}
ALERTS: dict[str, Any] = {"friendly_name": "alerts", "discard_inbound": True}
Differ = Callable[[type[Adapter], Resource], Any]


@pytest.fixture
def differ(world, monkeypatch) -> Iterator[Differ]:
    """What Pulumi's host says of a declared resource, in a run with a program; raises what refuses it."""

    def differ(provider: type[Adapter], resource: Resource) -> Any:
        monkeypatch.setattr(adapter, "_guarded", adapter._Guarded())
        use(world.run())
        checked = provider().check(resource.inputs | {"mark": "other"}, resource.inputs)
        assert checked.failures == []
        return provider().diff(resource.id, resource.state, checked.inputs)

    yield differ
    use(None)


@pytest.fixture(params=[False, True], ids=["a preview", "a preview that only looks"])
def only_looks(request, monkeypatch) -> None:
    if request.param:
        monkeypatch.setenv(ONLY_LOOKS, "1")


def number(world: World, allowed: str | None, **fields: Any) -> Resource:
    resource = Resource(world, NUMBERS, friendly_name="sales", allowed=allowed, **fields or FIRST)
    resource.create()
    return resource


@pytest.mark.parametrize("changed", [SECOND, SEARCHED], ids=["another number", "a search"])
@pytest.mark.parametrize(
    ("recorded", "declared", "passes"),
    [
        ("", "", False),
        ("", REASON, False),  # allowed in the very run that would use it
        (REASON, "", False),  # taken back in it
        (REASON, REASON, True),
        (None, REASON, False),  # recorded by a release that knew no allowances
        (None, "", False),
        (None, None, True),  # declared by a release in which a program of one's own said nothing
    ],
)
@pytest.mark.usefixtures("only_looks")
def test_the_recorded_allowance_decides_what_is_replaced(request, changed, recorded, declared, passes):
    world, differ = map(request.getfixturevalue, ("world", "differ"))
    resource = number(world, recorded)
    resource.declare(friendly_name="sales", allowed=declared, **changed)
    world.twilio.journal.clear()
    if passes:
        assert differ(PhoneNumberProvider, resource).replaces
    else:
        with pytest.raises(Exception, match=r"would be replaced.*guard rail release_numbers: a released number"):
            differ(PhoneNumberProvider, resource)
    assert world.methods().keys() <= {"GET"}


def test_a_number_whose_account_is_another_one_would_be_released_and_is_refused_too(world, differ):
    resource = number(world, "")
    resource.inputs[ACCOUNT] = world.twilio.account_sid
    with pytest.raises(Exception, match="because account_sid changed"):
        differ(PhoneNumberProvider, resource)
    resource.inputs["transfer_from"] = world.account_sid
    assert differ(PhoneNumberProvider, resource).replaces == [], "a transfer releases nothing"


def test_an_allowance_is_recorded_by_an_update_that_sends_nothing_and_then_counts(world, differ):
    resource = number(world, "")
    resource.declare(friendly_name="sales", allowed=REASON, **FIRST)
    assert resource.diff() == ["allowed"]
    world.twilio.journal.clear()
    resource.update()
    assert world.methods()["POST"] == 0
    assert resource.refreshed_diff() == []
    resource.declare(friendly_name="sales", allowed=REASON, **SECOND)
    assert differ(PhoneNumberProvider, resource).replaces == ["phone_number"]


def test_what_an_older_release_recorded_is_no_change_where_nothing_is_allowed(world):
    resource = number(world, None)
    resource.declare(friendly_name="sales", allowed="", **FIRST)
    assert resource.diff() == []


def test_a_refresh_refuses_nothing(world, monkeypatch):
    resource = number(world, "")
    resource.declare(friendly_name="sales", allowed="", **SECOND)
    monkeypatch.setattr(adapter, "_guarded", adapter._Guarded())
    assert PhoneNumberProvider().diff(resource.id, resource.state, resource.inputs).replaces == ["phone_number"]


@pytest.mark.parametrize("kind", [NUMBERS, ACCOUNTS], ids=lambda kind: kind.section)
def test_a_replacement_that_pulumi_was_told_to_make_ends_before_the_deletion(world, kind):
    """`pulumi up --replace` asks nobody whether something differs, and lifts its own protection in the same run."""
    fields = FIRST if kind is NUMBERS else {"mark": MARK}
    resource = Resource(world, kind, friendly_name=f"sales {MARK}", allowed="", **fields)
    resource.create()
    with pytest.raises(Problem, match="is recorded as protected") as caught:
        resource.delete()
    assert f"twilio:allow {kind.protection.name}" in caught.value.remedy
    assert resource.refresh()
    resource.recorded["allowed"] = REASON
    resource.delete()
    assert not resource.refresh()


# -- what carries a registration ---------------------------------------------------------------------------------------


def campaign(world: World, resource: Resource, status: str = "") -> None:
    """Hand a campaign in, as somebody does outside of the stack; people then give it the status."""
    form = {
        "BrandRegistrationSid": sid("BN"),
        "Description": "Tells customers of Acme when their order leaves the house.",
        "MessageFlow": "Customers tick a box on acme.example.com when they order, and can untick it at any time.",
        "UsAppToPersonUsecase": "CUSTOMER_CARE",
        "HasEmbeddedLinks": "false",
        "HasEmbeddedPhone": "false",
        "MessageSamples": ["Your order 17 is on its way.", "Your order 17 arrives today."],
    }
    made = world.wire.post(f"{world.address('messaging_services', resource.id)}/Compliance/Usa2p", **form).json()
    table = world.twilio.state.table("campaigns")
    table.put(made["sid"], made | ({"campaign_status": status} if status else {}))


def seeded(world: World, resource: Resource, _status: str = "") -> None:
    """Register it by what no API shows, such as a registration elsewhere."""
    row = world.row("messaging_services", resource.id)
    world.twilio.state.table("messaging_services").put(resource.id, row | {"us_app_to_person_registered": True})


def service(world: World, allowed: str | None = None) -> Resource:
    resource = Resource(world, SERVICES, allowed=allowed, **ALERTS)
    resource.create()
    return resource


CARRIES = {
    "a campaign that is looked at": (campaign, ""),
    "a campaign that is in force": (campaign, "VERIFIED"),
    "a campaign that was turned down, and was paid for": (campaign, "FAILED"),
    "a registration without a campaign": (seeded, ""),
}


@pytest.mark.parametrize(("register", "status"), CARRIES.values(), ids=CARRIES)
@pytest.mark.parametrize("allowed", [None, "", REASON])
def test_a_service_that_carries_a_registration_is_not_deleted_without_a_recorded_reason(
    world, register, status, allowed
):
    resource = service(world, allowed)
    register(world, resource, status)
    if allowed:
        resource.delete()
        assert not resource.refresh()
        return
    with pytest.raises(Problem, match="guard rail delete_registrations: the registration is lost"):
        resource.delete()
    assert resource.refresh()


@pytest.mark.parametrize("allowed", [None, ""])
def test_a_service_that_carries_nothing_is_deleted_as_ever(world, allowed):
    resource = service(world, allowed)
    resource.delete()
    assert not resource.refresh()


def test_a_service_whose_registration_cannot_be_asked_for_is_left(world):
    resource = service(world)
    campaign(world, resource)
    world.twilio.faults.add(Fault("status", method="GET", path="/Compliance/Usa2p", status=403))
    with pytest.raises(Problem, match="20403"):
        resource.delete()
    assert resource.refresh()


def test_a_service_that_reads_do_not_show_yet_is_asked_all_the_same(world):
    resource = service(world)
    campaign(world, resource)
    world.twilio.state.table("messaging_services").reads_behind[resource.id] = (None, 2)
    with pytest.raises(Problem, match="guard rail delete_registrations"):
        resource.delete()
    assert world.row("messaging_services", resource.id)


def test_a_replacement_of_it_is_refused_in_the_preview(world, differ):
    resource = service(world, "")
    resource.inputs[ACCOUNT] = world.twilio.account_sid
    assert differ(MessagingServiceProvider, resource).replaces == [ACCOUNT], "nothing is lost"
    campaign(world, resource)
    with pytest.raises(Exception, match=r"carries the US A2P campaign QE\w+ \(PENDING\) and would be replaced"):
        differ(MessagingServiceProvider, resource)


def test_a_refresh_records_that_a_service_is_registered(world):
    resource = service(world, "")
    assert not SERVICES.registered(resource.recorded)
    campaign(world, resource, "VERIFIED")
    assert resource.refreshed_diff() == []
    assert SERVICES.registered(resource.recorded)
