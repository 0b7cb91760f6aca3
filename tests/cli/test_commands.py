"""The command line as people and programs expect one: help, version, completion, exit codes, any locale and width."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from tests.docs.pages import codes
from tests.servers import ROOT
from twilio_environments.cli import answers, main
from twilio_environments.cli.commands import COMMANDS, EXITS
from twilio_environments.cli.main import app
from twilio_environments.lifecycle.mistakes import Mistake
from twilio_environments.rest.errors import TwilioError
from twilio_environments.settings import SettingsProblem


def leaves(command: Any, *names: str) -> Iterator[tuple[str, Any]]:
    """Every command that can be typed, by its whole name."""
    if not hasattr(command, "commands"):
        yield " ".join(names), command
    for name, below in getattr(command, "commands", {}).items():
        yield from leaves(below, *names, name)


TYPED = dict(leaves(typer.main.get_command(app)))


def typed(*arguments, folder=ROOT, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "TWILIO_"))}
    return subprocess.run(
        [sys.executable, "-m", "twilio_environments.cli", *arguments],
        cwd=folder,
        env=kept | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_every_command_says_how_far_it_goes():
    assert COMMANDS.keys() == TYPED.keys()
    for name, command in COMMANDS.items():
        options = {option for parameter in TYPED[name].params for option in parameter.opts}
        assert command.options.keys() <= options, name


@pytest.mark.parametrize("name", TYPED)
def test_the_exit_codes_in_the_help_are_those_of_the_table(name):
    said = re.search(r"Exit code (.*)", " ".join((TYPED[name].help or "").split()))
    table = COMMANDS[name].exits
    codes_said = {int(code) for code in re.findall(r"(?:^|; )(\d): ", said[1] if said else "")}
    assert codes_said - {0} == table.keys() - {0}
    assert table.keys() <= EXITS.keys()


@pytest.mark.parametrize("name", TYPED)
def test_bad_usage_is_2_in_words_and_in_json(name, tmp_path, monkeypatch, capsys):
    for json_too in ([], ["--json"]):
        code, said = run(monkeypatch, capsys, *name.split(), "--no-such-option", *json_too)
        assert code == 2
        if json_too:
            assert said.err == ""
            assert answers.Failure.model_validate_json(said.out).error.what
        else:
            assert "No such option" in said.err


def run(monkeypatch, capsys, *arguments):
    monkeypatch.setattr("sys.argv", ["twilio-env", *arguments])
    with pytest.raises(SystemExit) as ended:
        main.main()
    return ended.value.code or 0, capsys.readouterr()


ARGUMENTS = {
    "adopt": ["--account", "AC0", "--stack", "prod"],
    "explain": ["30033"],
    "give-up-store": ["https://vault.acme.example.com", "--stack", "prod"],
    "init": [],
    "new": ["pr-1", "--from", "prod"],
    "rename": ["keys.a", "b", "--stack", "prod"],
    "sweep": ["--yes"],
    "rotate": ["--stack", "prod", "--yes"],
}
NEVER_FAIL = {"emulator", "schema"}


@pytest.mark.parametrize("name", sorted(TYPED.keys() - NEVER_FAIL))
def test_what_fails_is_1_with_a_remedy_and_with_json_too(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)  # where no project is
    monkeypatch.setenv("PATH", "")
    arguments = ARGUMENTS.get(name, ["--stack", "prod"])
    code, said = run(monkeypatch, capsys, *name.split(), *arguments)
    assert (code, said.out) == (1, "")
    assert said.err.count("\n") == 1, "one sentence, and what to do"
    if "--json" not in {option for parameter in TYPED[name].params for option in parameter.opts}:
        return
    code, told = run(monkeypatch, capsys, *name.split(), *arguments, "--json")
    error = answers.Failure.model_validate_json(told.out).error
    assert (code, told.err) == (1, "")
    assert f"{error.what} {error.remedy}" == said.err.strip()


def test_an_error_of_twilios_has_its_code_and_one_of_the_stack_file_its_places():
    refused = TwilioError("GET api /x", status=401, code=20003, request_id="RQ1")
    error = answers.Failure.of(refused).error
    assert (error.code, error.status, error.request_id, error.remedy) == (20003, 401, "RQ1", refused.remedy)
    mistaken = SettingsProblem("prod", [Mistake("numbers.support.voice_url", "must be a URL")])
    [place] = answers.Failure.of(mistaken).error.places
    assert (place.place, place.what) == ("numbers.support.voice_url", "must be a URL")


@pytest.mark.parametrize("name", ["rotate --stack prod", "sweep"])
def test_a_program_is_not_asked(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    code, said = run(monkeypatch, capsys, *name.split(), "--json")
    assert code == 1
    assert "--yes" in answers.Failure.model_validate_json(said.out).error.remedy


def test_without_a_command_there_is_help_and_nothing_failed():
    for group in ([], ["flows"]):
        bare, asked = typed(*group), typed(*group, "--help")
        assert (bare.returncode, bare.stdout, bare.stderr) == (0, asked.stdout, b"")


def test_the_version_is_the_packages():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    said = typed("--version")
    assert (said.returncode, said.stderr) == (0, b"")
    assert said.stdout.decode().strip().partition("+")[0] == version


COMPLETED = {
    "bash": ({"COMP_WORDS": "twilio-env swe", "COMP_CWORD": "1"}, b"sweep\n"),
    "zsh": ({"_TYPER_COMPLETE_ARGS": "twilio-env swe"}, b'"sweep":"Destroy '),
    "fish": ({"_TYPER_COMPLETE_ARGS": "twilio-env swe", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}, b"sweep\tDestroy "),
}


@pytest.mark.parametrize("shell", COMPLETED)
def test_each_shell_is_given_a_script_and_completions(shell):
    script = typed(_TWILIO_ENV_COMPLETE=f"source_{shell}")
    assert (script.returncode, script.stderr) == (0, b"")
    assert f"_TWILIO_ENV_COMPLETE=complete_{shell}".encode() in script.stdout
    words, expected = COMPLETED[shell]
    assert expected in typed(_TWILIO_ENV_COMPLETE=f"complete_{shell}", **words).stdout
    assert any(f"_TWILIO_ENV_COMPLETE=source_{shell} twilio-env" in code.text for code in codes())


def test_a_bash_completes_by_what_is_printed(tmp_path):
    command = tmp_path / "twilio-env"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m twilio_environments.cli "$@"\n')
    command.chmod(0o755)
    script = (
        'eval "$(_TWILIO_ENV_COMPLETE=source_bash twilio-env)"; COMP_WORDS=(twilio-env flo); COMP_CWORD=1;'
        ' _twilio_env_completion twilio-env; echo "${COMPREPLY[@]}"'
    )
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, timeout=60, check=True)
    assert done.stdout == b"flows\n"


@pytest.mark.parametrize(
    "environment", [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "cp1252"}]
)
def test_a_locale_without_the_characters_is_no_obstacle(environment, tmp_path):
    for arguments in (["adopt", "--help"], ["explain", "ünknown…"], ["drift", "--stack", "é☎"]):
        said = typed(*arguments, folder=tmp_path, **environment)
        assert said.returncode == (0 if "--help" in arguments else 1)
        assert b"Traceback" not in said.stderr
        assert said.stdout or said.stderr


@pytest.mark.parametrize("name", ["", *TYPED])
def test_help_fits_a_narrow_terminal_and_cuts_no_option_off(name, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "40")
    code, said = run(monkeypatch, capsys, *name.split(), "--help")
    assert code == 0
    command = TYPED.get(name, typer.main.get_command(app))
    for parameter in command.params:
        assert all(option in said.out for option in parameter.opts if option.startswith("-"))
    for one in COMMANDS if not name else ():
        assert one.partition(" ")[0] in said.out
