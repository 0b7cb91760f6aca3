import pytest

from tests.emulator.wire import code


@pytest.fixture
def control(twilio, wire):
    def call(method: str, path: str, body=None, host: str = "anything.example.org"):
        return wire.session.request(
            method, f"{twilio.endpoint}/_emulator/{path}", json=body, headers={"Host": host}, timeout=20
        )

    return call


def test_health_needs_no_credentials_and_any_host_will_do(twilio, control):
    for host in ("127.0.0.1", "verify.twilio.com"):
        assert control("GET", "health", host=host).json()["account_sid"] == twilio.account_sid


def test_faults_are_put_in_force_shown_with_counts_and_lifted(twilio, wire, control):
    assert control("POST", "faults", {"action": "status", "status": 429, "times": 1}).status_code == 200
    assert code(wire.get(wire.accounts())) == (429, 20429)

    (fault,) = control("GET", "faults").json()["faults"]
    assert (fault["action"], fault["matched"], fault["applied"]) == ("status", 1, 1)
    control("DELETE", "faults")
    assert control("GET", "faults").json() == {"faults": []}


def test_calls_are_shown_counted_and_forgotten(wire, control):
    wire.get(wire.accounts())
    wire.get(wire.accounts())

    shown = control("GET", "calls").json()
    assert shown["counters"] == {"GET api /2010-04-01/Accounts.json": 2}
    assert shown["calls"][0]["status"] == 200
    control("DELETE", "calls")
    assert control("GET", "calls").json() == {"calls": [], "counters": {}}


def test_switches_are_shown_and_set(twilio, control):
    assert control("GET", "switches").json()["closed_account_answer"] == [401, 20003]

    control("POST", "switches", {"closed_account_answer": [403, 20403], "trial": True})

    assert twilio.switches.closed_account_answer == (403, 20403)
    assert twilio.switches.trial is True


def test_rows_are_seeded_as_they_come(twilio, wire, control):
    sid = "SC" + "0" * 31 + "1"
    fields = ["api_version", "date_created", "date_updated", "friendly_name", "sms_fallback_method", "sms_fallback_url"]
    row = {"sid": sid, "account_sid": twilio.account_sid, "short_code": "12345", "sms_method": "POST", "sms_url": None}
    row |= {"uri": f"/2010-04-01/Accounts/{twilio.account_sid}/SMS/ShortCodes/{sid}.json"} | dict.fromkeys(fields)
    row |= {"sms_fallback_method": "POST"}

    assert control("POST", "seed", {"table": "short_codes", "rows": [row]}).json() == {"seeded": 1}

    codes = wire.accounts(f"/{twilio.account_sid}/SMS/ShortCodes")
    assert wire.get(codes).json()["short_codes"] == [row]
    assert wire.get(codes, ShortCode="54321").json()["short_codes"] == []
    assert wire.get(wire.accounts(f"/{twilio.account_sid}/SMS/ShortCodes/{sid}")).json() == row


def test_the_clock_is_advanced(twilio, control):
    before = twilio.clock()
    control("POST", "clock", {"seconds": 3600})

    assert (twilio.clock() - before).total_seconds() >= 3600


def test_reset_begins_anew(twilio, wire, control):
    wire.subaccount()
    control("POST", "reset")

    assert len(twilio.state.table("accounts").rows()) == 1


def test_control_calls_are_not_twilio_calls(twilio, control):
    control("GET", "health")

    assert twilio.calls == []


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("GET", "nothing", None, (404, "no GET /_emulator/nothing")),
        ("POST", "faults", {"action": "explode"}, (400, "unknown action")),
        ("POST", "faults", [], (400, "JSON object")),
        ("POST", "switches", {"nothing": 1}, (400, "unknown switch")),
        ("POST", "switches", {"trial": "yes"}, (400, "is a bool")),
        ("POST", "seed", {"table": "x"}, (400, "rows")),
        ("POST", "clock", {"seconds": "soon"}, (400, "could not convert")),
    ],
)
def test_a_bad_request_is_told_why(control, method, path, body, expected):
    answer = control(method, path, body)

    status, hint = expected
    assert answer.status_code == status
    assert hint in answer.json()["error"]
