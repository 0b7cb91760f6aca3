"""The stacks that are measured, as stack files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from twilio_environments.emulator.resources.number_stock import BLOCKS

POOL = 400
"""Twilio's limit of senders per Messaging Service."""
REASON = "a benchmark's environment"
FAMILIES = ("mixed", "numbers")


@dataclass(frozen=True)
class Shape:
    """A stack of `size` objects at Twilio, senders included.

    `mixed` is 1 subaccount, 1 key, 1 Verify service, and otherwise flows and numbers that are all senders of
    Messaging Services, 5 flows to 20 numbers. `numbers` is a subaccount with that many numbers.
    """

    family: str
    size: int

    @property
    def services(self) -> int:
        """Messaging Services: one for every 400 numbers."""
        if self.family == "numbers":
            return 0
        return -(-self.numbers // POOL)

    @property
    def numbers(self) -> int:
        """Phone numbers."""
        return self.size if self.family == "numbers" else (self.size - 4) * 4 // 9

    @property
    def flows(self) -> int:
        """Studio flows: what is left."""
        return 0 if self.family == "numbers" else self.size - 3 - self.services - 2 * self.numbers

    @property
    def resources(self) -> int:
        """Pulumi's dynamic resources: a pool is one, and so is the document with the SIDs."""
        return self.numbers + 1 if self.family == "numbers" else 4 + 2 * self.services + self.numbers + self.flows

    @property
    def floor(self) -> dict[str, int]:
        """The fewest calls Twilio allows: one per object to write, one per collection and 1,000 objects to read."""
        pages = -(-self.numbers // 1000)
        objects = self.size + 1 if self.family == "numbers" else self.size
        reads = 1 + pages if self.family == "numbers" else 5 + self.services + pages
        changed = self.numbers + self.services + self.flows + (self.family == "mixed")
        return {"create": objects, "preview": 0, "refresh": reads, "drift": reads, "change": changed, "destroy": 1}

    def config(self, *, changed: bool = False) -> dict[str, Any]:
        """Return the stack file's settings; `changed`: one field of every object differs."""
        url = f"https://hooks.acme.example.com/{'new' if changed else 'old'}"
        stock = (number for block in BLOCKS if block.type == "local" for number in block.numbers())
        names = [f"n{n}" for n in range(self.numbers)]
        config: dict[str, Any] = {
            "subaccount": {"friendly_name": "Bench"},
            "allow": {"release_numbers": REASON, "close_subaccount": REASON},
            "numbers": {
                name: {"phone_number": number, "voice_url": url}
                for name, number in zip(names, islice(stock, self.numbers), strict=True)
            },
        }
        if self.family == "numbers":
            return config
        return config | {
            "secrets": {"aws": {"region": "eu-west-1"}},
            "keys": {"api": {}},
            "messaging_services": {
                f"service{n}": {
                    "inbound_request_url": url,
                    "senders": {"numbers": names[n * POOL : (n + 1) * POOL]},
                }
                for n in range(self.services)
            },
            "verify_services": {"login": {"friendly_name": "Acme Login", "code_length": 8 if changed else 6}},
            "studio_flows": {f"flow{n}": {"file": f"studio/flow{n}.json"} for n in range(self.flows)},
        }

    def write(self, folder: Path, *, changed: bool = False) -> None:
        """Write stack file and flow files into the project in `folder`."""
        config = {f"twilio:{name}": value for name, value in self.config(changed=changed).items()}
        (folder / "Pulumi.bench.yaml").write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
        (folder / "studio").mkdir(exist_ok=True)
        for n in range(self.flows):
            text = json.dumps(_flow(n, "changed" if changed else "made"))
            (folder / f"studio/flow{n}.json").write_text(text, encoding="utf-8")


def _flow(number: int, description: str) -> dict[str, Any]:
    offset = {"offset": {"x": 0, "y": 0}}
    say = {"say": f"This is flow {number}.", "loop": 1} | offset
    return {
        "description": description,
        "initial_state": "Trigger",
        "flags": {"allow_concurrent_calls": True},
        "states": [
            {
                "name": "Trigger",
                "type": "trigger",
                "properties": offset,
                "transitions": [{"event": "incomingCall", "next": "say"}, {"event": "incomingMessage"}],
            },
            {"name": "say", "type": "say-play", "properties": say, "transitions": [{"event": "audioComplete"}]},
        ],
    }
