"""`make up` and `make down`, in a copy of this checkout and with everything real."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import local
import pytest
from background import wait_until

from tests.emulator.wire import Wire
from twilio_environments.emulator import Emulator

ROOT = Path(__file__).parents[2]
API = "https://api.twilio.com/2010-04-01"


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Path]:
    """This checkout without what is ignored, at a path with a blank, with this venv lent to it."""
    folder = tmp_path / "a clone"
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)
    yield folder
    run(folder, "make down", check=False)


def run(folder: Path, script: str, *, check: bool = True) -> str:
    # Settings that must not get through: with them, the run would end at Twilio or AWS themselves.
    strangers = {"TWILIO_REGION": "ie1", "AWS_PROFILE": "a-real-one", "PULUMI_STACK": "prod"}
    command = ["bash", "-euo", "pipefail", "-c", script]
    ran = subprocess.run(command, cwd=folder, env=os.environ | strangers, capture_output=True, text=True, check=False)
    print(ran.stdout, ran.stderr)
    assert not check or ran.returncode == 0, script
    return ran.stdout


def servers(folder: Path) -> list[tuple[int, int]]:
    """Pid and port of each."""
    words = [path.read_text().split() for path in sorted((folder / ".local").glob("*.pid"))]
    return [(int(pid), int(port)) for pid, port in words]


def free(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) != 0


def count(summary: str, prefix: str) -> int:
    return len(re.findall(rf" {prefix}[0-9a-f]+(?: |$)", summary, re.MULTILINE))


def cut_off(file: Path) -> None:
    """As a full disk does."""
    file.write_bytes(file.read_bytes()[:1000])


def test_up_shows_an_environment_up_again_changes_nothing_and_down_leaves_an_empty_account(clone: Path) -> None:
    settings = (clone / "Pulumi.local.yaml").read_text()

    summary = run(clone, "make up").partition("Stack local")[2]
    found = {prefix: count(summary, prefix) for prefix in ("AC", "SK", "MG", "VA", "FW")}
    assert found == {"AC": 1, "SK": 2, "MG": 1, "VA": 1, "FW": 2}
    assert count(summary, r"\+") >= 5
    started = servers(clone)
    (state,) = clone.glob(".local/state/.pulumi/stacks/*/local.json")
    assert not [*clone.rglob(".local/state/**/*.attrs")]

    state.with_name("local.json.attrs").write_text("")  # as an older `make up` left it, when it was killed
    again = run(clone, "make up")
    assert re.search(r"^ +\d+ unchanged$", again, re.MULTILINE)
    assert not re.search(r"\b(created|updated|replaced|deleted)\b", again)
    assert again.endswith(summary)
    assert servers(clone) == started

    (command,) = re.findall(r"^  Read a secret:  (.*)$", summary, re.MULTILINE)
    assert command in run(clone, "make status")
    run(clone, 'eval "$(make -s env)"; twilio-env rotate --stack local --yes api')
    read = json.loads(run(clone, command))
    assert f" {read['api_key']} " in run(clone, "make status"), "what a reader gets is the key that is current"

    for pid, _ in started:  # as a restart of the machine does; moto forgets its secrets with that
        os.kill(pid, signal.SIGKILL)
    cut_off(state)
    restarted = run(clone, "make up").partition("Stack local")[2]
    assert re.findall(r"AC\w+|\+\d+", restarted) == re.findall(r"AC\w+|\+\d+", summary)
    run(clone, 'eval "$(make -s env)"; pulumi preview --refresh --expect-no-changes')

    cut_off(state)
    run(clone, "make down")
    assert wait_until(lambda: all(free(port) for _, port in servers(clone)), seconds=10)
    run(clone, "make down")
    with Emulator(clone / ".local" / "emulator") as twilio:
        accounts = Wire(twilio).get(f"{API}/Accounts.json").json()["accounts"]
        assert [a["status"] for a in accounts if a["sid"] != twilio.account_sid] == ["closed"]
    assert (clone / "Pulumi.local.yaml").read_text() == settings


def test_env_without_up_says_what_to_run(clone: Path) -> None:
    assert "run `make up` first" in run(clone, "make -s env 2>&1 || true")


@pytest.mark.parametrize(
    "name", ["TWILIO_API_KEY", "AWS_PROFILE", "AWS_SESSION_TOKEN", "VAULT_ADDR", "PULUMI_ACCESS_TOKEN"]
)
def test_what_points_at_real_accounts_stays_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "somewhere else")
    assert name not in local.own_environment()
