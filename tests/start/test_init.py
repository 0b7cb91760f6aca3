"""What `twilio-env init` writes, and what it refuses."""

import os
import secrets
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from tests.servers import ROOT
from tests.stacks.stack import pulumi_folder
from twilio_environments.cli import answers
from twilio_environments.cli.main import app
from twilio_environments.drift.review.ignore import rules
from twilio_environments.environments.init import TEMPLATE, Init, Wanted
from twilio_environments.problems import Problem
from twilio_environments.secrets.stores import BACKENDS
from twilio_environments.settings import load


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def init(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["init", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def written(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("store", BACKENDS)
def test_every_stack_file_is_valid_and_marks_what_is_to_decide(folder, store):
    sid = f"AC{secrets.token_hex(16)}"
    init("acme", "--store", store, "--environments", f"staging,prod,eu={sid}")
    accounts = {}
    for stack in ("local", "staging", "prod", "eu"):
        text = (folder / f"Pulumi.{stack}.yaml").read_text()
        settings = load(yaml.safe_load(text)["config"], project="acme", stack=stack, root=folder)
        accounts[stack] = settings.subaccount.sid
        assert stack == "local" or "decide:" in text
        assert settings.local == (stack == "local")
        assert bool(settings.production) == (stack == "prod")
        assert not settings.numbers or stack == "local"  # nothing is bought before somebody has decided it
        assert settings.secrets is None if stack == "local" else settings.secrets
    assert accounts == {"local": "", "staging": "", "prod": "", "eu": sid}
    assert rules((folder / "drift-ignore.yaml").read_text()) == []


def test_the_project_has_its_own_name_and_the_version_that_wrote_it(folder):
    init("acme", "--store", "vault")
    assert yaml.safe_load((folder / "Pulumi.yaml").read_text())["name"] == "acme"
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert (folder / "requirements.txt").read_text() == f"twilio-environments=={version}\n"
    assert not [name for name, text in written(folder).items() if "${PROJECT}" in text or "${DESCRIPTION}" in text]


def test_nothing_is_overwritten(folder):
    (folder / "README.md").write_text("ours\n")
    init("acme", "--store", "vault", "--environments", "staging")
    assert (folder / "README.md").read_text() == "ours\n"
    before = written(folder)
    with pytest.raises(Problem, match=r"Pulumi\.local\.yaml, .*Nothing was written"):
        init("other", "--store", "vault", "--environments", "qa")
    assert written(folder) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["twilio-environments", "--store", "aws"], "has to be your own"),
        (["acme twilio", "--store", "aws"], "not a valid project name"),
        (["acme", "--store", "drawer"], "no secret store 'drawer'"),
        (["acme"], "--store"),
        ([], "project's name"),
        (["acme", "--store", "aws", "--environments", "qa,qa"], "each of them once"),
        (["acme", "--store", "aws", "--environments", "qa=AC1"], "'qa=AC1' is not an environment"),
        (["acme", "--store", "aws", "--environments", "local"], "for the emulator"),
    ],
    ids=str,
)
def test_what_is_refused_writes_nothing(folder, arguments, said):
    with pytest.raises(Problem) as problem:
        init(*arguments)
    assert said in str(problem.value)
    assert written(folder) == {}


def test_the_answer_in_json_is_what_was_written(folder):
    (folder / ".gitignore").write_text(".venv/\n")
    answer = answers.Init.model_validate_json(init("acme", "--store", "vault", "--json"))
    assert {*answer.files, *answer.kept} == written(folder).keys()
    assert answer.kept == [".gitignore"]


def test_what_is_not_given_is_asked_for_on_a_terminal(folder):
    ours, its = os.openpty()
    os.write(ours, b"acme\nqa,prod\naws\n")
    command = [sys.executable, "-m", "twilio_environments.cli", "init"]
    said = subprocess.run(command, stdin=its, capture_output=True, text=True, check=True, timeout=60).stdout
    os.close(ours)
    os.close(its)
    assert "Project name" in said
    assert yaml.safe_load((folder / "Pulumi.yaml").read_text())["name"] == "acme"
    assert {path.name for path in folder.glob("Pulumi.*.yaml")} == {
        "Pulumi.local.yaml",
        "Pulumi.prod.yaml",
        "Pulumi.qa.yaml",
    }
    assert "aws: {}" in (folder / "Pulumi.qa.yaml").read_text()


def test_pulumi_new_takes_the_same_template(tmp_path):
    for made in ("project", "home"):
        (tmp_path / made).mkdir()
    subprocess.run(
        [
            f"{pulumi_folder()}/pulumi",
            "new",
            str(TEMPLATE),
            "--generate-only",
            "--offline",
            "--yes",
            "--non-interactive",
            "--name=acme",
            "--description=Twilio environments as code",
        ],
        cwd=tmp_path / "project",
        env={"HOME": str(tmp_path / "home"), "PULUMI_SKIP_UPDATE_CHECK": "true"},
        check=True,
        capture_output=True,
        timeout=60,
    )
    ours = {
        draft.path.name: draft.text
        for draft in Init("acme", [Wanted("staging")], next(iter(BACKENDS))).drafts(tmp_path / "elsewhere")
        if draft.path.name != "Pulumi.staging.yaml"
    }
    theirs = {
        Path(name).name: text for name, text in written(tmp_path / "project").items() if "__pycache__" not in name
    }
    assert theirs.keys() == ours.keys()
    assert {name: text for name, text in theirs.items() if name != "Pulumi.yaml"} == {
        name: text for name, text in ours.items() if name != "Pulumi.yaml"
    }
    assert yaml.safe_load(theirs["Pulumi.yaml"])["name"] == "acme"
