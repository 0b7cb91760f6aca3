"""Who acts for which account, against the emulator's credential rules."""

import threading

import pytest

from twilio_environments.emulator import Emulator, Fault
from twilio_environments.problems import Problem
from twilio_environments.rest import sessions as module
from twilio_environments.rest.credentials import Credentials
from twilio_environments.rest.endpoint import Endpoint
from twilio_environments.rest.errors import AccountClosed, NotFound, TwilioError
from twilio_environments.rest.session import Session, account_key
from twilio_environments.rest.sessions import configure, session, use

from .scripted import Clock, says, scripted


@pytest.fixture
def twilio():
    with Emulator() as emulator:
        yield emulator


def connect(twilio, username=None, password=None):
    clock = Clock()
    credentials = Credentials(twilio.account_sid, username or twilio.account_sid, password or twilio.auth_token)
    return Session(credentials, Endpoint(url=twilio.endpoint), sleep=clock.sleep, clock=clock)


@pytest.fixture
def ours(twilio):
    return connect(twilio)


@pytest.fixture
def child(ours):
    return str(ours.own.parent.api.v2010.accounts.create(friendly_name="staging").sid)


def test_a_subaccount_is_reached_with_its_own_credentials_on_every_host(ours, child):
    account = ours.account(child)
    assert account.client.messaging.v1.services.create(friendly_name="alerts").account_sid == child
    assert account.client.verify.v2.services.create(friendly_name="login").account_sid == child
    assert account.client.api.v2010.account.new_keys.create(friendly_name="app").sid.startswith("SK")
    assert ours.own.client.messaging.v1.services.list() == []  # nothing went to the main account
    assert ours.own.client.api.v2010.account.keys.list() == []


def test_the_parents_credentials_alone_do_not_reach_a_subaccounts_product_hosts(twilio, ours, child):
    token = ours.account(child).client.password
    assert token != twilio.auth_token
    with pytest.raises(TwilioError) as caught:
        connect(twilio).account(child).parent.iam.v1.get_api_keys.list(account_sid=child)
    assert caught.value.status in {401, 403, 404}


def test_no_sid_and_the_own_sid_are_the_own_account(twilio, ours):
    assert ours.account() is ours.account(twilio.account_sid) is ours.own
    assert twilio.calls == []


def test_many_who_ask_for_a_subaccount_cost_one_read(twilio, ours, child):
    before = twilio.count("GET")
    found = []
    threads = [threading.Thread(target=lambda: found.append(ours.account(child))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(found) == 16
    assert len({id(account) for account in found}) == 1
    assert twilio.count("GET") - before == 1


def test_an_account_already_read_or_just_made_is_opened_without_another_read(twilio, ours):
    created = ours.own.parent.api.v2010.accounts.create(friendly_name="fresh")
    ours.listings.get(account_key(twilio.account_sid, str(created.sid)), lambda: [created])
    account = ours.account(str(created.sid))
    assert twilio.count("GET") == 0
    account.client.monitor.v1.events.list(limit=1)


def test_a_rotated_token_is_read_anew_after_forget(ours, child):
    before = ours.account(child)
    before.client.accounts.v1.secondary_auth_token().create()
    before.client.accounts.v1.auth_token_promotion().update()
    with pytest.raises(TwilioError, match="20003"):
        before.client.monitor.v1.events.list(limit=1)
    ours.forget(child)
    ours.account(child).client.monitor.v1.events.list(limit=1)


def test_a_closed_subaccount_is_gone(ours, child):
    ours.own.parent.api.v2010.accounts(child).update(status="closed")
    with pytest.raises(AccountClosed, match="closed") as caught:
        ours.account(child)
    assert isinstance(caught.value, NotFound)


def test_a_suspended_subaccount_is_a_problem_until_it_is_active_again(ours, child):
    ours.own.parent.api.v2010.accounts(child).update(status="suspended")
    with pytest.raises(Problem, match="suspended") as caught:
        ours.account(child)
    assert not isinstance(caught.value, TwilioError)
    ours.own.parent.api.v2010.accounts(child).update(status="active")
    ours.forget(child)
    assert ours.account(child).sid == child


def test_a_strangers_subaccount_is_not_found(ours):
    with pytest.raises(NotFound):
        ours.account("AC" + "f" * 32)


@pytest.mark.parametrize("sid", ["", "staging", "SK" + "0" * 32, "AC1/../x"])
def test_what_is_no_account_sid_is_not_asked_for(twilio, ours, sid):
    with pytest.raises(Problem, match="not have the form AC"):
        ours.account(sid)
    assert twilio.calls == []


def test_an_error_reading_the_token_is_not_kept(twilio, ours, child):
    twilio.faults.add(Fault("status", method="GET", status=403, times=1))
    with pytest.raises(TwilioError):
        ours.account(child)
    assert ours.account(child).sid == child


def test_an_api_key_works_in_its_own_account_and_nowhere_else(twilio, ours, child):
    key = ours.own.client.api.v2010.account.new_keys.create(friendly_name="ci")
    limited = connect(twilio, str(key.sid), str(key.secret))
    limited.own.client.monitor.v1.events.list(limit=1)
    assert limited.own.client.api.v2010.account.incoming_phone_numbers.list() == []  # the path has the AC, not the SK
    with pytest.raises(Problem, match="API key") as caught:
        limited.account(child)
    assert "TWILIO_AUTH_TOKEN" in caught.value.remedy


def test_no_token_is_in_a_repr(twilio, ours, child):
    account = ours.account(child)
    shown = f"{account!r} {ours!r} {ours.own!r} {account.client!r} {ours.credentials!r}"
    assert account.client.password not in shown
    assert twilio.auth_token not in shown


@pytest.fixture
def process(monkeypatch):
    """The process-wide session, with nothing in it and an environment that has credentials."""
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "0" * 32)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "from-environment")
    for name in ("TWILIO_ENDPOINT", "TWILIO_REGION", "TWILIO_EDGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(module, "_config", {})
    monkeypatch.setattr(module, "_project", "")
    use(None)
    yield monkeypatch
    use(None)


def test_a_process_has_one_session_made_on_first_use(process):
    first = session()
    assert session() is first
    assert first.credentials.password == "from-environment"


def test_configuring_once_more_with_the_same_keeps_the_session_and_with_something_else_makes_another(process):
    configure({"endpoint": "http://127.0.0.1:1"})
    first = session()
    assert first.endpoint.url == "http://127.0.0.1:1"
    configure({"endpoint": "http://127.0.0.1:1"})
    assert session() is first
    configure({"region": "ie1", "edge": "dublin"})
    assert session().endpoint == Endpoint(region="ie1", edge="dublin")


def test_where_twilio_is_is_decided_here_and_not_by_the_client_library_too(process):
    process.setenv("TWILIO_REGION", "ie1")
    process.setenv("TWILIO_EDGE", "dublin")
    with scripted(says(200, {"sid": "MG1"})) as anywhere:
        credentials = Credentials("AC" + "0" * 32, "AC" + "0" * 32, "password")
        Session(credentials, Endpoint(url=anywhere.url)).own.client.messaging.v1.services("MG1").fetch()
        assert anywhere.seen[0].headers["Host"] == "messaging.twilio.com"


def test_a_bad_configuration_is_a_problem_at_first_use_and_is_not_kept(process):
    configure({"region": "ie1"})
    with pytest.raises(Problem, match="region is set without edge"):
        session()
    configure({})
    assert session().endpoint == Endpoint()


def test_a_session_can_be_put_in_its_place(process, ours):
    use(ours)
    assert session() is ours
