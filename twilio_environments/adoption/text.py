"""A stack file written from scratch, with comments: nested mappings as blocks, small values on one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from twilio_environments.visible import visible
from twilio_environments.yaml_text import inline

_WIDTH = 120
Comments = Mapping[tuple[str, ...], str]
"""Comments at the end of a line, by the keys that lead to it."""


def written(head: list[str], document: Mapping[str, Any], comments: Comments, foot: list[str]) -> str:
    """Return the text of a stack file: lines of comment, the document, lines of comment."""
    lines = [*_remarks(head), *_lines(document, comments, ()), *_remarks(foot)]
    return "".join(f"{line}\n" for line in lines)


def _remarks(lines: list[str]) -> list[str]:
    return [f"# {visible(line)}".rstrip() for line in lines]


def _lines(value: Mapping[str, Any], comments: Comments, path: tuple[str, ...]) -> Iterator[str]:
    for key, item in value.items():
        here = (*path, key)
        remark = f" # {visible(comments[here])}" if here in comments else ""
        if isinstance(item, Mapping) and item:
            yield f"{inline(key)}:{remark}"
            yield from (f"  {line}" for line in _lines(item, comments, here))
        elif isinstance(item, list) and len(inline(key) + inline(item)) + 2 * len(here) > _WIDTH:
            yield f"{inline(key)}:{remark}"
            yield from (f"  - {inline(one)}" for one in item)
        else:
            yield f"{inline(key)}: {inline(item)}{remark}"
