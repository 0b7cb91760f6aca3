"""The picture of an environment: its objects, and which leads to which, as recorded and as Twilio has it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from twilio_environments.drift.model import Level, Link, Node, Row
from twilio_environments.drift.review.read import Sight
from twilio_environments.lifecycle.declaration import plain

_SID = re.compile(r"\b[A-Z]{2}[0-9a-f]{32}\b")
_KINDS = {
    "subaccount": "account",
    "numbers": "number",
    "messaging_services": "messaging_service",
    "verify_services": "verify_service",
    "studio_flows": "flow",
    "keys": "key",
    "secrets": "document",
}
State = Literal["clean", "changed", "missing", "unmanaged", "unchecked"]


def drawn(sight: Sight, rows: Sequence[Row]) -> tuple[list[Node], list[Link]]:
    """Return the nodes and links of what was read, sorted; a sender pool is drawn as links of its service."""
    nodes = {}
    if not any(one.recorded.kind.section == "subaccount" for one in sight.seen):
        nodes["account"] = Node("account", "account", sight.account_sid, sight.account_sid, "clean")
    places = {one.recorded.sid: one.recorded.place for one in sight.seen if one.recorded.kind.section in _KINDS}
    places |= {one.live.id: f"{one.kind.section}.{one.live.id}" for one in sight.strangers}
    for seen in sight.seen:
        one = seen.recorded
        if one.kind.section in _KINDS:
            nodes[one.place] = Node(one.place, _KINDS[one.kind.section], one.label, one.sid, *_state(one.place, rows))
    for stranger in sight.strangers:
        place, values = places[stranger.live.id], stranger.live.values
        label = str(stranger.live.facts.get("phone_number") or values.get("friendly_name") or stranger.live.id)
        nodes[place] = Node(place, _KINDS[stranger.kind.section], label, stranger.live.id, *_state(place, rows))
    return sorted(nodes.values(), key=lambda one: (one.kind, one.place)), sorted(
        _links(sight, places), key=lambda one: (one.source, one.target, one.label)
    )


def _links(sight: Sight, places: Mapping[str, str]) -> Iterator[Link]:
    before, now = set(), set()
    for seen in sight.seen:
        one = seen.recorded
        if one.kind.section in {"subaccount", "keys", "secrets"}:
            continue
        recorded = one.kind.recorded(one.sid, one.outputs).values
        before |= set(_led(one.place, recorded, places))
        # What could not be read is drawn as it is recorded.
        now |= set(_led(one.place, recorded if seen.problem else seen.live.values if seen.live else {}, places))
    for stranger in sight.strangers:
        here = set(_led(places[stranger.live.id], stranger.live.values, places))
        before, now = before | here, now | here
    for source, target, label in before | now:
        link = (source, target, label)
        yield Link(*link, "clean" if link in before & now else "added" if link in now else "removed")


def _led(place: str, values: Mapping[str, Any], places: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    source = place.removesuffix(".senders")
    for name, value in values.items():
        for sid in _SID.findall(str(plain(value))):
            target = places.get(sid)
            if target and target != source and not target.startswith(("subaccount", "keys")):
                yield source, target, name


def _state(place: str, rows: Sequence[Row]) -> tuple[State, Level | None]:
    own = [row for row in rows if row.place in (place, f"{place}.senders")]
    level = max((row.severity.level for row in own), default=None)
    kinds: set[str] = {row.kind for row in own}
    order: tuple[tuple[State, set[str]], ...] = (
        ("missing", {"missing"}),
        ("unmanaged", {"unmanaged", "key_by_hand"}),
        ("changed", kinds - {"unchecked", "missing", "unmanaged", "key_by_hand"}),
        ("unchecked", {"unchecked"}),
    )
    return next((state for state, those in order if kinds & those), "clean"), level
