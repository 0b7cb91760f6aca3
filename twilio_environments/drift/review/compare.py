"""What differs: the lifecycle's own comparison over what was read, sorted into kinds of finding.

A field is named when a refresh would name it: what is live differs both from what is recorded and from what the
recorded inputs declare.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from twilio_environments.addresses import masked
from twilio_environments.drift.model import ABSENT, Field, RowKind
from twilio_environments.drift.review.read import Seen, Sight, Stranger, answered_by
from twilio_environments.drift.review.state import Recorded, known
from twilio_environments.drift.review.urls import hosts_in, own
from twilio_environments.lifecycle.declaration import plain
from twilio_environments.lifecycle.kind import INCOMPLETE, Difference, Live
from twilio_environments.secrets.delivery import STORED
from twilio_environments.visible import HIDDEN

_STATUSES = frozenset({"secret_status", "auth_token_status"})
_NAMES = frozenset({"friendly_name", "totp_issuer", "tts_name"}) | _STATUSES
"""Fields whose text leads nowhere."""
_DEFERS = "use_inbound_webhook_on_number"
_OF_TIME = frozenset({"rotated", "previous", INCOMPLETE})
"""What the lifecycle calls changed without anybody having changed it."""


@dataclass(frozen=True)
class Finding:
    """What was found about one object; `seen` for a recorded one, `stranger` for one in no stack.

    With neither it is about something as a whole that could not be checked, and `whole` names that.
    """

    kind: RowKind
    seen: Seen | None = None
    stranger: Stranger | None = None
    fields: tuple[Field, ...] = ()
    text: str = ""
    whole: str = ""
    service: str = ""
    """shadowed: the SID of the Messaging Service that takes the number's messages."""
    hosts: tuple[str, ...] = ()
    """webhook_host: the hosts that are new."""

    @property
    def section(self) -> str:
        """The key of the stack file it belongs under."""
        if self.stranger:
            return self.stranger.kind.section
        return self.seen.recorded.kind.section if self.seen else self.whole

    @property
    def place(self) -> str:
        """Where it stands in the stack file; <section>.<SID> for what is in no stack."""
        if self.stranger:
            return f"{self.stranger.kind.section}.{self.stranger.live.id}"
        return self.seen.recorded.place if self.seen else self.whole

    @property
    def key(self) -> str:
        """What tells it apart in a review."""
        return f"{self.kind}:{self.place}"

    @property
    def sid(self) -> str:
        """Its SID."""
        if self.stranger:
            return self.stranger.live.id
        return self.seen.recorded.sid if self.seen else ""


def findings(sight: Sight, wanted: Mapping[str, Mapping[str, Any]] | None) -> Iterator[Finding]:
    """Yield all findings; `wanted` are the declared inputs by URN, None when the program could not say them."""
    hosts = hosts_in(
        [one.recorded.outputs for one in sight.seen] + [one.recorded.inputs for one in sight.seen] + [wanted]
    ) | {own(sight.account_sid)}
    for seen in sight.seen:
        if seen.problem:
            yield Finding("unchecked", seen, text=seen.problem)
        elif seen.live is None:
            kind: RowKind = "secret" if seen.recorded.kind.section == "secrets" else "missing"
            yield Finding(kind, seen, text=_gone(seen))
        else:
            yield from _changed(seen, wanted, hosts)
            yield from _of_time(seen)
            if seen.recorded.kind.section == "studio_flows":
                yield from _revisions(seen)
    if not any(seen.recorded.kind.section == "subaccount" and seen.live is None for seen in sight.seen):
        for section, problem in sight.unlisted.items():  # a closed account has no listings, and that is said already
            yield Finding("unchecked", whole=section, text=problem)
    yield from _shadowed(sight)
    for stranger in sight.strangers:
        text = ""
        if stranger.is_leftover:
            proof = f"is a second one beside {stranger.twin_of}" if stranger.twin_of else "bears this stack's mark"
            text = f"it {proof}: an interrupted run may have made it, see twilio-env leftovers"
        yield Finding("key_by_hand" if stranger.kind.section == "keys" else "unmanaged", stranger=stranger, text=text)


def pending(sight: Sight, wanted: Mapping[str, Mapping[str, Any]] | None) -> list[str]:
    """Return what is declared and not applied yet, as sentences: `pulumi up` has to do it, and it is no drift."""
    if wanted is None:
        return []
    recorded = {one.recorded.urn: one.recorded for one in sight.seen}
    notes = [f"{urn.rpartition('::')[2]} is declared and not made yet." for urn in wanted.keys() - recorded.keys()]
    for urn, one in recorded.items():
        if urn not in wanted:
            notes.append(f"{one.place} is not declared any more and still there.")
            continue
        desired = _desired(one, wanted[urn])
        before = one.kind.recorded(one.sid, one.outputs).values
        names = sorted(
            name for name, value in desired.items() if value != ABSENT and plain(before.get(name)) != plain(value)
        )
        if names:
            notes.append(f"{one.place}: {', '.join(names)} declared and not applied yet.")
        if one.outputs.get(INCOMPLETE):
            notes.append(f"{one.place} is not finished: {' '.join(one.outputs[INCOMPLETE])}")
    return sorted(notes)


def difference(seen: Seen) -> Difference:
    """Return what a refresh would call changed, by the kind's own `diff`."""
    assert seen.live is not None
    one = seen.recorded
    outputs = {name: value for name, value in one.outputs.items() if name != INCOMPLETE}
    return one.kind.diff(one.inputs, outputs | dict(seen.live.values) | dict(seen.live.facts))


def _changed(seen: Seen, wanted: Mapping[str, Mapping[str, Any]] | None, hosts: set[str]) -> Iterator[Finding]:
    assert seen.live is not None
    one, live = seen.recorded, seen.live.values
    desired = _desired(one, (wanted or {}).get(one.urn))
    fields = tuple(
        _field(one, Field(name, desired.get(name, ABSENT), one.plain(name), plain(live.get(name))))
        for name in sorted(difference(seen).changed)
        if name not in _OF_TIME and plain(live.get(name)) != one.plain(name)
    )
    foreign = {
        field.name: {HIDDEN} if field.name in one.secret else new
        for field in fields
        if field.name not in _NAMES and (new := hosts_in(live.get(field.name)) - hosts)
    }
    secret = tuple(field for field in fields if field.name in _STATUSES)
    if secret:
        yield Finding("secret", seen, fields=secret)
    if foreign:
        strange = tuple(sorted(set().union(*foreign.values())))
        yield Finding(
            "webhook_host", seen, fields=tuple(field for field in fields if field.name in foreign), hosts=strange
        )
    rest = tuple(field for field in fields if field not in secret and field.name not in foreign)
    if rest:
        revision = seen.live.facts.get("revision")
        text = f"revision {revision} is published, recorded is {one.plain('revision')}" if revision else ""
        yield Finding("changed", seen, fields=rest, text=text)


def _field(one: Recorded, field: Field) -> Field:
    """Return a field as the review has it: nothing that comes after has the value of a secret."""
    return Field(field.name, HIDDEN, HIDDEN, HIDDEN) if field.name in one.secret else field


def _desired(one: Recorded, inputs: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the compared fields as they are declared now; ABSENT for those that are not known before an update."""
    if inputs is None:
        return {}
    kept, unknown = known(inputs, one.inputs)
    try:
        desired = one.kind.desired(one.kind.read_inputs(kept))
    except (ValidationError, KeyError):
        return {}
    hidden = set(desired) & unknown
    if "placeholders" in unknown:
        hidden.add("definition")
    return {name: ABSENT if name in hidden else plain(value) for name, value in desired.items()}


def _of_time(seen: Seen) -> Iterator[Finding]:
    """Yield what is due because time went by, in the lifecycle's words; it looks at the record alone."""
    one = seen.recorded
    clean = {name: STORED for name in _STATUSES if name in one.outputs}
    difference = one.kind.diff(one.inputs, dict(one.outputs) | clean)
    if difference.reasons and _OF_TIME & set(difference.changed):
        yield Finding("overdue", seen, text=". ".join(difference.reasons))


def _revisions(seen: Seen) -> Iterator[Finding]:
    assert seen.live is not None
    revision, before = seen.live.facts.get("revision"), seen.recorded.plain("revision")
    listed = seen.listed.values if seen.listed else {}
    if listed.get("status") == "draft" and seen.recorded.outputs.get("status") != "draft":
        yield Finding("draft", seen, text=f"revision {revision} is a draft on top of what runs")
    elif revision != before and not set(difference(seen).changed) - _OF_TIME:
        what = "was published, and nothing changed but the layout or the commit message"
        yield Finding("layout", seen, text=f"revision {revision} {what}; recorded is {before}")


def _shadowed(sight: Sight) -> Iterator[Finding]:
    services = {live.id: live for live in sight.services}
    secret = {seen.recorded.sid: seen.recorded.secret for seen in sight.seen}
    pool_of = {number: service for service, numbers in sight.pools.items() for number in numbers}
    recorded = set(_recorded_shadows(sight))
    for seen in sight.seen:
        own = answered_by(seen.live.values) if seen.live and seen.recorded.kind.section == "numbers" else ""
        service = services.get(pool_of.get(seen.recorded.sid, ""))
        if not own or service is None or service.values.get(_DEFERS):
            continue
        if (seen.recorded.sid, service.id) in recorded:
            continue
        inbound = service.values.get("inbound_request_url")
        where = f"go to {_told(service, 'inbound_request_url', secret)}" if inbound else "are thrown away"
        name = f"{_told(service, 'friendly_name', secret)} ({service.id})"
        text = f"its messages {where}, because it is in the pool of the Messaging Service {name}"
        yield Finding("shadowed", seen, text=f"{text}; its own {own} is not asked", service=service.id)


def _recorded_shadows(sight: Sight) -> Iterator[tuple[str, str]]:
    """Yield the SIDs of a number and a service that takes its messages as it was applied, which is no drift.

    The preview says of those that are declared so that the number's own handler is not asked.
    """
    own = {
        one.recorded.sid
        for one in sight.seen
        if one.recorded.kind.section == "numbers" and answered_by(one.recorded.outputs)
    }
    defers = {
        one.recorded.sid
        for one in sight.seen
        if one.recorded.kind.section == "messaging_services" and one.recorded.outputs.get(_DEFERS)
    }
    for one in sight.seen:
        service = str(one.recorded.outputs.get("service_sid", ""))
        if one.recorded.kind.section == "senders" and service not in defers:
            yield from ((number, service) for number in one.recorded.plain("phone_numbers") or () if number in own)


def _told(live: Live, name: str, secret: Mapping[str, frozenset[str]]) -> str:
    return HIDDEN if name in secret.get(live.id, ()) else str(masked(live.values.get(name)))


def _gone(seen: Seen) -> str:
    if seen.recorded.kind.section == "secrets":
        return "the document is gone from the secret store, or is no longer marked as this stack's"
    return "it is gone at Twilio"
