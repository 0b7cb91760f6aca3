"""How a kind's fields are declared: a pydantic model whose annotations are the field table.

A field's default is Twilio's own, so omitting a field from the stack file means that default, and a difference from it
is drift. `""` is a value: it clears the field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticUndefined

from twilio_environments.lifecycle import webhooks
from twilio_environments.lifecycle.forms import form
from twilio_environments.lifecycle.values import plain


@dataclass(frozen=True, kw_only=True)
class Twilio:
    """How Twilio keeps one field.

    `sent` is False for a field that is not a parameter of the object itself. `compared` is False for one that Twilio
    does not return. A field that `replaces` cannot be changed on a live object. `normalise` brings both sides of a
    comparison into one form. `answer` is where the field is found in Twilio's answer, and `parameter` what Twilio's
    library calls it in a call, if that is not its own name.

    `OURS` is a field that only this project uses, `ONCE` one that only counts at creation, `APART` one that has calls
    of its own. Collections below an object are `Part`s (`parts.py`).
    """

    sent: bool = True
    compared: bool = True
    replaces: bool = False
    normalise: Callable[[Any], Any] = plain
    answer: tuple[str, ...] = ()
    parameter: str = ""

    @property
    def once(self) -> bool:
        """Whether it only counts at creation: a different value asks for a different object."""
        return self.replaces and not (self.sent or self.compared)


OURS = Twilio(sent=False, compared=False)
FIXED = Twilio(replaces=True)
ONCE = Twilio(sent=False, compared=False, replaces=True)
APART = Twilio(sent=False)
_MUTABLE = Twilio()


@dataclass(frozen=True)
class To:
    """What a field refers to by logical name: the section that declares it, and which of its attributes is meant.

    The resource takes that under the name `into`, or under the field's own. In a field that also takes SIDs, a SID that
    begins with `prefix` is not a logical name. `alone` says what is wrong when two objects refer to the same one, with
    {other} for the first of them; "" if they may.
    """

    section: str
    attribute: str = "sid"
    into: str = ""
    prefix: str = ""
    alone: str = ""

    def names(self, text: str) -> bool:
        """Return whether a value of the field is a logical name."""
        return not (self.prefix and re.fullmatch(rf"{self.prefix}[0-9a-fA-F]{{32}}", text))


@dataclass(frozen=True)
class Child:
    """A part of a declaration that is a resource of its own, created once the rest of the environment exists.

    `section` is that of its kind, `owner` the field by which it takes the SID of the object that it belongs to.
    """

    section: str
    owner: str


Url = Annotated[str, AfterValidator(webhooks.check), webhooks.SCHEMA]
Method = Literal["GET", "POST"]
ApiVersion = Annotated[
    str, StringConstraints(pattern=form(r"^20(08-08|10-04)-01$", "a version of Twilio's API", '"2010-04-01"'))
]
FriendlyName = Annotated[str, StringConstraints(max_length=64)]
E164 = Annotated[
    str,
    StringConstraints(
        pattern=form(r"^\+[1-9][0-9]{1,14}$", "a number in E.164: a plus sign and at most 15 digits", '"+15005550006"')
    ),
]
LogicalName = Annotated[
    str,
    StringConstraints(
        pattern=form(
            r"^[A-Za-z][A-Za-z0-9_-]{0,39}$", "a name: a letter, then up to 39 letters, digits, _ or -", "support"
        )
    ),
]


def sid_of(prefix: str) -> StringConstraints:
    """Say that a string is one of Twilio's identifiers: two letters and 32 hexadecimal digits."""
    words = f"a SID: {prefix} and 32 hexadecimal digits"
    return StringConstraints(pattern=form(rf"^({prefix}[0-9a-fA-F]{{32}})?$", words))


class Declared(BaseModel):
    """A part of a declaration: nothing unknown is accepted. The docstring below a field is its description."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    @cache
    def table(cls) -> Mapping[str, Twilio]:
        """Return the field table: each field's name, and how Twilio keeps it."""
        return {
            name: next((note for note in field.metadata if isinstance(note, Twilio)), _MUTABLE)
            for name, field in cls.model_fields.items()
        }

    def minimal(self) -> dict[str, Any]:
        """Return the declaration as JSON, without defaults."""
        fields = type(self).model_fields
        return {
            name: plain(value)
            for name, value in self
            if fields[name].is_required() or value != fields[name].get_default(call_default_factory=True)
        }

    def named(self) -> Iterator[tuple[tuple[str | int, ...], To, str]]:
        """Yield its references by logical name: the keys down to each, the field's note, and the name."""
        for field, to in self.naming().items():
            for steps, leaf in leaves(getattr(self, field)):
                if isinstance(leaf, Declared):
                    yield from (((field, *steps, *below), inner, text) for below, inner, text in leaf.named())
                elif to is not None and to.names(leaf):
                    yield (field, *steps), to, leaf

    @classmethod
    @cache
    def children(cls) -> Mapping[str, Child]:
        """Return the fields that are resources of their own, with their notes."""
        notes = {
            name: next((one for one in field.metadata if isinstance(one, Child)), None)
            for name, field in cls.model_fields.items()
        }
        return {name: note for name, note in notes.items() if note is not None}

    @classmethod
    @cache
    def naming(cls) -> Mapping[str, To | None]:
        """Return the fields that hold references, with their notes; None for those with references in nested parts."""
        naming: dict[str, To | None] = {}
        for name, field in cls.model_fields.items():
            to = next((note for note in field.metadata if isinstance(note, To)), None)
            if to is not None or any(model.naming() for model in models_in(field.annotation)):
                naming[name] = to
        return naming


def set_by_program(model: type[BaseModel]) -> list[str]:
    """Return the fields that no stack file has: the program sets them, and the schema leaves them out."""
    skip: Any = SkipJsonSchema  # to type checkers it is a generic alias
    return [name for name, field in model.model_fields.items() if any(isinstance(one, skip) for one in field.metadata)]


class Declaration(Declared):
    """What a stack file may say of one object; each kind has a model of its own."""

    adopt: Annotated[bool, OURS] = False
    """Take over an existing object of this identity, although this stack did not make it."""
    mark: SkipJsonSchema[Annotated[str, OURS]] = ""
    """What the end of a friendly name proves this stack's work by, such as [acme/prod]; in no stack file."""
    former_marks: SkipJsonSchema[Annotated[list[str], OURS]] = []
    """The stack's marks under its former names, which a killed run may have left on the object; the program sets it."""
    moved: SkipJsonSchema[Annotated[bool, OURS]] = False
    """Its object is recorded under another name of this stack, or its own is another's now; the program sets it."""

    allowed: SkipJsonSchema[Annotated[str | None, OURS]] = None
    """Why it may be lost for good, "" for not at all; a stack file says it in `twilio:allow`."""

    @classmethod
    def compact(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the state keeps of `values`: compared fields that are as Twilio sets them anyway are left out.

        Pulumi carries every recorded value through its engine, its log and both Python processes, several times a run.
        """
        table, defaults = cls.table(), cls._defaults()
        return {
            name: value
            for name, value in values.items()
            if name not in defaults or table[name].normalise(value) != defaults[name]
        }

    @classmethod
    def completed(cls, recorded: Mapping[str, Any]) -> dict[str, Any]:
        """Return recorded values with what `compact` left out."""
        return {**cls._defaults(), **recorded}

    @classmethod
    @cache
    def _defaults(cls) -> Mapping[str, Any]:
        fields = cls.model_fields
        defaults = {name: fields[name].get_default(call_default_factory=True) for name in cls.table()}
        return {
            name: twilio.normalise(defaults[name])
            for name, twilio in cls.table().items()
            if twilio.compared and defaults[name] not in (None, PydanticUndefined)
        }

    def values(self) -> dict[str, Any]:
        """Return the compared fields in the form in which they are compared; undeclared optional parts are absent."""
        return {
            name: twilio.normalise(value)
            for name, twilio in self.table().items()
            if twilio.compared and (value := getattr(self, name)) is not None
        }

    def parameters(self, only: set[str] | None = None) -> dict[str, Any]:
        """Return the fields to send, by the names of Twilio's Python library; `only` those named, where given."""
        return {
            twilio.parameter or name: _argument(getattr(self, name))
            for name, twilio in self.table().items()
            if twilio.sent and (only is None or name in only) and getattr(self, name) is not None
        }


def live_values(declaration: type[Declared], answer: Any) -> dict[str, Any]:
    """Read the compared fields out of one of Twilio's answers (an instance of Twilio's Python library)."""
    values = {}
    for name, twilio in declaration.table().items():
        if not (twilio.compared and twilio.sent):
            continue
        head, *rest = twilio.answer or (name,)
        value = getattr(answer, head)
        for step in rest:
            value = (value or {}).get(step)
        values[name] = twilio.normalise(value)
    return values


def minimal_values(declaration: type[Declared], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is in `values` of the model's fields, without what equals the field's default.

    Unlike `Declaration.minimal`, it takes live values, which may fail the model's checks.
    """
    kept = {}
    for name, twilio in declaration.table().items():
        field = declaration.model_fields[name]
        if name not in values:
            continue
        value = plain(values[name])
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        if field.is_required() or twilio.normalise(value) != twilio.normalise(default):
            kept[name] = value
    return kept


def _argument(value: Any) -> Any:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value


def leaves(value: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield the strings and the parts in a value, with the keys and positions down to each."""
    if isinstance(value, str | Declared):
        yield (), value
        return
    inner = value.items() if isinstance(value, Mapping) else enumerate(value or [])
    for step, item in inner:
        yield from (((step, *steps), leaf) for steps, leaf in leaves(item))


def models_in(annotation: Any) -> Iterator[type[Declared]]:
    """Yield the models that a field's annotation is made of."""
    if isinstance(annotation, type) and issubclass(annotation, Declared):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


def exactly_one(declared: Declared, *names: str, example: str) -> None:
    """Raise ValueError unless exactly one of the named fields has a value."""
    if sum(bool(getattr(declared, name)) for name in names) != 1:
        raise ValueError(f"needs exactly one of {' and '.join(names)}, such as {example}")


def at_most_one(declared: Declared, *names: str) -> None:
    """Raise ValueError when several of the named fields have a value."""
    given = [name for name in type(declared).model_fields if name in names and getattr(declared, name)]
    if len(given) > 1:
        raise ValueError(f"has {' and '.join(given)}, but Twilio uses only one of them: keep one")
