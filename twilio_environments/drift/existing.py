"""The stack file entry that takes over an existing object: its logical name and its fields."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Mapping
from functools import cache
from itertools import count
from typing import Any

from twilio_environments.kinds.registry import SECTIONS
from twilio_environments.lifecycle.declaration import Declared, To, minimal_values
from twilio_environments.lifecycle.kind import Kind
from twilio_environments.lifecycle.objects import Live
from twilio_environments.lifecycle.parts import parts_of

_LONGEST = 32
Places = Mapping[str, str]
"""The place in the stack file (`numbers.support`) of an object, by its SID."""


def logical_name(kind: Kind[Any], live: Live, taken: Container[str]) -> str:
    """Return a logical name that resembles the object's own name and is not taken yet."""
    number = str(live.facts.get(kind.labels[0]) or "")
    shown = unicodedata.normalize("NFKD", str(live.values.get("friendly_name") or number or live.id))
    name = re.sub(r"[^a-z0-9]+", "-", shown.encode("ascii", "ignore").decode().lower()).strip("-")
    if not name[:1].isalpha():
        name = f"{kind.noun.split()[-1].lower()}-{name or live.id[-6:].lower()}"
    name = name[:_LONGEST].strip("-")
    tail = number[-4:] or live.id[-6:].lower()
    candidates = (name if not turn else f"{name}-{tail}" if turn == 1 else f"{name}-{turn}" for turn in count())
    return next(candidate for candidate in candidates if candidate not in taken)


def entry(kind: Kind[Any], live: Live, name: str, places: Places) -> dict[str, Any]:
    """Return the stack file entry under `name` that takes the object over, without fields that have their default.

    Objects that it refers to are named by their place in the stack file if they have one, otherwise by SID.
    """
    value = {"adopt": True} | stated(kind, live, places)
    if value.get("friendly_name") == name:
        del value["friendly_name"]
    if "friendly_name" in kind.declaration.model_fields and not live.values.get("friendly_name"):
        value["friendly_name"] = ""  # the default would be the logical name
    return value | {field: said.value for field, said in kind.said_to_adopt(value, {}).items()}


def stated(kind: Kind[Any], live: Live, places: Places) -> dict[str, Any]:
    """Return the fields that the stack file declares for an object."""
    parts = parts_of(kind.declaration)
    value: dict[str, Any] = {}
    for field, one in kind.inputs_of(dict(live.values) | dict(live.facts)).items():
        key, to = stated_by(kind).get(field, (field, None))
        if to and isinstance(one, Mapping):
            value[key] = {step: name_of(to, item, places) or item for step, item in one.items()}
        elif to and isinstance(one, list):
            value[key] = sorted(name_of(to, item, places) or item for item in one)
        elif to and (named := name_of(to, one, places)):
            value[key] = named
        elif (part := parts.get(field)) and part.model and isinstance(one, Mapping):
            value[field] = {step: minimal_values(part.model, item) for step, item in one.items()}
        else:
            value[field] = one
    return value


@cache
def stated_by(kind: Kind[Any]) -> Mapping[str, tuple[str, To]]:
    """Return the fields that may hold a logical name in the stack file: the key there, and what it names."""
    naming = kind.stack_file.naming() if issubclass(kind.stack_file, Declared) else {}
    return {to.into or key: (key, to) for key, to in naming.items() if to is not None}


def name_of(to: To, value: Any, places: Places) -> str:
    """Return the logical name of the object that a value leads to, "" if the stack file does not declare it."""
    kind = SECTIONS[to.section]
    form = re.escape(kind.addresses.get(to.attribute, "{sid}"))
    form = form.replace(r"\{account_sid\}", "AC[0-9a-f]{32}").replace(r"\{sid\}", f"({kind.prefix}[0-9a-f]{{32}})")
    found = re.fullmatch(form, str(value))
    section, _, name = places.get(found[1], "").partition(".") if found else ("", "", "")
    return name if section == to.section else ""
