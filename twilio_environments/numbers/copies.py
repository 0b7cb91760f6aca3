"""A number in a new environment's stack file: the same number cannot exist twice, so a similar one is searched for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from twilio_environments.lifecycle.adoption import Entries
from twilio_environments.lifecycle.copying import CopyChange
from twilio_environments.numbers.countries import like

_DIGITS = 7


def searched(name: str, entries: Entries, before: str) -> Iterator[CopyChange]:
    """Yield the search that replaces a number declared by its E.164; nothing if it is already searched for."""
    number = entries["numbers"][name]
    if not number.get("phone_number"):
        return
    found = like(str(number["phone_number"]))
    used = {what for what in ("voice", "sms") if any(key.startswith(f"{what}_") for key in number)}
    used |= {"sms"} if name in _senders(entries) else set()
    uses = {f"{what}_enabled": True for what in ("voice", "sms") if what in used}
    doubt = "" if found else "; its country is unknown, so this is a guess"
    decision = f"{before} has {number['phone_number']}, this searches for a similar one{doubt}"
    yield CopyChange("search", (found or {"country": "US"}) | uses, decision)
    yield CopyChange("phone_number")
    if "friendly_name" in number and not _names_it_alone(number, entries):
        yield CopyChange("friendly_name")


def _names_it_alone(number: Mapping[str, Any], entries: Entries) -> bool:
    """Return whether a number's name is more than its digits: a searched number is identified by its name."""
    name = str(number["friendly_name"])
    digits = re.sub(r"\D", "", name)
    if not name or (len(digits) >= _DIGITS and str(number["phone_number"]).endswith(digits)):
        return False
    return [one.get("friendly_name") for one in entries["numbers"].values()].count(name) == 1


def _senders(entries: Entries) -> set[str]:
    services = entries["messaging_services"].values()
    return {name for one in services for name in ((one or {}).get("senders") or {}).get("numbers") or []}
