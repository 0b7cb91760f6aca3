"""Twilio's own error message in a form that may be shown: one line, without values.

Twilio promises a `message` with every error, but nothing about its content [Twilio: "Twilio's Response", Exceptions].
It may quote what was sent, name objects and numbers, and come from whoever answers in Twilio's place. So only what
reads as a sentence about parameters is shown: everything else is masked, and no character is left that has a meaning to
a terminal, a log or a page.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote, quote_plus

MASK = "***"
_LONGEST = 200
_READ = 2000
_TELLING = {"true", "false", "GET", "POST"}  # as values they reveal nothing, and in a sentence they matter
_LOOSE = 4  # a value of at least this many characters is masked within words too
_QUOTED = re.compile(r"""(?<!\w)'.*?('(?!\w)|$)|".*?("|$)|`.*?(`|$)""")
_TYPOGRAPHIC = str.maketrans(
    dict.fromkeys("\u2018\u2019\u2039\u203a", "'") | dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"')
)
_SECRET = re.compile(
    r"(?i)\b(pass(word|wd|phrase)?|secret|token|authorization|bearer|basic|credentials?)\s*[:=]\s*\S.*"
)
_SCHEME = re.compile(r"(?i)\b(bearer|basic)\s+\S{8,}")
_URL = re.compile(r"(?i)\b[a-z][a-z0-9+.-]*://\S+")
_EMAIL = re.compile(r"\S+@\S+")
_SID = re.compile(r"(?i)\b([A-Z]{2})[0-9a-f]{32}\b")
_NUMBER = re.compile(r"(?<!\w)\+?\(?\d[\d\s().-]{5,}\d(?!\w)")
_VERSION = re.compile(r"20(08-08|10-04)-01")
_PERMISSION = re.compile(r"/twilio/[a-z0-9./*-]{1,120}")
_FORBIDDEN = re.compile(r"""[^\w\s.,:;()'"/*+%=?!&-]""")
_WORD = re.compile(r"[A-Za-z]?[a-z]{0,19}([A-Z][a-z]{1,19})*|[A-Z]{1,12}s?")
_PIECE = re.compile(r"[-_./:,;()'\"=&+%?!*]+")
_SHORT, _DIGITS, _NUMERAL = 5, 4, 6
"""The maximum characters of a part of a word, digits in a word, and digits of a number that reveal no secret."""
_REPEATS_THE_CALL = re.compile(r"(?i)^the requested resource \S+ was not found\.?$")


def shown(message: Any, sent: Iterable[Any] = (), names: Collection[str] = ()) -> str:
    """Return the part of an error message that may be shown; "" if it says no more than the code.

    `sent` are the values that the call carried, in whatever form, including the credentials. `names` are those of its
    parameters, which are kept.
    """
    if not isinstance(message, str) or _REPEATS_THE_CALL.match(message.strip()):
        return ""
    text = _line(message[:_READ])
    for value in sorted(_values(sent) - {*names}, key=len, reverse=True):
        text = _without(text, value)
    text = _QUOTED.sub(lambda found: _kept(found[0], names), text)
    for pattern in (_SECRET, _SCHEME, _URL, _EMAIL, _SID):
        text = pattern.sub(MASK, text)
    text = _NUMBER.sub(lambda found: _number(found[0]), text)
    text = _FORBIDDEN.sub(" ", " ".join(_word(word, names) for word in text.split()))
    words = text.split()
    if sum(bool(re.search(r"[^\W\d_]{2}", word)) for word in words) < 2:  # noqa: PLR2004 - "Authenticate" is no reason
        return ""
    text = " ".join(words)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rpartition(' ')[0] or text[:_LONGEST]}…"


def _line(text: str) -> str:
    """Return a text on one line, with straight quotes, without invisible characters."""
    seen = (one for one in text if one.isspace() or unicodedata.category(one) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    return " ".join("".join(seen).translate(_TYPOGRAPHIC).split())


def _values(sent: Iterable[Any]) -> set[str]:
    """Return every text that a call carried, and those inside JSON, both plain and URL-encoded."""
    found: set[str] = set()
    for text in _texts(sent):
        plain = _line(text)
        if plain and plain not in _TELLING and not _PERMISSION.fullmatch(plain):
            found |= {plain, quote(plain, safe=""), quote_plus(plain)}
    return found


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from _texts(value.values())  # the names are Twilio's, and the subject of the message
    elif isinstance(value, str):
        if value[:1] in ("{", "["):
            with suppress(ValueError, RecursionError):
                yield from _texts(json.loads(value))
        yield value[:_READ]
    elif isinstance(value, Iterable) and not isinstance(value, bytes):
        for one in value:
            yield from _texts(one)
    elif value is not None:
        yield str(value)


def _without(text: str, value: str) -> str:
    """Mask a value; a short one only as a separate word, or every letter of the message would be masked."""
    around = ("", "") if len(value) >= _LOOSE else (r"(?<!\w)", r"(?!\w)")
    return re.sub(f"(?i){around[0]}{re.escape(value)}{around[1]}", MASK, text)


def _kept(quoted: str, names: Collection[str]) -> str:
    inner = quoted.strip("'\"`")
    return inner if inner in names or _PERMISSION.fullmatch(inner) else MASK


def _number(text: str) -> str:
    digits = sum(character.isdigit() for character in text)
    return text if digits <= _NUMERAL or _VERSION.fullmatch(text) else MASK


def _word(word: str, names: Collection[str]) -> str:
    """Return a word of a sentence, masked if it may be an identifier or a secret."""
    bare = word.strip(".,:;()'\"")
    if bare in names or _PERMISSION.fullmatch(bare):
        return word
    rest = _VERSION.sub("", bare)
    reads = all(len(piece) <= _SHORT or _WORD.fullmatch(piece) for piece in _PIECE.split(rest))
    return word if reads and sum(character.isdigit() for character in rest) <= _DIGITS else MASK
