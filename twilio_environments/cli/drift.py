"""`twilio-env drift`: what differs between the stack file, the record and Twilio, and what settles it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from twilio_environments.cli import pulumi
from twilio_environments.drift import accept as accepting
from twilio_environments.drift import ignore, state
from twilio_environments.drift.model import Level, Review
from twilio_environments.drift.report import FORMATS
from twilio_environments.drift.review import Request, Reviewed, reviewed
from twilio_environments.drift.stackfile import StackFile
from twilio_environments.drift.terminal import safe
from twilio_environments.problems import Problem
from twilio_environments.rest import session as sessions
from twilio_environments.settings import NAMESPACE

CLEAN, COULD_NOT_TELL, DRIFT = 0, 1, 2


class FailOn(StrEnum):
    """A severity, as it is typed."""

    SECURITY = "security"
    BEHAVIOUR = "behaviour"
    COSMETIC = "cosmetic"


def _format(name: str) -> str:
    if name not in FORMATS:
        raise typer.BadParameter(f"{name!r} is none of {', '.join(FORMATS)}")
    return name


def drift(  # noqa: PLR0917 - typer's way of naming options
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack, such as prod.")],
    format_: Annotated[
        str, typer.Option("--format", callback=_format, help=f"How the review is written: {', '.join(FORMATS)}.")
    ] = "terminal",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write; else standard output.")
    ] = None,
    fail_on: Annotated[FailOn, typer.Option(help="The least severity that makes the exit code 2.")] = FailOn.COSMETIC,
    accept: Annotated[
        list[str] | None, typer.Option(help="Write what Twilio has into the stack file: a place, or place.field.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Accept without asking.")] = False,
    redact: Annotated[bool, typer.Option("--redact", help="Leave out the addresses of who changed something.")] = False,
) -> None:
    """Review a stack: what was changed behind its back, by whom, whether it matters, and what to type.

    Nothing at Twilio is changed, whatever the options. Exit code 0: no drift; 2: drift of at least --fail-on; 1: no
    such drift was found, but something could not be checked.
    """
    result = review(stack, redact=redact)
    if accept:
        _accept(result, accept, yes=yes)
        return
    text = FORMATS[format_](result.review)
    if output is None:
        print(text, end="")
    else:
        output.write_text(text, encoding="utf-8")
    raise typer.Exit(exit_code(result.review, Level[fail_on.name]))


def exit_code(result: Review, fail_on: Level) -> int:
    """Return 2 for drift of that severity, else 1 when something could not be checked, else 0."""
    if result.worst is not None and result.worst >= fail_on:
        return DRIFT
    return COULD_NOT_TELL if result.counts.unchecked else CLEAN


def review(stack: str, *, redact: bool = False, root: Path | None = None) -> Reviewed:
    """Review a stack of the project in `root` (the current folder); raise Problem when it cannot be begun."""
    root = root or Path.cwd()
    name = _project_name(root)
    short = stack.rpartition("/")[2]  # organisation/project/stack
    file = StackFile(f"Pulumi.{short}.yaml", _text(root / f"Pulumi.{short}.yaml"))
    rules_file = root / ignore.FILE
    rules = ignore.rules(_text(rules_file)) if rules_file.exists() else []
    config = file.config()
    places = {
        one: str(config[f"{NAMESPACE}:{one}"])
        for one in ("endpoint", "region", "edge")
        if f"{NAMESPACE}:{one}" in config
    }
    sessions.configure(places)
    recorded = state.recorded(json.loads(pulumi.output(["stack", "export", "--stack", stack])))
    declared: Mapping[str, Mapping[str, Any]] | None = None
    reason = ""
    try:
        declared = state.declared(json.loads(pulumi.output(["preview", "--json", "--show-sames", "--stack", stack])))
    except Problem as problem:
        reason = f"What is declared could not be worked out: {problem}"
    request = Request(
        project=accepting.Project(name, short, root, file),
        recorded=recorded,
        declared=declared,
        undeclared=reason,
        now=datetime.now(UTC),
        rules=rules,
        commit=_commit(root, file.name),
        redact=redact,
    )
    return reviewed(sessions.session(), request)


def _accept(result: Reviewed, selectors: list[str], *, yes: bool) -> None:
    project = result.project
    chosen = [finding for selector in selectors for finding in accepting.selected(result.findings, selector)]
    edits = [edit for finding in chosen for edit in accepting.edits(project, finding)]
    file = project.accepted(edits)
    for line in accepting.difference(project.file, file).splitlines():
        print(safe(line))
    if not yes and not typer.confirm(f"Write this to {project.file.name}?"):
        raise Problem("Nothing was changed.", "")
    path = project.root / project.file.name
    if _text(path) != project.file.text:
        raise Problem(f"{project.file.name} was changed meanwhile.", "Run it again.")
    path.write_text(file.text, encoding="utf-8", newline="")
    print(f"Review it, commit it, and record it: pulumi up --refresh --stack {project.stack}")


def _text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", newline="") as opened:  # line ends stay what they are
            return opened.read()
    except (OSError, UnicodeDecodeError):
        raise Problem(
            f"{path.name} cannot be read.", "Run this in the project's folder, with the stack's name."
        ) from None


def _project_name(root: Path) -> str:
    project = yaml.safe_load(_text(root / "Pulumi.yaml"))
    return str((project or {}).get("name", ""))


def _commit(root: Path, name: str) -> str:
    """Return the commit that the stack file is of, with + when it was changed since; "" outside of git."""
    git = shutil.which("git")
    if git is None:
        return ""
    said = [
        subprocess.run([git, *arguments, "--", name], cwd=root, capture_output=True, text=True, check=False)
        for arguments in (["log", "-1", "--format=%h"], ["status", "--porcelain"])
    ]
    commit = said[0].stdout.strip() if not said[0].returncode else ""
    return commit + ("+" if commit and said[1].stdout.strip() else "")
