"""`twilio-env sweep`: environments whose time is up are destroyed, if they are provably their stacks' own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from twilio_environments.cli import project, pulumi
from twilio_environments.drift.stackfile import StackFile
from twilio_environments.environments.sweep import Stack, judged, left_over, nobodys
from twilio_environments.kinds import subaccount
from twilio_environments.problems import Problem
from twilio_environments.rest.session import session
from twilio_environments.visible import visible


def sweep(yes: Annotated[bool, typer.Option("--yes", "-y", help="Destroy without asking.")] = False) -> None:
    """Destroy the stacks of this project whose time is up, with their subaccounts and what is in the secret store.

    A stack has a time to live when its subaccount has `expires`. Only what carries the stack's own mark is removed.
    Exit code 1: something that is due could not be removed, or is in doubt.
    """
    root = Path.cwd()
    name, now = project.name(root), datetime.now(UTC)
    session().require_auth_token()
    stacks = [_stack(one, root) for one in pulumi.stacks()]
    verdicts = [judged(session(), name, one, now) for one in stacks if one.expires]
    for one in verdicts:
        print(f"{one.stack} {visible(one.reason)}")
    for sid, shown in nobodys(session(), name, [one.name for one in stacks]).items():
        print(f"{visible(shown)} ({sid}) has the mark of a stack that is not known here; it is left")
    due = [one.stack for one in verdicts if one.due]
    if not due:
        print("Nothing is due.")
    elif not yes and not typer.confirm(f"Destroy {', '.join(due)} for good?"):
        raise Problem("Nothing was destroyed.", "")
    failed = [stack for stack in due if not _removed(name, stack)]
    for stack in failed:
        print(f"{stack} is not removed, see above; the next sweep goes on with it")
    raise typer.Exit(1 if failed or any(one.wrong for one in verdicts) else 0)


def _stack(name: str, root: Path) -> Stack:
    path = root / f"Pulumi.{name}.yaml"
    config = StackFile(path.name, project.read(path)).config() if path.exists() else {}
    return Stack(name, pulumi.recorded(name), config)


def _removed(name: str, stack: str) -> bool:
    """Destroy a stack, close what it made and did not record, and forget it; False when that was not possible."""
    if pulumi.run(["destroy", "--yes", "--skip-preview", "--stack", stack]):
        return False
    for sid in left_over(session(), name, stack):  # a run that was killed between making and recording it
        subaccount.KIND.remove(session().own, sid, {})
        print(f"closed {sid}, which has the mark of {stack} and was not recorded")
    return pulumi.run(["stack", "rm", "--yes", "--stack", stack]) == 0
