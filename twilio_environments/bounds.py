"""Size limits for input from outside: a file of the repository, an answer, the output of Pulumi.

Any of them may be hostile, and none may exhaust the memory or the time of a run: with YAML's aliases a text of a few
hundred bytes expands to gigabytes, and so does a compressed answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from twilio_environments.problems import Problem

FILE = 1024 * 1024
"""Bytes of a stack file, a flow file or any other file of the repository."""
ANSWER = 64 * 1024 * 1024
"""Bytes of an answer after it was decompressed; a page of Twilio's thousand objects has about two million."""
PRINTED = 512 * 1024 * 1024
"""Bytes that Pulumi may print; it prints a whole state."""
DEPTH = 60
"""Levels of nesting."""
VALUES = 250_000
"""Values in a document, counting the target of an alias each time."""
MISTAKES = 100
"""How many mistakes are reported at once, and how many names in each."""
_TOO_LARGE = f"is larger than {FILE // 1024**2} MiB"
_TOO_DEEP = f"is nested more than {DEPTH} levels deep"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C one, where PyYAML has it, is several times faster; deep nesting would crash it, so that is checked first."""


def text_of(path: Path) -> str:
    """Return a file's text with its line ends as they are.

    Raises ValueError with one clause for what is too large, OSError and UnicodeDecodeError.
    """
    if path.exists() and not path.is_file():
        raise TooMuch("is not a file")
    with path.open("rb") as opened:
        data = opened.read(FILE + 1)
    if len(data) > FILE:
        raise TooMuch(_TOO_LARGE)
    return data.decode()


def yaml_of(name: str, text: str) -> Any:
    """Return the YAML document in a text; raise Problem, which names the file, if it is invalid or too large."""
    try:
        _measure(text)
        return yaml.load(text, Loader=_LOADER)  # noqa: S506 - either of the two is a safe loader
    except yaml.YAMLError as error:
        raise Problem(f"{name} is not YAML: {str(error).splitlines()[0]}.", "Fix it.") from None
    except TooMuch as error:
        raise Problem(f"{name} {error}.", "Make it smaller, and write out its aliases.") from None
    except (ValueError, OverflowError, RecursionError):  # a date that does not exist, a number of thousands of digits
        what = f"{name} contains a number or a date that cannot be read."
        raise Problem(what, "Put it in quotes, or correct it.") from None


class TooMuch(ValueError):
    """A clause that names the limit exceeded."""


def _measure(text: str) -> None:
    """Raise TooMuch for a document that would be too deep or too large with its aliases written out."""
    if len(text) > FILE:
        raise TooMuch(_TOO_LARGE)
    sizes: dict[str, int] = {}
    open_: list[tuple[str | None, int]] = [(None, 0)]  # anchor and size of what is being read, outermost first
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            open_.append((event.anchor, 1))
            if len(open_) > DEPTH:
                raise TooMuch(_TOO_DEEP)
        elif isinstance(event, yaml.CollectionEndEvent):
            _counted(*open_.pop(), sizes, open_)
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in sizes and any(anchor == event.anchor for anchor, _ in open_):
                raise TooMuch("has an alias that contains itself")
            _counted(None, sizes.get(str(event.anchor), 1), sizes, open_)
        elif isinstance(event, yaml.ScalarEvent):
            _counted(event.anchor, 1, sizes, open_)


def _counted(anchor: str | None, size: int, sizes: dict[str, int], open_: list[tuple[str | None, int]]) -> None:
    """Add the size of a value to its container, and remember it for its aliases."""
    if anchor:
        sizes[anchor] = size
    above, held = open_[-1]
    open_[-1] = (above, held + size)
    if held + size > VALUES:
        raise TooMuch(f"has more than {VALUES} values, with its aliases expanded")


def require_bounded(value: Any) -> None:
    """Raise ValueError with one clause for a value that is nested too deeply, or has too much in it."""
    rest: list[tuple[Any, int]] = [(value, 1)]
    count = 0
    while rest:
        one, depth = rest.pop()
        count += 1
        items = list(one.values()) if isinstance(one, Mapping) else one if isinstance(one, list) else ()
        if depth > DEPTH:
            raise TooMuch(_TOO_DEEP)
        if count + len(rest) + len(items) > VALUES:
            raise TooMuch(f"has more than {VALUES} values")
        rest += [(item, depth + 1) for item in items]
