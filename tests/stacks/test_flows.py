"""The way of a designer's edit from the Console to the file, by the real CLI and a real state."""

import json
import os
import subprocess
import sys


def twilio_env(stack, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "twilio_environments.cli", *arguments],
        cwd=stack.folder,
        env=stack.environment | {"PYTHONPATH": os.fspath(stack.folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_an_edit_in_the_console_becomes_a_commit_and_no_update(new_stack):
    stack = new_stack("staging")
    stack.edit(lambda config: [config.pop(name) for name in ("keys", "secrets", "verify_services")])
    stack.up()
    file = stack.folder / "studio" / "ivr.json"
    before = file.read_bytes()
    pulled = twilio_env(stack, "flows", "pull", "--stack", "staging", "--yes")
    assert (pulled.returncode, file.read_bytes()) == (0, before), pulled.stdout + pulled.stderr
    wire = stack.account()
    url = f"https://studio.twilio.com/v2/Flows/{stack.resources()['studio_flows.ivr']['id']}"
    definition = wire.get(url).json()["definition"]
    definition["states"][-1]["properties"]["say"] = "See you."
    assert wire.post(url, Status="published", Definition=json.dumps(definition)).ok
    compared = twilio_env(stack, "flows", "diff", "--stack", "staging")
    assert compared.returncode == 2, compared.stdout + compared.stderr
    assert "+ See you." in compared.stdout
    file.write_bytes(before.replace(b'"Goodbye."', b'"Farewell."'))
    refused = stack.preview("--refresh", fails=True)
    assert "'ivr' was edited in the Console: it is at revision 2, and the last one from here is 1" in refused.errors[0]
    assert "reviewed: 2" in refused.errors[0]
    assert "guard rail reviewed_edits" in refused.errors[0]
    file.write_bytes(before)
    pulled = twilio_env(stack, "flows", "pull", "--stack", "staging", "ivr", "--yes")
    assert file.read_bytes() == before.replace(b'"Goodbye."', b'"See you."'), pulled.stdout + pulled.stderr
    stack.pulumi("up", "--refresh", "--yes", "--skip-preview")
    assert wire.get(url).json()["revision"] == 2, "nothing was sent: Twilio had it already"
    assert twilio_env(stack, "flows", "diff", "--stack", "staging").returncode == 0
