"""What is kept of Twilio's OpenAPI documents in tests/contract; contract.py has written it, and says what it is."""

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
    """Return what is kept of the document of that name, such as `api_v2010`."""
    return dict(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))


def documents() -> list[str]:
    """Return the names of the documents that facts are kept of."""
    return sorted(file.stem for file in FOLDER.glob("*.json"))


@dataclass(frozen=True)
class Parameter:
    """What an operation takes: its name at Twilio, and what the document states of it."""

    name: str
    schema: Mapping[str, Any]

    @property
    def field(self) -> str:
        """Its name in Twilio's library, and in a declaration."""
        return snake(self.name)

    def stated(self, key: str) -> Any:
        """Return what the schema states, or else the description."""
        return self.schema.get(key, self.schema.get("prose", {}).get(key))

    def values(self) -> list[str]:
        """Return the values that it is one of, none where it is free."""
        return list(self.stated("enum") or ())

    def range(self) -> tuple[int, int] | None:
        """Return the least and the greatest number, where both are stated."""
        low, high = self.stated("minimum"), self.stated("maximum")
        return (low, high) if low is not None and high is not None else None

    def length(self) -> int | None:
        """Return how many letters there may be, where no pattern says it."""
        return None if "pattern" in self.schema else self.stated("maxLength")


def snake(name: str) -> str:
    """Return a name of Twilio's as its library writes it."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace(".", "_").lower()


def parameters(stated: Facts, path: str, method: str) -> list[Parameter]:
    """Return what an operation takes in its form, or in its query where it has no form."""
    operation = stated["operations"][path][method]
    found = operation.get("form", operation.get("query", {}))
    return [Parameter(name, resolved(one, stated)) for name, one in found.items()]


def resolved(schema: Facts, stated: Facts) -> Facts:
    """Return a schema of a document's facts with the one that it refers to."""
    return {**stated["schemas"][schema["$ref"]], **schema} if "$ref" in schema else schema
