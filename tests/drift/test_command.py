"""`twilio-env drift` beside the real Pulumi CLI: both name the same fields, and what the review says to type works."""

import json
import shlex
import subprocess
import sys

import pytest

from tests.servers import ROOT
from tests.stacks.changes import changes
from tests.stacks.conftest import moto_url, new_stack, twilio, vault_documents, vault_server_  # noqa: F401 - fixtures
from tests.stacks.meddling import CHANGED, Scene
from tests.stacks.stack import Stack
from twilio_environments.drift.model import ABSENT

TWILIOS_OWN = {"revision"}
"""What a refresh shows beside the declared fields; the review says it in words."""


def drift(stack: Stack, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "twilio_environments.cli", "drift", "--stack", stack.name, *arguments]
    return subprocess.run(
        command, cwd=stack.folder, env=stack.environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def staging(new_stack) -> Stack:  # noqa: F811 - pytest's way of naming fixtures
    stack: Stack = new_stack("staging")
    stack.up()
    return stack


@pytest.mark.timeout(900)  # a dozen runs of the CLI, on a machine that may be busy
def test_review_and_refresh_name_the_same_fields_and_what_the_review_says_settles_it(staging):
    clean = drift(staging)
    assert (clean.returncode, clean.stderr) == (0, "")
    assert " 0 of " in clean.stdout
    assert "note:" not in clean.stdout, "what is declared and the same is declared all the same"
    scene = Scene(staging)
    for one in CHANGED:
        one.act(scene)
    staging.twilio.journal.clear()

    found = drift(staging, "--format", "json", "--fail-on", "security")

    assert found.returncode == 2
    writes = [call for call in staging.twilio.calls if call.method != "GET" and not call.path.endswith("/Validate")]
    assert not writes
    review = json.loads(found.stdout)
    named: dict[str, set[str]] = {}
    for row in review["rows"]:
        if row["kind"] not in {"draft", "layout"}:  # beside what runs, so no drift to Pulumi
            named.setdefault(row["place"], set()).update(field["name"] for field in row["fields"])
    refreshed = {
        place: fields - TWILIOS_OWN
        for place, fields in changes(staging.pulumi("refresh", "--preview-only", "--diff").stdout).items()
        if isinstance(fields, set)
    }
    assert named == refreshed
    for one in CHANGED:
        staging.edit(one.review)
    previewed = staging.pulumi("preview", "--refresh", "--diff").stdout
    differ = {place: fields - {"reviewed"} for place, fields in changes(previewed).items() if isinstance(fields, set)}
    differ = {place: fields for place, fields in differ.items() if fields}  # by `reviewed` the preview is let through
    assert named == differ | {"keys.ci": {"secret_status"}}
    assert "::keys.ci]" in previewed, "what only the state has is no input, so a preview names the object without it"
    fields = [(row["place"], one) for row in review["rows"] for one in row["fields"]]
    unknown = [(place, one["name"]) for place, one in fields if one["desired"] == ABSENT]
    assert not unknown, "what the program declares is read, although nothing of it changed"
    assert {row["key"] for row in review["rows"] if row["kind"] == "draft"} == {"draft:studio_flows.autoreply"}

    place = "messaging_services.marketing"
    text = (staging.folder / "Pulumi.staging.yaml").read_text()
    assert drift(staging, "--accept", place, "--yes").returncode == 0
    changed = (staging.folder / "Pulumi.staging.yaml").read_text()
    assert [line for line in text.splitlines() if line not in changed.splitlines()] == ["      sticky_sender: false"]
    assert "      mms_converter: false" in changed.splitlines()

    reverted = next(row for row in review["rows"] if row["place"] == "numbers.office")
    program, *arguments = shlex.split(reverted["remedy"]["revert"]["command"])
    assert program == "pulumi"
    staging.pulumi(*arguments, "--target", f"**::{place}", "--yes", "--skip-preview")
    staging.edit(lambda config: config["numbers"]["office"].update(voice_url="not a url"))
    left = json.loads(drift(staging, "--format", "json").stdout)["rows"]
    settled = {"numbers.office", place}
    assert {row["place"] for row in left} == {row["place"] for row in review["rows"]} - settled | {"settings"}
    (unchecked,) = (row for row in left if row["kind"] == "unchecked")
    assert "numbers.office.voice_url" in unchecked["text"], "a program with a mistake hides nothing of what is recorded"


def test_without_a_stack_file_it_says_what_to_do():
    found = subprocess.run(
        [sys.executable, "-m", "twilio_environments.cli", "drift", "--stack", "nowhere"],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert found.returncode == 1
    assert (
        found.stderr == "Pulumi.nowhere.yaml cannot be read. Run this in the project's folder, with the stack's name.\n"
    )
