"""`twilio-env rename`: give a declared object another logical name, everywhere it is used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import unified_diff
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

import typer

from twilio_environments import files
from twilio_environments.cli import project, pulumi
from twilio_environments.drift.review import ignore
from twilio_environments.drift.review.project import Project
from twilio_environments.environments.rename import NewName, Renamed, renamed, require_whole
from twilio_environments.problems import Problem
from twilio_environments.visible import visible


def rename(
    old: Annotated[str, typer.Argument(help="The place of the object, such as verify_services.login.")],
    new: Annotated[str, typer.Argument(help="Its new logical name, such as signin.")],
    stack: Annotated[
        list[str], typer.Option("--stack", "-s", help="The stack; repeat it for stacks that share a flow file.")
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
) -> None:
    """Give a declared object another logical name: in the stack file, in flow files, and in Pulumi's state.

    The object itself does not change: what it derived from its logical name, such as its friendly name, is written out.
    After a kill, the same command or the next pulumi up finishes the rest.
    """
    root = Path.cwd()
    renaming = NewName.of(old, new)
    known = set(pulumi.stacks(project.name(root)))
    homes = {name: project.of_stack(name, root) for name in stack}
    changes = {
        name: renamed(home, renaming, pulumi.recorded(name) if home.stack in known else [])
        for name, home in homes.items()
    }
    require_whole(list(changes.values()), renaming, _others(list(homes.values()), root))
    drafts = _drafts(list(changes.values()))
    for draft in drafts:
        print("\n".join(visible(line) for line in _difference(draft, root)))
    records = [(name, urn, place) for name, one in changes.items() for urn, place in one.resources.items()]
    for name, urn, place in records:
        print(f"in the state of {name}: {visible(urn.rpartition('::')[2])} becomes {place}")
    if not drafts and not records:
        raise Problem(f"{renaming.before} is already called {renaming.after}.", "There is nothing left to rename.")
    if not yes and not typer.confirm("Write this?"):
        raise Problem("Nothing was changed.", "")
    files.replace(drafts, root)
    for record in records:
        _record(*record)
    for line in _said(list(changes.values()), renaming, root):
        print(line)


def _others(homes: Sequence[Project], root: Path) -> list[Project]:
    """Return the project's other stacks that have a file."""
    stacks = {path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in root.glob("Pulumi.*.yaml")}
    return [project.of_stack(stack, root) for stack in sorted(stacks - {home.stack for home in homes})]


def _drafts(changes: Sequence[Renamed]) -> list[files.Draft]:
    """Return what to write, the stack files first: after a kill in between, a repeat relies on what they say."""
    found = [one.stack_file for one in changes if one.stack_file]
    found += [draft for one in changes for draft in one.flow_files]
    return list({draft.path.resolve(): draft for draft in found}.values())


def _difference(draft: files.Draft, root: Path) -> Iterator[str]:
    assert isinstance(draft.text, str)
    name = draft.path.relative_to(root)
    old, new = (draft.before or "").splitlines(), draft.text.splitlines()
    return unified_diff(old, new, f"a/{name}", f"b/{name}", n=1, lineterm="")


def _record(stack: str, urn: str, place: str) -> None:
    try:
        pulumi.output(["state", "rename", urn, place, "--yes", "--stack", stack])
    except Problem as problem:
        raise Problem(
            f"The files were changed, but the state of {stack} was not: {problem}",
            "The next pulumi up does it.",
        ) from None


def _said(changes: Sequence[Renamed], renaming: NewName, root: Path) -> Iterator[str]:
    """Print what is left to do, and what was not done."""
    for one in changes:
        yield from (f"{one.stack}: {note}" for note in one.notes)
        if not one.resources:
            yield f"{one.stack}: {renaming.before} is not in this state; where it is, the next pulumi up renames it"
    rules = ignore.rules(project.read(root / ignore.FILE)) if (root / ignore.FILE).exists() else []
    for rule in rules:
        if fnmatchcase(str(renaming.before), rule.place) and not fnmatchcase(str(renaming.after), rule.place):
            yield f"{ignore.FILE}: the rule for {visible(rule.place)} does not match {renaming.after}"
    yield f"{renaming.before} is now {renaming.after}. Review the change, then commit it."
