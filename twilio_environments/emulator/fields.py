"""What a product's parameters may say, as data: where each lands in the answer, and what is refused.

An omitted parameter is left as it is and an empty string clears it: both follow from reading only what was sent.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .routing import ApiError, Call
from .state import Row

# Underscores and other alphabets are let through: where Twilio takes them is not published for every field.
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")

Reader = Callable[[Call, str], Any]
Refuse = Callable[[Call, str], ApiError]


def refusal(code: int, status: int = 400) -> Refuse:
    """Make the error of one Twilio code; the message is the reader's."""
    return lambda _call, message: ApiError(status, code, message)


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, the (dotted) name of its place in the answer, and how its value is read."""

    parameter: str
    name: str
    read: Reader


def sent(call: Call, fields: Iterable[Field]) -> Row:
    """Read the fields present in the form: dotted name to value. Raises ApiError for the first bad one."""
    return {field.name: field.read(call, field.parameter) for field in fields if field.parameter in call.form}


def assign(row: Row, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Put dotted names into the row in place; answers what really changed, name to (previous, updated)."""
    changed = {}
    for name, new in values.items():
        *parents, leaf = name.split(".")
        target = row
        for parent in parents:
            target[parent] = dict(target[parent])  # the row may share its nested defaults with other rows
            target = target[parent]
        if target[leaf] != new:
            changed[name] = (target[leaf], new)
            target[leaf] = new
    return changed


def text(maximum: int, refuse: Refuse, *, minimum: int = 0, empty: str | None = None) -> Reader:
    """Read a string of so many characters; ``empty`` is what clearing it leaves."""

    def read(call: Call, parameter: str) -> str | None:
        value = call.form.get(parameter) or ""
        if not minimum <= len(value) <= maximum:
            raise refuse(call, f"{parameter} must have between {minimum} and {maximum} characters")
        return value or empty

    return read


def url(refuse: Refuse, *, empty: str | None) -> Reader:
    """Read an absolute http(s) URL whose host may be one: no empty label, and no hyphen at an end of one."""

    def read(call: Call, parameter: str) -> str | None:
        value = call.form.get(parameter) or ""
        if value and not _is_url(value):
            raise refuse(call, f"{parameter} is not a valid URL")
        return value or empty

    return read


def _is_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or re.search(r"\s", value):
        return False
    return ":" in host or all(_LABEL.fullmatch(label) for label in host.removesuffix(".").split("."))


def one_of(values: Iterable[str], refuse: Refuse, *, empty: str | None = None, fold: bool = False) -> Reader:
    """Read one of some words; with ``fold`` in any case. An empty value leaves ``empty``, or is refused without one."""
    allowed = {value.lower() if fold else value: value for value in values}

    def read(call: Call, parameter: str) -> str | None:
        value = call.form.get(parameter) or ""
        if not value and empty is not None:
            return empty
        found = allowed.get(value.lower() if fold else value)
        if found is None:
            raise refuse(call, f"{parameter} must be one of {', '.join(allowed.values())}")
        return found

    return read


def method(refuse: Refuse, *, empty: str | None = "POST") -> Reader:
    """Read the HTTP method of a webhook."""
    return one_of(("GET", "POST"), refuse, empty=empty, fold=True)


def sid(prefix: str, refuse: Refuse) -> Reader:
    """Read a SID of that prefix; empty leaves null."""
    shape = re.compile(rf"{prefix}[0-9a-fA-F]{{32}}")

    def read(call: Call, parameter: str) -> str | None:
        value = call.form.get(parameter) or ""
        if value and not shape.fullmatch(value):
            raise refuse(call, f"{parameter} is not a valid SID: it must be {prefix} and 32 hexadecimal digits")
        return value or None

    return read


def flag(default: bool, refuse: Refuse | None = None) -> Reader:
    """Read true or false; empty leaves the default."""

    def read(call: Call, parameter: str) -> bool:
        try:
            value = call.form.flag(parameter) if call.form.get(parameter) else None
        except ApiError as error:
            raise (refuse(call, error.message) if refuse else error) from None
        return default if value is None else value

    return read


def whole(low: int, high: int, default: int, refuse: Refuse) -> Reader:
    """Read an integer between two bounds, both included; empty leaves the default."""

    def read(call: Call, parameter: str) -> int:
        value = call.form.get(parameter) or str(default)
        if not re.fullmatch(r"\d{1,9}", value) or not low <= int(value) <= high:
            raise refuse(call, f"{parameter} must be an integer between {low} and {high}")
        return int(value)

    return read
