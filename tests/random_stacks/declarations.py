"""Stack files at random: all kinds, most of their fields, and references between them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.kinds.cases import BY_SECTION
from tests.kinds.cases.studio_flow import flow
from tests.kinds.strategies import BOOLEANS, Config, Known, maybe, subset

REVIEWED = 1000
"""Whatever revision somebody makes of a flow by hand may be overwritten."""
NAMES = ("main", "second-1", "Third_2")


@dataclass(frozen=True)
class Generated:
    """A stack file's `config`, given without the namespace, and its flow files by path."""

    config: Config
    files: Mapping[str, str]

    def write(self, root: Path) -> None:
        for path, text in self.files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")


@st.composite
def _definition(draw: st.DrawFn, placeholders: Sequence[str]) -> str:
    """A flow that says whatever the placeholders stand for."""
    said = " ".join(f"${{{name}}}" for name in draw(subset(placeholders)))
    greeting = draw(st.sampled_from(["Hello", "Call {{trigger.call.To}}", "costs $5 $${values.greeting}"]))
    return flow(f"{greeting} {said}".strip(), description=draw(st.sampled_from(["A greeting", "${values.greeting}"])))


_BY_NAME = {
    "subaccount",
    "secrets",
    "keys",
    "numbers",
    "messaging_services",
    "senders",
    "verify_services",
    "studio_flows",
}
"""The sections that are put together here, by who refers to whom."""


@st.composite
def stacks(draw: st.DrawFn, *, rich: bool = False) -> Generated:
    """A stack that may be declared; a rich one has something of each kind.

    `DOCUMENT` stands for the path of its document in the secret store, `STORE` for the store, and `ACCOUNT` for an
    account that is there already and that it shares.
    """
    least = 1 if rich else 0

    def some(names: Sequence[str] = NAMES) -> list[str]:
        return draw(st.lists(st.sampled_from(names), unique=True, min_size=least, max_size=2))

    def of(section: str, index: int = 0, known: Known | None = None) -> Config:
        random = BY_SECTION[section].random
        assert random is not None, f"tests/kinds/cases: {section} has no random declarations"
        return dict(draw(random(index, known or {})))

    numbers, services, verifies, flows = some(), some(), some(NAMES[:2]), some()
    others = {section: some() for section in BY_SECTION if section not in _BY_NAME}
    before_flows = [name for name in numbers if draw(BOOLEANS)]  # flows name these, and these name no flow
    named = {"messaging_services": services, "verify_services": verifies} | others
    known = ["values.greeting", "environment.name", "account.sid"]
    known += [f"{section}.{name}.sid" for section, names in named.items() for name in names]
    known += [f"numbers.{name}.{what}" for name in before_flows for what in ("sid", "phone_number")]
    files = {}
    for name in flows:
        files[f"studio/{name}.json"] = draw(_definition(known))
        known.append(f"studio_flows.{name}.sid")
    pools = {name: draw(maybe(services)) for name in numbers}
    inside = {service: [number for number, pool in pools.items() if pool == service] for service in services}
    config: Config = {
        "subaccount": of("subaccount"),
        "secrets": of("secrets"),
        "allow": {"release_numbers": "these are a test's alone", "close_subaccount": "this is a test's alone"},
        "values": {"greeting": draw(st.sampled_from(["Hello", 'Say "yes" \\ or {{no}}']))},
        "keys": {name: of("keys", index) for index, name in enumerate(draw(subset(("api", "reporting", "ci-2"))))},
        "numbers": {
            name: of("numbers", index, others if name in before_flows else others | {"studio_flows": flows})
            for index, name in enumerate(numbers)
        },
        "messaging_services": {
            name: of("messaging_services", index, {"numbers": inside[name]}) for index, name in enumerate(services)
        },
        "verify_services": {
            name: of("verify_services", index, {"messaging_services": services}) for index, name in enumerate(verifies)
        },
        "studio_flows": {name: {"file": f"studio/{name}.json"} | of("studio_flows") for name in flows},
    }
    for section, names in others.items():
        config[section] = {name: of(section, index) for index, name in enumerate(names)}
    return Generated({name: value for name, value in config.items() if value or name == "subaccount"}, files)


def placed(generated: Generated, *, store: Mapping[str, Any], document: str, account: str) -> Config:
    """The settings, with what the placeholders stand for."""
    text = json.dumps(generated.config)
    for name, value in (("DOCUMENT", document), ("ACCOUNT", account)):
        text = text.replace(name, value)
    config: Config = json.loads(text)
    config["secrets"]["vault"] = store["vault"]
    return config
