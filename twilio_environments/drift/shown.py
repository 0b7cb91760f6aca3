"""Texts that somebody typed at Twilio, made safe to look at: what is invisible, or moves other text, is spelled out."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from html import escape
from typing import Any

from twilio_environments.drift.causes import hand
from twilio_environments.drift.model import Attribution

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Zs"}
"""Controls, formatting (direction marks, zero width), half surrogates, private use, separators, and unusual spaces."""
_BREAKS = {"\n": "↵", "\t": "⇥"}


def visible(text: object) -> str:
    """Return the text on one line, line breaks and tabs as arrows, what else is invisible as [U+202E]."""
    return "".join(_visible(character) for character in str(text))


def visible_lines(text: str) -> str:
    """Return the text as `visible` does, its line breaks kept."""
    return "\n".join(visible(line) for line in text.split("\n"))


def shown(value: Any, longest: int = 0) -> str:
    """Return a field's value for people: texts as they are, "" for an empty one, the rest as JSON.

    With `longest` it is cut after that many characters, and says of how many.
    """
    if isinstance(value, str):
        text = value or '""'
    elif isinstance(value, Mapping | list | tuple):
        text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    else:
        text = json.dumps(value)
    return clipped(visible(text), longest)


def clipped(text: str, longest: int) -> str:
    """Return the text, cut after `longest` characters where that is not 0."""
    if not longest or len(text) <= longest:
        return text
    return f"{text[:longest]}… ({len(text)} characters)"


def who(attribution: Attribution | None, otherwise: str = "") -> str:
    """Say who did it, how, from where and when, in one clause; else why that is not known."""
    if attribution is None:
        return visible(otherwise.rstrip(".")) or "no event in the window"
    return visible(f"{hand(attribution) or 'somebody'}, {attribution.when}")


def html(text: object) -> str:
    """Return the text for HTML and XML, in elements and in quoted attributes."""
    return escape(visible(text))


@cache
def _visible(character: str) -> str:
    if character in _BREAKS:
        return _BREAKS[character]
    if character == " ":
        return character
    code = ord(character)
    noncharacter = (code & 0xFFFE) == 0xFFFE or 0xFDD0 <= code <= 0xFDEF  # noqa: PLR2004 - Unicode's own, and not XML's
    if noncharacter or unicodedata.category(character) in _HIDDEN:
        return f"[U+{code:04X}]"
    return character
