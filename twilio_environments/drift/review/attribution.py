"""Who did it, and when: Twilio's Monitor events, one query for each object that drifted.

Twilio promises the actor, the source and the address; an event may come a while after the change, and is kept for 30
days (13 months in some editions). `event_data` has `previous` and `updated` per field: within
`resource_properties` according to Twilio's text, directly according to its sample; both are read. Each kind says where
its events are, and what they call its fields [Twilio: Monitor Events; docs: "Audit events"].
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from twilio_environments.drift.model import Attribution, DriftedField, Window
from twilio_environments.drift.review.compare import DriftFinding
from twilio_environments.kinds.registry import KINDS
from twilio_environments.lifecycle.review import Trail
from twilio_environments.lifecycle.values import plain
from twilio_environments.problems import Problem
from twilio_environments.rest.events import changes
from twilio_environments.rest.session import Account

_AT_ONCE = 8
_NONE = "No event in the window."
_UNMATCHED = "No event in the window mentions the differing fields."
_UNREAD = Trail(reason="It could not be read.")
_SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}")
_MADE, _ENDED = ("created",), ("deleted", "released", "closed")


@dataclass(frozen=True)
class Event:
    """One event, with the changed fields of both shapes of `event_data` as (previous, updated)."""

    shown: Attribution
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Attributed:
    """A finding with its fields' events, its own newest one, or the reason why there is none."""

    finding: DriftFinding
    attribution: Attribution | None = None
    unattributed: str = ""


def attributed(account: Callable[[], Account], found: Sequence[DriftFinding], window: Window) -> list[Attributed]:
    """Return the findings with who and when; events are asked for once per SID."""
    trails = [_trail(finding) for finding in found]
    sids = sorted({trail.sid for trail in trails if trail.sid})
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = dict(zip(sids, pool.map(lambda sid: _events(account, sid, window), sids), strict=True))
    return [
        _matched(finding, trail, answers[trail.sid]) if trail.sid else Attributed(finding, unattributed=trail.reason)
        for finding, trail in zip(found, trails, strict=True)
    ]


def redacted(found: Sequence[Attributed]) -> list[Attributed]:
    """Return the findings with addresses replaced by names, in order of appearance: two actors remain two."""
    names: dict[str, str] = {}

    def named(one: Attribution | None) -> Attribution | None:
        if one is None or not one.address:
            return one
        return replace(one, address=names.setdefault(one.address, f"address {len(names) + 1}"))

    def fields(finding: DriftFinding) -> DriftFinding:
        return replace(
            finding, fields=tuple(replace(each, attribution=named(each.attribution)) for each in finding.fields)
        )

    return [replace(one, finding=fields(one.finding), attribution=named(one.attribution)) for one in found]


def _trail(finding: DriftFinding) -> Trail:
    """Return where the events for a finding are, or why there are none."""
    if finding.kind == "unchecked" or finding.of is None:
        return _UNREAD
    if finding.notice and finding.notice.trail:
        return finding.notice.trail
    differing = {field.name: field.live for field in finding.fields}
    trail = finding.of.trail(finding.sid, finding.seen.recorded.outputs if finding.seen else {}, differing)
    if finding.fields or finding.notice:
        return trail
    return replace(trail, endings=_MADE if finding.stranger else _ENDED)


def _events(account: Callable[[], Account], sid: str, window: Window) -> list[Event] | str:
    start = datetime.fromisoformat(window.start)
    try:
        events = account().client.monitor.v1.events.list(resource_sid=sid, start_date=start, page_size=1000)
    except Problem as problem:
        return f"The events could not be read: {problem}"
    return sorted((_event(one) for one in events), key=lambda one: one.shown.when, reverse=True)


def _event(one: Any) -> Event:
    when = one.event_date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if one.event_date else ""
    shown = Attribution(
        actor=one.actor_sid or "",
        actor_type=one.actor_type or "",
        source=one.source or "",
        address=one.source_ip_address or "",
        when=when,
        event_type=one.event_type or "",
        event_sid=str(one.sid),
    )
    return Event(shown, changes(one.event_data))


def _matched(finding: DriftFinding, trail: Trail, events: list[Event] | str) -> Attributed:
    if isinstance(events, str):
        return Attributed(finding, unattributed=events)
    events = [event for event in events if _belongs(trail, event.shown.event_type)]
    if not events:
        return Attributed(finding, unattributed=_NONE)
    if not finding.fields:
        fitting = (event for event in events if not trail.endings or event.shown.event_type.endswith(trail.endings))
        if trail.about:
            fitting = (event for event in fitting if not event.changes or trail.about in _side(event, 1))
        own = next((event.shown for event in fitting), None)
        return Attributed(finding, own, "" if own else _UNMATCHED)
    fields = tuple(replace(one, attribution=_of_field(finding, one, events)) for one in finding.fields)
    newest = max((one.attribution for one in fields if one.attribution), key=lambda one: one.when, default=None)
    return Attributed(replace(finding, fields=fields), newest, "" if newest else _UNMATCHED)


def _belongs(trail: Trail, event_type: str) -> bool:
    """Return whether an event belongs to the target of a trail, not to something else logged under the same SID."""
    others = {word for kind in KINDS.values() for word in kind.event_words}
    return any(word in event_type for word in trail.words or others) == bool(trail.words)


def _of_field(finding: DriftFinding, one: DriftedField, events: Sequence[Event]) -> Attribution | None:
    """Return the event that set the live value, else the newest that touched the field, else one that names nothing.

    A field missing from an event may still have changed: Twilio does not say whether the log has a flow's definition.
    """
    kind = finding.of
    assert kind is not None  # a finding with fields is about an object
    table, changed = kind.declaration.table(), kind.event_names.get(one.name, one.name)
    named = [event for event in events if changed in event.changes]
    for event in named:
        updated = event.changes[changed][1]
        normalise = table[one.name].normalise if one.name in table else plain
        if _same(updated, one.live) or _same(_tried(normalise, updated), one.live):
            return event.shown
    if kind.logged_by_member:
        return _of_member(one, events)
    if named:
        return named[0].shown
    if one.name in kind.unlogged:
        return next((event.shown for event in events if event.shown.event_type.endswith("updated")), None)
    silent = (event for event in events if not event.changes and not event.shown.event_type.endswith("created"))
    return next((event.shown for event in silent), None)


def _of_member(one: DriftedField, events: Sequence[Event]) -> Attribution | None:
    """Return the newest event about a member that came or went; each event is about one of them."""
    live, before = set(map(str, one.live)), set(map(str, one.recorded or []))
    moved = [(those, side) for those, side in ((live - before, 1), (before - live, 0)) if those]
    exact = next((event.shown for event in events if any(those & _side(event, side) for those, side in moved)), None)
    if exact or all(_SID.fullmatch(member) for member in live | before):
        return exact
    # A member known here by name is logged by SID, so it is matched by its field and by whether it came or went.
    ours = [event for event in events if one.name in event.changes]
    return next((event.shown for event in ours if any(event.changes[one.name][side] for _, side in moved)), None)


def _side(event: Event, which: int) -> set[str]:
    """Return the values before an event (0) or after it (1)."""
    return {str(pair[which]) for pair in event.changes.values() if pair[which]}


def _tried(normalise: Callable[[Any], Any], value: Any) -> Any:
    try:
        return normalise(value)
    except (TypeError, ValueError):
        return value


def _same(updated: Any, live: Any) -> bool:
    return plain(updated) == live or str(updated).lower() == str(live).lower()
