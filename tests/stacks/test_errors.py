"""Every mistake is one clear message with a remedy, and nothing is changed."""

import re

import pytest

from tests.servers import moto_server
from tests.stacks.documents import AwsDocuments
from tests.stacks.errors import WRONG, Wrong, minimal
from tests.stacks.stack import Stack
from twilio_environments.emulator import Emulator


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One stack for all mistakes, since none of them may leave anything behind."""
    with Emulator() as twilio, moto_server() as url:
        yield Stack.of_project("wrong", tmp_path_factory.mktemp("wrong"), twilio, AwsDocuments(url, "us-east-1"))


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


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.reason)
def test_a_mistake_is_one_message_and_changes_nothing(stack, wrong: Wrong):
    stack.edit(wrong.settings)
    wrong.prepare(stack)
    for name, value in wrong.environment.items():
        stack.environment[name] = value
        if not value:
            del stack.environment[name]
    kept = stack.documents.paths()
    stack.twilio.journal.clear()

    run = stack.preview(fails=True)

    said = run.errors
    assert len(said) == 1, said
    assert [part for part in wrong.says if part not in said[0]] == [], said[0]
    assert re.search(r"[.)}\w/]$", said[0]), "the message ends in the middle"
    assert "Traceback" not in run.output
    assert "Error:" not in said[0], "the name of an exception"
    writes = [call for call in stack.twilio.calls if call.method != "GET" and call.pattern != "/v2/Flows/Validate"]
    assert writes == []
    assert stack.documents.paths() == kept
    if token := wrong.environment.get("TWILIO_AUTH_TOKEN"):
        assert token not in run.output


def test_all_mistakes_are_named_at_once(stack):
    stack.edit(lambda config: config.update(mesaging_services={}, region=7))
    stack.edit(lambda config: config["numbers"]["support"].update(phone_number="1", voice_url="http://example.com/"))
    said = stack.preview(fails=True).errors
    assert len(said) == 1
    for place in ("mesaging_services", "region", "numbers.support.phone_number", "numbers.support.voice_url"):
        assert f"twilio:{place}: " in said[0]
    assert "has 4 mistakes" in said[0]


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
    stack.destroy()
