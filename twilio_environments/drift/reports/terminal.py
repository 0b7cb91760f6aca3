"""The review as text for a terminal: by cause, then by object, each with what settles it."""

from __future__ import annotations

from collections.abc import Iterator

from twilio_environments.drift.model import DriftedField, Review, Row, Step
from twilio_environments.drift.reports.flow_diff import lines, of_field
from twilio_environments.drift.reports.shown import shown
from twilio_environments.visible import visible

_WIDEST = 100
"""How much of a value is shown; the JSON report has all of it."""


def render(review: Review) -> str:
    """Return the review as lines."""
    return "\n".join(visible(line) for line in _lines(review)) + "\n"


def _lines(review: Review) -> Iterator[str]:
    yield f"{review.project}/{review.stack} ({review.account_sid}): {review.summary}"
    yield f"events from {review.window.start} to {review.window.end}" + (
        f", stack file of {review.commit}" if review.commit else ""
    )
    rows = {row.key: row for row in review.rows}
    for cause in review.causes:
        yield ""
        yield f"== {cause.title}" + (f" ({len(cause.rows)} findings)" if len(cause.rows) > 1 else "")
        for row in review.rows:
            if row.key in cause.rows:
                yield from _row(rows[row.key])
    if review.ignored:
        yield ""
        yield "ignored by a rule: " + ", ".join(row.key for row in review.ignored)
    if review.notes:
        yield ""
        yield from (f"note: {note}" for note in review.notes)


def _row(row: Row) -> Iterator[str]:
    at = f"  {row.location.file}:{row.location.line}" if row.location else ""
    yield ""
    name = f" {row.label}" if row.label != row.place else ""
    yield f"{str(row.severity.level).upper()} {row.kind} {row.place}: {row.noun}{name} {row.sid}".rstrip() + at
    yield f"  why: {row.severity.reason}"
    if row.text:
        yield f"  {row.text}"
    for field in row.fields:
        yield from _field(field)
    if row.attribution:
        yield f"  by {row.attribution.hand} at {row.attribution.when} ({row.attribution.event_type})"
    elif row.unattributed:
        yield f"  by whom: {row.unattributed}"
    if row.console_url:
        yield f"  at Twilio: {row.console_url}"
    for name, step in (("accept", row.remedy.accept), ("revert", row.remedy.revert), ("ignore", row.remedy.ignore)):
        yield from _step(name, step)


def _field(field: DriftedField) -> Iterator[str]:
    yield f"  {field.name}"
    if flow := of_field(field):
        yield from (f"    {line}" for line in lines(flow))
        return
    before = ("recorded", field.recorded), ("live", field.live)
    same = field.desired == field.recorded
    states = (
        (("declared and recorded", field.recorded), ("live", field.live))
        if same
        else (
            ("declared", field.desired),
            *before,
        )
    )
    yield from (f"    {name}: {shown(value, _WIDEST)}" for name, value in states)


def _step(name: str, step: Step) -> Iterator[str]:
    flags = " [REPLACES IT]" * step.replaces + " [BUYS A NUMBER]" * step.buys
    yield f"  {name}:{flags} {step.command or step.text}"
    if step.patch and name == "accept":
        yield from (f"    {line}" for line in step.patch.splitlines() if not line.startswith(("---", "+++", "@@")))
