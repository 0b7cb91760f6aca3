from urllib.parse import urlsplit

import pytest
import requests

from tests.emulator.wire import code
from twilio_environments.emulator import Emulator
from twilio_environments.emulator.control import _HANDLERS, HEADER


@pytest.fixture
def control(twilio, wire):
    def call(method: str, path: str, body=None, **headers: str):
        given = {HEADER: "1"} | {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in given.items() if value}
        return wire.session.request(method, f"{twilio.endpoint}/_emulator/{path}", json=body, headers=sent, timeout=20)

    return call


def test_health_needs_no_credentials(twilio, control):
    for host in ("127.0.0.1", f"localhost:{urlsplit(twilio.endpoint).port}", "[::1]:80"):
        assert control("GET", "health", Host=host).json()["account_sid"] == twilio.account_sid


@pytest.mark.parametrize(
    "page",
    [
        ({"Origin": "https://attacker.example"}, "no web page"),
        ({"Origin": "null"}, "no web page"),
        ({"Origin": "http://127.0.0.1:8010"}, "no web page"),
        ({"Host": "attacker.example"}, "no other Host"),
        ({"Host": "127.0.0.1.attacker.example:8010"}, "no other Host"),
        ({"Host": "localhost.attacker.example"}, "no other Host"),
        ({"Host": "verify.twilio.com"}, "no other Host"),
        ({"Host": "[::1"}, "no other Host"),
        ({"Emulator_Control": ""}, "with the header Emulator-Control"),
    ],
)
@pytest.mark.parametrize("call", _HANDLERS, ids=" ".join)
def test_what_a_web_page_can_send_is_refused(twilio, wire, control, call, page):
    headers, why = page
    wire.subaccount()
    refused = control(*call, {"seconds": 3600, "rows": [], "table": "accounts"}, **headers)
    assert (refused.status_code, why in refused.json()["error"]) == (403, True)
    assert "Access-Control-Allow-Origin" not in refused.headers
    assert len(twilio.state.table("accounts").rows()) == 2
    assert not twilio.clock.offset
    assert twilio.account_sid not in refused.text


def test_a_browsers_question_whether_it_may_is_not_answered(control):
    asked = {"Origin": "https://attacker.example", "Access-Control-Request-Headers": HEADER}
    answer = control("OPTIONS", "reset", **asked, **{HEADER: ""})
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize(
    "host", ["attacker.example", "api.twilio.com.attacker.example", "twilio.com.attacker.example:80"]
)
def test_a_name_that_was_made_to_lead_here_reads_nothing(twilio, wire, host):
    answer = wire.call("GET", wire.accounts(), headers={"Host": host})
    assert answer.status_code == 421
    assert twilio.account_sid not in answer.text
    assert twilio.calls == []


def test_the_proxy_leads_to_no_control_path():
    with Emulator(proxy_port=0) as twilio:
        answer = requests.get(
            "http://api.twilio.com/_emulator/health",
            headers={HEADER: "1"},
            proxies={"http": str(twilio.addresses.proxy)},
            timeout=20,
        )
    assert answer.status_code == 403


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
