"""What the program takes of its process, counted in it: no seconds."""

import json
import subprocess
import sys

import yaml

NUMBERS = 60
WATCH = """
import asyncio, atexit, json, os, sys

waits, wait = [], asyncio.wait


def watched(tasks, **options):
    waits.append(len(tasks))
    return wait(tasks, **options)


asyncio.wait = watched
if "pulumi-language-python-exec" in " ".join(sys.orig_argv):
    atexit.register(lambda: open(os.environ["WAITS"], "w").write(json.dumps(waits)))
"""


def test_the_program_waits_for_its_outputs_by_their_number_and_not_by_its_square(new_stack, tmp_path):
    stack = new_stack("local")
    file = stack.folder / "Pulumi.local.yaml"
    config = yaml.safe_load(file.read_text(encoding="utf-8"))
    found = {f"more{n}": {"search": {"country": "US", "type": "local"}} for n in range(NUMBERS)}
    config["config"]["twilio:numbers"] |= found
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    (tmp_path / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    stack.environment |= {"PYTHONPATH": str(tmp_path), "WAITS": str(tmp_path / "waits.json")}
    stack.preview()
    waits = json.loads((tmp_path / "waits.json").read_text(encoding="utf-8"))
    outputs = max(waits)
    assert sum(waits) <= 20 * NUMBERS + outputs, f"{len(waits)} waits"


KEY = """
import os
from twilio_environments.resources import ApiKey

place = {"store": {"vault": {"address": os.environ["VAULT_ADDR"]}}, "path": "acme/key", "owner": "acme/plain"}
names = {"sid_property": "api_key", "secret_property": "api_secret"}
ApiKey("web", friendly_name="web [acme/plain]", mark="[acme/plain]", delivery=place | names)
"""


def test_a_key_of_a_program_is_rotated_by_the_command(new_stack):
    stack = new_stack("plain", "vault")
    (stack.folder / "__main__.py").write_text(KEY)
    stack.up()
    before = stack.documents.read("acme/key")
    command = [sys.executable, "-m", "twilio_environments.cli", "rotate", "--stack", stack.name, "--yes"]
    done = subprocess.run(
        command, cwd=stack.folder, env=stack.environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    after = stack.documents.read("acme/key")
    assert {name for name in after if after[name] != before[name]} == {"api_key", "api_secret"}
    assert {row["sid"] for row in stack.rows("keys")} == {before["api_key"], after["api_key"]}, "the overlap has begun"


TENANT = """
from twilio_environments.resources import PhoneNumber, Subaccount

account = Subaccount("tenant", mark="[acme/plain]"REASON)
PhoneNumber("support", search={"country": "US"}, account_sid=account.id, adopt=TrueREASON)
"""
REASON = "the tenant has left"


def test_what_cannot_be_had_back_outlives_a_destroy_until_a_reason_is_recorded(new_stack):
    stack = new_stack("plain")
    program = stack.folder / "__main__.py"
    program.write_text(TENANT.replace("REASON", ""))
    stack.up()
    assert "protected" in stack.destroy("--skip-preview", fails=True).output
    stack.pulumi("state", "unprotect", "--all", "--yes")
    refused = stack.destroy("--skip-preview", fails=True).output
    assert "is recorded as protected" in refused
    assert "in a program of your own by allowed" in refused
    assert len(stack.rows("incoming_phone_numbers")) == 1
    stack.expect_no_changes()
    program.write_text(TENANT.replace("REASON", f', allowed="{REASON}"'))
    stack.up()
    stack.expect_no_changes()
    stack.destroy("--skip-preview")
    assert [row["status"] for row in stack.twilio.state.table("accounts").rows()].count("closed") == 1
