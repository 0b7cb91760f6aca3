"""What a killed run has left behind in an account that others use too: named by destroy, shown, and removed."""

import json
import subprocess
import sys

from tests.stacks.stack import Stack
from tests.stacks.test_half_made import killed

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


def recorded(stack):
    return {str(one["outputs"].get("sid")) for one in stack.resources().values() if one["custom"]}


def test_destroy_names_what_a_killed_run_has_left_and_fails_until_it_is_removed(new_stack):
    stack: Stack = new_stack("left", "aws", "eu-west-1")
    stack.edit(lambda config: config.update(CONFIG, subaccount={"sid": stack.twilio.account_sid}))
    killed(stack, "up", "--skip-preview", method="POST", path=r"/IncomingPhoneNumbers\.json$", nth=2)
    stack.refresh("--clear-pending-creates")
    left = live(stack) - recorded(stack)
    assert left
    refused = stack.destroy(fails=True)
    assert live(stack) == left
    assert all(sid in refused.output for sid in left), refused

    shown = twilio_env(stack, "leftovers", "--stack", "left", "--json")
    assert shown.returncode == 2, shown.stderr
    rows = json.loads(shown.stdout)
    assert {row["sid"] for row in rows} - {"acme/twilio"} == left
    assert all(row["monthly_price"] for row in rows if row["kind"] == "numbers")
    assert all(row["taken_over_as"] for row in rows)
    # They are declared, so that nothing is removed by accident.
    assert twilio_env(stack, "leftovers", "--stack", "left", "--remove", "--yes").returncode == 2
    assert live(stack) == left

    removed = twilio_env(stack, "leftovers", "--stack", "left", "--remove", "--yes", *(row["sid"] for row in rows))
    assert removed.returncode == 0, removed
    assert not live(stack)
    assert stack.documents
    assert not stack.documents.paths()
    stack.destroy()
    stack.pulumi("stack", "rm", "--yes", "left")
