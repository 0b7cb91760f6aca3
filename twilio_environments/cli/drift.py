"""`twilio-env drift`: what differs between the stack file, the state and Twilio, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from twilio_environments import files
from twilio_environments.cli import project, pulumi
from twilio_environments.drift.model import Review
from twilio_environments.drift.reports.registry import FORMATS
from twilio_environments.drift.review import accept as accepting
from twilio_environments.drift.review import ignore, state
from twilio_environments.drift.review.project import difference
from twilio_environments.drift.review.run import Request, Reviewed, reviewed
from twilio_environments.lifecycle.review import Level
from twilio_environments.problems import Problem
from twilio_environments.rest.sessions import session
from twilio_environments.visible import visible

CLEAN, COULD_NOT_TELL, DRIFT = 0, 1, 2


class FailOn(StrEnum):
    """A severity, as typed."""

    SECURITY = "security"
    BEHAVIOUR = "behaviour"
    COSMETIC = "cosmetic"


def _format(name: str) -> str:
    if name not in FORMATS:
        raise typer.BadParameter(f"{name!r} is not one of {', '.join(FORMATS)}")
    return name


def drift(  # noqa: PLR0917 - typer's way of naming options
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack, such as prod.")],
    format_: Annotated[
        str, typer.Option("--format", callback=_format, help=f"The output format: {', '.join(FORMATS)}.")
    ] = "terminal",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write; default: standard output.")
    ] = None,
    fail_on: Annotated[FailOn, typer.Option(help="The lowest severity that makes the exit code 2.")] = FailOn.COSMETIC,
    accept: Annotated[
        list[str] | None,
        typer.Option(help="Write Twilio's value to the stack file: place, place.field, or kind:place."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Accept without asking.")] = False,
    redact: Annotated[
        bool, typer.Option("--redact", help="Hide the addresses of the people who changed something.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="The same as --format json, and errors are JSON too.")
    ] = False,
) -> None:
    """Review a stack: what changed outside Pulumi, who did it, whether it matters, and what to type.

    Changes nothing at Twilio, whatever the options. Exit code 0: no drift; 2: drift of at least --fail-on; 1: no
    such drift was found, but something could not be checked.
    """
    if accept and as_json:
        raise Problem("--accept has no JSON answer.", "Omit --json; with --yes it does not ask.")
    result = review(stack, redact=redact)
    if accept:
        _accept(result, accept, yes=yes)
        return
    text = FORMATS["json" if as_json else format_](result.review)
    if output is None:
        print(text, end="")
    else:
        files.replace([files.Draft(output, text)], Path.cwd())
    raise typer.Exit(exit_code(result.review, Level[fail_on.name]))


def exit_code(result: Review, fail_on: Level) -> int:
    """Return 2 for drift of at least that severity, else 1 if something could not be checked, else 0."""
    if result.worst is not None and result.worst >= fail_on:
        return DRIFT
    return COULD_NOT_TELL if result.counts.unchecked else CLEAN


def review(stack: str, *, redact: bool = False, root: Path | None = None) -> Reviewed:
    """Review a stack of the project in `root` (the current folder); raise Problem if it cannot start."""
    opened = project.opened(stack, root or Path.cwd())
    rules_file = opened.root / ignore.FILE
    rules = ignore.rules(project.read(rules_file)) if rules_file.exists() else []
    recorded = pulumi.recorded(stack)
    declared: Mapping[str, Mapping[str, Any]] | None = None
    reason = ""
    try:
        declared = state.declared(pulumi.said(["preview", "--json", "--show-sames", "--stack", stack]))
    except Problem as problem:
        reason = f"What is declared could not be determined: {problem}"
    request = Request(
        project=opened,
        recorded=recorded,
        declared=declared,
        undeclared=reason,
        now=datetime.now(UTC),
        rules=rules,
        commit=project.commit(opened),
        redact=redact,
    )
    return reviewed(session(), request)


def _accept(result: Reviewed, selectors: list[str], *, yes: bool) -> None:
    home = result.project
    chosen = [finding for selector in selectors for finding in accepting.selected(result.findings, selector)]
    edits = [edit for finding in chosen for edit in accepting.edits(home, finding)]
    file = home.accepted(edits)
    for line in difference(home.file, file).splitlines():
        print(visible(line))
    if not yes and not typer.confirm(f"Write this to {file.name}?"):
        raise Problem("Nothing was changed.", "")
    files.replace([files.Draft(home.root / file.name, file.text, before=home.file.text)], home.root)
    print(f"Review it, commit it, and record it: pulumi up --refresh --stack {home.stack}")
