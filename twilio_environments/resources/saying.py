"""What the provider host says to people, by way of Pulumi."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import pulumi

from twilio_environments.resources.boundary import told

_said: set[str] = set()
_speaking = threading.Lock()  # the host's threads would write into each other's lines


def say(message: str) -> None:
    """Say something once: Pulumi asks for the same difference in the refresh, the preview and the update."""
    _tell([message], pulumi.log.info)


def warn(messages: Sequence[str]) -> None:
    """Warn of things, of each once."""
    _tell(messages, pulumi.log.warn)


def _tell(messages: Sequence[str], log: Callable[[str], None]) -> None:
    with _speaking:
        for message in messages:
            if message not in _said:
                _said.add(message)
                log(told(message))
