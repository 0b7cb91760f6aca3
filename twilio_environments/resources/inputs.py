"""What a resource takes from a program besides its kind's fields, and which fields have no meaning there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from twilio_environments.kinds.registry import BY_SECTION
from twilio_environments.lifecycle.declaration import Declaration, To, leaves
from twilio_environments.lifecycle.mistakes import Mistake, place
from twilio_environments.lifecycle.objects import ACCOUNT

LOCAL = "local"
_SID = re.compile(r"AC[0-9a-fA-F]{32}")


def misplaced(declaration: type[Declaration], inputs: Mapping[str, Any]) -> list[Mistake]:
    """Return mistakes in the known inputs of a resource of any kind: they would be accepted and do nothing.

    In a stack file objects are known by logical names, and some are parts of others; here each is a resource.
    """
    mistakes = []
    if ACCOUNT in inputs and not (isinstance(inputs[ACCOUNT], str) and _SID.fullmatch(inputs[ACCOUNT])):
        what = "is not a SID: pass AC and 32 hexadecimal digits, or leave it out for the credentials' own account"
        mistakes.append(Mistake(ACCOUNT, what))
    if not isinstance(inputs.get(LOCAL, False), bool):
        mistakes.append(Mistake(LOCAL, "must be True or False"))
    for field, child in declaration.children().items():
        if field in inputs:
            made = BY_SECTION[child.section].resource
            what = f"is for stack files: in a program declare a {made} whose {child.owner} is the id of this resource"
            mistakes.append(Mistake(field, what))
    for field, to in declaration.naming().items():
        if to is not None and field in inputs:
            mistakes += _named(field, inputs[field], to)
    return sorted(mistakes)


def _named(field: str, value: Any, to: To) -> Iterator[Mistake]:
    kind = BY_SECTION[to.section]
    if to.into:
        what = f"is for stack files: in a program pass {to.into}, such as the {kind.resource}'s {to.attribute}"
        yield Mistake(field, what)
        return
    for steps, leaf in leaves(value):
        if isinstance(leaf, str) and to.names(leaf):
            what = f"is a name, which only stack files know: in a program pass the {kind.resource}'s {to.attribute}"
            yield Mistake(place((field, *steps)), what)
