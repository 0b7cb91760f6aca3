"""Renaming: an object whose logical name changed in the stack file lives on, and Pulumi learns its new name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from twilio_environments.guard_rails import DELETE_REGISTRATIONS
from twilio_environments.kinds.registry import SECTIONS
from twilio_environments.lifecycle.mistakes import Mistake
from twilio_environments.lifecycle.protection import not_yet
from twilio_environments.lifecycle.renames import Renames, renames
from twilio_environments.resources.recorded import Recorded
from twilio_environments.settings import SettingsProblem


class Renaming:
    """Renamings of recorded objects; reports them, and refuses what no single run can do."""

    def __init__(
        self, stack: str, mark: str, declared: Mapping[str, Mapping[str, Mapping[str, Any]]], recorded: Recorded
    ) -> None:
        """Compare what is declared, inputs by section and resource name, with what is recorded.

        `mark` is the current suffix of the stack's names; recorded objects may have another one, of its former name.
        """
        self._aliases: dict[str, str] = {}
        self._moved: set[str] = set()
        self._added: set[str] = set()
        there_marks = (outputs.get("mark") for one in recorded.values() for outputs in one.values())
        self._former_marks = sorted({str(mark) for mark in there_marks if mark} - {mark})
        self._takers: dict[str, str] = {}
        self._recorded: dict[str, Mapping[str, Any]] = {}
        mistakes: list[Mistake] = []
        for section, inputs in declared.items():
            there = recorded.get(section, {})
            found = renames(SECTIONS[section], inputs, there)
            self._aliases.update(found.aliases)
            self._moved |= found.moved.keys()
            self._added |= set(found.added)
            if not SECTIONS[section].bears_mark:
                self._takers.update(found.takers)
            mistakes += [*found.mistakes, *_registrations(section, found, there)]
            self._recorded |= {name: there.get(_was(found, name), {}) for name in inputs}
            _say(section, found, there)
        if mistakes:
            raise pulumi.RunError(str(SettingsProblem(stack, mistakes)))

    def aliases(self, name: str) -> list[pulumi.Alias]:
        """Return the name that a resource was recorded under, as Pulumi takes it."""
        return [pulumi.Alias(name=self._aliases[name])] if name in self._aliases else []

    def recorded(self, name: str) -> Mapping[str, Any]:
        """Return what is recorded for a resource's object, under whatever name; nothing if it is to be created."""
        return self._recorded[name]

    def moved(self, name: str) -> bool:
        """Return whether a resource takes over an existing object, which another name of this stack has or had."""
        return name in self._moved

    def former_marks(self, name: str) -> list[str]:
        """Return the marks of the stack's former names, for a resource that is to be created."""
        return self._former_marks if name in self._added | self._moved else []

    def taker(self, name: str) -> str:
        """Return the new resource that must take an object over before this one gives it up, "" for none.

        A kill in between would leave the object unrecorded, and without a mark nothing proves whose it is.
        """
        return self._takers.get(name, "")


def _was(found: Renames, name: str) -> str:
    return found.aliases.get(name) or found.moved.get(name) or name


def _registrations(section: str, found: Renames, recorded: Mapping[str, Mapping[str, Any]]) -> Iterator[Mistake]:
    """Refuse to lose the registrations of objects no longer declared: a preview does not ask for deletions."""
    kind = SECTIONS[section]
    for was in found.dropped:
        if kind.registered(recorded[was]) and not recorded[was].get("allowed"):
            what = f"is no longer declared, and its {kind.noun} {recorded[was].get('sid', '')} carries a registration"
            remedy = not_yet(DELETE_REGISTRATIONS, "")
            yield Mistake(was, f"{DELETE_REGISTRATIONS.refusal(what)}. {remedy}")


def _say(section: str, found: Renames, recorded: Mapping[str, Mapping[str, Any]]) -> None:
    noun = SECTIONS[section].noun
    for name, was in sorted({**found.aliases, **found.moved}.items()):
        if was:
            pulumi.log.info(f"renamed: {was} is now {name}; the {noun} {recorded[was].get('sid', '')} stays as it is")
        else:
            pulumi.log.info(
                f"renamed: the former {name} is now declared under another name, and {name} is created again"
            )
    if found.moved:
        pulumi.log.info(
            f"Pulumi shows the swap of {' and '.join(sorted(found.moved))} as a replacement; nothing is deleted "
            "or released for it"
        )
    if found.added:
        for was in found.dropped:
            pulumi.log.warn(
                f"{was} is no longer declared, so its {noun} {recorded[was].get('sid', '')} will be deleted. If it is "
                f"now {' or '.join(found.added)}, run this first: "
                f"twilio-env rename {was} NEW --stack {pulumi.get_stack()}"
            )
