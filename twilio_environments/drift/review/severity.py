"""How much a finding matters, and why: security before behaviour before cosmetic. For fields, their kind decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from twilio_environments.drift.model import DriftedField
from twilio_environments.drift.review.compare import DriftFinding
from twilio_environments.lifecycle.kind import Kind
from twilio_environments.lifecycle.review import Level, Severity
from twilio_environments.visible import HIDDEN

_UNCHECKED = Severity(Level.BEHAVIOUR, "its state is unknown")


def severity(finding: DriftFinding, *, shared: bool = False) -> Severity:
    """Return the severity of a finding; `shared` says that the account is not this stack's own."""
    if finding.notice:
        return finding.notice.severity
    if finding.kind == "unchecked" or finding.of is None:
        return _UNCHECKED
    if finding.stranger:
        return finding.of.stray.shared if shared else finding.of.stray.severity
    if finding.is_gone:
        return finding.of.gone.severity
    if finding.hosts:
        return Severity(Level.SECURITY, f"it leads to {' and '.join(finding.hosts)}, which no setting names")
    return _of_fields(finding.of, finding.fields)


def _of_fields(kind: Kind[Any], fields: Sequence[DriftedField]) -> Severity:
    """Return the worst severity of the fields, with the reasons of all fields that have it."""
    found = [(one, _of_field(kind, one)) for one in fields]
    level = max(each.level for _, each in found)
    worst = [(one, each.reason) for one, each in found if each.level is level]
    plain = [one.name for one, reason in worst if not reason]
    reasons = list(dict.fromkeys(reason for _, reason in worst if reason))
    if plain:
        reasons.append(f"{' and '.join(plain)} decide{'' if plain[1:] else 's'} what callers and recipients get")
    return Severity(level, "; ".join(reasons))


def _of_field(kind: Kind[Any], field: DriftedField) -> Severity:
    """Return the severity of one field; without a reason where it is that of most fields."""
    if field.live == HIDDEN:  # as bad as it can be
        level = Level.SECURITY if field.name in kind.grave else Level.BEHAVIOUR
        return Severity(level, f"{field.name} is a secret, and Twilio has a different value")
    return kind.severity(field.name, field.recorded, field.live)
