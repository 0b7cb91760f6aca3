"""Texts that somebody typed at Twilio, made safe to display: invisible and text-moving characters are spelled out.

`visible` is for people. `inert` is for Pulumi's state, which others read and print: `original` reverses it exactly, so
that recorded values can be compared with live ones, and nothing spelled out is ever sent back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Zs"}
"""Controls, formatting (direction marks, zero width), half surrogates, private use, separators, and unusual spaces."""
_BREAKS = {"\n": "↵", "\t": "⇥"}
HIDDEN = "[secret]"
"""What stands for a secret, as Pulumi writes it."""
SPELLED = re.compile(r"\[U\+(?:[0-9A-F]{4,5}|10[0-9A-F]{4})\]")
"""A character that is spelled out."""
_ESCAPE = re.compile(r"\\+(?=[bfnrtu])")
"""What begins a control character in JSON: Pulumi decodes JSON inside a text before printing, at any depth."""


def visible(text: object) -> str:
    """Return the text on one line, line breaks and tabs as arrows, what else is invisible as [U+202E]."""
    return "".join(_visible(character) for character in str(text))


def visible_lines(text: object) -> str:
    """Return the text as `visible` does, its line breaks kept."""
    return "\n".join(visible(line) for line in str(text).split("\n"))


def uncommanded(text: str) -> str:
    """Return text for a block of code in Markdown, without lines that begin with a slash.

    To GitLab such a line is a quick action, also in a block whose fence is longer than three backticks.
    """
    return re.sub(r"^(?=/)", " ", text, flags=re.MULTILINE)


@cache
def _visible(character: str) -> str:
    return _BREAKS.get(character) or _spelled(character)


@cache
def _spelled(character: str) -> str:
    if character == " ":
        return character
    code = ord(character)
    noncharacter = (code & 0xFFFE) == 0xFFFE or 0xFDD0 <= code <= 0xFDEF  # noqa: PLR2004 - Unicode's own, and not XML's
    if noncharacter or unicodedata.category(character) in _HIDDEN:
        return f"[U+{code:04X}]"
    return character


def inert(value: Any) -> Any:
    """Return JSON with all its texts on one line and inert, whoever prints or decodes them."""
    return _mapped(value, _inert)


def original(value: Any) -> Any:
    """Return what `inert` was given."""
    return _mapped(value, _original)


def _original(text: str) -> str:
    return SPELLED.sub(lambda found: chr(int(found[0][3:-1], 16)), text) if "[U+" in text else text


def _inert(text: str) -> str:
    if text.isprintable() and "\\" not in text and "[U+" not in text:
        return text  # nearly all of them, and this runs for every value of every resource
    text = SPELLED.sub(lambda found: f"[U+005B]{found[0][1:]}", text)
    if text.lstrip()[:1] in ("{", "["):
        text = _ESCAPE.sub(lambda found: "[U+005C]" * len(found[0]), text)
    return text if text.isprintable() else "".join(map(_spelled, text))


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {change(key): _mapped(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_mapped(item, change) for item in value]
    return value
