"""What the program takes of its process, counted in it: no seconds."""

import json
import subprocess
import sys

import yaml

from tests.docs.pages import codes

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


def twilio_env(stack, command, *options):
    return subprocess.run(
        [sys.executable, "-m", "twilio_environments.cli", command, "--stack", stack.name, *options],
        cwd=stack.folder,
        env=stack.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_key_of_a_program_is_rotated_by_the_command(new_stack):
    stack = new_stack("plain", "vault")
    (stack.folder / "__main__.py").write_text(KEY)
    stack.up()
    before = stack.documents.read("acme/key")
    review = twilio_env(stack, "drift")
    assert (review.returncode, review.stderr) == (0, ""), review.stdout + review.stderr
    checked = twilio_env(stack, "doctor")
    assert "warn  stack file" in checked.stdout
    assert "That is right where the program declares its resources itself" in checked.stdout
    done = twilio_env(stack, "rotate", "--yes")
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


def test_the_tenants_of_the_page_have_an_account_each(new_stack):
    (page,) = [one.text for one in codes() if one.language == "python" and "TENANTS" in one.text]
    stack = new_stack("plain")
    program = stack.folder / "__main__.py"
    program.write_text(page)
    stack.up()
    stack.expect_no_changes()
    accounts = {row["friendly_name"]: row["sid"] for row in stack.twilio.state.table("accounts").rows()}
    numbers = {row["account_sid"]: row["phone_number"] for row in stack.rows("incoming_phone_numbers")}
    for tenant, area_code in (("bluth", "415"), ("dunder", "212")):
        sid = accounts[f"{tenant} [twilio-environments/plain]"]
        assert numbers[sid].startswith(f"+1{area_code}")
        assert [row["friendly_name"] for row in stack.rows("messaging_services") if row["account_sid"] == sid] == [
            f"{tenant}-messages"
        ]
    program.write_text(page.replace(', "dunder": 212', ""))
    assert "protected" in stack.preview(fails=True).output
    program.write_text(page.replace("Subaccount(tenant,", "Subaccount(tenant, pulumi.ResourceOptions(import_='AC'),"))
    assert "bluth: import_ does nothing in dynamic providers: pass adopt=True" in stack.preview(fails=True).output
