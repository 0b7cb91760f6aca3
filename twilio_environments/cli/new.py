"""`twilio-env new`: the stack file of a new environment, from another one's."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from twilio_environments import files
from twilio_environments.cli import answers, project
from twilio_environments.environments.decisions import shown
from twilio_environments.environments.new import New, check_apart
from twilio_environments.problems import Problem
from twilio_environments.secrets import schedule
from twilio_environments.visible import visible


def new(
    environment: Annotated[str, typer.Argument(help="The name of the new environment and its stack, such as pr-12.")],
    source: Annotated[str, typer.Option("--from", help="The stack to start from, such as staging.")],
    ttl: Annotated[
        str | None, typer.Option(help="How long it lives, such as 3d or 12h; then sweep removes it.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing stack file.")] = False,
    as_json: answers.Json = False,
) -> None:
    """Write the stack file of a new environment, shaped like an existing one, in a subaccount of its own.

    Names and paths get the new environment's name, numbers become searches, and SIDs of the other account are left out.
    Decisions left to you are marked in the file with "decide:".
    """
    root = Path.cwd()
    check_apart(environment, source)
    there, rest = project.new_file(environment, root, force=force)
    kept = {key: value for key, value in rest.items() if key != "config"}
    other = project.opened(source, root)
    made = New(other.name, environment, root, other.file, other.stack, _expires(ttl, datetime.now(UTC)), kept)
    file = made.file()
    files.replace([files.Draft(root / file.name, file.text, before=there.text)], root)
    following = [f"pulumi stack init {environment}", f"pulumi up --stack {environment}"]
    if as_json:
        decisions = [answers.Place(place=".".join(one.place), what=one.text) for one in made.decisions]
        answers.New(stack=environment, file=file.name, decisions=decisions, next=following).show()
        return
    print(f"{file.name} was created from {other.file.name}.")
    for line in shown(made.decisions):
        print(f"  decide: {visible(line)}")
    print(f"\nReview it, then: {'; '.join(following)}")


def _expires(ttl: str | None, now: datetime) -> str:
    if ttl is None:
        return ""
    if not re.fullmatch(r"[0-9]{1,5}[smhd]", ttl):
        raise Problem("--ttl is not a duration.", "Use a number and one of s, m, h and d, such as 3d.")
    return schedule.stamp(now + schedule.duration(ttl))
