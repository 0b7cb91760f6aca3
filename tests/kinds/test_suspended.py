"""An environment whose account was suspended is resumed in one run, and nothing of it is taken for gone meanwhile."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from twilio_environments.kinds import messaging_service, phone_number, studio_flow, subaccount
from twilio_environments.resources import adapter
from twilio_environments.resources.adapter import Adapter
from twilio_environments.resources.messaging_service import MessagingServiceProvider
from twilio_environments.resources.phone_number import PhoneNumberProvider
from twilio_environments.resources.studio_flow import StudioFlowProvider
from twilio_environments.resources.subaccount import SubaccountProvider
from twilio_environments.rest.sessions import use

from .cases.studio_flow import flow
from .world import MARK, Resource, World

Process = Callable[[], None]
OWN: dict[str, Any] = {"friendly_name": f"Acme {MARK}", "mark": MARK}
PROVIDERS: Mapping[str, type[Adapter]] = {
    "messaging_services": MessagingServiceProvider,
    "numbers": PhoneNumberProvider,
    "studio_flows": StudioFlowProvider,
}


@pytest.fixture
def process(world, monkeypatch) -> Iterator[Process]:
    """Begin another process of Pulumi's provider host."""

    def begin() -> None:
        monkeypatch.setattr(adapter, "_guarded", adapter._Guarded())
        use(world.run())

    yield begin
    use(None)


@pytest.fixture
def account(world) -> Resource:
    resource = Resource(world, subaccount.KIND, **OWN)
    resource.create()
    return resource


@pytest.fixture
def inside(world, account) -> list[Resource]:
    """What is in the account, each with a change that is declared and not made."""
    declared: list[tuple[Any, dict[str, Any], dict[str, Any]]] = [
        (messaging_service.KIND, {"friendly_name": "alerts", "discard_inbound": True}, {"sticky_sender": False}),
        (
            phone_number.KIND,
            {"phone_number": "+12125550150", "friendly_name": "sales"},
            {"voice_url": "https://example.com/voice"},
        ),
        (studio_flow.KIND, {"friendly_name": "ivr", "definition": flow()}, {"definition": flow("Ours")}),
    ]
    resources = []
    for kind, fields, change in declared:
        resource = Resource(world, kind, **fields)
        resource.inputs["account_sid"] = account.id
        resource.create()
        resource.declare(**fields | change)
        resource.inputs["account_sid"] = account.id
        resources.append(resource)
    return resources


def suspend(world: World, account: Resource) -> None:
    assert world.parent.post(world.address("subaccount", account.id), Status="suspended").ok


def read(provider: type[Adapter], resource: Resource) -> None:
    result = provider().read(resource.id, resource.state)
    assert result.id == resource.id, "it is not gone"
    resource.state = dict(result.outs or {})


def previewed(provider: type[Adapter], resource: Resource) -> Any:
    """What is said of a recorded resource that is declared otherwise."""
    checked = provider().check(resource.inputs | {"mark": "other"}, resource.inputs)
    assert [failure.reason for failure in checked.failures] == []
    return provider().diff(resource.id, resource.state, checked.inputs)


def test_a_refresh_of_a_suspended_account_records_that_and_keeps_the_rest(world, process, account, inside):
    before = [dict(resource.state) for resource in inside]
    suspend(world, account)
    process()
    read(SubaccountProvider, account)
    assert account.state["status"] == "suspended"
    for resource, state in zip(inside, before, strict=True):
        read(PROVIDERS[resource.kind.section], resource)
        assert resource.state == state


def test_one_run_resumes_the_account_and_changes_what_is_in_it(world, process, account, inside):
    suspend(world, account)
    process()
    read(SubaccountProvider, account)
    process()  # the preview
    assert previewed(SubaccountProvider, account).changes
    for resource in inside:
        assert previewed(PROVIDERS[resource.kind.section], resource).changes
    made = MessagingServiceProvider().check({}, inside[0].inputs | {"friendly_name": "another"})
    assert made.failures == []
    process()  # the update
    assert previewed(SubaccountProvider, account).changes
    SubaccountProvider().update(account.id, account.state, account.inputs)
    for resource in inside:
        assert previewed(PROVIDERS[resource.kind.section], resource).changes
        provider = PROVIDERS[resource.kind.section]()
        resource.state = dict(provider.update(resource.id, resource.state, resource.inputs).outs or {})
        resource.recorded = resource.kind.declaration.completed(resource.state)
        assert resource.refreshed_diff() == []
    assert world.row("accounts", account.id)["status"] == "active"


@pytest.mark.parametrize("recorded", ["suspended", "active"])
def test_what_is_in_an_account_that_this_run_does_not_resume_is_refused(world, process, account, inside, recorded):
    suspend(world, account)
    if recorded == "suspended":
        process()
        read(SubaccountProvider, account)
        account.declare(status="suspended", **OWN)
    process()
    previewed(SubaccountProvider, account)
    service = inside[0]
    checked = MessagingServiceProvider().check(service.inputs | {"mark": "other"}, service.inputs)
    assert "is suspended" in str(checked.failures[0].reason)
