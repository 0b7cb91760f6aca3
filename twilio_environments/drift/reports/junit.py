"""A review as JUnit XML: each object of the environment is a case, and a finding is its failure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from twilio_environments.drift.model import Review, Row
from twilio_environments.drift.reports.flow_diff import lines, of_field
from twilio_environments.drift.reports.shown import html, shown, who
from twilio_environments.visible import visible, visible_lines

_LONGEST_VALUE = 2_000


def render(review: Review) -> str:
    """Return the review as JUnit XML. What could not be checked is an error; what a rule hides is skipped."""
    rows: dict[str, list[Row]] = {node.place: [] for node in review.nodes if node.state != "unmanaged"}
    hidden = {row.place: row for row in review.ignored}
    for row in review.rows:
        rows.setdefault(row.place, []).append(row)
    cases = {place: _outcome(found) for place, found in rows.items()}
    for place in hidden:
        cases[place] = cases.get(place) or ("skipped", "a rule ignores it", "")
    kinds = [outcome[0] for outcome in cases.values() if outcome]
    counts = " ".join(
        [
            f'tests="{len(cases)}"',
            *(
                f'{kind}{"" if kind == "skipped" else "s"}="{kinds.count(kind)}"'
                for kind in ("failure", "error", "skipped")
            ),
        ]
    )
    name = _attribute(f"drift of {review.project}/{review.stack}")
    head = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites name={name} {counts}>",
        f"  <testsuite name={name} {counts}>",
    ]
    properties = {"summary": review.summary, "account_sid": review.account_sid, "commit": review.commit}
    head += ["    <properties>"]
    head += [f'      <property name="{key}" value={_attribute(value)}/>' for key, value in properties.items() if value]
    head += ["    </properties>"]
    body = [line for place, outcome in sorted(cases.items()) for line in _case(place, outcome)]
    return "\n".join([*head, *body, "  </testsuite>", "</testsuites>", ""])


_Outcome = tuple[str, str, str] | None


def _outcome(found: Sequence[Row]) -> _Outcome:
    """Return the outcome of a case: kind, message and text; None for a clean one."""
    if not found:
        return None
    kind = "error" if all(row.kind == "unchecked" for row in found) else "failure"
    message = "; ".join(f"{row.severity.level}: {_title(row)}" for row in found)
    return kind, message, "\n".join(line for row in found for line in _text(row))


def _title(row: Row) -> str:
    names = ", ".join(field.name for field in row.fields)
    return visible(f"{row.kind} {names or row.text}".strip())


def _text(row: Row) -> Iterator[str]:
    yield f"{row.severity.level}: {_title(row)}"
    yield f"  {visible(row.noun)} {visible(row.label)} {visible(row.sid)}: {visible(row.severity.reason)}"
    if row.text and row.fields:
        yield f"  {visible(row.text)}"
    for field in row.fields:
        yield f"  {visible(field.name)}"
        if flow := of_field(field):
            yield from (f"    {line}" for line in lines(flow))
        else:
            for state, value in (("desired", field.desired), ("recorded", field.recorded), ("live", field.live)):
                yield f"    {state:<8} {shown(value, _LONGEST_VALUE)}"
    yield f"  {who(row.attribution, row.unattributed)}"
    for name, step in (("accept", row.remedy.accept), ("revert", row.remedy.revert), ("ignore", row.remedy.ignore)):
        yield visible_lines(f"  {name}: {step.command or step.text}")


def _case(place: str, outcome: _Outcome) -> Iterator[str]:
    section = place.partition(".")[0]
    start = f"    <testcase classname={_attribute(section)} name={_attribute(place)}"
    if outcome is None:
        yield f"{start}/>"
        return
    kind, message, text = outcome
    yield f"{start}>"
    yield f"      <{kind} message={_attribute(message)}>{escape(text)}</{kind}>"
    yield "    </testcase>"


def _attribute(text: str) -> str:
    return f'"{html(text)}"'
