import signal
import subprocess
import sys
import time

import pytest
import requests

from tests.emulator.wire import code
from twilio_environments.emulator import Fault


def names(twilio) -> list[str]:
    return [row["friendly_name"] for row in twilio.state.table("accounts").rows()][1:]


def create(wire, name: str = "new"):
    return wire.post(wire.accounts(), FriendlyName=name)


@pytest.mark.parametrize(("status", "expected"), [(429, 20429), (500, 20500), (503, 20503), (409, 20409), (418, 20500)])
def test_a_status_comes_instead_of_the_work(twilio, wire, status, expected):
    twilio.faults.add(Fault("status", status=status, retry_after=7, times=1))

    refused = create(wire)

    assert code(refused) == (status, expected)
    assert refused.headers["Retry-After"] == "7"
    assert refused.headers["Twilio-Request-Id"].startswith("RQ")
    assert names(twilio) == []
    assert create(wire).status_code == 201


def test_a_status_after_comes_in_spite_of_the_work(twilio, wire):
    twilio.faults.add(Fault("status_after", status=500))

    assert code(create(wire)) == (500, 20500)
    assert names(twilio) == ["new"]


@pytest.mark.parametrize(("action", "made"), [("reset_before", []), ("reset_after", ["new"])])
def test_a_reset_loses_the_request_or_the_response(twilio, wire, action, made):
    twilio.faults.add(Fault(action, times=1))

    with pytest.raises(requests.ConnectionError, match=r"[Rr]eset"):
        create(wire)

    assert names(twilio) == made
    assert create(wire, "next").status_code == 201
    assert [(call.status, call.fault) for call in twilio.calls] == [(201 if made else None, action), (201, None)]


def test_a_truncated_body_promises_more_than_comes(twilio, wire):
    twilio.faults.add(Fault("truncate"))

    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)) as caught:
        create(wire)

    assert "IncompleteRead" in str(caught.value)
    assert names(twilio) == ["new"]


def test_a_proxys_page_or_nothing_comes_under_the_real_status(twilio, wire):
    twilio.faults.add(Fault("html", nth=1))
    twilio.faults.add(Fault("empty", nth=2))

    page, nothing = create(wire, "a"), create(wire, "b")

    assert (page.status_code, page.headers["Content-Type"].split(";")[0]) == (201, "text/html")
    assert (nothing.status_code, nothing.content) == (201, b"")
    assert names(twilio) == ["a", "b"]


def test_wrong_types_are_wrong_throughout(twilio, wire):
    sub = wire.subaccount()
    twilio.faults.add(Fault("wrong_types"))

    good = wire.twilio.state.table("accounts").get(sub.sid)
    bad = wire.get(wire.accounts(f"/{sub.sid}")).json()

    assert bad.keys() == {name for name in good if not name.startswith("_")}
    assert all(type(bad[name]) is not type(good[name]) for name in bad)


def test_a_slow_body_arrives_whole_and_late(twilio, wire):
    twilio.faults.add(Fault("slow", milliseconds=20))
    started = time.monotonic()

    assert create(wire).json()["friendly_name"] == "new"
    assert time.monotonic() - started > 0.15


def test_a_delay_can_outlast_the_client_and_the_work_is_done_all_the_same(twilio, wire):
    twilio.faults.add(Fault("delay", milliseconds=300))
    with pytest.raises(requests.ReadTimeout):
        wire.session.post(
            twilio.endpoint + "/2010-04-01/Accounts.json",
            headers={"Host": "api.twilio.com"},
            auth=(twilio.account_sid, twilio.auth_token),
            timeout=0.05,
        )

    twilio.faults.clear()
    deadline = time.monotonic() + 5
    while not names(twilio) and time.monotonic() < deadline:
        wire.get("https://api.twilio.com/")  # the time it takes is the wait
    assert len(names(twilio)) == 1


def test_a_redirect_leads_to_the_host_it_names(twilio, wire):
    twilio.faults.add(Fault("redirect", host="api.dublin.ie1.twilio.com"))

    answer = wire.call("GET", wire.accounts() + "?PageSize=5", allow_redirects=False)

    assert answer.status_code == 307
    assert answer.headers["Location"] == "https://api.dublin.ie1.twilio.com/2010-04-01/Accounts.json?PageSize=5"


@pytest.mark.parametrize(("action", "made"), [("kill_before", 0), ("kill_after", 1)])
def test_a_kill_hits_a_process_around_the_commit(twilio, wire, action, made):
    program = """
import sys, urllib.request
headers = {"Host": "api.twilio.com", "Authorization": sys.argv[2]}
request = urllib.request.Request(sys.argv[1], b"FriendlyName=new", headers)
sys.stdin.readline()
urllib.request.urlopen(request).read()
"""
    header = requests.Request("GET", "http://x", auth=(twilio.account_sid, twilio.auth_token)).prepare().headers
    victim = subprocess.Popen(
        [sys.executable, "-c", program, f"{twilio.endpoint}/2010-04-01/Accounts.json", header["Authorization"]],
        stdin=subprocess.PIPE,
    )
    twilio.faults.add(Fault(action, method="POST", pid=victim.pid))
    victim.communicate(b"\n")

    assert victim.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 10  # the emulator notes the call after the victim is gone
    while not twilio.count("POST") and time.monotonic() < deadline:
        time.sleep(0.01)
    assert twilio.count("POST") == 1
    assert len(names(twilio)) == made


class TestLag:
    def listed(self, wire) -> list[str]:
        return [account["friendly_name"] for account in wire.get(wire.accounts()).json()["accounts"]][1:]

    def test_a_new_row_is_unlisted_for_that_many_reads(self, twilio, wire):
        twilio.faults.add(Fault("lag", method="POST", reads=2))
        create(wire)

        assert [self.listed(wire) for _ in range(4)] == [[], [], ["new"], ["new"]]

    def test_a_changed_row_is_listed_as_it_was(self, twilio, wire):
        sub = wire.subaccount("before")
        twilio.faults.add(Fault("lag", method="POST", reads=1))
        wire.post(wire.accounts(f"/{sub.sid}"), FriendlyName="after")

        assert [self.listed(wire) for _ in range(2)] == [["before"], ["after"]]

    def test_a_removed_row_is_still_listed(self, twilio, wire):
        keys = wire.accounts(f"/{twilio.account_sid}/Keys")
        sid = wire.post(keys).json()["sid"]
        twilio.faults.add(Fault("lag", method="DELETE", reads=1))
        wire.delete(wire.accounts(f"/{twilio.account_sid}/Keys/{sid}"))

        assert [len(wire.get(keys).json()["keys"]) for _ in range(2)] == [1, 0]

    def test_reading_the_object_itself_and_writing_go_by_the_truth(self, twilio, wire):
        twilio.switches.subaccount_limit = 1
        twilio.faults.add(Fault("lag", method="POST", reads=9, times=1))
        made = create(wire).json()

        assert wire.get(wire.accounts(f"/{made['sid']}")).status_code == 200
        assert code(create(wire, "second")) == (400, 21480)
        assert names(twilio) == ["new"]

    def test_another_accounts_listing_does_not_use_up_the_lag(self, twilio, wire):
        one, two = wire.subaccount("one"), wire.subaccount("two")
        twilio.faults.add(Fault("lag", method="POST", reads=1))
        wire.post(wire.accounts(f"/{one.sid}/Keys"))

        def count(sub) -> int:
            return len(wire.get(wire.accounts(f"/{sub.sid}/Keys")).json()["keys"])

        assert [count(two), count(two), count(one), count(one)] == [0, 0, 0, 1]


class TestReadLag:
    def test_what_was_just_made_is_not_there_for_that_many_reads_and_is_listed(self, twilio, wire):
        twilio.faults.add(Fault("read_lag", method="POST", reads=2))
        sid = create(wire).json()["sid"]

        statuses = [wire.get(wire.accounts(f"/{sid}")).status_code for _ in range(4)]

        assert statuses == [404, 404, 200, 200]
        assert [one["sid"] for one in wire.get(wire.accounts()).json()["accounts"]][1:] == [sid]

    def test_what_was_changed_is_read_as_it_was_and_writing_goes_by_the_truth(self, twilio, wire):
        keys = f"/{twilio.account_sid}/Keys"
        sid = wire.post(wire.accounts(keys), FriendlyName="before").json()["sid"]
        key = wire.accounts(f"{keys}/{sid}")
        twilio.faults.add(Fault("read_lag", method="POST", reads=1))
        assert wire.post(key, FriendlyName="after").json()["friendly_name"] == "after"

        assert [wire.get(key).json()["friendly_name"] for _ in range(2)] == ["before", "after"]


class TestMatching:
    def struck(self, wire, calls: int = 6) -> list[int]:
        """Which of the calls (from 1) were refused."""
        answers = [wire.get(wire.accounts()) for _ in range(calls)]
        return [number for number, answer in enumerate(answers, 1) if answer.status_code == 503]

    @pytest.mark.parametrize(
        ("rule", "expected"),
        [
            ({}, [1, 2, 3, 4, 5, 6]),
            ({"nth": 3}, [3]),
            ({"after": 4}, [5, 6]),
            ({"times": 2}, [1, 2]),
            ({"after": 1, "times": 2}, [2, 3]),
            ({"method": "POST"}, []),
            ({"method": "GET", "product": "api"}, [1, 2, 3, 4, 5, 6]),
            ({"product": "verify"}, []),
            ({"path": r"/Accounts\.json$"}, [1, 2, 3, 4, 5, 6]),
            ({"path": "/Keys"}, []),
            ({"probability": 0.0}, []),
        ],
    )
    def test_a_fault_strikes_the_calls_it_describes(self, twilio, wire, rule, expected):
        fault = twilio.faults.add(Fault("status", **rule))

        assert self.struck(wire) == expected
        assert fault.applied == len(expected)

    def test_a_coin_of_the_same_seed_falls_the_same_way(self, twilio, wire):
        runs = []
        for seed in (1, 1, 2):
            twilio.faults.clear()
            twilio.faults.add(Fault("status", probability=0.5, seed=seed))
            runs.append(self.struck(wire, 30))

        assert runs[0] == runs[1] != runs[2]
        assert 0 < len(runs[0]) < 30

    def test_regional_hosts_are_the_same_product(self, twilio, wire):
        twilio.faults.add(Fault("status", product="api"))

        assert wire.get("https://api.dublin.ie1.twilio.com/2010-04-01/Accounts.json").status_code == 503

    @pytest.mark.parametrize(
        ("rule", "message"),
        [
            ({"action": "explode"}, "unknown action"),
            ({"action": "redirect"}, "needs a host"),
            ({"action": "kill_after"}, "needs a pid"),
            ({"action": "status", "path": "("}, "not a regular expression"),
            ({"action": "status", "colour": "red"}, "unknown field 'colour'"),
            ({}, "needs an action"),
        ],
    )
    def test_a_rule_that_cannot_work_is_refused(self, rule, message):
        with pytest.raises(ValueError, match=message):
            Fault.from_json(rule)
