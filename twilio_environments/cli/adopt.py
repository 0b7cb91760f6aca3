"""`twilio-env adopt`: the stack file and the flow files that take an existing account over as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from twilio_environments import files
from twilio_environments.adoption import account
from twilio_environments.adoption.plan import Adoption, Plan
from twilio_environments.cli import answers, project
from twilio_environments.kinds.registry import LISTED
from twilio_environments.problems import Problem
from twilio_environments.rest.sessions import session
from twilio_environments.stackfile import StackFile
from twilio_environments.visible import visible


def adopt(
    account_sid: Annotated[str, typer.Option("--account", help="The account's SID, AC…")],
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack that takes it over, such as prod.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace an existing stack file and existing flow files.")
    ] = False,
    as_json: answers.Json = False,
) -> None:
    """Write the stack file and the flow files that take over an existing account.

    This changes nothing at Twilio, and neither does the next `pulumi up`, which takes the account over. What cannot be
    taken over is listed with the reason.
    """
    root = Path.cwd()
    name = project.name(root)
    file, rest = project.new_file(stack, root, force=force)
    run = session()
    found = Plan(run, account.read(run, account_sid), name, stack, rest).adoption()
    _write(root, file, found, force=force)
    if as_json:
        _answer(found, stack).show()
    else:
        _tell(found, stack)


def _write(root: Path, before: StackFile, found: Adoption, *, force: bool) -> None:
    """Write the flow files and the stack file that names them; existing ones stay, unless `force` is given."""
    flow_files = {file: content for file, content in found.flow_files.items() if _differs(root / file, content)}
    there = sorted(file for file in flow_files if (root / file).exists())
    if there and not force:
        raise Problem(f"{', '.join(there)} exists already.", "Move it away, or replace it with --force.")
    drafts = [files.Draft(root / file, content) for file, content in flow_files.items()]
    files.replace([*drafts, files.Draft(root / found.file.name, found.file.text, before=before.text)], root)


def _differs(path: Path, content: str) -> bool:
    return not path.exists() or project.read(path) != content


def _answer(found: Adoption, stack: str) -> answers.Adopt:
    return answers.Adopt(
        stack=stack,
        files=[found.file.name, *sorted(found.flow_files)],
        places=sorted(found.places),
        left=[answers.Left(what=one.what, reason=one.reason) for one in found.left],
        next=_next(stack),
    )


def _next(stack: str) -> list[str]:
    return [f"pulumi stack init {stack}", f"pulumi preview --stack {stack}", f"pulumi up --stack {stack}"]


def _tell(found: Adoption, stack: str) -> None:
    declared = Counter(place.partition(".")[0] for place in found.places)
    names: Mapping[str, str] = {kind.section: kind.noun for kind in LISTED}
    counts = [f"{count} {names[section]}{'s' if count > 1 else ''}" for section, count in declared.items()]
    print(
        f"{found.file.name} takes over {', '.join(counts) or 'an account that contains nothing a stack could manage'}."
    )
    for file in sorted(found.flow_files):
        print(f"{visible(file)} is a flow, with placeholders for this environment's values.")
    if found.left:
        print("\nCannot be taken over, and stays as it is:")
        for one in found.left:
            print(f"  {visible(one.what)}: {visible(one.reason)}")
    print(f"\nReview both, then: {'; '.join(_next(stack))}")
