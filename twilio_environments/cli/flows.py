"""`twilio-env flows diff` and `twilio-env flows pull`: compare a flow's file with what is published, and update it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Annotated, Any

import typer

from twilio_environments import files
from twilio_environments.addresses import masked
from twilio_environments.cli import project, pulumi
from twilio_environments.cli.groups import Group, show_help
from twilio_environments.cli.profile import profiled
from twilio_environments.drift.reports import flow_diff
from twilio_environments.drift.review import state
from twilio_environments.kinds.studio_flow import KIND
from twilio_environments.lifecycle.mistakes import unknown_name
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import NotFound
from twilio_environments.rest.sessions import session
from twilio_environments.settings.references import Name, References
from twilio_environments.studio import flow_template
from twilio_environments.studio.json_text import rewritten
from twilio_environments.visible import visible

flows = typer.Typer(
    name="flows",
    cls=Group,
    help="Compare flow files with the published flows, and pull Console edits.",
    invoke_without_command=True,
    callback=show_help,
)
Stack = Annotated[str, typer.Option("--stack", "-s", help="The stack, such as prod.")]
Names = Annotated[list[str] | None, typer.Argument(help="Logical names of flows; default: all.")]
_DIFFERENT = 2


@dataclass(frozen=True)
class _Flow:
    """A declared flow: its file, its environment's values, and the published definition."""

    name: str
    file: str
    text: str
    values: dict[str, str]
    live: Any
    draft: bool

    @property
    def template(self) -> Any:
        return json.loads(self.text)

    def difference(self) -> flow_diff.FlowDifference:
        """Return what the published flow has and the file does not."""
        return flow_diff.difference(flow_template.render(self.template, self.values), self.live)

    def pulled(self) -> str:
        """Return the file's text, updated to the published flow."""
        return rewritten(self.text, flow_template.unrender(self.live, self.template, self.values))


@flows.command()
@profiled
def diff(stack: Stack, names: Names = None) -> None:
    """Show, widget by widget, how the published flow (+) differs from the file (-).

    Exit code 0: no difference, or only in the layout; 2: a difference that callers may notice.
    """
    matters = False
    for flow in _flows(stack, names or [], Path.cwd()):
        found = flow.difference()
        matters |= found.matters
        moved = sum(widget.layout is not None for widget in found.widgets)
        state_ = "differs from" if found.matters else "matches"
        print(f"{flow.name}: the published flow {state_} {visible(flow.file)}{_beside(flow, moved)}")
        print("".join(f"  {masked(line)}\n" for line in flow_diff.lines(found) if not line.startswith("=")), end="")
    raise typer.Exit(_DIFFERENT if matters else 0)


@flows.command()
@profiled
def pull(
    stack: Stack,
    names: Names = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
) -> None:
    """Write the published flow to its file, with placeholders for the environment's SIDs, numbers and texts.

    Whatever did not change keeps every byte, so a Console edit is a small difference to review and commit, and the same
    file works for the next environment.
    """
    root = Path.cwd()
    found = list(_flows(stack, names or [], root))
    texts: dict[str, tuple[_Flow, str]] = {}
    for flow in found:
        other, text = texts.setdefault(flow.file, (flow, flow.pulled()))
        if text != flow.pulled():
            raise Problem(
                f"{flow.file} is the file of both {other.name} and {flow.name}, whose published versions differ.",
                f"Pull one of them: twilio-env flows pull --stack {stack} {flow.name}",
            )
    changed = {file: (flow, text) for file, (flow, text) in texts.items() if text != flow.text}
    for flow in found:
        if flow.file not in changed:
            print(f"{visible(flow.file)} now matches the published flow {flow.name}{_beside(flow, 0)}")
    for file, (flow, text) in changed.items():
        lines = unified_diff(flow.text.splitlines(), text.splitlines(), file, f"{file} ({flow.name})", lineterm="")
        print("\n".join(visible(masked(line)) for line in lines))
    if not changed:
        return
    if not yes and not typer.confirm(f"Write {', '.join(sorted(changed))}?"):
        raise Problem("Nothing was changed.", "")
    files.replace([files.Draft(root / file, text, before=flow.text) for file, (flow, text) in changed.items()], root)
    print(f"Review it, commit it, and record it: pulumi up --refresh --stack {stack}")


def _beside(flow: _Flow, moved: int) -> str:
    layout = f"; {moved} widgets were moved on the canvas" if moved else ""
    draft = "; it has a newer draft, which is left alone" if flow.draft else ""
    return f"{layout}{draft}"


def _flows(stack: str, names: Sequence[str], root: Path) -> Iterator[_Flow]:
    settings = project.opened(stack, root).settings()
    known, references = settings.studio_flows, References(settings)
    for name in names:
        if name not in known:
            raise Problem(f"{name!r} {unknown_name('flow', name, known)} (stack {stack}).", "Nothing was changed.")
    recorded = pulumi.recorded(stack)
    made = _made(recorded)
    account = session().account(state.account_of(recorded))
    made["account.sid"] = account.sid
    for name in names or sorted(known):
        place = str(Name("studio_flows", name))
        if f"{place}.sid" not in made:
            raise Problem(f"The flow {name} is declared but not created yet.", f"Run pulumi up --stack {stack} first.")
        text = project.read(root / known[name].file)
        used = flow_template.placeholders(json.loads(text))
        values = made | {one: _value(references, one, made, stack) for one in used}
        try:
            live, draft = KIND.running(account, made[f"{place}.sid"])
        except NotFound:
            raise Problem(
                f"The flow {name} ({made[f'{place}.sid']}) no longer exists at Twilio.",
                f"To create it again: pulumi up --refresh --stack {stack}",
            ) from None
        yield _Flow(name, known[name].file, text, values, live, draft)


def _made(recorded: Sequence[state.RecordedObject]) -> dict[str, str]:
    """Return the values of an environment's recorded objects, by the names of their placeholders."""
    return {
        f"{one.place}.{attribute}": one.sid if attribute == "sid" else str(one.outputs[attribute])
        for one in recorded
        for attribute in one.kind.gives
        if attribute == "sid" or one.outputs.get(attribute)
    }


def _value(references: References, placeholder: str, made: dict[str, str], stack: str) -> str:
    reference = references.placeholder(placeholder)
    if reference.target is None:
        return reference.text
    name = placeholder if reference.target.name else "account.sid"
    if name not in made:
        raise Problem(
            f"${{{placeholder}}} has no value yet: {reference.target} is not created.",
            f"Run pulumi up --stack {stack} first.",
        )
    return made[name]
