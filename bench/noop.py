"""The reference: a program of dynamic resources that do nothing, to measure the cost of Pulumi itself."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, ReadResult, Resource, ResourceProvider, UpdateResult


class NoopProvider(ResourceProvider):
    """Answers at once; stored by reference in the state, like ours."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Return the name as the id."""
        return CreateResult(str(props["name"]), props)

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Return it unchanged."""
        return ReadResult(id_, props, {name: props[name] for name in ("name", "value", "__provider")})

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Compare the one field."""
        return DiffResult(changes=olds.get("value") != news.get("value"))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Accept the new value."""
        return UpdateResult(news)


class Noop(Resource, module="bench", name="Noop"):
    """A resource with a name and a value."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(NoopProvider(), name, {"name": name, "value": value})


def program() -> None:
    """Declare as many resources as the stack file says."""
    config = pulumi.Config("bench")
    for number in range(config.require_int("count")):
        Noop(f"r{number}", config.require("value"))
