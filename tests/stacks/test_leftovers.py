"""What a killed run has left behind in an account that others use too: named by destroy, shown, and removed."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.stacks.stack import Stack
from twilio_environments.emulator import Fault

CONFIG = {
    "production": False,
    "secrets": {"aws": {"region": "eu-west-1"}, "document": "acme/twilio"},
    "allow": {"release_numbers": "these are the numbers of a test"},
    "keys": {"api": {}},
    "numbers": {
        "support": {"phone_number": "+12125550110", "sms_url": "https://acme.example.com/sms"},
        "sales": {"search": {"country": "US"}, "sms_url": "https://acme.example.com/sms"},
    },
    "messaging_services": {"alerts": {"discard_inbound": True}},
}
TABLES = ("incoming_phone_numbers", "messaging_services", "keys")


def twilio_env(stack, *arguments):
    command = [sys.executable, "-m", "twilio_environments.cli", *arguments]
    return subprocess.run(command, cwd=stack.folder, env=stack.environment, capture_output=True, text=True, check=False)


def live(stack):
    return {row["sid"] for table in TABLES for row in stack.rows(table)}


@pytest.fixture
def killed(new_stack) -> Stack:
    """A stack whose first run was killed when Twilio had carried out what it asked for, and Pulumi recorded none of it."""
    stack: Stack = new_stack("left", "aws", "eu-west-1")
    stack.edit(lambda config: config.update(CONFIG, subaccount={"sid": stack.twilio.account_sid}))
    stack.up()
    assert len(live(stack)) == 4
    state = stack.pulumi("stack", "export").stdout
    document = json.loads(state)
    kept = [
        one
        for one in document["deployment"]["resources"]
        if "twilio:" not in one["type"] or "Subaccount" in one["type"] or "environment" in one["type"]
    ]
    document["deployment"]["resources"] = kept
    (stack.folder / "state.json").write_text(json.dumps(document))
    stack.pulumi("stack", "import", "--file", "state.json")
    return stack


def test_destroy_names_what_it_would_leave_and_fails_until_it_is_removed(killed):
    left = live(killed)
    refused = killed.destroy(fails=True)
    assert all(sid in refused.output for sid in left), refused
    assert "acme/twilio" in refused.output
    assert live(killed) == left

    shown = twilio_env(killed, "leftovers", "--stack", "left", "--json")
    assert shown.returncode == 2, shown.stderr
    rows = json.loads(shown.stdout)
    assert {row["sid"] for row in rows} == left | {"acme/twilio"}
    assert all(row["monthly_price"] for row in rows if row["kind"] == "numbers")
    assert all(row["taken_over_as"] for row in rows)
    # They are declared, so that nothing is removed by accident.
    assert twilio_env(killed, "leftovers", "--stack", "left", "--remove", "--yes").returncode == 2
    assert live(killed) == left

    removed = twilio_env(killed, "leftovers", "--stack", "left", "--remove", "--yes", "acme/twilio", *sorted(left))
    assert removed.returncode == 0, removed
    assert not live(killed)
    assert not killed.documents.paths()
    killed.destroy()
    killed.pulumi("stack", "rm", "--yes", "left")
