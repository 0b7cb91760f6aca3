"""`twilio-env sweep`: destroy expired environments, if they are provably their stacks' own."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from twilio_environments.cli import answers, project, pulumi
from twilio_environments.environments.sweep import Stack, Verdict, judged, left_over, nobodys
from twilio_environments.kinds import subaccount
from twilio_environments.problems import Problem
from twilio_environments.rest.sessions import session
from twilio_environments.stackfile import StackFile
from twilio_environments.visible import visible


def sweep(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Destroy without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is due, and what will be when.")] = False,
    as_json: answers.Json = False,
) -> None:
    """Destroy this project's expired stacks, with their subaccounts and their documents in the secret store.

    A stack can expire if its subaccount has `expires`. Only what bears the stack's own mark is removed. Each stack is
    judged separately. Exit code 1: something that is due could not be removed, is in doubt, or could not be judged.
    """
    answers.require_answered(as_json=as_json, answered=yes or dry_run, instead="--yes or --dry-run")
    root = Path.cwd()
    name, now = project.name(root), datetime.now(UTC)
    session().require_auth_token()
    stacks = pulumi.stacks(name)
    found = sorted((one for stack in stacks if (one := _judged(stack, root, name, now))), key=_when)
    strangers = nobodys(session(), name, stacks)
    due = [verdict.stack for _, verdict in found if verdict.due]
    if not as_json:
        _show([verdict for _, verdict in found], strangers, due)
    if dry_run:
        removed = dict.fromkeys(due, False)
    elif due and not yes and not typer.confirm(f"Destroy {', '.join(due)} for good?"):
        raise Problem("Nothing was destroyed.", "")
    else:
        removed = {stack: _removed(name, stack, as_json=as_json) for stack in due}
    if as_json:
        stacks_ = [_candidate(stack, verdict, removed=removed.get(verdict.stack, False)) for stack, verdict in found]
        unknown = [answers.Stranger(sid=sid, name=shown) for sid, shown in strangers.items()]
        answers.Sweep(project=name, stacks=stacks_, strangers=unknown).show()
    failed = [] if dry_run else [stack for stack in due if not removed[stack]]
    for stack in failed:
        _say(f"{stack} was not removed, see above; the next sweep tries again", as_json=as_json)
    raise typer.Exit(1 if failed or any(verdict.wrong for _, verdict in found) else 0)


def _when(found: tuple[Stack, Verdict]) -> tuple[str, str]:
    return found[0].expires, found[0].name


def _show(verdicts: Sequence[Verdict], strangers: Mapping[str, str], due: Sequence[str]) -> None:
    for one in verdicts:
        print(f"{one.stack} {visible(one.reason)}")
    for sid, shown in strangers.items():
        print(f"{visible(shown)} ({sid}) has the mark of a stack that is not known here; it is left alone")
    if not due:
        print("Nothing is due.")


def _candidate(stack: Stack, verdict: Verdict, *, removed: bool) -> answers.Candidate:
    return answers.Candidate(
        stack=stack.name,
        expires=stack.expires,
        account_sid=stack.account.id if stack.account else "",
        objects=len(stack.recorded),
        due=verdict.due,
        doubtful=verdict.wrong,
        reason=verdict.reason,
        removed=removed,
    )


def _judged(name: str, root: Path, project_name: str, now: datetime) -> tuple[Stack, Verdict] | None:
    """Return a stack and the verdict on it; None if it does not expire."""
    path = root / f"Pulumi.{name}.yaml"
    try:
        config = StackFile(path.name, project.read(path)).config() if path.exists() else {}
        found = Stack(name, pulumi.recorded(name), config)
        return (found, judged(session(), project_name, found, now)) if found.expires else None
    except Problem as problem:
        reason = f"cannot be judged, and is left alone: {problem}"
        return Stack(name), Verdict(name, due=False, reason=reason, wrong=True)


def _removed(name: str, stack: str, *, as_json: bool) -> bool:
    """Destroy a stack, close what it created but did not record, and remove it from the backend; False on failure."""
    try:
        return _destroyed(name, stack, as_json=as_json)
    except Problem as problem:
        _say(visible(problem), as_json=as_json)
        return False


def _destroyed(name: str, stack: str, *, as_json: bool) -> bool:
    if pulumi.run(["destroy", "--yes", "--skip-preview", "--stack", stack], as_json=as_json):
        return False
    for sid in left_over(session(), name, stack):  # a run that was killed after creating it, before recording it
        subaccount.KIND.delete_object(session().own, sid, {})
        _say(f"closed {sid}, which has the mark of {stack} but was not recorded", as_json=as_json)
    return pulumi.run(["stack", "rm", "--yes", "--stack", stack], as_json=as_json) == 0


def _say(line: str, *, as_json: bool) -> None:
    print(line, file=sys.stderr if as_json else sys.stdout)
