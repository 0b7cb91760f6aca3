"""`twilio-env sweep`: destroy expired environments, if they are provably their stacks' own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from twilio_environments.cli import project, pulumi
from twilio_environments.environments.sweep import Stack, Verdict, judged, left_over, nobodys
from twilio_environments.kinds import subaccount
from twilio_environments.problems import Problem
from twilio_environments.rest.sessions import session
from twilio_environments.stackfile import StackFile
from twilio_environments.visible import visible


def sweep(yes: Annotated[bool, typer.Option("--yes", "-y", help="Destroy without asking.")] = False) -> None:
    """Destroy this project's expired stacks, with their subaccounts and their documents in the secret store.

    A stack can expire if its subaccount has `expires`. Only what bears the stack's own mark is removed. Each stack is
    judged separately. Exit code 1: something that is due could not be removed, is in doubt, or could not be judged.
    """
    root = Path.cwd()
    name, now = project.name(root), datetime.now(UTC)
    session().require_auth_token()
    stacks = pulumi.stacks(name)
    verdicts = [verdict for one in stacks if (verdict := _judged(one, root, name, now))]
    for one in verdicts:
        print(f"{one.stack} {visible(one.reason)}")
    for sid, shown in nobodys(session(), name, stacks).items():
        print(f"{visible(shown)} ({sid}) has the mark of a stack that is not known here; it is left alone")
    due = [one.stack for one in verdicts if one.due]
    if not due:
        print("Nothing is due.")
    elif not yes and not typer.confirm(f"Destroy {', '.join(due)} for good?"):
        raise Problem("Nothing was destroyed.", "")
    failed = [stack for stack in due if not _removed(name, stack)]
    for stack in failed:
        print(f"{stack} was not removed, see above; the next sweep tries again")
    raise typer.Exit(1 if failed or any(one.wrong for one in verdicts) else 0)


def _judged(stack: str, root: Path, name: str, now: datetime) -> Verdict | None:
    """Return the verdict on a stack; None if it does not expire."""
    path = root / f"Pulumi.{stack}.yaml"
    try:
        config = StackFile(path.name, project.read(path)).config() if path.exists() else {}
        found = Stack(stack, pulumi.recorded(stack), config)
        return judged(session(), name, found, now) if found.expires else None
    except Problem as problem:
        return Verdict(stack, due=False, reason=f"cannot be judged, and is left alone: {problem}", wrong=True)


def _removed(name: str, stack: str) -> bool:
    """Destroy a stack, close what it created but did not record, and remove it from the backend; False on failure."""
    try:
        return _destroyed(name, stack)
    except Problem as problem:
        print(visible(problem))
        return False


def _destroyed(name: str, stack: str) -> bool:
    if pulumi.run(["destroy", "--yes", "--skip-preview", "--stack", stack]):
        return False
    for sid in left_over(session(), name, stack):  # a run that was killed after creating it, before recording it
        subaccount.KIND.delete_object(session().own, sid, {})
        print(f"closed {sid}, which has the mark of {stack} but was not recorded")
    return pulumi.run(["stack", "rm", "--yes", "--stack", stack]) == 0
