import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from tests.emulator.wire import Wire, code
from twilio_environments.emulator import Emulator
from twilio_environments.emulator.state import Row, State, public


def test_rows_keep_their_order_and_survive_a_restart(tmp_path):
    state = State(tmp_path / "db")
    table = state.table("things")
    for sid in "cab":
        table.insert(sid, {"sid": sid, "n": 1})
    table.put("a", {"sid": "a", "n": 2})
    table.delete("b")
    state.close()

    assert State(tmp_path / "db").table("things").rows() == [{"sid": "c", "n": 1}, {"sid": "a", "n": 2}]


def test_what_comes_out_is_a_copy():
    table = State().table("things")
    row: Row = {"sid": "a", "nested": {"n": 1}}
    table.insert("a", row)
    row["nested"]["n"] = 2
    read = table.get("a")
    assert read
    read["nested"]["n"] = 3
    table.rows()[0]["sid"] = "b"

    assert table.get("a") == {"sid": "a", "nested": {"n": 1}}


def test_rows_are_found_by_equal_values():
    table = State().table("things")
    for number in range(4):
        table.insert(str(number), {"n": number, "_odd": number % 2})

    assert [row["n"] for row in table.rows(_odd=1)] == [1, 3]
    assert table.rows(_odd=1, n=2) == []
    assert table.rows(missing="x") == []
    assert table.get("9") is None
    assert table.delete("9") is False
    with pytest.raises(ValueError, match="has a row 1 already"):
        table.insert("1", {})


def test_private_keys_are_not_public():
    assert public({"a": 1, "_b": 2}) == {"a": 1}


def test_sids_are_34_characters_and_unique():
    sids = {State().new_sid("AC") for _ in range(100)}

    assert len(sids) == 100
    assert {len(sid) for sid in sids} == {34}


def test_an_emulator_finds_its_accounts_again(tmp_path):
    with Emulator(tmp_path) as first:
        sub = Wire(first).subaccount("kept")
        identity = (first.account_sid, first.auth_token)
    with Emulator(tmp_path) as second:
        assert (second.account_sid, second.auth_token) == identity
        assert Wire(second, sub.wire.auth).get(sub.wire.accounts(f"/{sub.sid}")).json()["friendly_name"] == "kept"


def test_a_state_is_of_one_main_account(tmp_path):
    mine = "AC" + "0" * 31 + "1"
    with Emulator(tmp_path, account_sid=mine, auth_token="t" * 32) as first:
        assert (first.account_sid, first.auth_token) == (mine, "t" * 32)
    with pytest.raises(ValueError, match="use another state folder"):
        Emulator(tmp_path, account_sid="AC" + "0" * 31 + "2")


def test_the_state_is_for_its_owner_only(tmp_path):
    with Emulator(tmp_path):
        assert (tmp_path / "twilio.sqlite3").stat().st_mode & 0o077 == 0


def test_two_memory_emulators_share_nothing():
    with Emulator() as one, Emulator() as two:
        assert one.account_sid != two.account_sid
        assert code(Wire(two, (one.account_sid, one.auth_token)).get(Wire(two).accounts())) == (401, 20003)


def test_the_clock_is_given_and_advanced():
    with Emulator(clock=lambda: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) as twilio:
        twilio.clock.advance(86_400)
        assert Wire(twilio).post(Wire(twilio).accounts()).json()["date_created"] == "Sat, 03 Jan 2026 03:04:05 +0000"


PROGRAM = """
import os, sys
from pathlib import Path
from twilio_environments.emulator import run
def ready(at):
    print(at.endpoint, at.account_sid, at.auth_token, flush=True)
run(port=0, state=Path(sys.argv[1]), parent_pid=int(sys.argv[2]), on_ready=ready)
"""


@dataclass
class Remote:
    endpoint: str
    account_sid: str
    auth_token: str


def start(state, parent: int) -> tuple["subprocess.Popen[str]", Wire]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(state), str(parent)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    return process, Wire(Remote(*process.stdout.readline().split()))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_what_a_process_answered_is_there_after_it_was_stopped(tmp_path, number):
    process, wire = start(tmp_path, os.getpid())
    sub = wire.subaccount("kept")
    process.send_signal(number)
    expected = -number if number == signal.SIGKILL else 0
    assert process.wait(10) == expected

    again, wire = start(tmp_path, os.getpid())
    assert [account["sid"] for account in wire.get(wire.accounts(), FriendlyName="kept").json()["accounts"]] == [
        sub.sid
    ]
    again.terminate()
    assert again.wait(10) == 0


def test_it_stops_when_its_parent_is_gone(tmp_path):
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    process, _ = start(tmp_path, parent.pid)
    parent.communicate(b"\n")

    assert process.wait(10) == 0


def test_a_taken_port_is_an_error_for_the_caller():
    with Emulator() as one:
        port = int(one.endpoint.rpartition(":")[2])
        with pytest.raises(OSError, match="address already in use"), Emulator(port=port):
            pass
