"""Secrets as inputs, and texts that act, by the real Pulumi: what it prints, and what it writes into its state."""

import json
import subprocess
import sys

import pytest

from tests.emulator.wire import Wire
from tests.stacks.leaks import scan

SECRET = "sesame-42 opens"
PROGRAM = """
import json
import pulumi
from twilio_environments.resources import MessagingService, StudioFlow

greeting = pulumi.Config("app").require_secret("greeting")
service = MessagingService("alerts", friendly_name=pulumi.Output.secret("SECRET"), use_inbound_webhook_on_number=True)
say = {"name": "say", "type": "say-play", "properties": {"say": "${values.greeting}", "loop": 1}}
trigger = {"name": "Trigger", "type": "trigger", "properties": {}}
flow = {
    "description": "${values.sid} of us",
    "initial_state": "Trigger",
    "states": [
        trigger | {"transitions": [{"event": "incomingCall", "next": "say"}]},
        say | {"transitions": [{"event": "audioComplete"}]},
    ],
    "flags": {"allow_concurrent_calls": True},
}
StudioFlow("ivr", definition=json.dumps(flow), placeholders={"values.greeting": greeting, "values.sid": service.id})
plain = MessagingService("plain", use_inbound_webhook_on_number=True)
""".replace("SECRET", SECRET)
ACTING = "Acme\x1b[2J\r\n##[add-mask]a\n::add-mask::b\n\u202ec"


@pytest.fixture
def stack(new_stack):
    one = new_stack("plain")
    (one.folder / "__main__.py").write_text(PROGRAM)
    one.pulumi("config", "set", "--secret", "app:greeting", SECRET)
    return one


def drift(stack, format_):
    command = [sys.executable, "-m", "twilio_environments.cli", "drift", "--stack", stack.name, "--format", format_]
    return subprocess.run(command, cwd=stack.folder, env=stack.environment, capture_output=True, text=True, check=False)


@pytest.mark.timeout(900)  # a dozen runs of the CLI, on a machine that may be busy
def test_a_secret_input_stays_secret_and_a_text_of_twilios_acts_nowhere(stack, twilio):
    said = [stack.preview("--diff").output, stack.up().output]
    stack.expect_no_changes()
    flow = stack.rows("studio_flows")[0]
    assert flow["definition"]["states"][1]["properties"]["say"] == SECRET
    clean = drift(stack, "json")
    assert (clean.returncode, json.loads(clean.stdout)["rows"]) == (0, []), clean.stdout + clean.stderr

    wire = Wire(twilio)
    url = f"https://studio.twilio.com/v2/Flows/{flow['sid']}"
    changed = json.dumps(flow["definition"]).replace("of us", "of them")
    assert wire.post(url, Status="published", Definition=changed).ok
    for service in stack.rows("messaging_services"):
        name = ACTING if service["friendly_name"] == "plain" else f"{SECRET} now"
        assert wire.post(f"https://messaging.twilio.com/v1/Services/{service['sid']}", FriendlyName=name).ok
    review = drift(stack, "json")
    said.append(review.stdout + review.stderr)
    said += [stack.refresh_preview().output, stack.refresh("--diff").output, stack.preview("--diff", fails=True).output]
    assert review.returncode == 2
    shown = json.loads(review.stdout)
    assert {(row["place"], one["name"]) for row in shown["rows"] for one in row["fields"]} == {
        ("alerts", "friendly_name"),
        ("ivr", "definition"),
        ("plain", "friendly_name"),
    }

    for text in said:
        assert SECRET not in text
        assert not set("\x1b\u202e\r") & set(text)
        assert not [line for line in text.splitlines() if line.lstrip(" +-~").startswith(("##[", "::add-mask"))], text
    for place in ("backend", "pulumi"):
        assert list(scan(stack.home / place, {"the secret": SECRET})) == []
    recorded = json.dumps(stack.resources()["plain"])
    assert "Acme[U+001B][2J[U+000D][U+000A]##[add-mask]a" in recorded

    del stack.environment["TWILIO_ENDPOINT"]
    refused = stack.pulumi("refresh", "--preview-only", fails=True)
    assert "still has its shipped name" in refused.output, "also where no program runs"
