"""Every mistake is one clear message with a remedy, and nothing is changed."""

import re
import shutil

import pytest

from tests.stacks.errors import WRONG, Wrong, minimal
from tests.stacks.stack import Stack


@pytest.fixture(scope="module")
def shared(new_shared_stack) -> Stack:
    """One stack for all mistakes, since none of them may leave anything behind."""
    stack: Stack = new_shared_stack("wrong", "aws", "us-east-1")
    return stack


@pytest.fixture
def stack(shared):
    variables, file = dict(shared.environment), shared.folder / "Pulumi.wrong.yaml"
    before = file.read_text(encoding="utf-8")
    shared.edit(lambda config: config.update(minimal()))
    shared.twilio.journal.clear()
    yield shared
    shared.environment = variables
    file.write_text(before, encoding="utf-8")
    shared.documents.delete("taken/by-others")
    shutil.rmtree(shared.home / ".twilio-cli", ignore_errors=True)


@pytest.mark.parametrize("wrong", [one for one in WRONG if one.alone], ids=lambda wrong: wrong.reason)
def test_a_mistake_is_one_message_and_changes_nothing(stack, wrong: Wrong):
    said = refused(stack, wrong)
    assert [part for part in wrong.says if part not in said] == [], said


def test_all_mistakes_of_a_stack_file_are_named_at_once_each_in_its_line(stack):
    wrongs = [one for one in WRONG if not one.alone]
    said = refused(stack, *wrongs)
    assert f"has {len(wrongs)} mistakes" in said
    for wrong in wrongs:
        lines = [line for line in said.splitlines() if all(part in line for part in wrong.says)]
        assert len(lines) == 1, f"{wrong.reason}: {wrong.says}\n{said}"


def refused(stack: Stack, *wrongs: Wrong) -> str:
    """Make what is wrong so, and return the one message that a preview answers with."""
    for wrong in wrongs:
        stack.edit(wrong.settings)
        wrong.prepare(stack)
        for name, value in wrong.environment.items():
            stack.environment[name] = value
            if not value:
                del stack.environment[name]
    assert stack.documents
    kept = stack.documents.paths()
    stack.twilio.journal.clear()

    run = stack.preview(fails=True)

    said = run.errors
    assert len(said) == 1, said
    assert re.search(r"[.)}\w/]$", said[0]), "the message ends in the middle"
    assert "Traceback" not in run.output
    assert "Error:" not in said[0], "the name of an exception"
    writes = [call for call in stack.twilio.calls if call.method != "GET" and call.pattern != "/v2/Flows/Validate"]
    assert writes == []
    assert stack.documents.paths() == kept
    tokens = [wrong.environment.get("TWILIO_AUTH_TOKEN") for wrong in wrongs]
    assert [token for token in tokens if token and token in run.output] == []
    return said[0]


def test_unusual_names_that_are_fine_work_from_end_to_end(stack):
    name = "Überraschung 🎉 ナンバー " + "é" * 20
    longest = "n" * 64
    stack.edit(
        lambda config: config.update(
            subaccount={"friendly_name": "Äcmé ☎"},
            numbers={"a" * 40: {"phone_number": "+12125550101", "friendly_name": name}},
            messaging_services={"alerts": {"friendly_name": longest, "discard_inbound": True}},
            values={"greeting": 'Grüß Gott — "quoted" \\ {{liquid}} €'},
            studio_flows={"wrong": {"file": "studio/unusual.json", "friendly_name": name}},
            allow={"release_numbers": "this test is over", "close_subaccount": "this test is over"},
        )
    )
    flow = (stack.folder / "studio" / "autoreply.json").read_text(encoding="utf-8")
    flow = re.sub(r"\$\{[^{}]*\}", "${values.greeting}", flow)
    (stack.folder / "studio" / "unusual.json").write_text(flow, encoding="utf-8")
    stack.up()
    stack.expect_no_changes()
    (number,) = stack.rows("incoming_phone_numbers")
    (service,) = stack.rows("messaging_services")
    assert (number["friendly_name"], service["friendly_name"]) == (name, longest)
    stack.destroy("--skip-preview")
