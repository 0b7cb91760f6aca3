"""The facts of Twilio's OpenAPI documents in tests/contract; contract.py writes them, and describes them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "tests" / "contract"
Facts = dict[str, Any]


@cache
def of(name: str) -> Facts:
    """Return the facts of the document of that name, such as `api_v2010`."""
    return dict(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))


def documents() -> list[str]:
    """Return the names of the documents that there are facts of."""
    return sorted(file.stem for file in FOLDER.glob("*.json"))


@dataclass(frozen=True)
class Parameter:
    """What an operation takes: its name at Twilio, and what the document states about it."""

    name: str
    schema: Mapping[str, Any]

    @property
    def field(self) -> str:
        """Its name in Twilio's library, and in a declaration."""
        return snake(self.name)

    def stated(self, key: str) -> Any:
        """Return what the schema states, else what the description does."""
        return self.schema.get(key, self.schema.get("prose", {}).get(key))

    def values(self) -> list[str]:
        """Return the values it may have; empty if any will do."""
        return list(self.stated("enum") or ())

    def range(self) -> tuple[int, int] | None:
        """Return the minimum and maximum, if both are stated."""
        low, high = self.stated("minimum"), self.stated("maximum")
        return (low, high) if low is not None and high is not None else None

    def length(self) -> int | None:
        """Return the maximum length, if no pattern sets it."""
        return None if "pattern" in self.schema else self.stated("maxLength")


def snake(name: str) -> str:
    """Return one of Twilio's names as its library spells it."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace(".", "_").lower()


def parameters(stated: Facts, path: str, method: str) -> list[Parameter]:
    """Return what an operation takes in its form, or in its query if it has no form."""
    operation = stated["operations"][path][method]
    found = operation.get("form", operation.get("query", {}))
    return [Parameter(name, resolved(one, stated)) for name, one in found.items()]


def resolved(schema: Facts, stated: Facts) -> Facts:
    """Return a schema of a document's facts, merged with the one it refers to."""
    return {**stated["schemas"][schema["$ref"]], **schema} if "$ref" in schema else schema
