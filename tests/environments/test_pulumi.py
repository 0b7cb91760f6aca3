"""An ephemeral environment by the real Pulumi CLI: made from another one's file, brought up, and swept."""

import json
import shutil

from tests.adoption.test_pulumi import twilio_env
from tests.stacks.conftest import new_stack, twilio  # noqa: F401 - fixtures
from tests.stacks.stack import Stack
from twilio_environments.cli import answers

BASE = """\
config:
  twilio:subaccount: {friendly_name: Acme base}
  twilio:numbers:
    support: {phone_number: "+12125550142", voice_url: https://base.acme.example.com/voice}
  twilio:messaging_services:
    alerts: {discard_inbound: true, senders: {numbers: [support]}}
"""


def test_an_environment_for_a_pull_request_comes_up_and_is_swept_when_its_time_is_up(new_stack):  # noqa: F811
    stack: Stack = new_stack("pr-1")
    (stack.folder / "Pulumi.base.yaml").write_text(BASE)
    made = twilio_env(stack, "new", "pr-1", "--from", "base", "--ttl", "0s", "--json")
    assert (made.returncode, made.stderr) == (0, "")
    told = answers.New.model_validate_json(made.stdout)
    assert told.file == "Pulumi.pr-1.yaml"
    assert all(one.what in (stack.folder / told.file).read_text() for one in told.decisions)
    stack.up()
    account = next(row for row in stack.rows("accounts") if row["sid"] != stack.twilio.account_sid)
    assert account["friendly_name"] == "Acme pr-1 [twilio-environments/pr-1]"
    assert {row["account_sid"] for row in stack.rows("incoming_phone_numbers")} == {account["sid"]}
    (stack.folder / "Pulumi.pr-1.yaml").unlink()  # the pull request is closed, and its branch is gone
    stack.twilio.journal.clear()

    coming = twilio_env(stack, "sweep", "--dry-run", "--json")
    [candidate] = answers.Sweep.model_validate_json(coming.stdout).stacks
    assert (coming.returncode, coming.stderr) == (0, "")
    assert (candidate.stack, candidate.due, candidate.doubtful, candidate.removed) == ("pr-1", True, False, False)
    assert (candidate.account_sid, candidate.objects) == (account["sid"], 4), "with number, service and pool"
    assert stack.twilio.count("POST") == stack.twilio.count("DELETE") == 0

    asked = twilio_env(stack, "sweep")

    assert asked.returncode == 1, "nobody said yes"
    assert asked.stdout.startswith("pr-1 expired at 20"), asked.stdout
    assert stack.twilio.count("POST") == stack.twilio.count("DELETE") == 0

    for name in ("pr-0", "pr-2"):  # one whose state is cut off, and one whose file somebody broke
        stack.pulumi("stack", "init", name)
    (torn,) = stack.home.glob("backend/.pulumi/stacks/*/pr-0.json")
    backup = torn.with_name(f"{torn.name}.bak")
    torn.write_text(torn.read_text()[:50])
    (stack.folder / "Pulumi.pr-2.yaml").write_text("config: [")

    looked = twilio_env(stack, "sweep", "--dry-run")
    assert looked.returncode == 1, "two could not be judged"
    assert "pr-1 expired at 20" in looked.stdout

    swept = twilio_env(stack, "sweep", "--yes")

    assert swept.returncode == 1, swept.stdout + swept.stderr
    assert swept.stderr == ""
    lines = {line.partition(" ")[0]: line for line in swept.stdout.splitlines()}
    assert "cannot be judged, and is left alone: pulumi stack failed: failed to load checkpoint" in lines["pr-0"]
    assert f"cp {backup} {torn} restores the previous state" in lines["pr-0"]
    assert "cannot be judged, and is left alone: Pulumi.pr-2.yaml is not YAML" in lines["pr-2"]
    shutil.copy(backup, torn)
    (stack.folder / "Pulumi.pr-2.yaml").unlink()
    assert [row["status"] for row in stack.twilio.state.table("accounts").rows(sid=account["sid"])] == ["closed"]
    assert [one["name"] for one in json.loads(stack.pulumi("stack", "ls", "--json").stdout)] == ["pr-0", "pr-2"]
    nothing = twilio_env(stack, "sweep", "--yes", "--json")
    assert (nothing.returncode, answers.Sweep.model_validate_json(nothing.stdout).stacks) == (0, [])
