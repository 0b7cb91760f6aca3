"""A review from end to end: read, compare, attribute, judge, say what settles it. It never writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from twilio_environments.drift.model import Counts, Review, Row, Window
from twilio_environments.drift.review import compare, ignore
from twilio_environments.drift.review.accept import Project, stated
from twilio_environments.drift.review.attribution import Attributed, attributed, redacted
from twilio_environments.drift.review.causes import grouped
from twilio_environments.drift.review.compare import Finding
from twilio_environments.drift.review.picture import drawn
from twilio_environments.drift.review.read import Sight, read
from twilio_environments.drift.review.remedies import remedy
from twilio_environments.drift.review.severity import severity
from twilio_environments.drift.review.state import Recorded, account_of, own_account
from twilio_environments.drift.review.urls import shown
from twilio_environments.problems import Problem
from twilio_environments.rest.session import Session

_RETENTION = timedelta(days=30)
_PATCHES = 50
"""For how many rows the change of the stack file is worked out and checked; `--accept` does it for any."""


@dataclass(frozen=True)
class Request:
    """What a review is made from, beside the session.

    `declared` are the inputs by URN that the program declares now, None when it could not say them, with the reason in
    `undeclared`.
    """

    project: Project
    recorded: Sequence[Recorded]
    declared: Mapping[str, Mapping[str, Any]] | None
    now: datetime
    undeclared: str = ""
    rules: Sequence[ignore.Rule] = ()
    commit: str = ""
    redact: bool = False


@dataclass(frozen=True)
class Reviewed:
    """A review with the findings that it was made from, which accepting needs."""

    review: Review
    findings: Sequence[Finding] = field(repr=False)
    project: Project = field(repr=False)


def reviewed(session: Session, request: Request) -> Reviewed:
    """Review a stack; raise Problem when nothing is recorded, so that there is nothing to review."""
    if not request.recorded:
        raise Problem(f"Nothing is recorded for the stack {request.project.stack}.", "Run pulumi up first.")
    account_sid = account_of(request.recorded)
    sight = read(session, request.recorded, account_sid)
    found = list(compare.findings(sight, request.declared))
    if request.declared is None:
        found.append(Finding("unchecked", whole="settings", text=request.undeclared))
    left, hidden, notes = ignore.applied(found, request.rules, request.now.date())
    window = Window(_iso(request.now - _RETENTION), _iso(request.now))
    places = {one.sid: one.place for one in request.recorded if not one.kind.part_of}
    project = replace(request.project, places=places)
    shared = own_account(request.recorded) is None
    attributions = attributed(lambda: session.account(account_sid), left, window)
    ordered = sorted(
        attributions, key=lambda one: (-severity(one.finding, shared=shared).level, one.finding.place, one.finding.kind)
    )
    ordered = redacted(ordered) if request.redact else ordered
    at = Counter(one.finding.place for one in ordered)
    rows = [
        _row(one, project, shared=shared, patch=n < _PATCHES, alone=at[one.finding.place] == 1)
        for n, one in enumerate(ordered)
    ]
    closed = any(one.is_gone and one.of is not None and one.of.is_account for one in left)
    rows, causes = grouped(rows, account_is_gone=closed)
    ignored = [_row(Attributed(one), project, shared=shared, patch=False) for one in hidden]
    nodes, links = drawn(sight, rows)
    review = Review(
        project=project.name,
        stack=project.stack,
        account_sid=sight.account_sid,
        counts=_counts(sight, rows, ignored),
        rows=tuple(rows),
        causes=tuple(causes),
        window=window,
        nodes=tuple(nodes),
        links=tuple(links),
        ignored=tuple(sorted(ignored, key=lambda row: row.key)),
        notes=(*notes, *compare.pending(sight, request.declared)),
        commit=request.commit,
    )
    return Reviewed(review, left, project)


def _row(one: Attributed, project: Project, *, shared: bool, patch: bool, alone: bool = True) -> Row:
    finding = one.finding
    place = finding.section if finding.stranger else finding.place
    kind = finding.of
    fields = tuple(
        replace(each, location=project.location(place, *(stated(kind, each.name) if kind else ())))
        for each in shown(finding.fields)
    )
    return Row(
        kind=finding.kind,
        place=finding.place,
        noun=kind.noun if kind else "review",
        sid=finding.sid,
        label=finding.label,
        console_url=kind.console_url(finding.sid) if kind else "",
        severity=severity(finding, shared=shared),
        remedy=remedy(finding, project, with_patch=patch, alone=alone),
        text=finding.text,
        fields=fields,
        attribution=one.attribution,
        unattributed=one.unattributed,
        location=fields[0].location if len(fields) == 1 else project.location(place),
        urn=finding.seen.recorded.urn if finding.seen else "",
    )


def _counts(sight: Sight, rows: Sequence[Row], ignored: Sequence[Row]) -> Counts:
    managed = {seen.recorded.place for seen in sight.seen}
    kinds = Counter(row.kind for row in rows)
    return Counts(
        managed=len(managed),
        drifted=len({row.place for row in rows if row.place in managed and row.kind != "unchecked"}),
        missing=kinds["missing"],
        unmanaged=kinds["unmanaged"] + kinds["key_by_hand"],
        unchecked=kinds["unchecked"],
        ignored=len(ignored),
        by_kind=dict(sorted(kinds.items())),
        by_level=dict(sorted(Counter(str(row.severity.level) for row in rows if row.kind != "unchecked").items())),
    )


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
