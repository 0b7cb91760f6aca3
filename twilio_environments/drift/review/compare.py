"""What differs: the lifecycle's own comparison applied to what was read, sorted into kinds of finding.

A field is named when a refresh would name it: what is live differs both from what is recorded and from what the
recorded inputs declare. Differences other than fields are found by each kind itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from twilio_environments.drift.model import ABSENT, DriftedField
from twilio_environments.drift.review.read import Seen, Sight, Stranger
from twilio_environments.drift.review.state import RecordedObject, known
from twilio_environments.drift.review.urls import hosts_in, own
from twilio_environments.lifecycle.kind import Kind
from twilio_environments.lifecycle.objects import INCOMPLETE, Live
from twilio_environments.lifecycle.review import Notice, Reading, RowKind, Surroundings
from twilio_environments.lifecycle.values import plain
from twilio_environments.visible import HIDDEN

Declared = Mapping[str, Mapping[str, Any]]
"""The inputs that the program declares, by URN."""


@dataclass(frozen=True)
class DriftFinding:
    """What was found about one object; `seen` for a recorded one, `stranger` for one in no stack.

    With neither, something as a whole could not be checked, and `whole` names it.
    """

    kind: RowKind
    seen: Seen | None = None
    stranger: Stranger | None = None
    fields: tuple[DriftedField, ...] = ()
    text: str = ""
    whole: str = ""
    notice: Notice | None = None
    """What the object's kind says of it, where that found it."""
    hosts: tuple[str, ...] = ()
    """webhook_host: the hosts that are new."""

    @property
    def of(self) -> Kind[Any] | None:
        """The kind of its object; None if it concerns something as a whole."""
        return self.stranger.kind if self.stranger else self.seen.recorded.kind if self.seen else None

    @property
    def is_gone(self) -> bool:
        """Whether its object is gone."""
        return self.seen is not None and self.seen.live is None and not self.seen.problem

    @property
    def section(self) -> str:
        """The key of the stack file it belongs under."""
        return self.of.section if self.of else self.whole

    @property
    def place(self) -> str:
        """Its place in the stack file; <section>.<SID> if no stack has it."""
        if self.stranger:
            return self.stranger.place
        return self.seen.recorded.place if self.seen else self.whole

    @property
    def key(self) -> str:
        """Its identity in a review."""
        return f"{self.kind}:{self.place}"

    @property
    def sid(self) -> str:
        """Its SID."""
        if self.stranger:
            return self.stranger.live.id
        return self.seen.recorded.sid if self.seen else ""

    @property
    def label(self) -> str:
        """The name by which people know its object."""
        if self.stranger:
            return self.stranger.label
        return self.seen.recorded.label if self.seen else self.place


def findings(sight: Sight, wanted: Declared | None) -> Iterator[DriftFinding]:
    """Yield all findings; `wanted` are the declared inputs by URN, None when the program could not say them."""
    hosts = hosts_in(
        [one.recorded.outputs for one in sight.seen] + [one.recorded.inputs for one in sight.seen] + [wanted]
    ) | {own(sight.account_sid)}
    around = _surroundings(sight)
    for seen in sight.seen:
        yield from _of_recorded(seen, wanted, hosts, around(seen.recorded.kind.section))
    if not any(seen.recorded.kind.is_account and seen.live is None for seen in sight.seen):
        for section, problem in sight.unlisted.items():  # a closed account has no listings, and is reported already
            yield DriftFinding("unchecked", whole=section, text=problem)
    for stranger in sight.strangers:
        yield DriftFinding(stranger.kind.stray.kind, stranger=stranger, text=_leftover(stranger))


def _of_recorded(seen: Seen, wanted: Declared | None, hosts: set[str], around: Surroundings) -> Iterator[DriftFinding]:
    one = seen.recorded
    if seen.problem:
        yield DriftFinding("unchecked", seen, text=seen.problem)
    elif seen.live is None:
        yield DriftFinding(one.kind.gone.kind, seen, text=one.kind.gone.text)
    else:
        reading = _reading(seen, seen.live)
        yield from _changed(seen, reading, _desired(one, (wanted or {}).get(one.urn)), hosts)
        for notice in one.kind.findings(reading, around):
            yield DriftFinding(notice.kind, seen, text=notice.text, notice=notice)


def _reading(seen: Seen, live: Live) -> Reading:
    one = seen.recorded
    outputs = {name: value for name, value in one.outputs.items() if name != INCOMPLETE}
    changed = one.kind.diff(one.inputs, outputs | dict(live.values) | dict(live.facts)).changed
    return Reading(
        one.sid,
        one.inputs,
        one.outputs,
        live.values,
        live.facts,
        seen.listed.values if seen.listed else {},
        tuple(sorted({*changed} - {*one.kind.of_time, INCOMPLETE})),  # nobody changed it
    )


def _surroundings(sight: Sight) -> Callable[[str], Surroundings]:
    """Return what was read besides the objects of a section."""
    recorded: dict[str, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    secret: dict[str, frozenset[str]] = defaultdict(frozenset)
    for one in (seen.recorded for seen in sight.seen):
        recorded[one.kind.section][one.sid] = one.outputs
        secret[one.sid] |= one.secret  # a part has the SID of the object that it belongs to
    listed = {section: {live.id: live.values for live in lives} for section, lives in sight.listed.items()}
    return lambda section: Surroundings(listed, recorded, sight.beside.get(section), secret)


def _leftover(stranger: Stranger) -> str:
    if not stranger.is_leftover:
        return ""
    proof = f"duplicates {stranger.twin_of}" if stranger.twin_of else "bears this stack's mark"
    return f"it {proof}: an interrupted run may have created it, see twilio-env leftovers"


def pending(sight: Sight, wanted: Declared | None) -> list[str]:
    """Return what is declared and not applied yet, as sentences: it is not drift, and `pulumi up` will apply it."""
    if wanted is None:
        return []
    recorded = {one.recorded.urn: one.recorded for one in sight.seen}
    notes = [f"{urn.rpartition('::')[2]} is declared but not created yet." for urn in wanted.keys() - recorded.keys()]
    for urn, one in recorded.items():
        if urn not in wanted:
            notes.append(f"{one.place} is no longer declared but still exists.")
            continue
        desired = _desired(one, wanted[urn])
        before = one.kind.recorded(one.sid, one.outputs).values
        names = sorted(
            name for name, value in desired.items() if value != ABSENT and plain(before.get(name)) != plain(value)
        )
        if names:
            notes.append(f"{one.place}: {', '.join(names)} declared but not applied yet.")
        if one.outputs.get(INCOMPLETE):
            notes.append(f"{one.place} is not complete: {' '.join(one.outputs[INCOMPLETE])}")
    return sorted(notes)


def _changed(seen: Seen, reading: Reading, desired: Mapping[str, Any], hosts: set[str]) -> Iterator[DriftFinding]:
    """Yield the fields that differ: what says whether a secret was delivered, what leads to new hosts, and the rest."""
    one, live = seen.recorded, reading.values
    fields = [
        _shown(one, DriftedField(name, desired.get(name, ABSENT), one.plain(name), plain(live.get(name))))
        for name in reading.changed
        if plain(live.get(name)) != one.plain(name)
    ]
    secret = tuple(field for field in fields if field.name in one.kind.delivered)
    if secret:
        yield DriftFinding("secret", seen, fields=secret)
    mute = {*one.kind.wording, *one.kind.statuses}
    new = {field.name: hosts_in(live.get(field.name)) - hosts for field in fields if field.name not in mute}
    foreign = tuple(field for field in fields if new.get(field.name))
    if foreign:
        strange = set().union(*({HIDDEN} if one.name in seen.recorded.secret else new[one.name] for one in foreign))
        yield DriftFinding("webhook_host", seen, fields=foreign, hosts=tuple(sorted(strange)))
    rest = tuple(field for field in fields if field not in secret and field not in foreign)
    if rest:
        yield DriftFinding("changed", seen, fields=rest, text=one.kind.remark(reading))


def _shown(one: RecordedObject, field: DriftedField) -> DriftedField:
    """Return a field as the review holds it: no later step sees the value of a secret."""
    return DriftedField(field.name, HIDDEN, HIDDEN, HIDDEN) if field.name in one.secret else field


def _desired(one: RecordedObject, inputs: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the compared fields as they are declared now; ABSENT for those that are not known before an update."""
    if inputs is None:
        return {}
    kept, unknown = known(inputs, one.inputs)
    try:
        desired = one.kind.desired(one.kind.read_inputs(kept))
    except (ValidationError, KeyError):
        return {}
    hidden = unknown | {name for name, those in one.kind.derived.items() if unknown & {*those}}
    return {name: ABSENT if name in hidden else plain(value) for name, value in desired.items()}
