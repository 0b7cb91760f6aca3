"""`--profile`, for every command that calls Twilio or runs Pulumi: it names a profile of Twilio's CLI for this run."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from twilio_environments.rest.sources import PROFILE

_OPTION = typer.Option("--profile", "-p", help=f"The Twilio CLI profile to use; overrides {PROFILE}.")


def profiled(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option to a command; it sets the variable, so that Pulumi's processes see it too."""

    @wraps(command)
    def run(*args: Any, profile: str | None = None, **options: Any) -> Any:
        if profile:
            os.environ[PROFILE] = profile
        return command(*args, **options)

    # Evaluated here, since Typer would look the names up in this module.
    signature = inspect.signature(command, eval_str=True)
    option = inspect.Parameter(
        "profile", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[str | None, _OPTION]
    )
    parameters = [*signature.parameters.values(), option]
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # what inspect looks at
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run
