"""The stack file: what it says, on which line, and how to change it with every other byte kept.

The result of a change is parsed again and compared with what was intended, so a file of unusual form is refused rather
than broken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from twilio_environments import bounds, yaml_text
from twilio_environments.problems import Problem
from twilio_environments.yaml_text import Path, pair_of


@dataclass(frozen=True)
class Edit:
    """One change: the keys down to a value, and the new value, or REMOVED."""

    path: Path
    value: Any

    def in_text(self, text: str) -> str:
        """Return the text with the change made."""
        return yaml_text.assigned(text, self.path, self.value)

    def in_document(self, document: dict[Any, Any]) -> None:
        """Make the change in what the text says."""
        yaml_text.assign(document, self.path, self.value)


@dataclass(frozen=True)
class Rename:
    """Another change: the last key of a path is renamed, and its value stays."""

    path: Path
    key: str

    def in_text(self, text: str) -> str:
        """As that of an Edit."""
        return yaml_text.renamed(text, self.path, self.key)

    def in_document(self, document: Any) -> None:
        """As that of an Edit."""
        *holders, last = self.path
        for key in holders:
            if isinstance(document, dict) and not isinstance(document.get(key), dict | list):
                return
            document = document[key]
        document[self.key] = document.pop(last)


@dataclass(frozen=True)
class Remark:
    """Another change: a comment line above the target of a path, or above its deepest key that exists."""

    path: Path
    text: str

    def in_text(self, text: str) -> str:
        """As that of an Edit."""
        return yaml_text.remarked(text, self.path, self.text)

    def in_document(self, document: Any) -> None:
        """Nothing: a comment says nothing to Pulumi."""


@dataclass(frozen=True)
class StackFile:
    """A stack file by its name (relative to the project) and its text."""

    name: str
    text: str

    def config(self) -> dict[str, Any]:
        """Return the configuration; raise Problem when the file is not YAML."""
        config = self.document().get("config")
        return {str(name): value for name, value in config.items()} if isinstance(config, Mapping) else {}

    def document(self) -> dict[Any, Any]:
        """Return the whole file; raise Problem when it is not YAML, or too large."""
        document = _read(self.name, self.text)
        return document if isinstance(document, dict) else {}

    def line(self, place: str, *keys: str) -> int:
        """Return the line of the first of these keys of `place`, else of the place, else of what would contain it."""
        node, line = yaml_text.composed(self.text), 1
        for key in path_of(place):
            pair = pair_of(node, key)
            if pair is None:
                return line
            line, node = pair[0].start_mark.line + 1, pair[1]
        found = next((pair for key in keys if (pair := pair_of(node, key))), None)
        return found[0].start_mark.line + 1 if found else line

    def edited(self, edits: Sequence[Edit | Rename | Remark]) -> StackFile:
        """Return the file with all edits made; raise Problem when that cannot be done safely."""
        try:
            return self._edited(edits)
        except yaml.YAMLError:
            raise self._refused() from None

    def _edited(self, edits: Sequence[Edit | Rename | Remark]) -> StackFile:
        text = self.text
        meant = _unshared(self.document())
        for edit in edits:
            text = edit.in_text(text)
            edit.in_document(meant)
        if (_read(self.name, text) or {}) != meant:
            raise self._refused()
        if self.text.count("\r\n") == self.text.count("\n"):
            text = re.sub("\r?\n", "\r\n", text)
        return StackFile(self.name, text)

    def _refused(self) -> Problem:
        return Problem(f"{self.name} has a form that cannot be changed safely.", "Edit the file yourself.")


def path_of(place: str) -> tuple[str, ...]:
    """Return the keys that lead to a place: numbers.support → config, twilio:numbers, support."""
    section, *rest = place.split(".")
    return ("config", f"twilio:{section}", *rest)


@lru_cache(maxsize=4)
def _read(name: str, text: str) -> Any:
    return bounds.yaml_of(name, text)


def _unshared(value: Any) -> Any:
    """Return a copy in which an anchor and its aliases are values of their own."""
    if isinstance(value, Mapping):
        return {key: _unshared(item) for key, item in value.items()}
    return [_unshared(item) for item in value] if isinstance(value, list) else value
