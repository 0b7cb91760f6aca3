"""Programs: what a stack declares, as the real components declare it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any
from unittest import mock

import pulumi
import yaml

from components import Environment
from tests.servers import ROOT
from tests.sweep.engine import REFERENCE, Declared
from twilio_environments import resources
from twilio_environments.lifecycle.kind import Kind
from twilio_environments.resources.adapter import Adapter
from twilio_environments.resources.recorded import Recorded
from twilio_environments.resources.resource import TwilioResource
from twilio_environments.settings import load

Program = list[Declared]
_RESOURCES: dict[str, type[TwilioResource]] = {
    name: resource
    for name in resources.__all__
    if isinstance(resource := getattr(resources, name), type) and issubclass(resource, TwilioResource)
}


def adapter_of(kind: Kind[Any]) -> Adapter:
    return next(resource.adapter() for resource in _RESOURCES.values() if resource.adapter.kind is kind)


class _Noting(pulumi.runtime.Mocks):
    """Takes down what the components register; what an object is known by once it is made stays a reference."""

    def __init__(self) -> None:
        self.registered: list[tuple[str, str, dict[str, Any]]] = []
        self.options: dict[str, pulumi.ResourceOptions] = {}

    @contextmanager
    def noting_options(self) -> Iterator[None]:
        """Within, the options of resources are taken down too, which Pulumi's mocks do not see."""
        init = TwilioResource.__init__

        def noted(made: TwilioResource, name: str, opts: pulumi.ResourceOptions | None = None, **inputs: Any) -> None:
            self.options[name] = opts or pulumi.ResourceOptions()
            init(made, name, opts, **inputs)

        with mock.patch.object(TwilioResource, "__init__", noted):
            yield

    def first(self, name: str) -> set[str]:
        """The names of what a resource depends on by its options."""
        given = self.options[name].depends_on
        others = given if isinstance(given, list) else [given]
        return {one._name for one in others if isinstance(one, pulumi.Resource)}

    def aliases(self, name: str) -> tuple[str, ...]:
        given = self.options[name].aliases or []
        return tuple(one.name for one in given if isinstance(one, pulumi.Alias))  # type: ignore[misc]

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.registered.append((args.typ, args.name, args.inputs))
        resource = _RESOURCES.get(args.typ.rpartition(":")[2])
        facts = resource.adapter.kind.facts if resource else ()
        outputs = {fact: f"<<{args.name}#{fact}>>" for fact in facts}
        return f"<<{args.name}#id>>", args.inputs | outputs

    def call(self, args: pulumi.runtime.MockCallArgs) -> Any:
        return {}


def program_of(
    config: Mapping[str, Any], stack: str = "local", root: Path = ROOT, recorded: Recorded | None = None
) -> Program:
    """The program of a stack file's `config`, given without the namespace; flow files are below `root`.

    `recorded` is what Pulumi's engine would say is recorded.
    """
    texts = {f"twilio:{k}": json.dumps(v) if isinstance(v, dict | list) else v for k, v in config.items()}
    settings = load(texts, project="acme", stack=stack, root=root)
    noting = _Noting()
    pulumi.runtime.set_mocks(noting, preview=False)

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def declare() -> None:
        Environment("environment", settings, recorded=recorded)

    with noting.noting_options():
        declare()
    found = {}
    for type_, name, inputs in noting.registered:
        if resource := _RESOURCES.get(type_.rpartition(":")[2]):
            fields = {key: value for key, value in inputs.items() if key != "__provider"}
            owner, options = noting.options[name].deleted_with, noting.options[name]
            found[name] = Declared(
                name,
                resource.adapter(),
                fields,
                owner._name if isinstance(owner, pulumi.Resource) else "",
                aliases=noting.aliases(name),
                protect=bool(options.protect),
            )
    needs = {
        name: {match[0] for match in REFERENCE.findall(json.dumps(declared.inputs))} | noting.first(name)
        for name, declared in found.items()
    }
    return [found[name] for name in TopologicalSorter(needs).static_order()]


def stack_file(name: str) -> dict[str, Any]:
    """A stack file's `config`, without the namespace."""
    document = yaml.safe_load((ROOT / f"Pulumi.{name}.yaml").read_text(encoding="utf-8"))
    return {key.removeprefix("twilio:"): value for key, value in document["config"].items()}
