"""Programs of one object, from the kinds' cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.kinds.case import Case
from tests.kinds.world import MARK, World
from tests.sweep.engine import Declared
from tests.sweep.programs import Program, adapter_of
from tests.sweep.stage import Build


def one(case: Case, inputs: Mapping[str, Any], name: str = "", **more: Any) -> Build:
    """A program of one object, in an account of this stack's own."""

    def build(world: World) -> Program:
        given: dict[str, Any] = {"adopt": True, "mark": MARK}
        places = {"delivery": world.delivery(), "document": world.reference()}
        given |= {name: place for name, place in places.items() if name in case.kind.declaration.model_fields}
        if case.kind.section != "subaccount":
            given["account_sid"] = world.account_sid
        late = {key: value(world) if callable(value) else value for key, value in more.items()}
        return [Declared(name or case.name, adapter_of(case.kind), given | dict(inputs) | late)]

    return build


def both(*builds: Build) -> Build:
    return lambda world: [declared for build in builds for declared in build(world)]
