"""The one list of kinds: every module in this package that has a `KIND` is one."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from twilio_environments import kinds
from twilio_environments.lifecycle.kind import Kind
from twilio_environments.lifecycle.listed import ListedKind

_ALL: tuple[Kind[Any], ...] = tuple(
    sorted(
        (
            module.KIND
            for found in pkgutil.iter_modules(kinds.__path__)
            if found.name != "registry" and hasattr(module := import_module(f"{kinds.__name__}.{found.name}"), "KIND")
        ),
        key=lambda kind: kind.order,
    )
)
KINDS: Mapping[str, Kind[Any]] = {kind.resource: kind for kind in _ALL}
"""By the name of the resource type, in their order."""
BY_SECTION: Mapping[str, Kind[Any]] = {kind.section: kind for kind in _ALL}
"""By section; for a part of another object, by the section that its `Child` names."""
SECTIONS: Mapping[str, Kind[Any]] = {kind.section: kind for kind in _ALL if kind.by_name}
"""The kinds that a section of the stack file declares by logical name, by that section."""
LISTED: tuple[ListedKind[Any], ...] = tuple(kind for kind in SECTIONS.values() if isinstance(kind, ListedKind))
"""The kinds that live in an account and can exist there without a stack."""
