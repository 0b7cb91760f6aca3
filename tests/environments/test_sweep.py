"""What is due, and what is left because nothing proves that it is the stack's own."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.adoption.conftest import _running, new_session, twilio  # noqa: F401 - fixtures
from tests.emulator.wire import Wire
from tests.kinds.world import sid
from twilio_environments.drift.review.state import RecordedObject
from twilio_environments.environments.sweep import Stack, judged, left_over, nobodys
from twilio_environments.kinds import messaging_service, subaccount
from twilio_environments.settings import mark_of

PROJECT, NAME = "acme", "pr-7"
MARK = mark_of(PROJECT, NAME)
BEFORE, NOW, AFTER = "2026-11-21T11:59:59Z", datetime(2026, 11, 21, 12, tzinfo=UTC), "2026-11-21T12:00:01Z"


def urn(place, project=PROJECT, stack=NAME):
    return f"urn:pulumi:{stack}::{project}::type::{place}"


def recorded(account, expires=BEFORE, mark=MARK):
    """The subaccount of a stack and a service in it."""
    inputs = {"friendly_name": f"Acme {MARK}", "mark": mark} | ({"expires": expires} if expires else {})
    return (
        RecordedObject(urn("subaccount"), "subaccount", subaccount.KIND, account, inputs, {}),
        RecordedObject(
            urn("a"), "messaging_services.a", messaging_service.KIND, sid("MG"), {}, {"account_sid": account}
        ),
    )


def config(expires):
    return {"twilio:subaccount": {"friendly_name": "Acme", "expires": expires}}


@pytest.fixture
def account(twilio):  # noqa: F811
    return Wire(twilio).subaccount(f"Acme {MARK}").sid


def verdict(twilio, stack):  # noqa: F811
    found = judged(new_session(twilio), PROJECT, stack, NOW)
    return found.due, found.wrong, found.reason


DUE = {
    "its time is up": lambda account: Stack(NAME, recorded(account)),
    "its record has no time and its file has": lambda account: Stack(NAME, recorded(account, ""), config(BEFORE)),
    "nothing is recorded of it": lambda _: Stack(NAME, (), config(BEFORE)),
}
STAYS = {
    "it has no time": (lambda account: Stack(NAME, recorded(account, "")), "does not expire"),
    "its time is not up": (lambda account: Stack(NAME, recorded(account, AFTER)), f"until {AFTER}"),
    "its file says later": (lambda account: Stack(NAME, recorded(account), config(AFTER)), f"until {AFTER}"),
}
DOUBTFUL = {
    "the record is of another project": (
        lambda account: Stack(NAME, [replace(one, urn=urn("x", "other")) for one in recorded(account)]),
        "objects of another stack",
    ),
    "it was recorded with another mark": (
        lambda account: Stack(NAME, recorded(account, mark="[acme/prod]")),
        "was not recorded with the mark",
    ),
    "an object is in another account": (
        lambda account: Stack(NAME, (*recorded(account), replace(recorded(sid("AC", 9))[1], place="keys.x"))),
        "keys.x is not in its subaccount",
    ),
    "its time is none": (
        lambda account: Stack(NAME, recorded(account), config("tomorrow")),
        "expiry 'tomorrow' is not a time",
    ),
    "its time has no zone": (
        lambda account: Stack(NAME, recorded(account), config("2026-12-01")),
        "expiry '2026-12-01' is not a time",
    ),
    "it lives in an account that was there": (
        lambda account: Stack(NAME, recorded(account)[1:], config(BEFORE)),
        "no subaccount of its own",
    ),
}


@pytest.mark.parametrize("make", DUE.values(), ids=DUE.keys())
def test_what_is_provably_its_own_goes_when_its_time_is_up(make, account, twilio):  # noqa: F811
    assert verdict(twilio, make(account))[:2] == (True, False)


@pytest.mark.parametrize(("make", "why"), STAYS.values(), ids=STAYS.keys())
def test_what_has_time_left_stays(make, why, account, twilio):  # noqa: F811
    due, wrong, reason = verdict(twilio, make(account))
    assert (due, wrong) == (False, False)
    assert why in reason


@pytest.mark.parametrize(("make", "why"), DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_what_is_in_doubt_is_left_and_somebody_has_to_look(make, why, account, twilio):  # noqa: F811
    due, wrong, reason = verdict(twilio, make(account))
    assert (due, wrong) == (False, True)
    assert why in reason


def test_an_account_that_was_renamed_is_left_and_one_that_is_gone_is_no_obstacle(account, twilio):  # noqa: F811
    wire = Wire(twilio)
    wire.post(wire.accounts(f"/{account}"), FriendlyName="somebody's now")
    assert "no longer ends with" in verdict(twilio, Stack(NAME, recorded(account)))[2]
    wire.post(wire.accounts(f"/{account}"), Status="closed")
    assert verdict(twilio, Stack(NAME, recorded(account)))[0]


LONG = "feature-with-a-very-long-name-of-its-own"


def test_what_a_killed_run_left_is_found_by_the_mark_and_nothing_else_is(account, twilio):  # noqa: F811
    wire = Wire(twilio)
    names = ["Acme [acme/pr-70]", "Acme [other/pr-7]", f"Acme {MARK} old", f"x {mark_of(PROJECT, LONG)}"]
    others = [wire.subaccount(name).sid for name in names]
    closed = wire.subaccount(f"Acme {MARK}").sid
    wire.post(wire.accounts(f"/{closed}"), Status="closed")
    session = new_session(twilio)

    assert left_over(session, PROJECT, NAME) == [account]
    assert left_over(session, PROJECT, LONG) == [others[3]]
    assert nobodys(session, PROJECT, [NAME]) == {others[0]: names[0]}
    assert nobodys(session, PROJECT, ["pr-70"]) == {account: f"Acme {MARK}"}


def test_the_main_account_is_never_closed_whatever_it_is_called(account, twilio):  # noqa: F811
    main = new_session(twilio).own.sid
    accounts = twilio.state.table("accounts")
    accounts.put(main, accounts.get(main) | {"friendly_name": f"Acme {MARK}"})
    assert left_over(new_session(twilio), PROJECT, NAME) == [account]
