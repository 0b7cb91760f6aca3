"""A review as SARIF 2.1.0: an alert on the line of the stack file that declares what drifted.

An alert is identified by stack, place and rule, not by the live value, so it stays the same alert while the field
drifts, and closes by itself once it no longer does [GitHub: SARIF support for code scanning].
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from twilio_environments.drift.model import DriftedField, Review, Row
from twilio_environments.drift.reports.flow_diff import lines, of_field
from twilio_environments.drift.reports.shown import clipped, shown, who
from twilio_environments.lifecycle.review import Level
from twilio_environments.version import version
from twilio_environments.visible import visible

MOST_RESULTS = 5_000
"""GitHub shows no more of one run."""
_LEVELS = {Level.SECURITY: "error", Level.BEHAVIOUR: "warning", Level.COSMETIC: "note"}
_LONGEST_VALUE, _LONGEST_MESSAGE = 200, 1_000
_SECURITY_SEVERITY = "8.0"
"""High, on GitHub's scale of 0 to 10."""


def render(review: Review) -> str:
    """Return the review as SARIF: a result for each field that drifted, and for each finding without fields."""
    results = [(row, field) for row in review.rows for field in row.fields or (None,)]
    kept = results[:MOST_RESULTS]
    worst: dict[str, Level] = {}
    for row, field in kept:
        rule = _rule_id(row, field)
        worst[rule] = max(worst.get(rule, Level.COSMETIC), row.severity.level)
    order = {rule: index for index, rule in enumerate(sorted(worst))}
    driver = {
        "name": "twilio-env drift",
        "semanticVersion": version(),
        "rules": [_rule(rule, worst[rule]) for rule in order],
    }
    left = len(results) - len(kept)
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"twilio-env-drift/{review.project}/{review.stack}/"},
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The root of the Pulumi project."}}},
        "invocations": [
            {"executionSuccessful": True, "toolExecutionNotifications": list(_notifications(review, left))}
        ],
        "results": [_result(review, row, field, order) for row, field in kept],
        "properties": {"summary": review.summary, "commit": review.commit, "accountSid": review.account_sid},
    }
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


def _rule_id(row: Row, field: DriftedField | None) -> str:
    """Return kind.field, such as numbers.voice_url; the finding's kind replaces the field if it has none."""
    return f"{row.place.partition('.')[0]}.{field.name if field else row.kind}"


def _rule(rule: str, level: Level) -> dict[str, Any]:
    section, _, name = rule.partition(".")
    security = {"tags": ["security"], "security-severity": _SECURITY_SEVERITY}
    return {
        "id": rule,
        "shortDescription": {"text": f"Drift in {section}: {name}"},
        "defaultConfiguration": {"level": _LEVELS[level]},
        "properties": security if level is Level.SECURITY else {"tags": ["drift"]},
    }


def _result(review: Review, row: Row, field: DriftedField | None, order: dict[str, int]) -> dict[str, Any]:
    rule = _rule_id(row, field)
    identity = f"{review.project}\n{review.stack}\n{row.place}\n{rule}"
    fingerprint = hashlib.sha256(identity.encode("utf-8", "backslashreplace")).hexdigest()
    at = (field and field.location) or row.location
    file, line = (at.file, at.line) if at else (f"Pulumi.{review.stack}.yaml", 1)
    place = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(file), "uriBaseId": "SRCROOT"},
            "region": {"startLine": max(line, 1)},
        },
        "logicalLocations": [{"fullyQualifiedName": visible(row.place), "kind": "resource"}],
    }
    return {
        "ruleId": rule,
        "ruleIndex": order[rule],
        "level": _LEVELS[row.severity.level],
        "message": {"text": clipped("\n".join(_message(row, field)), _LONGEST_MESSAGE)},
        "locations": [place],
        # GitHub uses the first name.
        "partialFingerprints": {"primaryLocationLineHash": fingerprint, "twilioEnvironmentsDrift/v1": fingerprint},
        "properties": {"kind": row.kind, "sid": visible(row.sid), "severity": str(row.severity.level)},
    }


def _message(row: Row, field: DriftedField | None) -> Iterator[str]:
    what = f"{visible(row.place)} ({visible(row.label)})"
    if field is None:
        yield f"{what}: {row.kind}. {visible(row.text)}".strip()
    elif flow := of_field(field):
        yield f"{what}: the flow was changed."
        yield from lines(flow)[:10]
    else:
        states = (("desired", field.desired), ("recorded", field.recorded), ("live", field.live))
        yield f"{what}: {field.name} drifted."
        yield "; ".join(f"{name} {shown(value, _LONGEST_VALUE)}" for name, value in states)
    yield f"{visible(row.severity.reason)}."
    yield f"{who((field and field.attribution) or row.attribution, row.unattributed)}."
    if row.remedy.revert.command:
        yield f"Revert: {visible(row.remedy.revert.command)}"


def _notifications(review: Review, left: int) -> Iterator[dict[str, Any]]:
    for note in review.notes:
        yield {"level": "note", "message": {"text": clipped(visible(note), _LONGEST_MESSAGE)}}
    if left:
        yield {"level": "warning", "message": {"text": f"{left} more results, the least severe ones, were omitted."}}
