"""`twilio-env flows diff` and `pull`, against the emulator; what Pulumi would print of the state is given to it."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from tests.emulator.wire import Wire
from tests.files.full_disk import room_for
from twilio_environments.cli import pulumi
from twilio_environments.cli.main import app
from twilio_environments.emulator import Emulator
from twilio_environments.kinds import messaging_service, studio_flow
from twilio_environments.problems import Problem
from twilio_environments.rest import sessions
from twilio_environments.rest.credentials import Credentials
from twilio_environments.rest.endpoint import Endpoint
from twilio_environments.rest.session import Session
from twilio_environments.studio import flow_template

STACK_FILE = {
    "config": {
        "twilio:subaccount": {"friendly_name": "Acme"},
        "twilio:values": {"greeting": "Hi"},
        "twilio:messaging_services": {
            name: {"inbound_request_url": "https://a.example.com/"} for name in ("alerts", "news")
        },
        "twilio:studio_flows": {"ivr": {"file": "studio/ivr.json"}, "night": {"file": "studio/night.json"}},
    }
}
FLOW = """\
{
  "description": "A greeting",
  "states": [
    {
      "name": "Trigger",
      "type": "trigger",
      "transitions": [{"event": "incomingCall", "next": "hello"}, {"event": "incomingMessage"}],
      "properties": {"offset": {"x": 0, "y": 0}}
    },
    {
      "name": "hello",
      "type": "say-play",
      "transitions": [{"event": "audioComplete", "next": "text"}],
      "properties": {"offset": {"x": 0, "y": 200}, "say": "${values.greeting}, this is ${environment.name}.", "loop": 1}
    },
    {
      "name": "text",
      "type": "send-message",
      "transitions": [{"event": "sent"}, {"event": "failed"}],
      "properties": {
        "offset": {"x": 0, "y": 400},
        "service": "${messaging_services.alerts.sid}",
        "to": "{{contact.channel.address}}",
        "from": "{{flow.channel.address}}",
        "body": "Hi"
      }
    }
  ],
  "initial_state": "Trigger",
  "flags": {"allow_concurrent_calls": true}
}
"""
TYPES = {"messaging_services": "MessagingService", "studio_flows": "StudioFlow"}


@dataclass
class Desk:
    """A project's folder, and an account in which its two flows have been made."""

    root: Path
    wire: Wire
    session: Session
    account_sid: str
    resources: list[dict[str, Any]] = field(default_factory=list)

    def made(self, kind: Any, name: str, **inputs: Any) -> str:
        inputs |= {"account_sid": self.account_sid, "friendly_name": name}
        live = kind.create(self.session, inputs).live
        urn = f"urn:pulumi:staging::acme::pulumi-python:dynamic/twilio:{TYPES[kind.section]}::{kind.section}.{name}"
        outputs = inputs | dict(live.values) | dict(live.facts)
        type_ = f"pulumi-python:dynamic/twilio:{TYPES[kind.section]}"
        self.resources.append({"urn": urn, "type": type_, "id": live.id, "inputs": inputs, "outputs": outputs})
        return str(live.id)

    def sid(self, name: str) -> Any:
        return next(one["id"] for one in self.resources if one["urn"].endswith(f".{name}"))

    def live(self, name: str = "ivr") -> Any:
        return self.wire.get(f"https://studio.twilio.com/v2/Flows/{self.sid(name)}").json()["definition"]

    def edit(self, change, status: str = "published", name: str = "ivr") -> None:
        """Edit a flow as a designer does in the Console."""
        definition = self.live(name)
        change({state["name"]: state for state in definition["states"]}, definition)
        url = f"https://studio.twilio.com/v2/Flows/{self.sid(name)}"
        assert self.wire.post(url, Status=status, Definition=json.dumps(definition)).ok

    def run(self, *arguments: str, answer: str = "") -> tuple[int, str]:
        done = CliRunner().invoke(app, ["flows", *arguments, "--stack", "staging"], input=answer)
        if isinstance(done.exception, Problem):
            raise done.exception
        assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
        return done.exit_code, done.output

    def text(self, name: str = "ivr") -> Any:
        return (self.root / f"studio/{name}.json").read_bytes().decode()


@pytest.fixture
def desk(tmp_path, monkeypatch):
    (tmp_path / "studio").mkdir()
    (tmp_path / "Pulumi.yaml").write_text("name: acme\n")
    (tmp_path / "Pulumi.staging.yaml").write_text(yaml.safe_dump(STACK_FILE))
    for name in ("ivr", "night"):
        (tmp_path / f"studio/{name}.json").write_text(FLOW)
    monkeypatch.chdir(tmp_path)
    with Emulator() as twilio:
        account = Wire(twilio).subaccount()
        credentials = Credentials(
            account_sid=twilio.account_sid, username=twilio.account_sid, password=twilio.auth_token
        )
        session = Session(credentials, Endpoint(url=twilio.endpoint))
        one = Desk(tmp_path, account.wire, session, account.sid)
        for name in ("alerts", "news"):
            one.made(messaging_service.KIND, name, inbound_request_url="https://a.example.com/")
        values = {
            "values.greeting": "Hi",
            "environment.name": "staging",
            "messaging_services.alerts.sid": one.sid("alerts"),
        }
        for name in ("ivr", "night"):
            one.made(studio_flow.KIND, name, definition=FLOW, placeholders=values)
        monkeypatch.setattr(pulumi, "output", lambda _: json.dumps({"deployment": {"resources": one.resources}}))
        monkeypatch.setattr(sessions, "configure", lambda *_, **__: None)
        sessions.use(session)
        yield one
        sessions.use(None)


def test_without_an_edit_there_is_no_difference_and_pulling_changes_no_byte(desk):
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in (desk.root / "studio").iterdir()}
    assert desk.run("diff")[0] == 0
    code, output = desk.run("pull", "--yes")
    assert code == 0
    assert output.count("now matches the published flow") == 2
    assert {
        path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in (desk.root / "studio").iterdir()
    } == before


def test_an_edit_in_the_console_is_said_by_widget(desk):
    def change(widgets, definition):
        widgets["hello"]["properties"]["say"] = "Good evening, this is staging."
        widgets["hello"]["transitions"][0].pop("next")
        definition["states"] = [state for state in definition["states"] if state["name"] != "text"]

    desk.edit(change)
    code, output = desk.run("diff", "ivr")
    assert code == 2
    assert "~ hello (say-play) changed" in output
    assert "- Hi, this is staging." in output
    assert "+ Good evening, this is staging." in output
    assert "- text (send-message) removed" in output


def test_a_pulled_edit_is_a_small_difference_with_placeholders_and_the_next_environment_can_use_it(desk):
    def change(widgets, _):
        widgets["hello"]["properties"]["say"] = "Hi! This is staging."
        widgets["text"]["properties"]["service"] = desk.sid("news")
        widgets["text"]["properties"]["offset"] = {"x": 10, "y": 400}

    desk.edit(change)
    code, output = desk.run("pull", "ivr", "--yes")
    assert code == 0
    assert desk.text() == FLOW.replace("${values.greeting}, this", "${values.greeting}! This").replace(
        "messaging_services.alerts", "messaging_services.news"
    ).replace('"x": 0, "y": 400', '"x": 10, "y": 400')
    assert "pulumi up --refresh --stack staging" in output
    assert desk.text("night") == FLOW
    other = {"values.greeting": "Hallo", "environment.name": "prod", "messaging_services.news.sid": "MG"}
    assert (
        flow_template.render(json.loads(desk.text()), other)["states"][1]["properties"]["say"] == "Hallo! This is prod."
    )
    assert desk.run("diff", "ivr")[0] == 0


def test_pulling_asks_first_and_no_changes_nothing(desk):
    desk.edit(lambda widgets, _: widgets["text"]["properties"].update(body="Bye"))
    with pytest.raises(Problem, match="Nothing was changed"):
        desk.run("pull", answer="n\n")
    assert desk.text() == FLOW
    code, output = desk.run("pull", answer="y\n")
    assert code == 0
    assert '-        "body": "Hi"\n+        "body": "Bye"\n' in output
    assert desk.text() == FLOW.replace('"body": "Hi"', '"body": "Bye"')


def test_on_a_full_disk_no_flow_file_is_changed(desk):
    def say(text):
        return lambda widgets, _: widgets["hello"]["properties"].update(say=text)

    desk.edit(say("Hi! This is staging."))
    desk.edit(say("Good evening. " * 50), name="night")
    with room_for(len(FLOW) + 100), pytest.raises(Problem, match=r"night\.json cannot be written: File too large"):
        desk.run("pull", "--yes")
    assert desk.text() == desk.text("night") == FLOW
    assert sorted(path.name for path in (desk.root / "studio").iterdir()) == ["ivr.json", "night.json"]


def test_moved_widgets_are_said_and_are_no_difference(desk):
    desk.edit(lambda widgets, _: widgets["text"]["properties"].update(offset={"x": 10, "y": 400}))
    code, output = desk.run("diff")
    assert code == 0
    assert "1 widgets were moved" in output


def test_a_draft_is_left_alone_and_said(desk):
    desk.edit(lambda widgets, _: widgets["text"]["properties"].update(body="Bye"), status="draft")
    code, output = desk.run("diff", "ivr")
    assert (code, "it has a newer draft" in output) == (0, True)
    desk.run("pull", "--yes")
    assert desk.text() == FLOW


def test_a_hostile_text_is_shown_and_comes_back_as_itself(desk):
    hostile = "\x1b[2J\u202e ${values.greeting} ${{a}} \n"
    desk.edit(lambda widgets, _: widgets["text"]["properties"].update(body=hostile))
    _, said = desk.run("diff", "ivr")
    _, pulled = desk.run("pull", "ivr", "--yes")
    assert all(character.isprintable() or character == "\n" for character in said + pulled)
    values = {
        "values.greeting": "Hi",
        "environment.name": "staging",
        "messaging_services.alerts.sid": desk.sid("alerts"),
    }
    assert flow_template.render(json.loads(desk.text()), values) == desk.live()


def test_two_flows_of_one_file_that_run_differently_are_not_pulled_together(desk):
    config = json.loads(json.dumps(STACK_FILE))
    config["config"]["twilio:studio_flows"]["night"]["file"] = "studio/ivr.json"
    (desk.root / "Pulumi.staging.yaml").write_text(yaml.safe_dump(config))
    desk.edit(lambda widgets, _: widgets["text"]["properties"].update(body="Bye"))
    with pytest.raises(Problem, match="file of both ivr and night"):
        desk.run("pull", "--yes")
    assert desk.run("pull", "ivr", "--yes")[0] == 0
    assert '"Bye"' in desk.text()


def _gone(desk):
    desk.wire.delete(f"https://studio.twilio.com/v2/Flows/{desk.sid('ivr')}")


def _unmade(desk):
    desk.resources[:] = [one for one in desk.resources if not one["urn"].endswith(".ivr")]


def _unmade_service(desk):
    desk.resources[:] = [one for one in desk.resources if not one["urn"].endswith(".alerts")]


@pytest.mark.parametrize(
    ("name", "happened", "what"),
    [
        ("ivrr", lambda _: None, "did you mean ivr"),
        ("ivr", _gone, "no longer exists at Twilio"),
        ("ivr", _unmade, "not created yet"),
        ("ivr", _unmade_service, r"\$\{messaging_services.alerts.sid\} has no value yet"),
        ("ivr", lambda desk: (desk.root / "Pulumi.yaml").unlink(), "Pulumi.yaml cannot be read"),
    ],
)
def test_what_cannot_be_compared_is_one_sentence(desk, name, happened, what):
    happened(desk)
    with pytest.raises(Problem, match=what):
        desk.run("diff", name)
