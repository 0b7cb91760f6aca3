"""The table "Which credential may do what", row by row."""

import pytest

from tests.emulator.wire import code
from twilio_environments.emulator.resources.keys import make_key
from twilio_environments.emulator.routing import rfc2822

EVENTS = "https://monitor.twilio.com/v1/Events"
OK, DENIED, MISSING, NO_PERMISSION = "ok", (401, 20003), (404, 20404), (403, 70051)


def key_of(twilio, wire, account_sid: str, kind: str, *, policy: list[str] | None = None, region: str = "us1"):
    """The wire that goes by a new key of that kind; Main keys come from the Console, so they are put into the state."""
    row = make_key(
        twilio.state.new_sid("SK"),
        account_sid,
        name=None,
        now=rfc2822(twilio.clock()),
        kind=kind,
        policy=policy,
        region=region,
    )
    twilio.state.table("keys").insert(row["sid"], row)
    return wire.as_(row["sid"], row["_secret"])


CALLERS = ["parent token", "parent main", "parent standard", "own token", "own standard", "own main", "other token"]


@pytest.mark.parametrize(
    ("what", "expected"),
    [  # in the order of CALLERS
        ("create a subaccount", [OK, OK, DENIED, (400, 21101), DENIED, (400, 21101), (400, 21101)]),
        ("list accounts", [OK, OK, DENIED, OK, DENIED, OK, OK]),
        ("read the subaccount", [OK, OK, DENIED, OK, DENIED, OK, DENIED]),
        ("rename the subaccount", [OK, OK, DENIED, OK, DENIED, OK, DENIED]),
        ("list its keys", [OK, DENIED, DENIED, OK, DENIED, OK, DENIED]),
        ("make it a key", [OK, DENIED, DENIED, OK, DENIED, OK, DENIED]),
        ("list its short codes", [OK, DENIED, DENIED, OK, OK, OK, DENIED]),
        ("read its keys on iam", [DENIED, DENIED, DENIED, OK, DENIED, OK, DENIED]),
        ("read its events", ["own", "own", "own", OK, OK, OK, "own"]),
    ],
)
def test_who_may_do_what(twilio, wire, what, expected):
    sub, other = wire.subaccount("sub"), wire.subaccount("other")
    callers = {
        "parent token": wire,
        "parent main": key_of(twilio, wire, twilio.account_sid, "main"),
        "parent standard": key_of(twilio, wire, twilio.account_sid, "standard"),
        "own token": sub.wire,
        "own standard": key_of(twilio, wire, sub.sid, "standard"),
        "own main": key_of(twilio, wire, sub.sid, "main"),
        "other token": other.wire,
    }

    def attempt(caller) -> object:
        answer = {
            "create a subaccount": lambda: caller.post(wire.accounts()),
            "list accounts": lambda: caller.get(wire.accounts()),
            "read the subaccount": lambda: caller.get(wire.accounts(f"/{sub.sid}")),
            "rename the subaccount": lambda: caller.post(wire.accounts(f"/{sub.sid}"), FriendlyName="new"),
            "list its keys": lambda: caller.get(wire.accounts(f"/{sub.sid}/Keys")),
            "make it a key": lambda: caller.post(wire.accounts(f"/{sub.sid}/Keys")),
            "list its short codes": lambda: caller.get(wire.accounts(f"/{sub.sid}/SMS/ShortCodes")),
            "read its keys on iam": lambda: caller.get("https://iam.twilio.com/v1/Keys", AccountSid=sub.sid),
            "read its events": lambda: caller.get(EVENTS),
        }[what]()
        if (
            answer.ok and what == "read its events"
        ):  # a product host has no path for an account: everyone sees their own
            return OK if {event["account_sid"] for event in answer.json()["events"]} == {sub.sid} else "own"
        return OK if answer.ok else code(answer)

    assert {name: attempt(callers[name]) for name in CALLERS} == dict(zip(CALLERS, expected, strict=True))


def test_a_main_key_is_shown_no_auth_token(twilio, wire):
    sub = wire.subaccount()
    main = key_of(twilio, wire, twilio.account_sid, "main")

    assert "auth_token" not in main.get(wire.accounts(f"/{sub.sid}")).json()
    assert "auth_token" not in main.post(wire.accounts()).json()
    assert all("auth_token" not in account for account in main.get(wire.accounts()).json()["accounts"])


def test_whether_a_main_key_reaches_subaccounts_is_a_switch(twilio, wire):
    sub = wire.subaccount()
    main = key_of(twilio, wire, twilio.account_sid, "main")
    twilio.switches.main_key_reaches_subaccounts = True

    assert main.get(wire.accounts(f"/{sub.sid}/Keys")).status_code == 200


def test_what_is_not_there_is_not_found_for_the_parent_and_denied_to_others(wire):
    nobody = "AC" + "0" * 32

    assert code(wire.get(wire.accounts(f"/{nobody}/Keys"))) == MISSING
    assert code(wire.subaccount().wire.get(wire.accounts(f"/{nobody}/Keys"))) == DENIED


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer x", "Basic", "Basic !", "Basic bm9jb2xvbg==", "Basic /////w==", "Basic QUM6"],
)
def test_no_or_malformed_credentials_are_refused(wire, authorization):
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = wire.call("GET", wire.accounts(), auth=lambda request: request, headers=headers)

    assert code(answer) == DENIED
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Twilio API"'


def test_a_wrong_password_and_an_unknown_user_look_alike(twilio, wire):
    wrong = wire.as_(twilio.account_sid, "wrong").get(wire.accounts()).json()
    unknown = wire.as_("AC" + "0" * 32, "wrong").get(wire.accounts()).json()
    empty = wire.as_(twilio.account_sid, "").get(wire.accounts()).json()

    assert wrong == unknown == empty
    assert wrong["code"] == 20003


def test_credentials_are_checked_before_the_path(wire):
    assert code(wire.as_("AC1", "x").get("https://verify.twilio.com/v2/Nothing")) == DENIED


def test_a_regional_credential_works_in_its_region_alone(twilio, wire):
    dublin = key_of(twilio, wire, twilio.account_sid, "standard", region="ie1")

    assert dublin.get("https://monitor.dublin.ie1.twilio.com/v1/Events").status_code == 200
    assert code(dublin.get(EVENTS)) == DENIED
    account = twilio.state.table("accounts").get(twilio.account_sid)
    twilio.state.table("accounts").put(twilio.account_sid, account | {"_regional_auth_tokens": {"ie1": "x" * 32}})
    assert wire.as_(twilio.account_sid, "x" * 32).get("https://monitor.dublin.ie1.twilio.com/v1/Events").ok


class TestRestrictedKey:
    @pytest.mark.parametrize(
        ("policy", "call", "expected"),
        [
            (["/twilio/monitor/events/list"], "events", OK),
            (["/twilio/monitor/events/read"], "events", NO_PERMISSION),
            (["/twilio/iam/api-keys/*"], "create key", OK),
            (["/twilio/iam/api-keys/create"], "create key", OK),
            (["/twilio/iam/api-keys/create"], "list keys", NO_PERMISSION),
            (["/twilio/iam/api-keys/list"], "list keys", OK),
            (["/twilio/iam/accounts/list"], "list accounts", OK),
            (["/twilio/iam/accounts/list"], "create account", NO_PERMISSION),
            (["/twilio/iam/api-keys/*"], "secondary token", NO_PERMISSION),
        ],
    )
    def test_does_what_its_policy_says(self, twilio, wire, policy, call, expected):
        key = key_of(twilio, wire, twilio.account_sid, "restricted", policy=policy)
        own = f"/{twilio.account_sid}"
        answer = {
            "events": lambda: key.get(EVENTS),
            "create key": lambda: key.post(wire.accounts(own + "/Keys")),
            "list keys": lambda: key.get(wire.accounts(own + "/Keys")),
            "list accounts": lambda: key.get(wire.accounts()),
            "create account": lambda: key.post(wire.accounts()),
            "secondary token": lambda: key.post("https://accounts.twilio.com/v1/AuthTokens/Secondary"),
        }[call]()

        assert (OK if answer.ok else code(answer)) == expected

    def test_is_told_which_permission_it_lacks(self, twilio, wire):
        key = key_of(twilio, wire, twilio.account_sid, "restricted", policy=[])

        assert "/twilio/monitor/events/list" in key.get(EVENTS).json()["message"]

    def test_the_status_of_a_denial_is_a_switch(self, twilio, wire):
        twilio.switches.permission_denied_status = 401
        key = key_of(twilio, wire, twilio.account_sid, "restricted", policy=[])

        assert code(key.get(EVENTS)) == (401, 70051)
