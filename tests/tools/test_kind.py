"""`make kind`: what it writes, what it refuses, and CONTRIBUTING followed in a copy of the project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tests.docs.pages  # noqa: F401 - puts tools/ on the path
from tests.servers import ROOT

import kind as scaffold  # isort: skip
from facts import Parameter  # isort: skip
from kind_fields import Field  # isort: skip

MODULE, COLLECTION = "byoc_trunk", "/v1/ByocTrunks"
LEFT_BEHIND = (".venv", ".local", ".git", ".hypothesis", "__pycache__", ".*_cache")


def field(name: str, created: bool = True, updated: bool = True, answered: bool = True, **schema: object) -> Field:
    return Field(Parameter(name, schema), created, updated, answered)


@pytest.mark.parametrize(
    ("one", "declared", "emulated"),
    [
        (field("VoiceUrl", type="string", format="uri"), 'voice_url: Url = ""', 'Field("VoiceUrl", _URL)'),
        (
            field("Mode", type="string", enum=["on", "off"], prose={"default": "off"}),
            'mode: Literal["on", "off"] = "off"',
            'Field("Mode", one_of(("on", "off"), _INVALID, empty="off"))',
        ),
        (
            field("Size", type="integer", prose={"minimum": 1, "maximum": 9, "default": 5}),
            "size: Annotated[int, Field(ge=1, le=9)] = 5",
            'Field("Size", whole(1, 9, 5, _INVALID))',
        ),
        (
            field("Code", type="string", required=True, updated=False, prose={"maxLength": 8}),
            "code: Annotated[Annotated[str, StringConstraints(max_length=8)], FIXED]",
            'Field("Code", text(8, _INVALID), required=missing, write_once=True)',
        ),
        (
            field("Seed", type="string", updated=False, answered=False, default=""),
            'seed: Annotated[str, Twilio(compared=False, replaces=True)] = ""',
            'Field("Seed", text(255, _INVALID), write_once=True)',
        ),
        (
            field("PolicySid", type="string", pattern="^NY[0-9a-fA-F]{32}$"),
            'policy_sid: Annotated[str, sid_of("NY")] = ""',
            'Field("PolicySid", sid("NY", _INVALID))',
        ),
    ],
    ids=lambda one: one.name if isinstance(one, Field) else "",
)
def test_a_parameter_is_written_as_the_document_has_it(one, declared, emulated):
    assert one.declared().replace("'", '"').startswith(f"    {declared}\n")
    assert one.emulated().replace("'", '"') == emulated


def test_what_the_document_does_not_say_is_for_a_person_to_decide():
    assert "DECIDE: Twilio's default" in field("Loud", type="boolean").declared()
    assert "DECIDE: Twilio's default" not in field("Loud", type="boolean", prose={"default": True}).declared()
    assert "DECIDE: how it gets there" in field("Late", type="string", created=False).declared()


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/v1/Nothing", "knows no operation at /v1/Nothing"),
        ("/v1/Services/{ServiceSid}/PhoneNumbers", "part of that object's kind"),
        ("/v1/Events", "not a collection whose objects are created"),
    ],
)
def test_what_no_kind_can_be_made_of_is_refused_with_the_reason(path, reason):
    with pytest.raises(SystemExit, match=reason):
        scaffold.Collection.at(path)


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.setattr(scaffold, "ROOT", tmp_path)
    for place in scaffold.FILES.values():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    kept = tmp_path / "docs" / "kinds" / f"{MODULE}.md"
    kept.write_text("mine")

    assert scaffold.main([MODULE, COLLECTION]) == 0
    assert kept.read_text() == "mine"
    assert f"docs/kinds/{MODULE}.md: exists already, left as it is" in capsys.readouterr().out


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """The project as somebody has it who is about to add a kind; `.venv` is this one's."""
    root: Path = tmp_path_factory.mktemp("copy") / "project"
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(*LEFT_BEHIND), symlinks=True)
    (root / ".venv").symlink_to(Path(sys.prefix))
    return root


def run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "PYTEST"))}
    environment |= {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def checked(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    pytest_ = (str(Path(sys.prefix) / "bin" / "python"), "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider")
    return run(root, *pytest_, *options)


def test_contributing_leads_to_a_kind_that_is_complete(copy: Path):
    section = (copy / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Add a kind")[2].partition("\n## ")[0]
    kind, generated = re.findall(r"^    (make .*)$", section, re.MULTILINE)
    assert kind == f"make kind NAME={MODULE} API={COLLECTION}"
    files = [place.format(module=MODULE, table="byoc_trunks") for place in scaffold.FILES.values()]

    first = run(copy, *kind.split())
    assert first.returncode == 0, first.stdout + first.stderr
    assert re.findall(r"^(\S+): \d+ things to decide$", first.stdout, re.MULTILINE) == files
    red = checked(copy, "tests/kinds/test_registry.py")
    assert red.returncode == 1, red.stdout
    assert "run `make docs`" in red.stdout
    undecided = [file for file in files if re.search(rf"{re.escape(file)}:\d+: DECIDE", red.stdout)]
    assert undecided == [file for file in files if not file.startswith("tests/")]

    for file in files:
        text = (copy / file).read_text(encoding="utf-8")
        (copy / file).write_text(re.sub(r'DECIDE[^\n"]*', "Decided.", text), encoding="utf-8")
    index = copy / "docs" / "kinds" / "README.md"
    index.write_text(f"{index.read_text(encoding='utf-8')}\n[its page]({MODULE}.md)\n", encoding="utf-8")
    second = run(copy, *generated.split())
    assert second.returncode == 0, second.stdout + second.stderr
    green = checked(copy, "tests/kinds/test_registry.py", "tests/kinds/test_conformance.py", "-k", "byoc or registry")
    assert green.returncode == 0, green.stdout
    for command in (
        ["ruff", "format", "--check"],
        ["ruff", "check"],
        ["mypy", "--no-incremental", "--follow-imports=silent"],
    ):
        linted = run(
            copy,
            str(Path(sys.prefix) / "bin" / command[0]),
            *command[1:],
            *(one for one in files if one.endswith(".py")),
        )
        assert linted.returncode == 0, linted.stdout + linted.stderr


def test_without_a_case_the_file_to_write_is_named(copy: Path):
    kind = copy / "twilio_environments" / "kinds" / "lonely.py"
    first = (copy / "twilio_environments" / "kinds" / f"{MODULE}.py").read_text(encoding="utf-8")
    lonely = first.replace("ByocTrunk", "Lonely").replace("byoc_trunks", "lonelies")
    kind.write_text(re.sub(r"order = \d+", "order = 999", lonely), encoding="utf-8")
    red = checked(copy, "tests/kinds/test_registry.py", "-k", "lonelies")
    kind.unlink()
    assert red.returncode == 1
    assert "write docs/kinds/lonely.md" in red.stdout
    assert "write tests/kinds/cases/lonely.py" in red.stdout
