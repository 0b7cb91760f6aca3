"""What a stack file says to take over an object that is there already: its name in it, and its fields."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Mapping
from itertools import count
from typing import Any

from twilio_environments.kinds import verify_parts
from twilio_environments.lifecycle.declaration import Declared, minimal_values
from twilio_environments.lifecycle.kind import Kind, Live

_FLOW = re.compile(r"^https://webhooks\.twilio\.com/v1/Accounts/AC[0-9a-f]{32}/Flows/(FW[0-9a-f]{32})$")
PARTS: Mapping[str, type[Declared]] = {"rate_limits": verify_parts.RateLimit, "webhooks": verify_parts.Webhook}
"""Fields that are collections of objects, and the model of one."""
BY_FLOW = {"voice_url": "voice_flow", "sms_url": "sms_flow"}
"""Fields that a flow's logical name may stand for."""
_LONGEST = 32
Places = Mapping[str, str]
"""The place in the stack file (`numbers.support`) of an object, by its SID."""


def logical_name(kind: Kind[Any], live: Live, taken: Container[str]) -> str:
    """Return a logical name that reads like the object's own and is nobody's yet."""
    number = str(live.facts.get("phone_number") or "")
    shown = unicodedata.normalize("NFKD", str(live.values.get("friendly_name") or number or live.id))
    name = re.sub(r"[^a-z0-9]+", "-", shown.encode("ascii", "ignore").decode().lower()).strip("-")
    if not name[:1].isalpha():
        name = f"{kind.noun.split()[-1].lower()}-{name or live.id[-6:].lower()}"
    name = name[:_LONGEST].strip("-")
    tail = number[-4:] or live.id[-6:].lower()
    candidates = (name if not turn else f"{name}-{tail}" if turn == 1 else f"{name}-{turn}" for turn in count())
    return next(candidate for candidate in candidates if candidate not in taken)


def entry(kind: Kind[Any], live: Live, name: str, places: Places) -> dict[str, Any]:
    """Return what the stack file says under `name` to take the object over: nothing that is default anyway.

    What it refers to is named by its place in the stack file where it has one there, and by its SID elsewhere.
    """
    values = minimal_values(kind.declaration, dict(live.values) | dict(live.facts))
    value: dict[str, Any] = {"adopt": True}
    for field, one in values.items():
        if field in BY_FLOW and (flow := flow_of(one, places)):
            value[BY_FLOW[field]] = flow
        elif field in PARTS:
            value[field] = {key: minimal_values_of(PARTS[field], part) for key, part in one.items()}
        elif field == "messaging_configurations":
            value[field] = {country: name_of(sid, places) for country, sid in one.items()}
        elif (field, one) != ("friendly_name", name) and not _implied(field, one, values):
            value[field] = one
    if "friendly_name" in kind.declaration.model_fields and not live.values.get("friendly_name"):
        value["friendly_name"] = ""  # left out it would be the logical name
    if kind.section == "messaging_services" and not (
        values.get("inbound_request_url") or values.get("use_inbound_webhook_on_number")
    ):
        value["discard_inbound"] = True
    return value


def minimal_values_of(model: type[Declared], part: Mapping[str, Any]) -> dict[str, Any]:
    """Return a part's fields without those that are default; unlike the model it takes any live value."""
    fields = model.model_fields
    return {
        name: value
        for name, value in part.items()
        if fields[name].is_required() or value != fields[name].get_default(call_default_factory=True)
    }


def flow_of(url: Any, places: Places) -> str:
    """Return the logical name of the flow that a webhook URL is of, "" for any other URL."""
    found = _FLOW.search(str(url))
    return places.get(found[1], "").partition(".")[2] if found else ""


def name_of(value: Any, places: Places) -> Any:
    """Return the logical name of what a SID is of, any other value as it is."""
    place = places.get(value, "") if isinstance(value, str) else ""
    return place.partition(".")[2] or value


def _implied(field: str, value: Any, values: Mapping[str, Any]) -> bool:
    return field == "totp_issuer" and value == values.get("friendly_name")
