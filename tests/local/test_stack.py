"""Pulumi's side of the local environment, as far as it needs no Pulumi."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from background import LocalError
from stack import Pulumi, describe


@pytest.fixture
def pulumi(tmp_path: Path) -> Pulumi:
    """A Pulumi that only writes down how it was called."""
    (tmp_path / "pulumi").write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\n')
    (tmp_path / "pulumi").chmod(0o755)
    return Pulumi(tmp_path / "state", {"PATH": f"{tmp_path}:{os.environ['PATH']}"})


def calls(tmp_path: Path) -> list[str]:
    return (tmp_path / "calls").read_text().splitlines() if (tmp_path / "calls").exists() else []


def put_lock(tmp_path: Path, pid: int, host: str | None = None) -> None:
    folder = tmp_path / "state" / ".pulumi" / "locks" / "organization" / "twilio-environments" / "local"
    folder.mkdir(parents=True)
    owner = {"pid": pid, "username": "somebody", "hostname": host or socket.gethostname()}
    (folder / "one.json").write_text(json.dumps(owner))


def ended_process() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_without_a_lock_nothing_is_cancelled(pulumi: Pulumi, tmp_path: Path) -> None:
    pulumi.clear_up(["true"])
    assert calls(tmp_path) == []


def test_the_lock_of_a_killed_run_is_cleared_and_said(
    pulumi: Pulumi, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put_lock(tmp_path, ended_process())
    pulumi.clear_up(["true"])
    assert calls(tmp_path) == ["cancel --yes --stack local"]
    assert "clearing its lock" in capsys.readouterr().err


def test_a_lock_whose_pid_another_program_has_now_is_cleared(pulumi: Pulumi, tmp_path: Path) -> None:
    put_lock(tmp_path, os.getpid())  # a Python, not a pulumi
    pulumi.clear_up(["true"])
    assert calls(tmp_path) == ["cancel --yes --stack local"]


def test_the_lock_of_a_run_at_work_is_left_and_explained(pulumi: Pulumi, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "pulumi"
    program.symlink_to("/bin/sleep")
    with subprocess.Popen([program, "60"]) as process:
        try:
            put_lock(tmp_path, process.pid)
            with pytest.raises(LocalError, match=f"process {process.pid} on "):
                pulumi.clear_up(["true"])
        finally:
            process.kill()
    assert calls(tmp_path) == []


def test_a_lock_of_another_machine_is_left_and_explained(pulumi: Pulumi, tmp_path: Path) -> None:
    put_lock(tmp_path, ended_process(), host="another")
    with pytest.raises(LocalError, match="on another"):
        pulumi.clear_up(["true"])
    assert calls(tmp_path) == []


def test_a_summary_is_aligned_and_leaves_out_what_is_not_there() -> None:
    lines = describe(
        {
            "account_sid": "AC1",
            "keys": {"api": "SK1", "reporting": {"sid": "SK2", "document": "local/twilio"}},
            "numbers": {},
            "secrets": {"documents": ["a", "b"]},
        }
    )
    assert lines == [
        "  account sid             AC1",
        "  keys         api        SK1",
        "               reporting  SK2  local/twilio",
        "  secrets      documents  a, b",
    ]


def test_a_stack_without_outputs_has_an_empty_summary(pulumi: Pulumi) -> None:
    assert describe({}) == []
    assert pulumi.summary() == []
