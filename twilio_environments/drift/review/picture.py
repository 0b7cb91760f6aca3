"""The picture of an environment: its objects, and which leads to which, as recorded and as Twilio has it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from twilio_environments.drift.model import Link, Node, Row
from twilio_environments.drift.review.read import Sight
from twilio_environments.drift.review.state import RecordedObject
from twilio_environments.lifecycle.review import STRAY, Level
from twilio_environments.lifecycle.values import plain

_SID = re.compile(r"\b[A-Z]{2}[0-9a-f]{32}\b")
State = Literal["clean", "changed", "missing", "unmanaged", "unchecked"]


def drawn(sight: Sight, rows: Sequence[Row]) -> tuple[list[Node], list[Link]]:
    """Return the nodes and links of what was read, sorted; a part is drawn as links of the object it belongs to."""
    nodes = {}
    if not any(one.recorded.kind.is_account for one in sight.seen):
        nodes["account"] = Node("account", "account", sight.account_sid, sight.account_sid, "clean")
    found = [(one.recorded.kind, one.recorded) for one in sight.seen]
    objects = [(kind, one.place, one.label, one.sid) for kind, one in found]
    objects += [(one.kind, one.place, one.label, one.live.id) for one in sight.strangers]
    parts = {one.place: _whole(one) for kind, one in found if kind.part_of}
    for kind, place, label, sid in objects:
        if kind.drawn:
            own = [row for row in rows if place in (row.place, parts.get(row.place))]
            nodes[place] = Node(place, kind.drawn.word, label, sid, *_state(own))
    ends = {sid: place for kind, place, _, sid in objects if kind.drawn and kind.drawn.leads}
    return sorted(nodes.values(), key=lambda one: (one.kind, one.place)), sorted(
        _links(sight, ends), key=lambda one: (one.source, one.target, one.label)
    )


def _whole(part: RecordedObject) -> str:
    return part.place.rpartition(".")[0]


def _links(sight: Sight, places: Mapping[str, str]) -> Iterator[Link]:
    before, now = set(), set()
    for seen in sight.seen:
        one = seen.recorded
        if not (one.kind.part_of or (one.kind.drawn and one.kind.drawn.leads)):
            continue
        source = _whole(one) if one.kind.part_of else one.place
        recorded = one.kind.recorded(one.sid, one.outputs).values
        before |= set(_led(source, recorded, places))
        # Objects that could not be read are drawn as recorded.
        now |= set(_led(source, recorded if seen.problem else seen.live.values if seen.live else {}, places))
    for stranger in sight.strangers:
        here = set(_led(stranger.place, stranger.live.values, places))
        before, now = before | here, now | here
    for source, target, label in before | now:
        link = (source, target, label)
        yield Link(*link, "clean" if link in before & now else "added" if link in now else "removed")


def _led(source: str, values: Mapping[str, Any], places: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for name, value in values.items():
        for sid in _SID.findall(str(plain(value))):
            target = places.get(sid)
            if target and target != source:
                yield source, target, name


def _state(own: Sequence[Row]) -> tuple[State, Level | None]:
    """Return the state of an object according to its rows, and the severity."""
    level = max((row.severity.level for row in own), default=None)
    kinds: set[str] = {row.kind for row in own}
    order: tuple[tuple[State, set[str]], ...] = (
        ("missing", {"missing"}),
        ("unmanaged", {*STRAY}),
        ("changed", kinds - {"unchecked", "missing"} - STRAY),
        ("unchecked", {"unchecked"}),
    )
    return next((state for state, those in order if kinds & those), "clean"), level
