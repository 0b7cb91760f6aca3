"""Texts that somebody typed at Twilio, made safe to look at: what is invisible, or moves other text, is spelled out."""

from __future__ import annotations

import unicodedata
from functools import cache

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Zs"}
"""Controls, formatting (direction marks, zero width), half surrogates, private use, separators, and unusual spaces."""
_BREAKS = {"\n": "↵", "\t": "⇥"}


def visible(text: object) -> str:
    """Return the text on one line, line breaks and tabs as arrows, what else is invisible as [U+202E]."""
    return "".join(_visible(character) for character in str(text))


def visible_lines(text: object) -> str:
    """Return the text as `visible` does, its line breaks kept."""
    return "\n".join(visible(line) for line in str(text).split("\n"))


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
