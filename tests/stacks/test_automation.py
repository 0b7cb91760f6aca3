"""Programs in the Automation API: runs one after the other and beside each other in one process share nothing."""

import json
import subprocess
import sys

import pytest

from tests.servers import ROOT
from tests.stacks.stack import environment
from twilio_environments.emulator import Emulator

INLINE = """
import json, sys, threading
from pathlib import Path

import pulumi
from pulumi import automation
from twilio_environments.components import Environment, stack
from twilio_environments.resources import MessagingService


def resources():
    for name in pulumi.Config("app").require("services").split(","):
        service = MessagingService(name, discard_inbound=True)
    pulumi.export("sid", service.id)


def environment():
    pulumi.export("account_sid", Environment("environment", stack.settings(Path.cwd())).summary["account_sid"])


def up(name, program, config):
    made = automation.create_or_select_stack(name, "inline", program)
    made.set_all_config({key: automation.ConfigValue(value) for key, value in config.items()})
    return {key: output.value for key, output in made.up().outputs.items()}


def beside(name, services, outputs):
    outputs[name] = up(name, resources, {"app:services": services})


one_after_the_other = [up("first", resources, {"app:services": services}) for services in ("alerts", "alerts,more")]
outputs = {}
threads = [threading.Thread(target=beside, args=(name, name, outputs)) for name in ("second", "third")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
whole = up("fourth", environment, {"twilio:subaccount": '{"friendly_name": "Acme"}'})
print(json.dumps([one_after_the_other, outputs, whole]))
"""


@pytest.mark.timeout(300)  # five runs of the CLI, on a machine that may be busy
def test_runs_of_one_process_make_what_each_declares(tmp_path, twilio: Emulator):
    for folder in ("temporary", "backend", "project"):
        (tmp_path / folder).mkdir()
    done = subprocess.run(
        [sys.executable, "-c", INLINE],
        cwd=tmp_path / "project",
        env=environment(tmp_path, twilio, PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (first, again), beside, whole = json.loads(done.stdout)
    services = {row["friendly_name"]: row["sid"] for row in twilio.state.table("messaging_services").rows()}
    assert [first["sid"], again["sid"]] == [services["alerts"], services["more"]]
    assert {name: one["sid"] for name, one in beside.items()} == {name: services[name] for name in ("second", "third")}
    assert len(services) == 4
    (account,) = [row for row in twilio.state.table("accounts").rows() if row["friendly_name"].startswith("Acme")]
    assert whole == {"account_sid": account["sid"]}
