"""References by logical name: which object names which, whether all exist, and in which order they are made."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from heapq import nsmallest
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twilio_environments import bounds
from twilio_environments.lifecycle.mistakes import Mistake, listed, nearest, place, unknown_name
from twilio_environments.studio import flow_files, flow_template

if TYPE_CHECKING:
    from twilio_environments.settings import Settings

_LONGEST_NAME = 100
_MADE = {
    "numbers": ("sid", "phone_number"),
    "messaging_services": ("sid",),
    "verify_services": ("sid",),
    "studio_flows": ("sid", "webhook_url"),
}
"""What of a declared object is known only once it is made."""


@dataclass(frozen=True, order=True)
class Name:
    """A declared object: its section of the stack file and its logical name."""

    section: str
    name: str

    def __str__(self) -> str:
        return f"{self.section}.{self.name}"


@dataclass(frozen=True)
class Reference:
    """What a placeholder stands for: an attribute of an object that is yet to be made, or a text known already."""

    target: Name | None = None
    attribute: str = ""
    text: str = ""


class References:
    """The references of one environment's settings, with the flow definitions they stand in."""

    def __init__(
        self,
        settings: Settings,
        root: Path,
        doubtful: Collection[str] = (),
        flow_texts: Mapping[str, str] | None = None,
    ) -> None:
        """Read the flow files below `root`; what is wrong is in `mistakes`, and nothing else may be asked for then.

        `flow_texts` stand for what files say, by their paths in the settings. `doubtful` are the objects and sections
        that have mistakes of their own; references to them are taken for good.
        """
        self.settings = settings
        self.mistakes: list[Mistake] = []
        self._doubtful = doubtful
        self.definitions = {
            name: self._definition(name, flow.file, root, flow_texts or {})
            for name, flow in settings.studio_flows.items()
        }
        self.mistakes += islice(self._found(), bounds.MISTAKES + 1)
        if not self.mistakes:
            self.mistakes += self._cycles()

    def placeholder(self, name: str) -> Reference:
        """Return what a placeholder stands for; raise KeyError when it is unknown."""
        return self._placeholders[name]

    def order(self, after: Mapping[Name, Name] | None = None) -> list[Name]:
        """Return all declared objects, each after those it refers to, and after the one that `after` has for it."""
        sorter = self._sorter()
        for name, first in (after or {}).items():
            sorter.add(name, first)
        return list(sorter.static_order())

    def _found(self) -> Iterator[Mistake]:
        settings = self.settings
        for steps, to, name in settings.named():
            declared = getattr(settings, to.section)
            if name not in declared and not self._is_doubtful(str(Name(to.section, name))):
                yield Mistake(place(steps), unknown_name(to.noun, name, declared))
        yield from self._pool_mistakes()
        for name, definition in self.definitions.items():
            unknown = flow_template.placeholders(definition) - self._placeholders.keys()
            for placeholder in nsmallest(bounds.MISTAKES + 1, unknown):
                if not self._is_doubtful(".".join(placeholder.split(".")[:2])):
                    yield Mistake(f"studio_flows.{name}.file", self._unknown_placeholder(placeholder))

    def _pool_mistakes(self) -> Iterator[Mistake]:
        pools: dict[str, str] = {}
        for name, service in self.settings.messaging_services.items():
            for index, number in enumerate(service.senders.numbers if service.senders else []):
                path = place(("messaging_services", name, "senders", "numbers", index))
                if pools.setdefault(number, name) != name:
                    other = f"messaging_services.{pools[number]}"
                    yield Mistake(path, f"is in the pool of {other} too, and Twilio takes it in one only: keep one")

    def _is_doubtful(self, path: str) -> bool:
        return path in self._doubtful or path.split(".", maxsplit=1)[0] in self._doubtful

    def _unknown_placeholder(self, placeholder: str) -> str:
        # Of the declared fields only the nearest is named: all of them would be a page.
        shown = [
            name
            for name, reference in self._placeholders.items()
            if reference.target or name.startswith(("values.", "environment."))
        ]
        near = nearest(placeholder, self._placeholders)
        name = placeholder if len(placeholder) <= _LONGEST_NAME else f"{placeholder[:_LONGEST_NAME]}…"
        return f"has the unknown placeholder ${{{name}}}; {near}known are: {listed(sorted(shown))}"

    def _cycles(self) -> Iterator[Mistake]:
        try:
            self._sorter().prepare()
        except CycleError as cycle:
            names = " → ".join(str(name) for name in reversed(cycle.args[1]))
            what = (
                f"each of these needs the other to be made first: {names}; declare phone_number instead of search, "
                "or let the flow use {{trigger.call.To}} or a Messaging Service"
            )
            yield Mistake(str(cycle.args[1][0]), what)

    def _definition(self, name: str, file: str, root: Path, texts: Mapping[str, str]) -> dict[str, Any]:
        try:
            return flow_files.parsed(texts[file]) if file in texts else flow_files.read(root, file)
        except ValueError as error:
            self.mistakes.append(Mistake(f"studio_flows.{name}.file", str(error)))
            return {}

    @cached_property
    def _placeholders(self) -> dict[str, Reference]:
        settings = self.settings
        known = {f"values.{key}": Reference(text=value) for key, value in settings.values.items()}
        known["environment.name"] = Reference(text=settings.stack)
        known["account.sid"] = Reference(Name("subaccount", ""), "sid")
        for section, made in _MADE.items():
            for name, declared in getattr(settings, section).items():
                target = Name(section, name)
                for field, twilio in declared.table().items():
                    value = getattr(declared, field)
                    if twilio.sent and value != "" and isinstance(value, str | int):
                        known[f"{target}.{field}"] = Reference(text=_text(value))
                known[f"{target}.friendly_name"] = Reference(text=settings.friendly_name(section, name))
                for attribute in made:
                    known.setdefault(f"{target}.{attribute}", Reference(target, attribute))
        return known

    def _sorter(self) -> TopologicalSorter[Name]:
        return TopologicalSorter({name: list(self._needs(name)) for name in self._names()})

    def _names(self) -> Iterator[Name]:
        for section in _MADE:
            for name in getattr(self.settings, section):
                yield Name(section, name)

    def _needs(self, node: Name) -> Iterator[Name]:
        for steps, to, name in getattr(self.settings, node.section)[node.name].named():
            if steps[0] != "senders":  # a pool is made when everything else is there
                yield Name(to.section, name)
        if node.section == "studio_flows":
            for placeholder in sorted(flow_template.placeholders(self.definitions[node.name])):
                reference = self._placeholders.get(placeholder)
                if reference and reference.target and reference.target.name:
                    yield reference.target


def _text(value: str | int) -> str:
    """Return a declared value as a text; what is true or false as JSON, and so Studio, writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
