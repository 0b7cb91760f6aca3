"""Only the CLI is killed, as by a machine that is out of memory: the other processes of the run leave by themselves."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.servers import ROOT
from tests.stacks.stack import Stack
from tests.stacks.test_interrupted import services_alone
from twilio_environments.emulator import Fault

HOSTS = ("pulumi-resource-pulumi-python", "pulumi.dynamic", "provider_host")
NOT_OURS = "pulumi-language-python"  # Pulumi's own, which looks for the CLI every five minutes
IDLE = """\
import asyncio, pulumi
from twilio_environments.resources import MessagingService

provider = pulumi.ProviderResource("pulumi-python", "idle", {})
late = asyncio.sleep(600, "https://example.com/messages")
MessagingService("alerts", inbound_request_url=late, opts=pulumi.ResourceOptions(provider=provider))
"""
"""The host is up and configured, and has no call, for none of its resources is ready."""
WITHIN = 20
"""Seconds; much less where the machine is not busy with other tests."""


def processes(session: int) -> dict[int, str]:
    """What still runs of a session, by pid; a run of the CLI is a session of its own."""
    listed = subprocess.run(["ps", "-Aww", "-o", "pid=,stat=,args="], check=True, stdout=subprocess.PIPE, text=True)
    found = {}
    for line in listed.stdout.splitlines():
        pid, stat, command = line.split(None, 2)
        try:
            if os.getsid(int(pid)) == session and stat[0] != "Z":  # nobody may be there to bury it
                found[int(pid)] = command
        except ProcessLookupError:
            continue
    return found


def ours(run: "subprocess.Popen[str]") -> list[str]:
    return [command for command in processes(run.pid).values() if NOT_OURS not in command.split()[0]]


def comes_true(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


@pytest.fixture
def stack(new_stack) -> Stack:
    made: Stack = new_stack("killed")
    made.edit(services_alone)
    return made


@pytest.fixture
def up(stack) -> Iterator[Callable[[], "subprocess.Popen[str]"]]:
    """Start a run; what is left of it in the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def start() -> "subprocess.Popen[str]":
        started.append(stack.start("up", "--yes", "--skip-preview"))
        return started[0]

    yield start
    for pid in processes(started[0].pid):
        os.kill(pid, signal.SIGKILL)


def test_the_provider_host_leaves_before_it_had_a_call(stack, up):
    (stack.folder / "__main__.py").write_text(IDLE)
    run = up()

    def hosts() -> list[str]:
        return [one for one in ours(run) if any(host in one for host in HOSTS)]

    assert comes_true(lambda: "idle" in stack.resources(), 60), "the host is up"
    assert hosts()
    run.kill()
    run.communicate()
    assert comes_true(lambda: not hosts(), WITHIN), hosts()


def test_pulumis_own_host_leaves_from_its_first_call_on(stack, up):
    """A project that uses the library need not name the host in its Pulumi.yaml."""
    file = stack.folder / "Pulumi.yaml"
    project = yaml.safe_load(file.read_text())
    del project["plugins"]
    file.write_text(yaml.safe_dump(project))
    run = up()
    stack.twilio.faults.add(Fault("kill_before", method="POST", pid=run.pid))
    run.communicate(timeout=100)
    assert run.returncode == -signal.SIGKILL
    assert comes_true(lambda: not ours(run), WITHIN), ours(run)


@pytest.mark.parametrize(
    ("settings", "python"),
    [
        ({}, "python3"),
        ({"PULUMI_PYTHON_CMD": "python3.13"}, "python3.13"),
        ({"PULUMI_RUNTIME_VIRTUALENV": "venv"}, "{here}/venv/bin/python"),
        ({"PULUMI_RUNTIME_VIRTUALENV": "{here}/venv", "PULUMI_RUNTIME_TOOLCHAIN": "uv"}, "{here}/venv/bin/python"),
        ({"PULUMI_RUNTIME_TOOLCHAIN": "uv"}, "{here}/.venv/bin/python"),
        ({"PULUMI_RUNTIME_TOOLCHAIN": "poetry"}, "{here}/poetry's/bin/python"),
    ],
)
def test_the_host_takes_the_python_that_pulumis_own_would_take(tmp_path, settings, python):
    says_its_name = '#!/bin/sh\necho "$0 $*"\n'
    programs = {f"bin/{name}": says_its_name for name in ("python3", "python3.13")}
    programs |= {f"{venv}/bin/python": says_its_name for venv in ("venv", ".venv", "poetry's")}
    for name, text in (programs | {"bin/poetry": f'#!/bin/sh\necho "{tmp_path}/poetry\'s"\n'}).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    environment = {name: value.format(here=tmp_path) for name, value in settings.items()}
    environment["PATH"] = f"{tmp_path}/bin:{os.defpath}"
    launcher = ROOT / "twilio_environments/plugin/pulumi-resource-pulumi-python"
    said = subprocess.run(
        [launcher, "127.0.0.1:1"], cwd=tmp_path, env=environment, check=True, stdout=subprocess.PIPE, text=True
    ).stdout.split(" -u ")
    assert Path(said[0]).name == python if "/" not in python else said[0] == python.format(here=tmp_path)
    assert said[1] == "-m twilio_environments.provider_host 127.0.0.1:1\n"
