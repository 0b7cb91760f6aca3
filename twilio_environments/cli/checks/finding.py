"""What one check found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from twilio_environments.problems import Problem
from twilio_environments.rest.errors import TwilioError

State = Literal["pass", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """One line: `check` is its fixed name, `what` what was found, `remedy` what to do unless it passed.

    `code`, `status` and `request_id` are Twilio's, if an answer of Twilio's decided.
    """

    check: str
    state: State
    what: str
    remedy: str = ""
    code: int = 0
    status: int = 0
    request_id: str = ""


def passed(check: str, what: str) -> Finding:
    """Return a line that passes."""
    return Finding(check, "pass", what)


def failed(check: str, problem: Problem, state: State = "fail") -> Finding:
    """Return a failed line with a problem's text."""
    if isinstance(problem, TwilioError):
        return Finding(check, state, problem.what, problem.remedy, problem.code, problem.status, problem.request_id)
    return Finding(check, state, problem.what, problem.remedy)


def tried(check: str, look: Callable[[], Iterator[Finding]]) -> list[Finding]:
    """Return the findings of a check; an exception ends it as a failed line."""
    found: list[Finding] = []
    try:
        found.extend(look())
    except Problem as problem:
        found.append(failed(check, problem))
    except Exception as error:  # noqa: BLE001 - the other lines are wanted all the same, and no traceback
        found.append(Finding(check, "fail", f"this could not be checked ({type(error).__name__})", "Please report it."))
    return found
