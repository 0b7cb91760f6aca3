"""Values and actors as every report shows them, with invisible characters spelled out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from twilio_environments.drift.model import Attribution
from twilio_environments.visible import visible


def shown(value: Any, longest: int = 0) -> str:
    """Return a field's value for people: texts as they are, "" for an empty one, the rest as JSON.

    With `longest` it is cut after that many characters, and the full length is added.
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


def sentence(clause: str) -> str:
    """Return a clause as a sentence: what was found, or why it matters."""
    return f"{clause[:1].upper()}{clause[1:].rstrip('.')}."


def who(attribution: Attribution | None, otherwise: str = "") -> str:
    """Return in one clause who did it, how, from where and when, or why that is not known."""
    if attribution is None:
        return visible(otherwise.rstrip(".")) or "no event in the window"
    return visible(f"{attribution.hand or 'somebody'}, {attribution.when}")


def html(text: object) -> str:
    """Return the text for HTML and XML, in elements and in quoted attributes."""
    return escape(visible(text))
