"""A review from end to end, one way: gather → compare → judge → advise → what reports show. It never writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from twilio_environments.drift.model import Counts, Review, Row, Window
from twilio_environments.drift.review import compare, ignore
from twilio_environments.drift.review.advise import advised
from twilio_environments.drift.review.causes import grouped
from twilio_environments.drift.review.compare import DriftFinding
from twilio_environments.drift.review.judge import Judged, judged
from twilio_environments.drift.review.picture import drawn
from twilio_environments.drift.review.project import Project
from twilio_environments.drift.review.read import Sight, read
from twilio_environments.drift.review.severity import severity
from twilio_environments.drift.review.state import RecordedObject, account_of, own_account
from twilio_environments.lifecycle.review import STRAY
from twilio_environments.problems import Problem
from twilio_environments.rest.session import Session

_RETENTION = timedelta(days=30)


@dataclass(frozen=True)
class Request:
    """What a review is made from, apart from the session.

    `declared` are the inputs that the program declares now, by URN; None if they are unknown, with the reason in
    `undeclared`.
    """

    project: Project
    recorded: Sequence[RecordedObject]
    declared: Mapping[str, Mapping[str, Any]] | None
    now: datetime
    undeclared: str = ""
    rules: Sequence[ignore.IgnoreRule] = ()
    commit: str = ""
    redact: bool = False


@dataclass(frozen=True)
class Reviewed:
    """A review with the findings that it was made from; accepting needs them."""

    review: Review
    findings: Sequence[DriftFinding] = field(repr=False)
    project: Project = field(repr=False)


def reviewed(session: Session, request: Request) -> Reviewed:
    """Review a stack; raise Problem if nothing is recorded: there is nothing to review."""
    if not request.recorded:
        raise Problem(f"Nothing is recorded for the stack {request.project.stack}.", "Run pulumi up first.")
    account_sid, shared = account_of(request.recorded), own_account(request.recorded) is None
    window = Window(_iso(request.now - _RETENTION), _iso(request.now))
    places = {one.sid: one.place for one in request.recorded if not one.kind.part_of}
    project = replace(request.project, places=places)

    sight = read(session, request.recorded, account_sid)
    found = list(compare.findings(sight, request.declared))
    if request.declared is None:
        found.append(DriftFinding("unchecked", whole="settings", text=request.undeclared))
    left, hidden, expired = ignore.applied(found, request.rules, request.now.date())
    judgements = judged(lambda: session.account(account_sid), left, window, shared=shared, redact=request.redact)
    rows, causes = grouped(
        advised(judgements, project),
        account_is_gone=any(one.is_gone and one.of is not None and one.of.is_account for one in left),
    )
    ignored = advised([Judged(one, severity(one, shared=shared)) for one in hidden], project, patches=0)
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
        notes=(*expired, *compare.pending(sight, request.declared)),
        commit=request.commit,
    )
    return Reviewed(review, left, project)


def _counts(sight: Sight, rows: Sequence[Row], ignored: Sequence[Row]) -> Counts:
    managed = {seen.recorded.place for seen in sight.seen}
    kinds = Counter(row.kind for row in rows)
    return Counts(
        managed=len(managed),
        drifted=len({row.place for row in rows if row.place in managed and row.kind != "unchecked"}),
        missing=kinds["missing"],
        unmanaged=sum(kinds[kind] for kind in STRAY),
        unchecked=kinds["unchecked"],
        ignored=len(ignored),
        by_kind=dict(sorted(kinds.items())),
        by_level=dict(sorted(Counter(str(row.severity.level) for row in rows if row.kind != "unchecked").items())),
    )


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
