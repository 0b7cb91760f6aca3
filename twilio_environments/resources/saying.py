"""Messages from the provider host to people, by way of Pulumi."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import pulumi

from twilio_environments.resources.boundary import told

_said: set[str] = set()
_speaking = threading.Lock()  # otherwise the host's threads would interleave their lines


def say(message: str) -> None:
    """Print a message once: Pulumi asks for the same diff in the refresh, the preview and the update."""
    _tell([message], pulumi.log.info)


def warn(messages: Sequence[str]) -> None:
    """Warn of each thing once."""
    _tell(messages, pulumi.log.warn)


def _tell(messages: Sequence[str], log: Callable[[str], None]) -> None:
    with _speaking:
        for message in messages:
            if message not in _said:
                _said.add(message)
                log(told(message))
