"""`twilio-env give-up-store`: give up a secret store that no longer exists, nor does its address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from twilio_environments.cli import pulumi
from twilio_environments.drift.review.state import RecordedObject
from twilio_environments.problems import Problem
from twilio_environments.secrets.stores import BACKENDS, StoreSettings
from twilio_environments.secrets.stores.given_up import GIVEN_UP

_NAMES = ", or ".join(backend.given_up_by for backend in BACKENDS.values())


def give_up_store(
    store: Annotated[str, typer.Argument(help=f"{_NAMES[0].upper()}{_NAMES[1:]}.")],
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack, such as prod.")],
    destroy: Annotated[
        bool, typer.Option("--destroy", help="Destroy the stack instead of moving its secrets.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Give up a secret store that no longer exists: runs `pulumi up --refresh`, which recreates every key.

    Point twilio:secrets at the new store first. Nothing is sent to the old one.
    """
    known = sorted({name for one in pulumi.recorded(stack) for name in _stores(one)})
    given = store.strip().rstrip("/")
    if given not in known:
        raise Problem(
            f"The stack {stack} delivered nothing to {given!r}.",
            f"It delivered to {' and '.join(known) or 'no store at all'}. Nothing was changed.",
        )
    verb = ["destroy"] if destroy else ["up", "--refresh"]
    raise typer.Exit(
        pulumi.run([*verb, "--stack", stack, *(["--yes"] if yes else [])], environ={GIVEN_UP: given}),
    )


def _stores(one: RecordedObject) -> Iterator[str]:
    for name in ("delivery", "document"):
        reference = one.outputs.get(name)
        if reference:
            yield StoreSettings.model_validate(reference["store"]).backend.known_as()
