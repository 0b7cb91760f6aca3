"""Verb by outcome: how often it goes again, and as what it comes out."""

import logging
import ssl
import threading
import time
import traceback
from email.utils import formatdate
from typing import Any

import pytest
import trustme
from twilio.rest import Client

from twilio_environments.problems import Problem
from twilio_environments.rest.endpoint import Endpoint
from twilio_environments.rest.errors import OutcomeUnknown, TwilioError
from twilio_environments.rest.transport import LONGEST_WAIT, Transport

from .scripted import (
    Clock,
    Handler,
    cuts_off,
    cuts_off_chunks,
    drips,
    refuses,
    resets,
    says,
    says_nothing,
    scripted,
)

SID = "AC" + "0" * 31 + "1"
OTHER = "AC" + "0" * 31 + "2"
PASSWORD, FORM, BODY = "hush-password", "hush-form", "hush-body"
OK = says(200, {"sid": "MG" + "1" * 32, "friendly_name": BODY})
HTML = f"<html>{BODY}</html>".encode()
REQUEST_ID = "RQ" + "a" * 32
VERBS = ("GET", "DELETE", "POST")


def transport(url, clock=None, **options):
    clock = clock or Clock()
    return Transport(Endpoint(url=url), sleep=clock.sleep, clock=clock, **options)


def call(
    to: Transport, method: str, url: str = "https://messaging.twilio.com/v1/Services", auth=(SID, PASSWORD), **more
):
    data = {"FriendlyName": FORM} if method == "POST" else None
    return to.request(method, url, data=data, auth=auth, **more)


def outcome(to, method):
    """What comes out, by the name of its class, with status and code; and it must keep every secret."""
    try:
        answer = call(to, method)
    except TwilioError as error:
        caught = error
    else:
        assert BODY not in repr(answer)
        return "answer", answer.status_code, 0
    told = f"{caught} {caught!r} {vars(caught)} {''.join(traceback.format_exception(caught))}"
    assert not [secret for secret in (PASSWORD, FORM, BODY) if secret in told]
    assert caught.__context__ is None  # no exception of a library rides along
    assert caught.remedy
    return type(caught).__name__, caught.status, caught.code


# script -> for each of GET, DELETE and POST: requests seen, what comes out, status, code; and why
AGAIN = "GET and DELETE can be done twice; whether the POST was carried out is not known"
FINAL = "it was refused, and would be again"
CASES: dict[str, Any] = {
    "success": ([OK], (1, "answer", 200, 0), (1, "answer", 200, 0), (1, "answer", 200, 0), "nothing to repeat"),
    "429 ten times": (
        [refuses(429, 20429)] * 10 + [OK],
        *[(11, "answer", 200, 0)] * 3,
        "429 was not processed, whatever the verb",
    ),
    "429 without Twilio's body": ([says(429, HTML), OK], *[(2, "answer", 200, 0)] * 3, "as above"),
    "conflicting update": ([refuses(409, 20409), OK], *[(2, "answer", 200, 0)] * 3, "Twilio says to retry it"),
    "update in progress": ([refuses(409, 20162), OK], *[(2, "answer", 200, 0)] * 3, "Twilio says to retry it"),
    "500 once": (
        [refuses(500, 20500, BODY), OK],
        *[(2, "answer", 200, 0)] * 2,
        (1, "OutcomeUnknown", 500, 20500),
        AGAIN,
    ),
    "503 for good": (
        [refuses(503, 20503)],
        *[(5, "TwilioError", 503, 20503)] * 2,
        (1, "OutcomeUnknown", 503, 20503),
        AGAIN,
    ),
    "502 of a proxy": ([says(502, HTML)], *[(5, "TwilioError", 502, 0)] * 2, (1, "OutcomeUnknown", 502, 0), AGAIN),
    "408": ([says(408, HTML), OK], *[(2, "answer", 200, 0)] * 2, (1, "OutcomeUnknown", 408, 0), AGAIN),
    "reset once": ([resets, OK], *[(2, "answer", 200, 0)] * 2, (1, "OutcomeUnknown", 0, 0), AGAIN),
    "reset for good": ([resets], *[(5, "TwilioError", 0, 0)] * 2, (1, "OutcomeUnknown", 0, 0), AGAIN),
    "no answer in time": ([says_nothing, OK], *[(2, "answer", 200, 0)] * 2, (1, "OutcomeUnknown", 0, 0), AGAIN),
    "answer cut off": ([cuts_off, OK], *[(2, "answer", 200, 0)] * 2, (1, "OutcomeUnknown", 200, 0), AGAIN),
    "chunks cut off": ([cuts_off_chunks, OK], *[(2, "answer", 200, 0)] * 2, (1, "OutcomeUnknown", 200, 0), AGAIN),
    "HTML with 200": ([says(200, HTML)], *[(5, "TwilioError", 200, 0)] * 2, (1, "OutcomeUnknown", 200, 0), AGAIN),
    "empty 200": ([says(200)], *[(5, "TwilioError", 200, 0)] * 2, (1, "OutcomeUnknown", 200, 0), AGAIN),
    "204": (
        [says(204)],
        (5, "TwilioError", 204, 0),
        (1, "answer", 204, 0),
        (1, "OutcomeUnknown", 204, 0),
        "only a DELETE is answered without a body",
    ),
    "redirect": ([says(302, Location="/elsewhere")], *[(1, "TwilioError", 302, 0)] * 3, "credentials never follow"),
    "redirect to no URL": ([says(302, Location="http://[")], *[(1, "TwilioError", 302, 0)] * 3, "as above"),
    "304": ([says(304)], *[(1, "TwilioError", 304, 0)] * 3, "not asked for, so not an answer"),
    "not available": ([refuses(400, 21422, BODY)], *[(1, "TwilioError", 400, 21422)] * 3, FINAL),
    "never processed": ([refuses(422, 20422, BODY)], *[(1, "TwilioError", 422, 20422)] * 3, FINAL),
    "400 of a proxy": ([says(400, HTML)], *[(1, "TwilioError", 400, 0)] * 3, FINAL),
    "code not a number": ([says(400, {"code": BODY})], *[(1, "TwilioError", 400, 0)] * 3, FINAL),
    "in another service": ([refuses(409, 21712)], *[(1, "TwilioError", 409, 21712)] * 3, FINAL),
    "credentials": ([refuses(401, 20003, BODY)], *[(1, "TwilioError", 401, 20003)] * 3, FINAL),
    "unknown code": ([refuses(403, 99999, BODY)], *[(1, "TwilioError", 403, 99999)] * 3, FINAL),
    "not found": ([refuses(404, 20404, BODY)], *[(1, "NotFound", 404, 20404)] * 3, "Twilio says it is not there"),
    "no such service": ([refuses(404, 21701)], *[(1, "NotFound", 404, 21701)] * 3, "as above"),
    "404 of a proxy": (
        [says(404, HTML)],
        *[(1, "TwilioError", 404, 0)] * 3,
        "gone means made again: Twilio must say it",
    ),
}
UNREADABLE = [
    [], 7, "text", {}, {"sid": 7}, {"sid": None}, {"account_sid": 7},
    {"meta": {}}, {"meta": 3}, {"meta": {"key": "services"}},
    {"meta": {"key": "services"}, "services": {}}, {"meta": {"key": "services"}, "services": [1]},
    {"next_page_uri": None}, {"next_page_uri": None, "keys": [{"sid": 7}]}, b'{"sid": "\xff"}', b"[" * 100_000,
]  # fmt: skip
CASES |= {
    f"200 with {str(body)[:40]}": (
        [says(200, body), OK],
        *[(2, "answer", 200, 0)] * 2,
        (1, "OutcomeUnknown", 200, 0),
        "Twilio's client library would fail on it, or make an object of nothing",
    )
    for body in UNREADABLE
}


@pytest.mark.parametrize("method", VERBS)
@pytest.mark.parametrize("name", CASES)
def test_each_outcome_is_repeated_as_often_as_is_safe_and_comes_out_as_one_kind_of_error(name, method, caplog):
    caplog.set_level(logging.DEBUG)
    answers, *expected, reason = CASES[name]
    with scripted(*answers) as twilio:
        patience = 0.2 if name == "no answer in time" else 5.0
        came = outcome(transport(twilio.url, timeouts=(1.0, patience)), method)
        assert (len(twilio.seen), *came) == expected[VERBS.index(method)], reason
    assert not [secret for secret in (PASSWORD, FORM, BODY) if secret in caplog.text]


@pytest.mark.parametrize("found", [{"uri": "/"}, {"available_phone_numbers": None}, {"available_phone_numbers": "x"}])
def test_a_number_search_without_a_list_is_no_answer(found):
    url = f"https://api.twilio.com/2010-04-01/Accounts/{SID}/AvailablePhoneNumbers/US/TollFree.json"
    with scripted(says(200, found), says(200, {"available_phone_numbers": []})) as twilio:
        call(transport(twilio.url), "GET", url)
        assert len(twilio.seen) == 2


@pytest.mark.parametrize("method", VERBS)
def test_429_for_good_ends_at_the_deadline_not_before_ten_attempts(method):
    clock = Clock()
    with scripted(refuses(429, 20429)) as twilio:
        assert outcome(transport(twilio.url, clock), method) == ("TwilioError", 429, 20429)
        assert len(twilio.seen) >= 10
    assert 60 < sum(clock.slept) <= 120


def test_a_validation_changes_nothing_and_goes_again_as_a_read_does():
    with scripted(refuses(503, 20503), says(200, {"valid": True})) as twilio:
        assert call(transport(twilio.url), "POST", "https://studio.twilio.com/v2/Flows/Validate").ok
        assert len(twilio.seen) == 2


def test_past_the_deadline_of_an_operation_each_call_gets_one_attempt_and_no_more():
    clock = Clock()
    with scripted(refuses(429, 20429)) as twilio:
        to = transport(twilio.url, clock)
        with to.operation(150):
            outcome(to, "POST")
            outcome(to, "POST")
            assert 120 < sum(clock.slept) <= 150
            clock.now += 30
            seen = len(twilio.seen)
            for number in range(3):
                assert outcome(to, "DELETE") == ("TwilioError", 429, 20429)
                assert len(twilio.seen) == seen + number + 1
        seen = len(twilio.seen)
        outcome(to, "GET")
        assert len(twilio.seen) >= seen + 10, "the next operation has its own deadline"


@pytest.mark.parametrize("method", VERBS)
def test_a_call_whose_turn_does_not_come_in_time_was_never_sent(method):
    with scripted(OK) as twilio:
        to = transport(twilio.url, concurrency=1, deadline=0.01)
        to._budget((SID, PASSWORD)).take()
        assert outcome(to, method) == ("TwilioError", 0, 0)
        assert not twilio.seen


@pytest.mark.parametrize("method", VERBS)
def test_a_connection_never_made_was_never_sent_so_a_post_goes_again_too(method):
    with scripted(OK) as gone:
        pass
    clock = Clock()
    assert outcome(transport(gone.url, clock), method) == ("TwilioError", 0, 0)
    assert len(clock.slept) == 4


@pytest.mark.parametrize("method", VERBS)
def test_an_untrusted_certificate_gets_no_request(method):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
    with scripted(OK, tls=tls) as stranger:
        with pytest.raises(TwilioError, match="certificate is not trusted") as caught:
            call(transport(stranger.url), method)
        assert not isinstance(caught.value, OutcomeUnknown)
        assert not stranger.seen


@pytest.mark.parametrize(("method", "error"), [("GET", TwilioError), ("POST", OutcomeUnknown)])
def test_a_body_that_only_drips_ends_at_the_deadline(method, error):
    clock = Clock()
    with scripted(drips(clock)) as twilio:
        with pytest.raises(error):
            call(transport(twilio.url, clock), method)
        assert len(twilio.seen) == 1


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("7", 7, 7),
        ("0", 0.5, 2),  # less than our own back-off does not shorten it
        ("9999", LONGEST_WAIT, LONGEST_WAIT),
        ("-5", 0.5, 2),
        ("soon", 0.5, 2),
        ("in 40 s", 30, 40),
    ],
)
def test_retry_after_lengthens_the_wait_within_reason(header, least, most):
    clock = Clock()
    if header == "in 40 s":  # as a date, made now
        header = formatdate(time.time() + 40, usegmt=True)
    with scripted(refuses(429, 20429, Retry_After=header), OK) as twilio:
        call(transport(twilio.url, clock), "POST")
    assert least <= clock.slept[0] <= most


def test_redirects_do_not_take_the_credentials_along():
    with scripted(OK) as other, scripted(says(302, Location=other.url + "/x")) as twilio:
        with pytest.raises(TwilioError, match="redirect"):
            call(transport(twilio.url), "GET")
        assert not other.seen


def test_the_error_says_code_status_request_and_call_but_no_sid():
    url = f"https://api.twilio.com/2010-04-01/Accounts/{SID}/Keys.json?FriendlyName={FORM}"
    with scripted(refuses(400, 21422, Twilio_Request_Id=REQUEST_ID)) as twilio, pytest.raises(TwilioError) as caught:
        call(transport(twilio.url), "POST", url)
    error = caught.value
    assert error.operation == "POST api /2010-04-01/Accounts/{sid}/Keys.json"
    assert error.what == (
        "The number is not for sale: somebody bought it, or Twilio never had it "
        f"(Twilio 21422, HTTP 400, {REQUEST_ID}, {error.operation})."
    )
    assert error.remedy == "Search again and choose another number."


NAMING = [
    ({"code": 60200, "message": f"Invalid parameter: FriendlyName '{BODY}'"}, "FriendlyName"),
    ({"code": 70051, "message": "missing permission /twilio/iam/accounts/list."}, "/twilio/iam/accounts/list"),
    (
        {"type": "t", "title": "t", "status": 400, "code": 1, "errors": [{"pointer": "/FriendlyName", "detail": BODY}]},
        "FriendlyName",
    ),
]


@pytest.mark.parametrize(("body", "named"), NAMING)
def test_the_error_names_the_parameter_or_the_permission_and_quotes_no_value(body, named):
    with scripted(says(400, body)) as twilio, pytest.raises(TwilioError, match=f": {named} \\(") as caught:
        call(transport(twilio.url), "POST")
    assert BODY not in str(caught.value)


COMPLAINT = {"message": "must not be empty\x1b[31m", "property_path": "#/states/0/name"}
DETAILS = [
    ([COMPLAINT], ("#/states/0/name: must not be empty [31m",)),
    ({"errors": [COMPLAINT], "warnings": []}, ("#/states/0/name: must not be empty [31m",)),
    (["no initial state"], ("no initial state",)),
    ([{"message": "x" * 999}], ("x" * 200,)),
    ([COMPLAINT] * 99, ("#/states/0/name: must not be empty [31m",) * 20),
    ("one sentence", ("one sentence",)),
    (None, ()),
    (7, ()),
    ([None, {"errors": None}], ()),
]


@pytest.mark.parametrize(("details", "expected"), DETAILS)
def test_what_studio_says_about_a_definition_is_passed_on_in_bounds(details, expected):
    with scripted(says(400, {"code": 81022, "details": details})) as twilio, pytest.raises(TwilioError) as caught:
        call(transport(twilio.url), "POST")
    assert caught.value.details == expected
    assert all(line in str(caught.value) for line in expected)


def test_details_of_other_errors_stay_inside():
    with scripted(says(401, {"code": 20003, "detail": BODY, "details": [BODY]})) as twilio:
        assert outcome(transport(twilio.url), "POST") == ("TwilioError", 401, 20003)


@pytest.mark.parametrize(
    "url",
    [
        "https://messaging.twilio.com.example.org/v1/Services",
        "https://example.org/v1/Services",
        "https://user@messaging.twilio.com/v1",
        "https://messaging.twilio.com:8443/v1",
        "https://a.b.c.d.twilio.com/v1",
        "/v1/Services",
    ],
)
def test_a_link_to_a_host_that_is_not_twilios_is_not_followed(url):
    with scripted(OK) as twilio:
        with pytest.raises(Problem, match="not Twilio's"):
            call(transport(twilio.url), "GET", url)
        assert not twilio.seen


def test_a_call_without_credentials_is_not_sent():
    with scripted(OK) as twilio:
        with pytest.raises(Problem, match="without credentials"):
            call(transport(twilio.url), "GET", auth=None)
        assert not twilio.seen


def test_next_pages_come_from_where_the_first_came_from():
    def page(sid, following):
        return says(200, {"meta": {"key": "services", "next_page_url": following}, "services": [{"sid": sid}]})

    following = "https://messaging.dublin.ie1.twilio.com/v1/Services?PageSize=1&Page=1&PageToken=x"
    with scripted(page("MG1", following), page("MG2", None)) as twilio:
        clock = Clock()
        endpoint = Endpoint(url=twilio.url, region="ie1", edge="dublin")
        client = Client(SID, PASSWORD, http_client=Transport(endpoint, sleep=clock.sleep, clock=clock))
        assert [service.sid for service in client.messaging.v1.services.list()] == ["MG1", "MG2"]
        assert [seen.headers["Host"] for seen in twilio.seen] == ["messaging.dublin.ie1.twilio.com"] * 2
        assert twilio.seen[1].path == "/v1/Services?PageSize=1&Page=1&PageToken=x"


def test_errors_of_a_listing_have_status_and_code_too():
    with scripted(refuses(400, 20007)) as twilio, pytest.raises(TwilioError) as caught:
        Client(SID, PASSWORD, http_client=transport(twilio.url)).messaging.v1.services.list()
    assert (caught.value.status, caught.value.code) == (400, 20007)


def test_values_go_out_as_they_were_given():
    with scripted(says(201, {"sid": "MG1"})) as twilio:
        Client(SID, PASSWORD, http_client=transport(twilio.url)).messaging.v1.services.create(
            friendly_name="a+b & c", inbound_request_url="", sticky_sender=False
        )
    assert twilio.seen[0].body == "FriendlyName=a%2Bb+%26+c&InboundRequestUrl=&StickySender=false"


def test_the_machines_own_netrc_and_proxies_have_no_say_on_loopback(monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with scripted(OK) as twilio:
        first = Clock()
        call(transport(twilio.url, first), "GET")
        assert twilio.seen[0].headers["Authorization"].startswith("Basic QUMw")  # base64 of AC0
        assert not first.slept


def test_cookies_are_not_carried_from_one_account_to_another():
    with scripted(says(200, {"sid": "MG1"}, Set_Cookie="who=first; Path=/")) as twilio:
        shared = transport(twilio.url)
        call(shared, "GET")
        call(shared, "GET", auth=(OTHER, PASSWORD))
        assert "Cookie" not in twilio.seen[1].headers


def test_each_account_has_a_budget_of_calls_at_once_shared_by_all_threads():
    together = threading.Barrier(6, timeout=20)  # three calls of each of two accounts at once: no fewer ...
    inside: dict[str, list[int]] = {}
    lock = threading.Lock()

    def meets(to: Handler) -> None:
        who = to.headers["Authorization"]
        with lock:
            now, most = inside.get(who, [0, 0])
            inside[who] = [now + 1, max(most, now + 1)]
        together.wait()
        with lock:
            inside[who][0] -= 1
        OK(to)

    with scripted(meets) as twilio:
        shared = transport(twilio.url, concurrency=3)
        accounts = [SID] * 9 + [OTHER] * 9
        threads = [threading.Thread(target=call, args=(shared, "GET"), kwargs={"auth": (a, "p")}) for a in accounts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert [most for _, most in inside.values()] == [3, 3]  # ... and no more
    assert not together.broken
