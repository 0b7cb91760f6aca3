"""Edits of a stack file that leave objects what they are, and those that do not, in any order.

What an object is, is its identity: a number's E.164, a key's place in the store, and the friendly name of everything
else. The edits here know what identity each declared object has, and so which SID it has to keep.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Any

Config = dict[str, Any]
Identity = tuple[str, str]
SECTIONS = ("numbers", "messaging_services", "verify_services", "studio_flows", "keys")
NAMED = ("messaging_services", "verify_services", "studio_flows")
URL = "https://hooks.acme.example.com/a"


def identities(config: Config) -> dict[Identity, str]:
    """The identity of each declared object, and its place in the stack file."""
    return {
        (section, _identity(section, name, one)): f"{section}.{name}"
        for section in SECTIONS
        for name, one in config.get(section, {}).items()
    }


def _identity(section: str, name: str, one: Mapping[str, Any]) -> str:
    if section == "keys":
        return str(one["properties"]["sid"])
    return str(one.get("phone_number") or one.get("friendly_name") or name)


@dataclass
class Edits:
    """The edits of one stack file. Each changes `config` and says what it did; "" when there was nothing to do."""

    dice: random.Random
    config: Config
    numbers: Callable[[], Mapping[str, str]]
    """The E.164 of each recorded number, by its place."""
    stack: str = "random"
    passed_on: dict[Identity, Identity] = field(default_factory=dict)
    """New identity → the one that the same object had before."""
    _shelf: list[tuple[str, str, Config]] = field(default_factory=list)
    _count: int = 0

    def one(self) -> str:
        """Make one edit, whichever the dice say."""
        edits = (
            *(self.rename, self.rename, self.swap, self.chain, self.move_sender, self.move_flow, self.redeclare),
            *(self.take_out, self.put_back, self.rename_stack, self.cross, self.add),
        )
        while not (said := self.dice.choice(edits)()):
            pass
        return said

    def rename(self) -> str:
        section, old = self._any(SECTIONS)
        new = self._fresh("name").lower()
        self._renamed(section, {old: new})
        return f"rename {section}.{old} {new}"

    def swap(self) -> str:
        section = self.dice.choice((*NAMED, "numbers"))
        names = list(self.config[section])
        if len(names) < 2:
            return ""
        one, other = self.dice.sample(names, 2)
        there = self.config[section]
        there[one], there[other] = there[other], there[one]
        return f"swap {section}.{one} {other}"

    def chain(self) -> str:
        """Every object of a section gets the next one's name, and the last one a new one."""
        section = self.dice.choice((*NAMED, "numbers"))
        names = list(self.config[section])
        if not names:
            return ""
        shifted = [*names[1:], self._fresh("name").lower()]
        bodies = list(self.config[section].values())
        self.config[section] = dict(zip(shifted, bodies, strict=True))
        self._drop_dangling(section)
        return f"chain {section}: {', '.join(names)} to {', '.join(shifted)}"

    def move_sender(self) -> str:
        services, numbers = list(self.config["messaging_services"]), list(self.config["numbers"])
        if not services or not numbers:
            return ""
        number, target = self.dice.choice(numbers), self.dice.choice([*services, ""])
        for name in services:
            pool = self.config["messaging_services"][name]["senders"]["numbers"]
            pool[:] = [one for one in pool if one != number] + ([number] if name == target else [])
        return f"move sender {number} to {target or 'no pool'}"

    def move_flow(self) -> str:
        flows, numbers = list(self.config["studio_flows"]), list(self.config["numbers"])
        if not flows or not numbers:
            return ""
        number, flow = self.dice.choice(numbers), self.dice.choice(flows)
        self.config["numbers"][number]["voice_flow"] = flow
        return f"let numbers.{number} lead to {flow}"

    def redeclare(self) -> str:
        """A number that was searched for is declared by itself from now on."""
        known = self.numbers()
        found = [name for name, one in self.config["numbers"].items() if "search" in one and f"numbers.{name}" in known]
        if not found:
            return ""
        name = self.dice.choice(found)
        one = self.config["numbers"][name]
        was, number = ("numbers", _identity("numbers", name, one)), known[f"numbers.{name}"]
        if ("numbers", number) in identities(self.config):
            return ""  # a killed run has recorded it under another name too
        del one["search"]
        one["phone_number"] = number
        self.passed_on["numbers", number] = was
        return f"declare numbers.{name} by its number"

    def take_out(self) -> str:
        section, name = self._any(SECTIONS)
        if section == "numbers" and "allow" not in self.config:
            return ""  # it is protected
        self._shelf.append((section, name, self.config[section].pop(name)))
        self._drop_dangling(section)
        return f"take out {section}.{name}"

    def put_back(self) -> str:
        if not self._shelf:
            return ""
        section, name, one = self._shelf.pop(self.dice.randrange(len(self._shelf)))
        if name in self.config[section]:
            return ""
        flow = one.get("voice_flow")
        if flow not in self.config["studio_flows"]:
            one.pop("voice_flow", None)
        if "senders" in one:
            one["senders"] = {"numbers": []}
        if (section, _identity(section, name, one)) in identities(self.config) or self._has_name(section, one):
            return ""
        self.config[section][name] = one
        return f"put back {section}.{name}"

    def rename_stack(self) -> str:
        """Never back to a former name: a document that a killed run handed over is then the other name's."""
        self.stack = self._fresh("stack").lower()
        return f"rename the stack to {self.stack}"

    def cross(self) -> str:
        """One object gets another name at Twilio, and a new one beside it gets the name that it had."""
        section, name = self._any(NAMED)
        one = self.config[section][name]
        fresh, was = self._fresh("Acme"), one["friendly_name"]
        other = copy.deepcopy(one) | {"friendly_name": was}
        one["friendly_name"] = fresh
        if "senders" in other:
            other["senders"] = {"numbers": []}
        added = self._fresh("name").lower()
        self.config[section][added] = other
        return f"call {section}.{name} {fresh!r}, and {section}.{added} what it was called"

    def add(self) -> str:
        section = self.dice.choice(SECTIONS)
        if len(self.config[section]) > 3:
            return ""
        name = self._fresh("name").lower()
        self.config[section][name] = self._body(section)
        return f"add {section}.{name}"

    def _body(self, section: str) -> Config:
        fresh = self._fresh("Acme")
        if section == "keys":
            stem = fresh.lower().replace(" ", "_")
            return {"properties": {"sid": f"{stem}_sid", "secret": f"{stem}_secret"}}
        if section == "studio_flows":
            return {"friendly_name": fresh, "file": "studio/flow.json", "reviewed": 1000}
        if section == "messaging_services":
            return {"friendly_name": fresh, "discard_inbound": True, "senders": {"numbers": []}}
        if section == "verify_services":
            return {"friendly_name": fresh}
        if self.dice.random() < 0.5:
            self._count += 1
            return {"phone_number": f"+1415555{100 + self._count:04}", "friendly_name": fresh}
        return {"search": {"country": "US"}, "friendly_name": fresh, "sms_url": URL}

    def _fresh(self, stem: str) -> str:
        self._count += 1
        letters, rest = "", self._count
        while rest:
            rest, digit = divmod(rest - 1, 26)
            letters = ascii_uppercase[digit] + letters
        return f"{stem} {letters}" if stem[0].isupper() else f"{stem}{letters}"

    def _any(self, sections: tuple[str, ...]) -> tuple[str, str]:
        return self.dice.choice([(section, name) for section in sections for name in self.config.get(section, {})])

    def _has_name(self, section: str, one: Config) -> bool:
        return "friendly_name" in one and one["friendly_name"] in {
            other.get("friendly_name") for other in self.config[section].values()
        }

    def _renamed(self, section: str, names: Mapping[str, str]) -> None:
        self.config[section] = {names.get(name, name): one for name, one in self.config[section].items()}
        for place, container, key in self._references(section):
            del place
            container[key] = names.get(container[key], container[key])

    def _drop_dangling(self, section: str) -> None:
        """Take out references to what is not declared any more; what is declared under that name now is meant."""
        for number in self.config["numbers"].values():
            if number.get("voice_flow") not in self.config["studio_flows"]:
                number.pop("voice_flow", None)
        pools: set[str] = set()
        for service in self.config["messaging_services"].values():
            kept = [one for one in service["senders"]["numbers"] if one in self.config["numbers"] and one not in pools]
            service["senders"]["numbers"] = kept
            pools |= set(kept)
        del section

    def _references(self, section: str) -> Iterator[tuple[str, Any, Any]]:
        """Every place that names an object of the section: what holds it, and the key or index in that."""
        if section == "studio_flows":
            for name, number in self.config["numbers"].items():
                if "voice_flow" in number:
                    yield f"numbers.{name}", number, "voice_flow"
        if section == "numbers":
            for name, service in self.config["messaging_services"].items():
                pool = service["senders"]["numbers"]
                for index in range(len(pool)):
                    yield f"messaging_services.{name}", pool, index
