"""Advising: the rows of a review, each with its line in the stack file and the ways to settle it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from twilio_environments.drift.model import Row
from twilio_environments.drift.review.accept import stated
from twilio_environments.drift.review.judge import Judged
from twilio_environments.drift.review.project import Project
from twilio_environments.drift.review.remedies import remedy
from twilio_environments.drift.review.urls import shown

_PATCHES = 50
"""The number of rows for which the stack file change is worked out and checked; `--accept` does it for any row."""


def advised(found: Sequence[Judged], project: Project, *, patches: int = _PATCHES) -> list[Row]:
    """Return the rows of judged findings, in their order; the first `patches` of them carry the stack file change."""
    at = Counter(one.finding.place for one in found)
    return [
        _row(one, project, with_patch=index < patches, alone=at[one.finding.place] == 1)
        for index, one in enumerate(found)
    ]


def _row(one: Judged, project: Project, *, with_patch: bool, alone: bool) -> Row:
    finding, kind = one.finding, one.finding.of
    place = finding.section if finding.stranger else finding.place
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
        severity=one.severity,
        remedy=remedy(finding, project, with_patch=with_patch, alone=alone),
        text=finding.text,
        fields=fields,
        attribution=one.attribution,
        unattributed=one.unattributed,
        location=fields[0].location if len(fields) == 1 else project.location(place),
        urn=finding.seen.recorded.urn if finding.seen else "",
    )
