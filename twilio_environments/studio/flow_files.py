"""Flow files: the JSON of a Studio flow, read only from the project's folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

from twilio_environments import bounds

_AGAIN = "export the flow again (Studio: Show Flow JSON)"


def read(root: Path, file: str) -> dict[str, Any]:
    """Return the definition in `file`, a path relative to the folder `root`; raise ValueError as `text` does."""
    return parsed(text(root, file))


def text(root: Path, file: str) -> str:
    """Return the text of `file`, a path relative to the folder `root`, with its line endings as they are.

    Raises ValueError with a clause on what is wrong and what to do that repeats neither the path nor the content.
    """
    try:
        place = (root / file).resolve()
        if not place.is_relative_to(root.resolve()):
            raise ValueError("is outside the project: keep flow files in it, such as studio/ivr.json")
        if not place.is_file():
            raise ValueError(
                "is not a file: give the path of a flow's JSON in the project's folder, such as studio/ivr.json"
            )
        if place.stat().st_size > bounds.FILE:
            raise ValueError("is larger than 1 MiB: split the flow into subflows")
        return bounds.text_of(place)
    except (OSError, RuntimeError):  # RuntimeError: a loop of symbolic links
        raise ValueError("cannot be read: check the file's permissions and links") from None
    except UnicodeDecodeError:
        raise ValueError(f"is not UTF-8 text: {_AGAIN}") from None


def parsed(text: str) -> dict[str, Any]:
    """Return the definition in a flow file's text; raise ValueError as `text` does."""
    try:
        # With or without the byte order mark that some editors add.
        definition = json.loads(text.removeprefix("\ufeff"), parse_constant=_no_number)
        bounds.require_bounded(definition)
        json.dumps(definition, ensure_ascii=False, allow_nan=False).encode()
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"is not JSON ({where}: {error.msg}): {_AGAIN}") from None
    except UnicodeEncodeError:
        raise ValueError(f"contains half a character (a lone escape \\ud800 to \\udfff): {_AGAIN}") from None
    except RecursionError:
        raise ValueError(f"is nested too deeply for a flow: {_AGAIN}") from None
    except (_NotJson, bounds.TooMuch):
        raise
    except ValueError:  # a number of thousands of digits, or out of range
        raise ValueError(f"contains a number that no flow has: {_AGAIN}") from None
    if not isinstance(definition, dict):
        raise ValueError(f"is not a flow, which is a JSON object with states: {_AGAIN}")  # noqa: TRY004 - see read
    return definition


class _NotJson(ValueError):
    """A clause that says why it is invalid."""


def _no_number(_name: str) -> NoReturn:
    raise _NotJson(f"is not JSON, which has no NaN or Infinity: {_AGAIN}")
