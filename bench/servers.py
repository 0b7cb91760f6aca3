"""The servers of a run, on loopback, each a process of its own: the emulated Twilio with its control path, and AWS."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.servers import emulator_server, moto_server


@dataclass(frozen=True)
class Calls:
    """What a command cost at Twilio: calls, and the bytes of all bodies."""

    count: int
    bytes: int


@dataclass
class Twilio:
    """An emulator in a process of its own; `variables` are what a program needs to reach it and AWS."""

    variables: dict[str, str]

    def control(self, method: str, name: str, body: Any = None) -> Any:
        """Send a request to the control path."""
        request = urllib.request.Request(  # noqa: S310  loopback, our own server
            f"{self.variables['TWILIO_ENDPOINT']}/_emulator/{name}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Emulator-Control": "1"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  as above
            return json.load(answer)

    def latency(self, milliseconds: int) -> None:
        """Delay every call by that much from now on."""
        self.control("DELETE", "faults")
        if milliseconds:
            self.control("POST", "faults", {"action": "delay", "milliseconds": milliseconds})

    def begin(self) -> None:
        """Start counting."""
        self.control("DELETE", "calls")

    def counted(self) -> Calls:
        """Return the calls since `begin`."""
        calls = self.control("GET", "calls")["calls"]
        return Calls(len(calls), sum(call["received"] + call["answered"] for call in calls))


@contextmanager
def servers() -> Iterator[Twilio]:
    """Run an empty emulator, and AWS."""
    with emulator_server() as twilio, moto_server() as url:
        aws = {"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}
        yield Twilio(twilio | aws | {"AWS_EC2_METADATA_DISABLED": "true"})
