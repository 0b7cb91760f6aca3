"""References by logical name: which object names which, whether all exist, and the order in which to create them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from heapq import nsmallest
from itertools import islice

from twilio_environments import bounds
from twilio_environments.kinds.registry import SECTIONS
from twilio_environments.lifecycle.declaration import To
from twilio_environments.lifecycle.mistakes import Mistake, listed, nearest, place, unknown_name
from twilio_environments.settings.model import Settings
from twilio_environments.studio import flow_template

_LONGEST_NAME = 100


@dataclass(frozen=True, order=True)
class Name:
    """A declared object: its section of the stack file and its logical name."""

    section: str
    name: str

    def __str__(self) -> str:
        return f"{self.section}.{self.name}"


@dataclass(frozen=True)
class Reference:
    """What a placeholder stands for: an attribute of an object yet to be created, or a text that is already known."""

    target: Name | None = None
    attribute: str = ""
    text: str = ""


class References:
    """The references of one environment's settings; if there are mistakes, nothing else may be queried."""

    def __init__(self, settings: Settings) -> None:
        """Take the settings, with their flow definitions."""
        self.settings = settings

    def mistakes(self, doubtful: Collection[str] = ()) -> Iterator[Mistake]:
        """Yield dangling references and duplicate names; references to `doubtful` objects and sections count as valid.

        If there are very many, only the first ones.
        """
        return islice(self._found(doubtful), bounds.MISTAKES + 1)

    def placeholder(self, name: str) -> Reference:
        """Return what a placeholder stands for; raise KeyError when it is unknown."""
        return self._placeholders[name]

    def order(self, after: Mapping[Name, Name] | None = None) -> list[Name]:
        """Return all declared objects, each after those it refers to, and after the one that `after` has for it."""
        sorter = self._sorter()
        for name, first in (after or {}).items():
            sorter.add(name, first)
        return list(sorter.static_order())

    def _found(self, doubtful: Collection[str]) -> Iterator[Mistake]:
        settings = self.settings
        first: dict[tuple[To, str], str] = {}
        for steps, to, name in settings.named():
            declared, owner = settings.declared(to.section), place(steps[:2])
            if name not in declared and not _is_in(str(Name(to.section, name)), doubtful):
                yield Mistake(place(steps), unknown_name(SECTIONS[to.section].noun, name, declared))
            if to.alone and first.setdefault((to, name), owner) != owner:
                yield Mistake(place(steps), to.alone.format(other=first[to, name]))
        for path, definition in settings.definitions.items():
            unknown = flow_template.placeholders(definition) - self._placeholders.keys()
            for placeholder in nsmallest(bounds.MISTAKES + 1, unknown):
                if not _is_in(".".join(placeholder.split(".")[:2]), doubtful):
                    yield Mistake(f"{path}.{defined_in(path)}", self._unknown_placeholder(placeholder))

    def _unknown_placeholder(self, placeholder: str) -> str:
        # Only the most similar of the declared fields is named: all of them would fill a page.
        shown = [
            name
            for name, reference in self._placeholders.items()
            if reference.target or name.startswith(("values.", "environment."))
        ]
        near = nearest(placeholder, self._placeholders)
        name = placeholder if len(placeholder) <= _LONGEST_NAME else f"{placeholder[:_LONGEST_NAME]}…"
        return f"has the unknown placeholder ${{{name}}}; {near}known: {listed(sorted(shown))}"

    def cycles(self) -> Iterator[Mistake]:
        """Yield cyclic references."""
        try:
            self._sorter().prepare()
        except CycleError as cycle:
            names = " → ".join(str(name) for name in reversed(cycle.args[1]))
            what = (
                f"each of these needs the other to be created first: {names}; declare phone_number instead of search, "
                "or make the flow use {{trigger.call.To}} or a Messaging Service"
            )
            yield Mistake(str(cycle.args[1][0]), what)

    @cached_property
    def _placeholders(self) -> dict[str, Reference]:
        settings = self.settings
        known = {f"values.{key}": Reference(text=value) for key, value in settings.values.items()}
        known["environment.name"] = Reference(text=settings.stack)
        known["account.sid"] = Reference(Name("subaccount", ""), "sid")
        for section, kind in SECTIONS.items():
            if not kind.gives:
                continue
            for name, declared in settings.declared(section).items():
                target = Name(section, name)
                for field, twilio in declared.table().items():
                    value = getattr(declared, field)
                    if twilio.sent and value != "" and isinstance(value, str | int):
                        known[f"{target}.{field}"] = Reference(text=_text(value))
                known[f"{target}.friendly_name"] = Reference(text=settings.friendly_name(section, name))
                for attribute in kind.gives:
                    known.setdefault(f"{target}.{attribute}", Reference(target, attribute))
        return known

    def _sorter(self) -> TopologicalSorter[Name]:
        return TopologicalSorter({name: list(self._needs(name)) for name in self._names()})

    def _names(self) -> Iterator[Name]:
        for section in SECTIONS:
            for name in self.settings.declared(section):
                yield Name(section, name)

    def _needs(self, node: Name) -> Iterator[Name]:
        declared = self.settings.declared(node.section)[node.name]
        for steps, to, name in declared.named():
            if steps[0] not in declared.children():  # those are created after everything else
                yield Name(to.section, name)
        for placeholder in sorted(flow_template.placeholders(self.settings.definitions.get(str(node), {}))):
            reference = self._placeholders.get(placeholder)
            if reference and reference.target and reference.target.name:
                yield reference.target


def defined_in(path: str) -> str:
    """Return the field that names the file of a definition, by the place of the object that it defines."""
    return SECTIONS[path.partition(".")[0]].defined_in


def _is_in(path: str, doubtful: Collection[str]) -> bool:
    return path in doubtful or path.split(".", maxsplit=1)[0] in doubtful


def _text(value: str | int) -> str:
    """Return a declared value as a text; true and false as JSON, and so Studio, writes them."""
    return str(value).lower() if isinstance(value, bool) else str(value)
