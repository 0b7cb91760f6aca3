"""`twilio-env explain`: what one of Twilio's codes means, when it occurs, whether to retry, and what to do."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import Annotated

import typer

from twilio_environments.cli.answers import Json
from twilio_environments.explain import ENTRIES, Entry, explain_status, nearest
from twilio_environments.problems import Problem

_AGAIN = {
    "never": "A retry does not help: something has to change first.",
    "later": "A retry may help after a while, without a change.",
    "safe": "It was not processed: the same call can be retried after a short wait, as this library does.",
}
_STATUSES = range(100, 600)
_CODE = re.compile(r"(?<!\d)\d{3,6}(?!\d)")


def explain(
    code: Annotated[
        list[str] | None,
        typer.Argument(
            help="Twilio's code, or text that contains it, such as a Twilio URL; an HTTP status; or words to find."
        ),
    ] = None,
    status: Annotated[int, typer.Option(min=0, max=999, help="The HTTP status it came with, if any.")] = 0,
    as_json: Json = False,
) -> None:
    """Explain one of Twilio's error codes, from the catalogue behind this library's own messages.

    Without a code it lists all of them, or those that contain all of the words. Exit code 0: the code is known, or some
    contain the words; 1: it is not, and only its HTTP status is explained, or none contains them.
    """
    typed = " ".join(code or [])
    if not code or _is_words(typed):
        _list(typed.casefold().split(), as_json=as_json)
        return
    number = _number(typed)
    entry = ENTRIES.get(number)
    if entry is None and number in _STATUSES:
        entry = explain_status(number)
    if entry is None:
        raise _unknown(number, status)
    print(json.dumps(_fields(number, entry), indent=2) if as_json else "\n".join(_lines(number, entry)))


def _number(text: str) -> int:
    found = _CODE.findall(text)
    if len(found) != 1:
        raise Problem("That is not a single code.", "Pass just the number, such as: twilio-env explain 30034")
    return int(found[0])


def _is_words(text: str) -> bool:
    """Return whether a text has words to search for, rather than a number that may be a code."""
    return not _CODE.search(text) and any(character.isalpha() for character in text)


def _list(words: list[str], *, as_json: bool) -> None:
    """Print the codes whose entries contain all of the words."""
    found = {number: entry for number, entry in sorted(ENTRIES.items()) if _has(entry, number, words)}
    if not found:
        raise Problem(
            f"{' '.join(words)!r} is not a single code, and no entry of the catalogue has all of these words.",
            "Search for fewer words, or list all codes: twilio-env explain",
        )
    if as_json:
        print(json.dumps({"codes": [_fields(number, entry) for number, entry in found.items()]}, indent=2))
    else:
        print("\n".join(f"{number}: {entry.title}" for number, entry in found.items()))


def _has(entry: Entry, number: int, words: list[str]) -> bool:
    text = json.dumps(_fields(number, entry)).casefold()
    return all(word in text for word in words)


def _fields(number: int, entry: Entry) -> dict[str, object]:
    fields = asdict(entry) | {"code": number}
    return {name: value for name, value in fields.items() if value not in ("", ()) and name != "usual"}


def _lines(number: int, entry: Entry) -> list[str]:
    status = not entry.code
    rows = [
        ("means", f"{entry.meaning}."),
        ("not", entry.not_this),
        ("when", "" if status else ", ".join(entry.when)),
        ("again", _AGAIN[entry.retry]),
        ("do", entry.remedy),
        *(("or", f"{one.meaning}. {one.remedy}") for one in entry.causes),
        ("Twilio", "" if status else f"https://www.twilio.com/docs/api/errors/{number}"),
    ]
    head = f"{'HTTP ' if status else ''}{number}: {entry.title}"
    return [head, *(f"  {name:<7} {text}" for name, text in rows if text)]


def _unknown(number: int, status: int) -> Problem:
    known = "; ".join(f"{entry.code} {entry.title}" for entry in nearest(number))
    near = f" Similar codes: {known}." if known else ""
    said = ""
    if status:
        entry = explain_status(status)
        said = f" HTTP {status} means: {entry.meaning}. {entry.remedy}"
    remedy = f"Twilio's own page, if there is one: https://www.twilio.com/docs/api/errors/{number}"
    return Problem(f"{number} is not in the catalogue.{said}{near}", remedy)
