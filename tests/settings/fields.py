"""All fields that a stack file may have, found by walking the models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from twilio_environments.lifecycle.declaration import set_by_program
from twilio_environments.settings import Settings

MINIMAL: dict[str, Any] = {
    "subaccount": {},
    "keys": {"api": {}},
    "numbers": {"support": {"phone_number": "+15005550006"}},
    "messaging_services": {"alerts": {"discard_inbound": True}},
    "verify_services": {"login": {}},
    "studio_flows": {"ivr": {"file": "flow.json"}},
    "secrets": {"vault": {}},
}
NAMES = {section: next(iter(MINIMAL[section])) for section in MINIMAL if section not in ("subaccount", "secrets")}


@dataclass(frozen=True)
class Place:
    """A field: the way to it through the stack file, the model it is of, and its declaration."""

    steps: tuple[str | int, ...]
    model: type[BaseModel]
    field: FieldInfo

    def __str__(self) -> str:
        return ".".join(map(str, self.steps))


def places(model: type[BaseModel] = Settings, steps: tuple[str | int, ...] = ()) -> Iterator[Place]:
    """Yield every field that a person may write, with one logical name standing for all."""
    for name, field in model.model_fields.items():
        if name in set_by_program(model):
            continue
        yield Place((*steps, name), model, field)
        yield from _below(field.annotation, (*steps, name))


def _below(annotation: Any, steps: tuple[str | int, ...]) -> Iterator[Place]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from places(annotation, steps)
    elif get_origin(annotation) is dict:
        key = NAMES.get(str(steps[0]), "support") if len(steps) == 1 else "US"
        yield from _below(get_args(annotation)[1], (*steps, key))
    elif get_origin(annotation) is list:
        yield from _below(get_args(annotation)[0], (*steps, 0))
    elif get_origin(annotation) is Annotated:
        yield from _below(get_args(annotation)[0], steps)
    else:
        for one in get_args(annotation):
            if one is not type(None):
                yield from _below(one, steps)


def planted(steps: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """Return the minimal settings with a value at a place."""
    return _with(MINIMAL, steps, value)  # type: ignore[no-any-return]


def _with(data: Any, steps: tuple[str | int, ...], value: Any) -> Any:
    if not steps:
        return value
    head, *rest = steps
    if isinstance(head, int):
        return [_with({}, tuple(rest), value)]
    data = data if isinstance(data, dict) else {}
    return data | {head: _with(data.get(head), tuple(rest), value)}
