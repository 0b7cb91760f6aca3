"""Judging: how much each finding matters, and who did it, the worst first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from twilio_environments.drift.model import Attribution, Window
from twilio_environments.drift.review.attribution import attributed, redacted
from twilio_environments.drift.review.compare import DriftFinding
from twilio_environments.drift.review.severity import severity
from twilio_environments.lifecycle.review import Severity
from twilio_environments.rest.session import Account


@dataclass(frozen=True)
class Judged:
    """A finding with its severity, its newest event, and why there is none."""

    finding: DriftFinding
    severity: Severity
    attribution: Attribution | None = None
    unattributed: str = ""


def judged(
    account: Callable[[], Account], found: Sequence[DriftFinding], window: Window, *, shared: bool, redact: bool
) -> list[Judged]:
    """Return the findings judged, the worst first.

    `shared` says that the account is not this stack's own, `redact` that no report may name an address.
    """
    ordered = sorted(
        attributed(account, found, window),
        key=lambda one: (-severity(one.finding, shared=shared).level, one.finding.place, one.finding.kind),
    )
    return [
        Judged(one.finding, severity(one.finding, shared=shared), one.attribution, one.unattributed)
        for one in (redacted(ordered) if redact else ordered)
    ]
