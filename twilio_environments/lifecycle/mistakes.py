"""Mistakes in what was declared: where, what is wrong, and what it should look like. Values are never repeated.

A value in the wrong place may be a secret, so no message quotes one.
"""

from __future__ import annotations

import difflib
import heapq
import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from twilio_environments import bounds
from twilio_environments.lifecycle.declaration import set_by_program
from twilio_environments.lifecycle.forms import words_of
from twilio_environments.visible import SPELLED

_MAPPING = "must be a mapping (name: value lines, indented below it)"
_LONGEST_NAME = 100
_WHOLE = "must be a whole number without quotes, such as {number}"
_TRUTH = "must be true or false, without quotes"
_WORDS = {
    "literal_error": "must be one of {expected}",
    "model_type": _MAPPING,
    "dict_type": _MAPPING,
    "list_type": "must be a list, such as [one, two], or lines that begin with -",
    "string_type": "must be a string{such_as}",
    "text_without_quotes": "is a number, true or false in YAML: put it in quotes{such_as}",
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": "must be a number without quotes, such as 20",
    "float_parsing": "must be a number without quotes, such as 20",
    "finite_number": "must be a number without quotes, such as 20",
    "greater_than_equal": "is too small: the minimum is {ge}",
    "less_than_equal": "is too large: the maximum is {le}",
    "string_too_long": "is too long: the maximum is {max_length} characters",
    "string_too_short": "is too short: the minimum is {min_length} characters{such_as}",
    "too_long": "has too many items: the maximum is {max_length}",
    "too_short": "has too few items: the minimum is {min_length}",
}
"""Pydantic's error types in words. The values that pydantic fills in never include what the user wrote."""
_YAML_DATE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [+-]\d{4} \w+$")
"""How Pulumi passes on what YAML takes for a date."""
_FREE_TEXT = "values"
_EMPTY = "is empty: give it a value ({} for a mapping with defaults), or remove the line"


@dataclass(frozen=True, order=True)
class Mistake:
    """One mistake: its path below `twilio:` in the stack file, and what is wrong with an example of what is right."""

    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.path or 'the settings'}: {self.what}"


def place(steps: Iterable[str | int]) -> str:
    """Return a path as Pulumi writes it: `keys.api.policy[0]`, with anything but plain names quoted and escaped."""
    path = ""
    for step in steps:
        if isinstance(step, int):
            path += f"[{step}]"
        elif re.fullmatch(r"[A-Za-z0-9_-]{1,64}", step):
            path += f".{step}" if path else step
        else:
            path += f"[{json.dumps(step if len(step) <= 64 else step[:64] + '…')}]"  # noqa: PLR2004 - as above
    return path


def nearest(name: str, known: Iterable[str]) -> str:
    """Return "did you mean …? " for the known name that looks like `name`, nothing if none does."""
    if len(name) > _LONGEST_NAME:
        return ""
    alike = heapq.nsmallest(bounds.MISTAKES, known, key=lambda one: (abs(len(one) - len(name)), one))
    near = difflib.get_close_matches(name, alike, n=1)
    return f"did you mean {near[0]}? " if near else ""


def unknown_name(what: str, name: str, known: Iterable[str]) -> str:
    """Say that nothing of that name is declared, and what is; the name itself is not repeated."""
    names = sorted(known)
    if not names:
        return f"refers to a {what}, but none is declared: declare it, or remove this"
    return f"is not a declared {what}; {nearest(name, names)}declared: {listed(names)}"


def listed(names: Sequence[str]) -> str:
    """Return names in a row; if there are very many, the first ones and how many more there are."""
    left = len(names) - bounds.MISTAKES
    return ", ".join(names[: bounds.MISTAKES]) + (f" and {left} more" if left > 0 else "")


def mistakes_of(error: ValidationError, model: type[BaseModel] | None = None) -> list[Mistake]:
    """Turn pydantic's errors into mistakes; `model` is what was validated, for the names that are allowed."""
    mistakes = set()
    for found in error.errors(include_url=False)[: bounds.MISTAKES + 1]:
        steps = [step for step in found["loc"] if step != "[key]"]
        mistakes.add(Mistake(place(steps), _words(found, steps, model)))
    return sorted(mistakes)


def written_mistakes(data: Mapping[str, Any]) -> list[Mistake]:
    """Return what is wrong with the way values are written, whatever their field.

    Empty ones, dates where text was meant, invisible characters, and lists with duplicates. In `values`, the user's own
    texts, line breaks and the marks of right-to-left scripts and of emoji are wanted.
    """
    mistakes = []
    # A work list instead of recursion: the nesting may be arbitrarily deep.
    rest: list[tuple[tuple[str | int, ...], Any]] = [((name,), value) for name, value in data.items()]
    while rest:
        steps, value = rest.pop()
        found: Iterator[str] = iter(())
        if value is None or (value == "" and (len(steps) == 1 or isinstance(steps[-1], int))):
            found = iter([_EMPTY])
        elif isinstance(value, str):
            found = _text_mistakes(value, free=steps[0] == _FREE_TEXT)
        elif isinstance(value, Mapping):
            rest += [((*steps, name), item) for name, item in value.items()]
            mistakes += [
                Mistake(place((*steps, name)), f"{what} (in the name)")
                for name in value
                for what in _text_mistakes(name, free=False)
            ]
        elif isinstance(value, list):
            rest += [((*steps, index), item) for index, item in enumerate(value)]
            texts = [item for item in value if isinstance(item, str)]
            found = iter(["contains a duplicate: keep one of each"] if len(set(texts)) < len(texts) else [])
        mistakes += [Mistake(place(steps), what) for what in found]
    return sorted(mistakes)


def hidden_mistakes(inputs: Mapping[str, Any], free: Collection[str] = ()) -> list[Mistake]:
    """Return the strings in a resource's inputs with invisible characters, or with such characters spelled out.

    What is spelled out, as [U+001B], came from the record of another object: it is not what Twilio has. In `free`
    inputs line breaks and the marks of other scripts are wanted.
    """
    mistakes = []
    rest: list[tuple[tuple[str | int, ...], Any]] = [((name,), value) for name, value in inputs.items()]
    while rest:
        steps, value = rest.pop()
        if isinstance(value, Mapping):
            rest += [((*steps, name), item) for name, item in value.items()]
        elif isinstance(value, list):
            rest += [((*steps, index), item) for index, item in enumerate(value)]
        elif isinstance(value, str) and steps[0] not in free:
            if SPELLED.search(value):
                mistakes.append(Mistake(place(steps), "contains a spelled-out character: type the text again"))
            elif not value.isprintable():
                mistakes += [Mistake(place(steps), what) for what in _text_mistakes(value, free=False)]
    return sorted(mistakes)


def _text_mistakes(text: str, *, free: bool) -> Iterator[str]:
    if _YAML_DATE.match(text):
        yield 'is a date in YAML: put it in quotes, such as "2030-12-31"'
    categories = ("Cc", "Cs") if free else ("Cc", "Cf", "Cs", "Zl", "Zp")
    for character in text:
        if unicodedata.category(character) in categories and not (free and character in "\n\t"):
            kind = "a control character" if unicodedata.category(character) == "Cc" else "an invisible character"
            yield f"contains {kind} (U+{ord(character):04X}): type it again, in plain characters"
            return
    if not free and text != text.strip():
        yield "begins or ends with a space: remove it"


def _words(found: Any, steps: Sequence[str | int], model: type[BaseModel] | None) -> str:
    kind, context, given = found["type"], found.get("ctx", {}), found.get("input")
    name = next((step for step in reversed(steps) if isinstance(step, str)), "")
    example = example_of(model, steps)
    if kind == "missing":
        return f"is missing: add it, such as {name}: {example}"
    if kind == "extra_forbidden":
        return _unknown_field(name, _fields(model, steps[:-1]))
    if given in (None, "") and "[key]" not in found["loc"]:
        return _EMPTY
    if kind == "string_pattern_mismatch":
        what, example = words_of(str(context["pattern"]))
        return f"is not {what}" + (f", such as {example}" if example else "")
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_type" and isinstance(given, bool | int | float):
        kind = "text_without_quotes"
    such_as = f", such as {example}" if example else ""
    words = _WORDS.get(kind, "is not valid here{such_as}")
    return words.format(such_as=such_as, number=example or "6", **{name: str(value) for name, value in context.items()})


def _unknown_field(name: str, known: Iterable[str]) -> str:
    near = nearest(name, known)
    if not near and known:
        return f"is not known here: correct or remove it; known: {', '.join(known)}"
    return f"is not known here: {near or 'correct or remove it'}".rstrip()


def _fields(model: type[BaseModel] | None, steps: Iterable[str | int]) -> list[str]:
    """Return the names that are allowed at a path below `model`."""
    at = _at(model, steps)
    return sorted(at.model_fields.keys() - {*set_by_program(at)}) if at is not None else []


def example_of(model: type[BaseModel] | None, steps: Sequence[str | int]) -> str:
    """Return what a stack file may have at a path below `model`, as YAML; "" if unknown."""
    at = _at(model, steps[:-1])
    field = at.model_fields.get(str(steps[-1])) if at is not None and steps else None
    if field is None:
        return ""
    if field.examples:
        return _yaml(field.examples[0])
    return next((words_of(pattern)[1] for pattern in _patterns(field.annotation, field.metadata)), "")


def _patterns(annotation: Any, notes: Iterable[Any] = ()) -> Iterator[str]:
    for note in notes:
        if pattern := getattr(note, "pattern", None):
            yield str(pattern)
    if get_origin(annotation) is Annotated:
        yield from _patterns(get_args(annotation)[0], get_args(annotation)[1:])
    else:
        for one in get_args(annotation):
            yield from _patterns(one)


def _yaml(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}: {_yaml(item)}' for name, item in value.items())}}}"
    plain = isinstance(value, str) and value[:1].isalpha()
    return value if plain else json.dumps(value)


def _at(model: type[BaseModel] | None, steps: Iterable[str | int]) -> type[BaseModel] | None:
    """Return the model at a path below `model`, None where there is no model."""
    at: Any = model
    for step in steps:
        if isinstance(at, type) and issubclass(at, BaseModel):
            at = _bare(at.model_fields[str(step)].annotation)
        elif get_origin(at) in (dict, list):
            at = _bare(get_args(at)[-1])
    return at if isinstance(at, type) and issubclass(at, BaseModel) else None


def _bare(annotation: Any) -> Any:
    """Return a type without what may wrap it: Annotated, and the None of optional values."""
    while get_origin(annotation) is Annotated or type(None) in get_args(annotation):
        annotation = next(one for one in get_args(annotation) if one is not type(None))
    return annotation
