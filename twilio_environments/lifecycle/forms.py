"""The forms of constrained strings, each defined once: the pattern, with the words for whoever gets it wrong."""

from __future__ import annotations

_WORDS: dict[str, tuple[str, str]] = {}


def form(pattern: str, words: str, example: str = "") -> str:
    """Return a pattern, and keep what it asks for in words ("a country's two capital letters") and as YAML has one."""
    _WORDS[pattern] = (words, example)
    return pattern


def words_of(pattern: str) -> tuple[str, str]:
    """Return in words what a pattern asks for, and an example; "in the right form" for one that was given none."""
    return _WORDS.get(pattern, ("in the right form", ""))
