"""A product's parameters as data: what each accepts, and where it appears in the answer.

An omitted parameter is left as it is and an empty string clears it: both follow from reading only what was sent.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .routing import ApiError, Call
from .state import Row

# Underscores and other alphabets pass: Twilio does not publish for every field whether it accepts them.
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")

Reader = Callable[[Call, str, str], Any]  # takes the call, the parameter's name and its value: "" clears
Refuse = Callable[[Call, str], ApiError]
Changes = dict[str, tuple[Any, Any]]  # dotted name to (previous, updated)
_EMPTY: Any = object()


def refusal(code: int, status: int = 400) -> Refuse:
    """Make the error of one Twilio code; the message is the reader's."""
    return lambda _call, message: ApiError(status, code, message)


def missing(_call: Call, parameter: str) -> ApiError:
    """Make the usual error for a parameter that creation requires."""
    return ApiError(400, 20001, f"Missing required parameter {parameter} in the post body")


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, how its value is read, and its (dotted) name in the answer: the same words by default.

    A parameter missing at creation counts as empty, or as `default`, which is a value or a function of the call.
    `required` (of the call and the parameter) is raised if creation gets no value, `taken` (of the call and
    the value) if another row of the collection has the value. `write_once`: creation alone takes it.
    """

    parameter: str
    read: Reader
    name: str = ""
    default: Any = _EMPTY
    required: Callable[[Call, str], ApiError] | None = None
    taken: Callable[[Call, Any], ApiError] | None = None
    write_once: bool = False

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", self.parameter).lower())

    def at_creation(self, call: Call) -> Any:
        """Read its value for a new row. Raises ApiError if it is bad."""
        value = call.form.get(self.parameter)
        if value is None and self.default is not _EMPTY:
            return self.default(call) if callable(self.default) else self.default
        return self.read(call, self.parameter, value or "")


def created(call: Call, fields: Sequence[Field]) -> Row:
    """Make a row of all fields. Raises ApiError for the first that is required and missing, else the first bad one."""
    for field in fields:
        if field.required is not None and not call.form.get(field.parameter):
            raise field.required(call, field.parameter)
    row: Row = {}
    for field in fields:
        *parents, leaf = field.name.split(".")
        target = row
        for parent in parents:
            target = target.setdefault(parent, {})
        target[leaf] = field.at_creation(call)
    return row


def sent(call: Call, fields: Iterable[Field]) -> Row:
    """Read the fields present in the form: dotted name to value. Raises ApiError for the first bad one."""
    return {
        field.name: field.read(call, field.parameter, value)
        for field in fields
        if (value := call.form.get(field.parameter)) is not None
    }


def assign(row: Row, values: Mapping[str, Any]) -> Changes:
    """Put dotted names into the row in place; return what really changed, name to (previous, updated)."""
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


def word(_call: Call, _parameter: str, value: str) -> str:
    """Read a text as it is."""
    return value


def text(maximum: int, refuse: Refuse, *, minimum: int = 0, empty: str | None = None) -> Reader:
    """Read a string of `minimum` to `maximum` characters; ``empty`` is what clearing it leaves."""

    def read(call: Call, parameter: str, value: str) -> str | None:
        if not minimum <= len(value) <= maximum:
            raise refuse(call, f"{parameter} must have between {minimum} and {maximum} characters")
        return value or empty

    return read


def fitting(pattern: str, refuse: Refuse, message: str) -> Reader:
    """Read a text that matches a regular expression in full; the message may name `{parameter}` and `{value}`."""
    shape = re.compile(pattern)

    def read(call: Call, parameter: str, value: str) -> str:
        if not shape.fullmatch(value):
            raise refuse(call, message.format(parameter=parameter, value=value))
        return value

    return read


def url(refuse: Refuse, *, empty: str | None) -> Reader:
    """Read an absolute http(s) URL with a well-formed host: no empty label, and no hyphen at either end of one."""

    def read(call: Call, parameter: str, value: str) -> str | None:
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
    """Read one of the given words; with ``fold``, in any case. An empty value leaves ``empty``, or is refused."""
    allowed = {value.lower() if fold else value: value for value in values}

    def read(call: Call, parameter: str, value: str) -> str | None:
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

    def read(call: Call, parameter: str, value: str) -> str | None:
        if value and not shape.fullmatch(value):
            raise refuse(call, f"{parameter} is not a valid SID: it must be {prefix} and 32 hexadecimal digits")
        return value or None

    return read


def flag(default: bool | Callable[[Call], bool], refuse: Refuse | None = None) -> Reader:
    """Read true or false, in any case; empty leaves the default, which may depend on a switch."""
    refuse = refuse or refusal(20001)

    def read(call: Call, parameter: str, value: str) -> bool:
        if not value:
            return default(call) if callable(default) else default
        if value.lower() not in ("true", "false"):
            raise refuse(call, f"Invalid {parameter}: {value!r} is not true or false")
        return value.lower() == "true"

    return read


def whole(low: int, high: int, default: int, refuse: Refuse) -> Reader:
    """Read an integer between two inclusive bounds; empty leaves the default."""

    def read(call: Call, parameter: str, value: str) -> int:
        digits = value or str(default)
        if not re.fullmatch(r"\d{1,9}", digits) or not low <= int(digits) <= high:
            raise refuse(call, f"{parameter} must be an integer between {low} and {high}")
        return int(digits)

    return read
