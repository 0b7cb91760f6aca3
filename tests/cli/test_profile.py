"""`--profile` on a command reaches the session, and the processes that the command starts."""

import os

import pytest
import typer
from typer.testing import CliRunner

from twilio_environments.cli.main import app
from twilio_environments.cli.profile import profiled

CALLING = [["doctor"], ["drift"], ["rotate"], ["rotate-auth-token"], ["flows", "diff"], ["flows", "pull"]]


@pytest.mark.parametrize("command", CALLING, ids=" ".join)
def test_every_command_that_calls_twilio_takes_it(command):
    shown = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "200"})
    assert "--profile" in shown.output


@pytest.mark.parametrize(("typed", "seen"), [(["--profile", "acme"], "acme"), (["-p", "acme"], "acme"), ([], "before")])
def test_it_is_the_variable_for_the_run(typed, seen, monkeypatch):
    monkeypatch.setenv("TWILIO_PROFILE", "before")
    found = []

    def command(stack: str = "") -> None:
        found.append((stack, os.environ["TWILIO_PROFILE"]))

    one = typer.Typer()
    one.command()(profiled(command))
    result = CliRunner().invoke(one, ["--stack", "prod", *typed])
    assert result.exit_code == 0, result.output
    assert found == [("prod", seen)]
