"""Who did it, and when: Twilio's Monitor events, one query for each object that drifted.

Twilio promises the actor, the source and the address; an event may come a while after the change, and is kept for 30
days (13 months in some editions). `event_data` has `previous` and `updated` per field: by Twilio's text within
`resource_properties`, by its sample directly; both are read. There are no events for Verify services
[Twilio: Monitor Events; docs: "Audit events"].
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from twilio_environments.drift.model import Attribution, Field, Window
from twilio_environments.drift.review.compare import Finding
from twilio_environments.lifecycle.declaration import plain
from twilio_environments.lifecycle.kind import ACCOUNT
from twilio_environments.numbers.transfer import HELD_BY
from twilio_environments.problems import Problem
from twilio_environments.rest.events import changes
from twilio_environments.rest.session import Account
from twilio_environments.secrets.delivery import ALTERED

_AT_ONCE = 8
_NO_EVENTS = "Twilio keeps no events for Verify services."
_OF_STORE = "The store's own audit log says who; Twilio does not know of it."
_NONE = "No event in the window."
_UNMATCHED = "No event in the window names what differs."
_REASONS: Mapping[str, str] = {"unchecked": "It could not be read.", "overdue": "Nobody did: time went by."}
_SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}")
_SIDS = ("AC", "SK", "PN", "MG", "FW")
_MADE = ("created",)
_ENDINGS: Mapping[str, tuple[str, ...]] = {
    "missing": ("deleted", "released", "closed"),
    "unmanaged": _MADE,
    "key_by_hand": _MADE,
    "shadowed": _MADE,
}


@dataclass(frozen=True)
class Event:
    """One event, with the changed fields of both shapes of `event_data` as (previous, updated)."""

    shown: Attribution
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Attributed:
    """A finding with its fields' events, its own newest one, or the reason why there is none."""

    finding: Finding
    attribution: Attribution | None = None
    unattributed: str = ""


def attributed(account: Callable[[], Account], found: Sequence[Finding], window: Window) -> list[Attributed]:
    """Return the findings with who and when; events are asked for once per SID."""
    about = [_about(finding) for finding in found]
    sids = sorted({sid for sid in about if sid.startswith(_SIDS)})
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = dict(zip(sids, pool.map(lambda sid: _events(account, sid, window), sids), strict=True))
    return [
        _matched(finding, answers[sid]) if sid in answers else Attributed(finding, unattributed=sid)
        for finding, sid in zip(found, about, strict=True)
    ]


def redacted(found: Sequence[Attributed]) -> list[Attributed]:
    """Return the same with a name for each address, by the order in which they appear: two hands stay two."""
    names: dict[str, str] = {}

    def named(one: Attribution | None) -> Attribution | None:
        if one is None or not one.address:
            return one
        return replace(one, address=names.setdefault(one.address, f"address {len(names) + 1}"))

    def fields(finding: Finding) -> Finding:
        return replace(
            finding, fields=tuple(replace(each, attribution=named(each.attribution)) for each in finding.fields)
        )

    return [replace(one, finding=fields(one.finding), attribution=named(one.attribution)) for one in found]


def _about(finding: Finding) -> str:
    """Return the SID to ask events for, or the reason why there is none to ask for."""
    if finding.kind in _REASONS:
        return _REASONS[finding.kind]
    if any(one.name == "auth_token_status" and one.live == ALTERED for one in finding.fields) and finding.seen:
        return str(finding.seen.recorded.outputs.get("account_sid", ""))
    if finding.kind == "secret" or finding.section == "secrets":
        return _OF_STORE
    return _NO_EVENTS if finding.section == "verify_services" else finding.service or finding.sid


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


def _matched(finding: Finding, events: list[Event] | str) -> Attributed:
    if isinstance(events, str):
        return Attributed(finding, unattributed=events)
    events = [event for event in events if _belongs(finding, event.shown.event_type)]
    if not events:
        return Attributed(finding, unattributed=_NONE)
    if not finding.fields:
        endings = _ENDINGS.get(finding.kind, ())
        fitting = (event for event in events if not endings or event.shown.event_type.endswith(endings))
        if finding.kind == "shadowed":  # the events are those of the pool, about one sender each
            fitting = (event for event in fitting if not event.changes or finding.sid in _side(event, 1))
        own = next((event.shown for event in fitting), None)
        return Attributed(finding, own, "" if own else _UNMATCHED)
    fields = tuple(replace(one, attribution=_of_field(finding, one, events)) for one in finding.fields)
    newest = max((one.attribution for one in fields if one.attribution), key=lambda one: one.when, default=None)
    return Attributed(replace(finding, fields=fields), newest, "" if newest else _UNMATCHED)


def _belongs(finding: Finding, event_type: str) -> bool:
    # A Messaging Service and its pool are logged under the same SID, and so are an account and its tokens.
    pool = "number-pool" in event_type or "sender" in event_type
    if finding.kind == "shadowed" or finding.section == "senders":
        return pool
    return not pool and (finding.kind == "secret") == ("auth-token" in event_type)


def _of_field(finding: Finding, one: Field, events: Sequence[Event]) -> Attribution | None:
    """Return the event that set the live value, else the newest that touched the field, else one that names nothing.

    What an event leaves out it cannot deny: Twilio does not say whether the log has a flow's definition.
    """
    table = finding.seen.recorded.kind.declaration.table() if finding.seen else {}
    changed = ACCOUNT if one.name == HELD_BY else one.name
    named = [event for event in events if changed in event.changes]
    for event in named:
        updated = event.changes[changed][1]
        normalise = table[one.name].normalise if one.name in table else plain
        if _same(updated, one.live) or _same(_tried(normalise, updated), one.live):
            return event.shown
    if finding.section == "senders":
        return _of_senders(one, events)
    if named:
        return named[0].shown
    if one.name == "definition":
        return next((event.shown for event in events if event.shown.event_type.endswith("updated")), None)
    silent = (event for event in events if not event.changes and not event.shown.event_type.endswith("created"))
    return next((event.shown for event in silent), None)


def _of_senders(one: Field, events: Sequence[Event]) -> Attribution | None:
    """Return the newest event about a sender that came or went; each event is about one of them."""
    live, before = set(map(str, one.live)), set(map(str, one.recorded or []))
    moved = [(those, side) for those, side in ((live - before, 1), (before - live, 0)) if those]
    exact = next((event.shown for event in events if any(those & _side(event, side) for those, side in moved)), None)
    if exact or all(_SID.fullmatch(sender) for sender in live | before):
        return exact
    # A sender that goes by a name here has a SID in the log: it is found by its field and by whether it came or went.
    ours = [event for event in events if one.name in event.changes]
    return next((event.shown for event in ours if any(event.changes[one.name][side] for _, side in moved)), None)


def _side(event: Event, which: int) -> set[str]:
    """Return what an event says was there before (0), or is there since (1)."""
    return {str(pair[which]) for pair in event.changes.values() if pair[which]}


def _tried(normalise: Callable[[Any], Any], value: Any) -> Any:
    try:
        return normalise(value)
    except (TypeError, ValueError):
        return value


def _same(updated: Any, live: Any) -> bool:
    return plain(updated) == live or str(updated).lower() == str(live).lower()
