"""`twilio-env init`: a project of one's own, in an empty folder."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from twilio_environments import files
from twilio_environments.cli import answers
from twilio_environments.environments.init import SHARED, Init, Wanted
from twilio_environments.problems import Problem
from twilio_environments.secrets.stores import BACKENDS

_ENVIRONMENTS = "staging,prod"
_PACKAGES = ("python3 -m venv .venv", ".venv/bin/pip install -r requirements.txt")
_EMULATOR = ".venv/bin/twilio-env emulator --state .local/emulator"


def init(
    project: Annotated[
        str | None, typer.Argument(help="The project's name, by which its objects are recognized at Twilio.")
    ] = None,
    environments: Annotated[
        str | None,
        typer.Option(
            help="The environments, separated by commas; each gets a subaccount of its own, or is in an existing "
            f"account: prod=AC… Default: {_ENVIRONMENTS}."
        ),
    ] = None,
    store: Annotated[str | None, typer.Option(help=f"Where secrets go: {' or '.join(BACKENDS)}.")] = None,
    as_json: answers.Json = False,
) -> None:
    """Write a project of your own into this folder; what is not given is asked for on a terminal.

    The project uses this package and holds no copy of it. No file is overwritten, and neither Twilio nor Pulumi is
    called. Decisions left to you are marked in the stack files with "decide:".
    """
    root = Path.cwd()
    asked = sys.stdin.isatty() and not as_json
    project = project or _answer(asked, "Project name", root.name, "the project's name: twilio-env init acme-twilio")
    if environments is None:
        environments = typer.prompt("Environments", default=_ENVIRONMENTS) if asked else _ENVIRONMENTS
    store = store or _answer(asked, f"Secret store ({', '.join(BACKENDS)})", None, f"--store: {' or '.join(BACKENDS)}")
    wanted = [Wanted.read(one) for one in re.split(r"[,\s]+", environments.strip())]
    drafts = Init(project, wanted, store).drafts(root)
    files.replace(drafts, root)
    written = [draft.path.relative_to(root).as_posix() for draft in drafts]
    kept = [name for name in SHARED if name not in written]
    if as_json:
        answers.Init(project=project, files=written, kept=kept, next=[*_PACKAGES, _EMULATOR]).show()
        return
    print(f"The project {project} was written: {', '.join(written)}.")
    if kept:
        print(f"Kept as they were: {', '.join(kept)}.")
    if ".gitignore" in kept:
        print("Make sure that .gitignore has .venv/ and .local/.")
    print("\nNext, in this folder, the packages of the project:")
    for command in _PACKAGES:
        print(f"  {command}")
    print(f"Then without an account (README.md has the rest):\n  {_EMULATOR}")


def _answer(asked: bool, question: str, default: str | None, missing: str) -> str:
    if not asked:
        raise Problem("Something is missing, and nobody can be asked.", f"Add {missing}.")
    return str(typer.prompt(question, default=default))
