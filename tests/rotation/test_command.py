"""`twilio-env rotate` and `rotate-auth-token`: what they run, what they say, and what they refuse.

Pulumi's state is given to them; the commands against the real CLI are among the canaries.
"""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.kinds.world import OWNER, World
from twilio_environments.cli import answers, pulumi
from twilio_environments.cli.main import app
from twilio_environments.problems import Problem
from twilio_environments.rest import sessions
from twilio_environments.secrets import schedule


class State:
    """The state of a stack, and the runs of Pulumi that were asked for."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.resources: list[dict[str, Any]] = []
        self.not_declared: set[str] = set()
        self.runs: list[tuple[list[str], dict[str, str]]] = []

    def add(self, kind, place, **outputs):
        outputs |= {"account_sid": self.world.account_sid, "document": self.world.reference()}
        type_ = f"pulumi-python:dynamic/twilio:{kind}"
        self.resources.append({"type": type_, "urn": f"urn::{place}", "id": place, "inputs": {}, "outputs": outputs})

    def output(self, arguments):
        """What Pulumi prints."""
        assert arguments[:2] == ["stack", "export"]
        return json.dumps({"deployment": {"resources": self.resources}})


@pytest.fixture
def state(world, monkeypatch, tmp_path) -> State:
    state = State(world)
    (tmp_path / "Pulumi.yaml").write_text("name: acme\n")
    (tmp_path / "Pulumi.prod.yaml").write_text("config: {}\n")
    monkeypatch.chdir(tmp_path)

    def run(arguments, *, environ, as_json=False):
        state.runs.append((list(arguments), dict(environ)))
        for one in state.resources:
            key = one["id"].removeprefix("keys.")
            if rotation := key not in state.not_declared and schedule.asked_for(key, environ):
                one["outputs"]["rotated"] = rotation
        return 0

    monkeypatch.setattr(pulumi, "output", state.output)
    monkeypatch.setattr(pulumi, "run", run)
    monkeypatch.setattr(sessions, "_config", {})
    monkeypatch.setattr(sessions, "_session", world.run())
    return state


def command(*arguments):
    """Return what is printed; raise what the command raises."""
    result = CliRunner().invoke(app, [*arguments, "--stack", "prod"])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def token_of(world):
    return world.row("accounts", world.account_sid)["auth_token"]


@pytest.mark.parametrize(("named", "rotated"), [([], ["api", "web"]), (["web"], ["web"])])
def test_what_is_named_is_rotated_and_all_keys_where_nothing_is(state, named, rotated):
    for kind, place in (("Subaccount", "subaccount"), ("ApiKey", "keys.api"), ("ApiKey", "keys.web")):
        state.add(kind, place)
    command("rotate", *named, "--yes")
    [(arguments, environ)] = state.runs
    targets = [argument for key in rotated for argument in ("--target", f"**keys.{key}")]
    assert arguments == ["up", "--stack", "prod", *targets, "--yes"]
    assert [bool(schedule.asked_for(key, environ)) for key in ("api", "web")] == ["api" in rotated, "web" in rotated]


def test_a_key_of_a_program_of_ones_own_is_found_by_its_resource(state):
    state.add("ApiKey", "web")
    command("rotate", "web", "--yes")
    [(arguments, _)] = state.runs
    assert arguments == ["up", "--stack", "prod", "--target", "urn::web", "--yes"]


def test_a_run_that_rotated_nothing_is_no_success(state):
    for place in ("keys.api", "keys.web"):
        state.add("ApiKey", place)
    state.not_declared = {"web"}
    with pytest.raises(Problem, match="succeeded, and did not rotate web"):
        command("rotate", "--yes")


def test_a_program_is_told_which_keys_were_rotated(state, monkeypatch):
    for place in ("keys.api", "keys.web"):
        state.add("ApiKey", place)
    done = pulumi.run

    def cut_off(arguments, *, environ, as_json):
        assert as_json, "what Pulumi prints is not the answer"
        state.not_declared = {"web"}
        done(arguments, environ=environ)
        return 255

    told = answers.Rotate.model_validate_json(command("rotate", "--yes", "--json"))
    assert [(one.name, one.sid_before, one.rotated) for one in told.keys] == [
        ("api", "keys.api", True),
        ("web", "keys.web", True),
    ]
    for one in state.resources:
        one["outputs"]["rotated"] = ""
    monkeypatch.setattr(pulumi, "run", cut_off)
    ended = CliRunner().invoke(app, ["rotate", "--yes", "--json", "--stack", "prod"])
    told = answers.Rotate.model_validate_json(ended.stdout)
    assert ended.exit_code == 255
    assert {one.name: one.rotated for one in told.keys} == {"api": True, "web": False}


def test_what_cannot_be_rotated_is_said_and_nothing_is_run(state):
    with pytest.raises(Problem, match="stack prod has no keys"):
        command("rotate", "api")
    state.add("ApiKey", "keys.api")
    with pytest.raises(Problem, match=r"'apj' is not a declared key; .*api.* \(stack prod\)"):
        command("rotate", "apj")
    assert state.runs == []


def test_the_auth_token_is_rotated_in_two_commands_that_say_what_comes_next(state):
    world = state.world
    state.add("SecretDocument", "secrets", auth_token_property="auth_token")
    world.store.write(world.path, OWNER, {"auth_token": token_of(world)})
    said = command("rotate-auth-token")
    assert "Make every webhook receiver read the store again and accept" in said
    assert "twilio-env rotate-auth-token --stack prod --promote" in said
    both = dict(world.store.read(world.path).properties)
    assert both["auth_token"] == token_of(world)
    said += command("rotate-auth-token", "--abort")
    assert dict(world.store.read(world.path).properties) == {"auth_token": token_of(world)}
    said += command("rotate-auth-token")
    both |= world.store.read(world.path).properties
    said += command("rotate-auth-token", "--promote")
    assert dict(world.store.read(world.path).properties) == {"auth_token": both["auth_token_secondary"]}
    assert "Receivers can drop the old one" in said
    assert not [token for token in both.values() if token in said]


def test_a_token_that_is_not_delivered_is_not_rotated(state):
    state.add("SecretDocument", "secrets")
    with pytest.raises(Problem, match="does not deliver an Auth Token"):
        command("rotate-auth-token")
    with pytest.raises(Problem, match="exclude each other"):
        command("rotate-auth-token", "--promote", "--abort")


# -- give-up-store -----------------------------------------------------------------------------------------------------

ADDRESS = "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("options", "ran"),
    [
        (["--yes"], ["up", "--refresh", "--stack", "prod", "--yes"]),
        (["--destroy"], ["destroy", "--stack", "prod"]),
    ],
)
def test_a_store_is_given_up_for_one_run_of_pulumi(state, options, ran):
    state.add("ApiKey", "keys.api")
    command("give-up-store", f"{ADDRESS}/", *options)
    assert state.runs == [(ran, {"TWILIO_ENVIRONMENTS_GIVEN_UP_STORES": ADDRESS})]


@pytest.mark.parametrize("store", ["http://127.0.0.1:2", "aws eu-west-1", ""])
def test_a_store_that_the_stack_has_nothing_in_is_not_given_up(state, store):
    state.add("ApiKey", "keys.api")
    with pytest.raises(Problem, match=f"It delivered to {ADDRESS}. Nothing was changed"):
        command("give-up-store", store)
    assert state.runs == []
