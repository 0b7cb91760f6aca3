"""`twilio-env rename` by the real Pulumi CLI: the preview after it shows nothing at Twilio, wherever it was killed."""

import json
import re
import signal
import subprocess
import sys

import pytest

from tests.adoption.test_pulumi import twilio_env
from tests.stacks.stack import Stack
from tests.stacks.test_renames import objects

CONFIG = {
    "production": False,
    "subaccount": {"friendly_name": "Acme"},
    "secrets": {"aws": {"region": "eu-west-1"}, "document": "acme/twilio"},
    "keys": {"api": {}},
    "numbers": {"support": {"search": {"country": "US"}, "voice_flow": "menu", "sms_url": "https://a.example.com/sms"}},
    "messaging_services": {
        "alerts": {
            "friendly_name": "Acme",
            "use_inbound_webhook_on_number": True,
            "senders": {"numbers": ["support"]},
        }
    },
    "verify_services": {"login": {"messaging_configurations": {"US": "alerts"}}},
    "studio_flows": {"menu": {"file": "studio/menu.json"}},
}
FLOW = {
    "description": "Sends with ${messaging_services.alerts.sid}.",
    "states": [{"name": "Trigger", "type": "trigger", "transitions": [], "properties": {"offset": {"x": 0, "y": 0}}}],
    "initial_state": "Trigger",
    "flags": {"allow_concurrent_calls": True},
}
PROPERTIES = {"secrets": "update", "subaccount": "update"}
"""What a preview shows for a property of the document that has another name; the account's record knows it too."""
STEPS = ("the stack file", "the flow file", "the record of the pool", "the record of the service")
KILLED = """
import os, pathlib, signal, sys
from twilio_environments.cli import main, pulumi
left = int(sys.argv.pop(1))

def ends(function, counts):
    def called(*arguments, **options):
        global left
        done = function(*arguments, **options)
        left -= counts(*arguments)
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return done
    return called

pathlib.Path.replace = ends(pathlib.Path.replace, lambda *_: 1)
pulumi.output = ends(pulumi.output, lambda arguments: arguments[:2] == ["state", "rename"])
main.main()
"""


@pytest.fixture(scope="module")
def named(new_shared_stack) -> Stack:
    stack: Stack = new_shared_stack("renaming", "aws", "eu-west-1")
    (stack.folder / "studio" / "menu.json").write_text(json.dumps(FLOW))
    stack.edit(lambda config: config.update(CONFIG))
    stack.up()
    return stack


def rename(stack, old, new):
    done = twilio_env(stack, "rename", old, new, "--stack", stack.name, "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def killed(stack, after, old, new):
    command = [sys.executable, "-c", KILLED, str(after), "rename", old, new, "--stack", stack.name, "--yes"]
    done = subprocess.run(
        command, cwd=stack.folder, env=stack.environment, capture_output=True, timeout=120, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def services(stack):
    return [name for name, one in stack.resources().items() if one["type"].endswith(":MessagingService")]


def texts(stack):
    files = (f"Pulumi.{stack.name}.yaml", "studio/menu.json")
    return [(stack.folder / file).read_text(encoding="utf-8") for file in files]


def test_the_preview_after_it_shows_nothing_at_twilio(named):
    before, recorded = objects(named), named.resources()
    names = {
        "messaging_services.alerts": "notices",
        "studio_flows.menu": "ivr",
        "numbers.support": "helpdesk",
        "keys.api": "backend",
        "verify_services.login": "signin",
    }
    # The last one is an edit by hand, which leaves out the friendly name and so declares another service.
    named.edit(lambda config: config.update(verify_services={"signin": config["verify_services"]["login"]}))
    assert "twilio-env rename verify_services.login NEW --stack renaming" in named.preview().output
    said = [rename(named, old, new) for old, new in names.items()]
    assert "acme/twilio says verify_service_sid_signin instead of verify_service_sid_login" in said[-1]
    assert "instead of" not in said[3], "a key's properties stay"
    assert named.steps() == PROPERTIES
    named.twilio.journal.clear()
    named.up()
    writes = {(call.method, call.pattern) for call in named.twilio.calls if call.method != "GET"}
    assert writes <= {("POST", "/v2/Flows/Validate")}  # which changes nothing
    assert objects(named) == before
    after = named.resources()
    for old, new in names.items():
        assert after[f"{old.partition('.')[0]}.{new}"]["id"] == recorded[old]["id"]
    assert "messaging_services.notices.senders" in after
    assert not names.keys() & after.keys()
    named.expect_no_changes()


@pytest.mark.parametrize("step", range(1, len(STEPS)), ids=STEPS[:-1])
def test_a_kill_is_mended_by_the_same_command(named, step):
    before, (old,) = texts(named), services(named)
    new = f"messaging_services.alerts{step}"
    killed(named, step, old, new)
    if STEPS[step - 1] == "the record of the pool":  # as much of it as can be undone: the next pulumi up would do
        assert named.steps() == PROPERTIES
    rename(named, old, new)
    assert services(named) == [new]
    assert f"{new}.senders" in named.resources()
    (was, name) = (place.partition(".")[2] for place in (old, new))
    assert texts(named) == [re.sub(rf"\b{was}(?=:|\.|$)", name, text, flags=re.MULTILINE) for text in before]
