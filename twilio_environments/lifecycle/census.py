"""What a run declares as a whole, so that none of it is deleted or taken over under another name.

Pulumi asks about one resource at a time, and at the end deletes what no resource has any more. By then each declared
one has been checked and compared in this process, so it is known what is still declared.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from twilio_environments.problems import Problem


class Identifies(Protocol):
    """What a census needs from a kind."""

    section: ClassVar[str]
    noun: ClassVar[str]

    def identifies(self, inputs: Mapping[str, Any], recorded: Mapping[str, Any]) -> int:
        """Return whether what is recorded is the object that these inputs declare."""
        ...


class Census:
    """The resources that this process's run declares, and the objects that they have; thread-safe.

    Only checked inputs count: a refresh compares too, but declares nothing.
    """

    def __init__(self) -> None:
        """Start with nothing declared."""
        self._lock = threading.Lock()
        self._declared: dict[str, dict[str, Mapping[str, Any]]] = {}
        self._held: set[tuple[str, str]] = set()
        self._replaced: dict[tuple[str, str], str] = {}

    def declare(self, kind: Identifies, inputs: Mapping[str, Any]) -> None:
        """Record checked inputs."""
        with self._lock:
            self._declared.setdefault(kind.section, {})[_text(inputs)] = inputs

    def compare(self, kind: Identifies, object_id: str, inputs: Mapping[str, Any], *, replaced: bool) -> None:
        """Record the object that a declared resource has, or has until it is replaced."""
        text = _text(inputs)
        with self._lock:
            if text not in self._declared.get(kind.section, {}):
                return
            if replaced:
                self._replaced[kind.section, object_id] = text
            else:
                self._held.add((kind.section, object_id))

    def has(self, kind: Identifies, object_id: str) -> bool:
        """Return whether a declared resource has the object."""
        with self._lock:
            return (kind.section, object_id) in self._held

    def hold(self, kind: Identifies, object_id: str) -> None:
        """Record the object that a declared resource was just given."""
        with self._lock:
            self._held.add((kind.section, object_id))

    def require_free(self, kind: Identifies, object_id: str) -> None:
        """Raise Problem when another declared resource has the object already."""
        if self.has(kind, object_id):
            raise Problem(
                f"The {kind.noun} {object_id} is recorded as another resource of this stack, and can be only one.",
                "Change the other resource's friendly_name in an earlier run, or rename it with an alias.",
            )

    def keeps(self, kind: Identifies, object_id: str, recorded: Mapping[str, Any]) -> bool:
        """Return whether an object that one resource gives up is still declared by another."""
        key = (kind.section, object_id)
        with self._lock:
            if key in self._held:
                return True
            own = self._replaced.get(key)
            others = [inputs for text, inputs in self._declared.get(kind.section, {}).items() if text != own]
        account = recorded.get("account_sid", "")
        return any(inputs.get("account_sid", "") == account and kind.identifies(inputs, recorded) for inputs in others)


def _text(inputs: Mapping[str, Any]) -> str:
    """Return inputs as one string, whether they come from a check or, as floats, through Pulumi's engine."""
    told = {name: value for name, value in inputs.items() if name[:2] != "__"}
    return json.dumps(_whole(told), sort_keys=True, default=str)


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {name: _whole(item) for name, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_whole(item) for item in value]
    return value
