"""What a pipeline job knows about itself, and what it requests by HTTP to sign in to a store."""

from __future__ import annotations

import os
from typing import Any

from twilio_environments.problems import Problem

LOOK = "See docs/pipelines.md for who has to trust whom."
_SECONDS = 30


def variable(name: str) -> str:
    """Return a variable of the environment; raise Problem when it is not set."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise Problem(f"{name} is not set.", LOOK)
    return value


def given(what: str, method: str, url: str, **options: Any) -> Any:
    """Return the JSON of an answer; raise Problem when `what` was asked for is not given. Follows no redirect."""
    import requests  # noqa: PLC0415  takes a while, and only jobs sign in

    try:
        answer = requests.request(method, url, timeout=_SECONDS, allow_redirects=False, **options)
        if answer.ok:
            return answer.json()
        reason = f"HTTP {answer.status_code}"
    except requests.RequestException as error:
        reason = type(error).__name__
    raise Problem(f"{what} was refused ({reason}).", LOOK)
