"""docs/recovery.md quotes what is really said: each of its messages is provoked here."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import hvac
import pulumi
import pytest

from tests.kinds.cases.studio_flow import flow
from tests.kinds.cases.verify_service import CASE as VERIFY
from tests.kinds.world import MARK, Resource, World
from tests.servers import ROOT, answering, vault_server
from twilio_environments.emulator import Fault
from twilio_environments.kinds import api_key, messaging_service, phone_number, studio_flow, subaccount
from twilio_environments.lifecycle.objects import INCOMPLETE
from twilio_environments.problems import Problem
from twilio_environments.resources.messaging_service import MessagingServiceProvider
from twilio_environments.resources.resource import Incomplete, _complain_if_incomplete
from twilio_environments.rest import sessions
from twilio_environments.rest.credentials import Credentials
from twilio_environments.rest.endpoint import Endpoint
from twilio_environments.rest.session import Session
from twilio_environments.rest.sources import find
from twilio_environments.secrets import stores
from twilio_environments.secrets.stores import StoreSettings, connect

PAGE = (ROOT / "docs" / "recovery.md").read_text(encoding="utf-8")
QUOTED = [" ".join(block.split()) for block in re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)]


def problem(act: Callable[[], Any]) -> str:
    with pytest.raises(Problem) as caught:
        act()
    return str(caught.value)


def service(world: World, **more: Any) -> Resource:
    fields = {"friendly_name": "alerts", "discard_inbound": True, "adopt": True}
    return Resource(world, messaging_service.KIND, **fields | more)


def key(world: World) -> Resource:
    resource = Resource(world, api_key.KIND, friendly_name=f"api {MARK}", mark=MARK)
    resource.create()
    return resource


def killed(world, _patch):
    service(world).create()
    return service(world).create().notes[0]


def lost(world, _patch):
    world.twilio.faults.add(Fault("reset_after", method="POST", product="messaging", times=1))
    return service(world).create().notes[0]


def lost_and_not_found(world, _patch):
    world.twilio.faults.add(Fault("status", method="POST", product="messaging", status=500))
    return problem(service(world).create)


def unfinished(world, _patch):
    world.twilio.faults.add(Fault("status", method="POST", path="/RateLimits$", status=500))
    resource = Resource(world, VERIFY.kind, friendly_name="login", rate_limits={"ip": {}})
    resource.create()
    made = SimpleNamespace(name="verify_services.login", new_outputs={INCOMPLETE: resource.recorded[INCOMPLETE]})
    with pytest.raises(Incomplete) as caught:
        _complain_if_incomplete(made)  # type: ignore[arg-type]  # of what the hook gets it takes these two
    return str(caught.value)


def secret_missing(world, _patch):
    resource = key(world)
    world.store.remove(world.path, "acme/staging", ["api_key", "api_secret"])
    resource.refresh()
    return "".join(resource.difference().reasons)


def secret_altered(world, _patch):
    resource = key(world)
    world.store.write(world.path, "acme/staging", {"api_secret": "by hand"})
    resource.refresh()
    return "".join(resource.difference().reasons)


def sealed(_world, patch):
    with vault_server() as vault:
        patch.setenv("VAULT_TOKEN", vault.token)
        hvac.Client(url=vault.address, token=vault.token).sys.seal()
        settings = StoreSettings.model_validate({"vault": {"address": vault.address}})
        return problem(lambda: connect(settings).read("prod/twilio"))


def proxy_in_place_of_vault(_world, patch):
    with answering(lambda _request: (404, {"Content-Type": "text/html"}, "<html>404 Not Found</html>")) as url:
        patch.setenv("VAULT_ADDR", url)
        patch.setenv("VAULT_TOKEN", "t")
        patch.setattr("tenacity.nap.time.sleep", lambda _seconds: None)
        return problem(lambda: connect({"vault": {}}).read("prod/twilio"))


def proxy_in_place_of_aws(_world, patch):
    with answering(lambda _request: (200, {"Content-Type": "text/html"}, "<html>sign in</html>")) as url:
        patch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", url)
        patch.setattr("tenacity.nap.time.sleep", lambda _seconds: None)
        patch.setattr(stores, "_stores", {})
        return problem(lambda: connect({"aws": {"region": "eu-west-1"}}).read("prod/twilio"))


def given_up_store(world, patch):
    resource = key(world)
    patch.setenv("TWILIO_ENVIRONMENTS_GIVEN_UP_STORES", "aws eu-west-1")
    return "".join(resource.difference().reasons)


def given_up_and_declared(world, patch):
    address = "https://vault.example.com:8200"
    patch.setenv("TWILIO_ENVIRONMENTS_GIVEN_UP_STORES", address)
    reference = {"store": {"vault": {"address": address}}}
    resource = Resource(world, api_key.KIND, friendly_name="api", delivery=world.delivery() | reference)
    return problem(lambda: resource.kind.check(world.run(), resource.inputs))


def somebody_elses_document(world, _patch):
    world.store.write(world.path, "other/prod", {"password": "theirs"})
    return problem(lambda: key(world))


def no_credentials(_world, _patch):
    return problem(lambda: find({}, home=ROOT / "docs"))


def wrong_token(world, _patch):
    found = find({"TWILIO_ACCOUNT_SID": world.twilio.account_sid, "TWILIO_AUTH_TOKEN": "0" * 32})
    session = Session(found.credentials, Endpoint(url=world.twilio.endpoint), source=found.source)
    return problem(lambda: session.account(world.account_sid))


def key_for_everything(world, _patch):
    credentials = Credentials(world.twilio.account_sid, "SK" + "0" * 32, "0" * 32)
    session = Session(credentials, Endpoint(url=world.twilio.endpoint), source="the environment (TWILIO_API_KEY)")
    return problem(lambda: session.account(world.account_sid))


def profile_not_approved(world, _patch):
    said = "Primary compliance profile is not approved"
    fault = Fault("status", method="POST", product="messaging", status=401, code=20003, message=said)
    world.twilio.faults.add(fault)
    try:
        return problem(service(world).create)
    finally:
        world.twilio.faults.clear()


def number_of_others(world, _patch):
    other = world.parent.subaccount("other")
    row = world.row("accounts", other.sid)
    world.twilio.state.table("accounts").put(other.sid, row | {"owner_account_sid": other.sid})
    url = f"https://api.twilio.com/2010-04-01/Accounts/{other.sid}/IncomingPhoneNumbers.json"
    assert other.wire.post(url, PhoneNumber="+14155550177").ok
    return problem(Resource(world, phone_number.KIND, phone_number="+14155550177").create)


def moved_number(world: World, target: str) -> Resource:
    """Make a number that its owner then moves to another account."""
    resource = Resource(world, phone_number.KIND, phone_number="+12125550110")
    resource.create()
    assert world.parent.post(world.address("numbers", resource.id), AccountSid=target).ok
    return resource


def moved_away(world, _patch):
    resource = moved_number(world, world.parent.subaccount("Acme next door").sid)
    resource.refresh()
    return problem(resource.update)


def given_up(world, _patch):
    resource = moved_number(world, world.parent.subaccount("Acme next door").sid)
    return resource.kind.delete(world.run(), resource.recorded, resource.id)[0]


def nobody_can_look(world, _patch):
    resource = moved_number(world, world.twilio.account_sid)
    key = world.parent.post(world.parent.accounts(f"/{world.account_sid}/Keys"), FriendlyName="ci").json()
    resource.recorded["seen_by"] = world.account_sid
    credentials = Credentials(world.account_sid, key["sid"], key["secret"])
    return problem(lambda: resource.refresh(Session(credentials, Endpoint(url=world.twilio.endpoint))))


def suspended(world, _patch):
    world.parent.post(world.parent.accounts(f"/{world.account_sid}"), Status="suspended")
    return problem(service(world).create)


def closed(world, _patch):
    world.close()
    return problem(service(world).create)


def edited(world, _patch):
    resource = Resource(world, studio_flow.KIND, friendly_name="ivr", definition=flow())
    resource.create()
    url = world.address("studio_flows", resource.object_id)
    assert world.wire.post(url, Status="published", Definition=flow("By hand")).ok
    resource.declare(friendly_name="ivr", definition=flow("Ours"))
    session = world.run()
    account = session.account(world.account_sid)
    return problem(lambda: studio_flow.KIND.guard_change(account, resource.inputs, resource.recorded))


def too_many(world, _patch):
    world.twilio.faults.add(Fault("status", product="messaging", status=429))
    return problem(service(world).create)


def clock(world, patch):
    honest = world.run

    def early():
        session = honest()
        session._transport._wall_clock = lambda: datetime.now(UTC) + timedelta(hours=1)
        return session

    patch.setattr(world, "run", early)
    return re.sub(r"is \d+:\S+ ", "is 1:00:00 ", problem(lambda: key(world)))


def two_of_one_name(world, _patch):
    first = service(world)
    first.create()
    url = world.address("messaging_services")
    assert world.wire.post(url, FriendlyName="alerts").ok
    return problem(service(world).create)


def strangers(world, _patch):
    service(world).create()
    return problem(service(world, adopt=False).create)


def second(world, patch):
    said: list[str] = []
    patch.setattr(pulumi.log, "warn", said.append)
    recorded = service(world)
    recorded.create()
    form = {"FriendlyName": "alerts"}
    assert world.wire.post(world.address("messaging_services"), **form).status_code == 201
    sessions.use(world.run())
    MessagingServiceProvider().read(recorded.id, recorded.state)
    sessions.use(None)
    return said[0]


def left_behind(world, _patch):
    form = {"FriendlyName": f"alerts {MARK}"}
    assert world.wire.post(world.address("messaging_services"), **form).status_code == 201
    account = Resource(world, subaccount.KIND, sid=world.account_sid, mark=MARK, documents=[])
    account.create()
    return problem(account.delete)


PROVOKED = (
    killed, lost, lost_and_not_found, unfinished, secret_missing, secret_altered, sealed,
    proxy_in_place_of_vault, proxy_in_place_of_aws, given_up_store, given_up_and_declared, somebody_elses_document,
    no_credentials, wrong_token, profile_not_approved, key_for_everything, number_of_others, moved_away,
    given_up, nobody_can_look, suspended, closed, edited, too_many, clock,
    two_of_one_name, strangers, second, left_behind,
)  # fmt: skip


def plain(said: str, path: str) -> str:
    """Return what was said without what is another each time."""
    said = re.sub(r"\b([A-Z]{2})[0-9a-f]{32}\b", r"\1…", said).replace(path, "prod/twilio")
    said = re.sub(r" on [0-9-]{10} [0-9:]{5} UTC", " on …", said)
    return re.sub(r"http://127\.0\.0\.1:\d+", "https://vault.example.com:8200", " ".join(said.split()))


@pytest.mark.parametrize("provoke", PROVOKED, ids=lambda provoke: provoke.__name__)
def test_what_is_said_stands_on_the_page(world, monkeypatch, provoke):
    said = plain(provoke(world, monkeypatch), world.path)
    assert said in QUOTED


def test_nothing_else_is_quoted():
    assert len(QUOTED) == len(set(QUOTED)) == len(PROVOKED)
