"""How a step ends: with what is wrong and what to do, and no traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NoReturn

from twilio_environments.problems import Problem
from twilio_environments.visible import visible_lines


def end(step: Callable[..., None]) -> NoReturn:
    """Run a step with the process's arguments, and exit: 0, or 1 with a Problem on stderr."""
    try:
        step(*sys.argv[1:])
    except Problem as problem:
        print(visible_lines(problem), file=sys.stderr)
        sys.exit(1)
    sys.exit(0)
