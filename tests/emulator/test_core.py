from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.emulator.wire import Wire, code, sdk

KEYS = "https://iam.twilio.com/v1/Keys"
EVENTS = "https://monitor.twilio.com/v1/Events"


def test_every_answer_carries_twilios_headers(wire):
    headers = wire.get(wire.accounts()).headers

    assert headers["Twilio-Request-Id"].startswith("RQ")
    assert len(headers["Twilio-Request-Id"]) == 34
    assert headers["Twilio-Concurrent-Requests"] == "1"
    assert float(headers["Twilio-Request-Duration"]) >= 0


def test_an_error_has_code_message_link_and_status(wire):
    body = wire.get(wire.accounts("/AC" + "0" * 32)).json()

    assert body == {
        "code": 20404,
        "message": f"The requested resource /2010-04-01/Accounts/AC{'0' * 32}.json was not found",
        "more_info": "https://www.twilio.com/docs/errors/20404",
        "status": 404,
    }


@pytest.mark.parametrize(
    ("host", "hint"),
    [
        ("127.0.0.1:4010", "Host header"),
        ("lookups.twilio.com", "it knows api"),
        ("api.ie1.twilio.com", "api.dublin.ie1.twilio.com"),
        ("verify.dublin.us2.twilio.com", "regions: us1"),
        ("verify.a.b.c.twilio.com", "edges: ashburn"),
    ],
)
def test_an_unknown_host_is_told_why(wire, host, hint):
    answer = wire.get(f"https://{host}/2010-04-01/Accounts.json")

    assert code(answer) == (404, 20404)
    assert hint in answer.json()["message"]


@pytest.mark.parametrize(
    "host", ["api.twilio.com", "api.us1.twilio.com", "API.twilio.com:443", "api.ashburn.us1.twilio.com"]
)
def test_the_same_product_has_several_names(wire, host):
    assert wire.get(f"https://{host}/2010-04-01/Accounts.json").status_code == 200


def test_credentials_of_one_region_fail_in_another(wire):
    assert code(wire.get("https://api.dublin.ie1.twilio.com/2010-04-01/Accounts.json")) == (401, 20003)


def test_an_unknown_path_is_not_found(wire):
    assert code(wire.get("https://verify.twilio.com/v2/Nothing")) == (404, 20404)


def test_paths_are_case_sensitive(wire):
    assert code(wire.get("https://api.twilio.com/2010-04-01/accounts.json")) == (404, 20404)


def test_a_wrong_method_is_not_allowed(wire):
    assert code(wire.delete(wire.accounts(f"/{wire.twilio.account_sid}"))) == (405, 20004)


def test_v2010_without_json_says_that_xml_is_not_emulated(wire):
    answer = wire.get("https://api.twilio.com/2010-04-01/Accounts")

    assert answer.status_code == 406
    assert "/2010-04-01/Accounts.json" in answer.json()["message"]


class TestPaging:
    @pytest.fixture
    def keys(self, wire):
        return [
            wire.post(wire.accounts(f"/{wire.twilio.account_sid}/Keys"), FriendlyName=f"k{n}").json()["sid"]
            for n in range(5)
        ]

    def test_v2010_pages_are_walked_by_relative_links(self, wire, keys):
        walked, uri = [], f"/2010-04-01/Accounts/{wire.twilio.account_sid}/Keys.json?PageSize=2"
        pages = []
        while uri:
            body = wire.get("https://api.twilio.com" + uri).json()
            pages.append((body["page"], body["start"], body["end"], body["page_size"]))
            walked += [key["sid"] for key in body["keys"]]
            uri = body["next_page_uri"]

        assert walked == keys
        assert pages == [(0, 0, 1, 2), (1, 2, 3, 2), (2, 4, 4, 2)]

    def test_product_pages_are_walked_by_absolute_links_that_keep_the_filters(self, wire, keys):
        walked, url = [], f"{KEYS}?AccountSid={wire.twilio.account_sid}&PageSize=2"
        while url:
            body = wire.get(url).json()
            walked += [key["sid"] for key in body[body["meta"]["key"]]]
            url = body["meta"]["next_page_url"]
            assert url is None or url.startswith(f"{KEYS}?AccountSid={wire.twilio.account_sid}&")

        assert walked == keys

    def test_previous_links_lead_back(self, wire, keys):
        first = wire.get(f"{KEYS}?AccountSid={wire.twilio.account_sid}&PageSize=2").json()
        second = wire.get(first["meta"]["next_page_url"]).json()
        third = wire.get(second["meta"]["next_page_url"]).json()

        assert wire.get(third["meta"]["previous_page_url"]).json() == second
        assert wire.get(second["meta"]["previous_page_url"]).json()["keys"] == first["keys"]

    def test_a_row_removed_meanwhile_shifts_nothing(self, wire, keys):
        listing = f"{KEYS}?AccountSid={wire.twilio.account_sid}&PageSize=2"
        first = wire.get(listing).json()
        wire.delete(f"{KEYS}/{keys[0]}")

        second = wire.get(first["meta"]["next_page_url"]).json()

        assert [key["sid"] for key in second["keys"]] == keys[2:4]

    def test_a_full_last_page_has_no_next(self, wire, keys):
        body = wire.get(f"{KEYS}?AccountSid={wire.twilio.account_sid}&PageSize=5").json()

        assert len(body["keys"]) == 5
        assert body["meta"]["next_page_url"] is None

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("PageSize=1001", (400, 20007)),
            ("PageSize=0", (400, 20001)),
            ("PageSize=many", (400, 20001)),
            ("PageToken=guessed", (400, 21481)),
            ("PageToken=PAguessed", (400, 21481)),
            ("PageToken=", (400, 21481)),
        ],
    )
    def test_bad_page_parameters_are_refused(self, wire, query, expected):
        assert code(wire.get(f"{EVENTS}?{query}")) == expected

    def test_the_default_page_is_of_50(self, wire):
        assert wire.get(EVENTS).json()["meta"]["page_size"] == 50


def test_twilios_own_client_walks_pages_and_parses_dates(twilio):
    client = sdk(twilio)
    for number in range(5):
        client.api.v2010.accounts.create(friendly_name=f"team-{number}")

    accounts = client.api.v2010.accounts.list(page_size=2)

    assert [account.friendly_name for account in accounts][1:] == [f"team-{number}" for number in range(5)]
    assert accounts[1].date_created is not None
    assert accounts[1].date_created.tzinfo is not None
    assert len(client.iam.v1.get_api_keys.list(account_sid=twilio.account_sid)) == 0
    assert client.monitor.v1.events.list(page_size=2) == []


def test_calls_are_logged_and_counted_without_bodies(twilio, wire):
    sub = wire.subaccount("counted")
    sub.wire.get(wire.accounts(f"/{sub.sid}"))
    wire.get("https://verify.twilio.com/v2/Nothing")

    assert [(call.method, call.product, call.status) for call in twilio.calls] == [
        ("POST", "api", 201),
        ("GET", "api", 200),
        ("GET", "verify", 404),
    ]
    assert twilio.calls[1].actor_sid == sub.sid
    assert twilio.count("GET", "api", "/2010-04-01/Accounts/{account_sid}.json") == 1
    assert twilio.count(product="api") == 2
    assert twilio.count() == 3
    token = sub.wire.auth[1]
    assert token not in repr(twilio.calls)


def test_reset_forgets_everything_but_who_the_main_account_is(twilio, wire):
    sub = wire.subaccount("gone")
    sid, token = twilio.account_sid, twilio.auth_token
    twilio.switches.key_limit = 1
    twilio.clock.advance(60)

    twilio.reset()

    assert (twilio.account_sid, twilio.auth_token) == (sid, token)
    assert twilio.calls == []
    assert [account["sid"] for account in wire.get(wire.accounts()).json()["accounts"]] == [sid]
    assert code(sub.wire.get(wire.accounts())) == (401, 20003)
    assert twilio.switches.key_limit == 1000
    assert twilio.clock.offset.total_seconds() == 0


def test_many_calls_at_once_are_answered_one_by_one(twilio, wire):
    def create(number: int) -> int:
        return Wire(twilio).post(wire.accounts(), FriendlyName=f"n{number}").status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(create, range(40))) == {201}

    assert len(twilio.state.table("accounts").rows()) == 41


def test_only_loopback_is_served(twilio):
    assert twilio.endpoint.startswith("http://127.0.0.1:")
    with pytest.raises(requests.ConnectionError):
        requests.get(twilio.endpoint.replace("127.0.0.1", "127.0.0.2"), timeout=5)
