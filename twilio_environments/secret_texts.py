"""Messages without the values of secrets, in whatever form they appear."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from twilio_environments.visible import HIDDEN, visible

_SHORTEST = 3  # characters; shorter ones occur in any sentence, and Pulumi does not mask them either


def without(message: object, forms: Sequence[str]) -> str:
    """Return a message with `[secret]` in place of every one of `forms`."""
    text = str(message)
    for form in forms:
        text = text.replace(form, HIDDEN)
    return text


def forms_of(values: Iterable[Any]) -> tuple[str, ...]:
    """Return the forms in which a message may contain a value, or a part of one that is a URL; the longest first."""
    whole = {text for value in values for text in _texts(value)}
    named = whole.union(*map(_parts, whole))
    forms = {form for one in named for form in (one, repr(one)[1:-1], json.dumps(one)[1:-1], visible(one))}
    return tuple(sorted((form for form in forms if len(form) >= _SHORTEST), key=len, reverse=True))


def _parts(text: str) -> set[str]:
    """Return the parts of a URL that messages quote, which is seldom all of it."""
    try:
        url = urlsplit(text)
        return {part for part in (url.hostname, url.netloc, url.path, url.query) if part} if url.scheme else set()
    except ValueError:
        return set()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, float | int) and not isinstance(value, bool):
        yield f"{value:g}"
