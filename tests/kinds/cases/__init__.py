"""Every kind as data: a file for each, of the name of the kind's own, found by being there."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from tests.kinds.case import Case
from twilio_environments.kinds.registry import KINDS
from twilio_environments.lifecycle.kind import Kind


def module_of(kind: Kind[Any]) -> str:
    """The name of the file that a kind is in, and of all the others that are about it."""
    return type(kind).__module__.rpartition(".")[2]


def _cases() -> dict[str, Case]:
    names = {kind.section: f"{__name__}.{module_of(kind)}" for kind in KINDS.values()}
    return {section: import_module(name).CASE for section, name in names.items() if find_spec(name)}


BY_SECTION = _cases()
CASES = tuple(BY_SECTION.values())
LISTED = tuple(case for case in CASES if case.is_listed)
