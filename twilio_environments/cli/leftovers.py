"""`twilio-env leftovers`: what interrupted runs left behind, what it costs, and how to remove it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Annotated

import typer

from twilio_environments.cli import answers, project, pulumi
from twilio_environments.drift.review import state
from twilio_environments.drift.review.read import read
from twilio_environments.drift.review.state import account_of
from twilio_environments.environments import leftovers as environments
from twilio_environments.environments.leftovers import Leftover
from twilio_environments.problems import Problem
from twilio_environments.rest.sessions import session
from twilio_environments.visible import visible

FOUND = 2


def leftovers(
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack, such as prod.")],
    sids: Annotated[list[str] | None, typer.Argument(help="With --remove: remove only these SIDs.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Remove them, after asking.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Remove without asking.")] = False,
    as_json: answers.Json = False,
) -> None:
    """Show what is provably this stack's but not in its state: what an interrupted run created.

    With --remove it is deleted, released or closed, which cannot be undone. Declared objects are left, since the next
    pulumi up takes them over, unless you name their SIDs. Exit code 0: nothing was left behind; 2: something was.
    """
    answers.require_answered(as_json=as_json, answered=yes or not remove)
    if sids and not remove:
        raise Problem("SIDs were passed without --remove.", "Pass both. Nothing was changed.")
    found = _found(stack)
    if as_json:
        print(json.dumps([_plain(one) for one in found], indent=2))
    else:
        _show(found)
    going = environments.chosen(found, sids or []) if remove else []
    if going:
        if not yes and not typer.confirm(f"Remove {', '.join(one.sid for one in going)} for good?"):
            raise Problem("Nothing was removed.", "")
        still = {one.sid for one in _found(stack)}  # a concurrent run may have recorded one meanwhile
        out = sys.stderr if as_json else sys.stdout
        for one in going:
            if one.sid not in still:
                print(f"{one.sid} is no longer a leftover, and is kept", file=out)
                continue
            one.remove()
            print(f"removed the {one.noun} {visible(one.name)} ({one.sid})", file=out)
    raise typer.Exit(FOUND if len(found) > len(going) else 0)


def _found(stack: str) -> list[Leftover]:
    project.opened(stack, Path.cwd())
    objects = pulumi.recorded(stack)
    if not objects:
        raise Problem(
            f"Nothing is recorded for the stack {stack}, so every object with its mark would count as a leftover.",
            "Run pulumi up, which takes over the stack's objects; to remove them all, run pulumi destroy after that.",
        )
    declared = state.declared(pulumi.said(["preview", "--json", "--show-sames", "--stack", stack]))
    session().listings.forget()
    return environments.found(session(), objects, read(session(), objects, account_of(objects)), declared)


def _show(found: Sequence[Leftover]) -> None:
    for one in found:
        price = f", {one.monthly_price} a month" if one.monthly_price else ""
        wanted = f"; the next pulumi up takes it over as {one.taken_over_as}" if one.taken_over_as else ""
        print(f"{one.noun} {visible(one.name)} ({one.sid}) in {one.where}{price}: {one.why}{wanted}")
    if not found:
        print("Nothing was left behind.")


def _plain(one: Leftover) -> dict[str, str]:
    return {each.name: getattr(one, each.name) for each in fields(one) if each.name != "remove"}
