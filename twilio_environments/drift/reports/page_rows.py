"""The findings on the page: values side by side, who and when, a flow by widget, and what to type."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import Any

from twilio_environments.drift.model import ABSENT, DriftedField, Row, Step
from twilio_environments.drift.reports.flow_diff import FlowChange, FlowDifference, of_field
from twilio_environments.drift.reports.shown import clipped, html, sentence, who
from twilio_environments.visible import visible_lines

_CONSOLE = "https://console.twilio.com/"
_LONGEST = 20_000


def row(one: Row, element_id: str, *, is_open: bool) -> str:
    """Return one finding as a part that opens and closes."""
    level = str(one.severity.level)
    names = ", ".join(field.name for field in one.fields)
    label = f' <span class="label"><bdi>{html(one.label)}</bdi></span>' if one.label not in (one.place, "") else ""
    head = (
        f'<summary><span class="badge {level}">{level}</span>'
        f'<span class="title"><b><bdi>{html(one.place)}</bdi></b>{label}</span>'
        f'<span class="what">{html(_said(one.kind))}{f": {html(names)}" if names else ""}</span></summary>'
    )
    inside = "".join(_inside(one))
    return (
        f'<details class="row" id="{element_id}" data-level="{level}" data-kind="{html(one.kind)}"'
        f'{" open" if is_open else ""}>{head}<div class="inside">{inside}</div></details>'
    )


def _said(kind: str) -> str:
    words = {"webhook_host": "leads to a new host", "key_by_hand": "key created by hand", "unchecked": "not checked"}
    return words.get(kind, kind)


def _inside(one: Row) -> Iterator[str]:
    text = f"<bdi>{html(sentence(one.text))}</bdi> " if one.text else ""
    yield f"<p>{text}<b>{str(one.severity.level).capitalize()}</b>: <bdi>{html(one.severity.reason)}</bdi>.</p>"
    flows = {field.name: flow for field in one.fields if (flow := of_field(field))}
    plain = [field for field in one.fields if field.name not in flows]
    if plain:
        yield _values(plain, one)
    for field in one.fields:
        if field.name in flows:
            by = who(field.attribution or one.attribution, one.unattributed)
            yield f'<p class="quiet"><b>{html(field.name)}</b>, <bdi>{html(by)}</bdi></p>'
            yield _flow(flows[field.name])
    if not one.fields:
        yield _by(one)
    yield f'<p class="quiet">{" · ".join(_where(one))}</p>'
    steps = (("Accept", one.remedy.accept), ("Revert", one.remedy.revert), ("Ignore", one.remedy.ignore))
    yield f'<dl class="steps">{"".join(_step(name, step) for name, step in steps)}</dl>'


def _where(one: Row) -> Iterator[str]:
    yield f"{html(one.noun)} <code>{html(one.sid)}</code>" if one.sid else html(one.noun)
    if one.location:
        yield f"<code>{html(one.location.file)}:{one.location.line}</code>"
    if one.attribution:
        yield f"event <code>{html(one.attribution.event_sid)}</code> {html(one.attribution.event_type)}"
    if one.console_url.startswith(_CONSOLE):
        yield f'<a href="{html(one.console_url)}" rel="noreferrer noopener" target="_blank">Twilio Console</a>'


def _values(fields: list[DriftedField], one: Row) -> str:
    # The table shows who and when only if that differs between the fields.
    each = any(field.attribution not in (None, one.attribution) for field in fields)
    names = ("field", "desired", "recorded", "live", *(("who and when",) if each else ()))
    heads = "".join(f'<th scope="col">{name}</th>' for name in names)
    lines = []
    for field in fields:
        recorded, live = marked(field.recorded, field.live)
        cells = [("desired", _value(field.desired)), ("recorded", recorded), ("live", live)]
        if each:
            by = who(field.attribution or one.attribution, one.unattributed)
            cells.append(("by", f"<bdi>{html(by)}</bdi>"))
        tds = "".join(f'<td data-label="{name}"><span>{cell}</span></td>' for name, cell in cells)
        lines.append(f'<tr><th scope="row">{html(field.name)}</th>{tds}</tr>')
    columns = f'<colgroup><col class="name"><col><col><col>{"<col>" if each else ""}</colgroup>'
    table = f'<table class="values">{columns}<thead><tr>{heads}</tr></thead><tbody>{"".join(lines)}</tbody></table>'
    return table if each else table + _by(one)


def _by(one: Row) -> str:
    return f'<p class="quiet"><bdi>{html(who(one.attribution, one.unattributed))}</bdi></p>'


def _step(name: str, step: Step) -> str:
    flags = [flag for flag, holds in (("replaces the object", step.replaces), ("buys a number", step.buys)) if holds]
    warning = f' <span class="warning">This {" and ".join(flags)}.</span>' if flags else ""
    typed = "".join(_typed(text) for text in (step.command, step.patch) if text)
    css = "step" if step.possible else "step impossible"
    return f'<div class="{css}"><dt>{name}</dt><dd><bdi>{html(step.text)}</bdi>{warning}{typed}</dd></div>'


def _typed(text: str) -> str:
    button = '<button type="button" class="button" data-copy>Copy</button>'
    signs = {"+": "plus", "-": "minus"}
    is_patch = "\n@@" in text or text.startswith("@@")
    lines = []
    for line in text.rstrip("\n").split("\n"):
        css = signs.get(line[:1]) if is_patch and not line.startswith(("+++", "---")) else None
        lines.append(f'<span class="{css}">{html(line)}</span>' if css else html(line))
    return f'<div class="typed"><pre><code>{chr(10).join(lines)}</code></pre>{button}</div>'


def marked(before: Any, after: Any) -> tuple[str, str]:
    """Return two values for HTML, with what is different between them marked."""
    if any(side in (ABSENT, "", None) or isinstance(side, bool | int | float) for side in (before, after)):
        return _value(before, "del"), _value(after, "ins")
    old, new = _plain(before), _plain(after)
    head = _whole_words(old, new, _common(old, new))
    rest, other = old[head:][::-1], new[head:][::-1]
    tail = _whole_words(rest, other, _common(rest, other))
    return _with_mark(old, head, tail, "del"), _with_mark(new, head, tail, "ins")


def _common(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _whole_words(one: str, other: str, common: int) -> int:
    """Return the length of the common prefix of two texts, cut at a word boundary."""
    split = any(side[common : common + 1].isalnum() for side in (one, other))
    while split and common and one[common - 1].isalnum():
        common -= 1
    return common


def _with_mark(text: str, head: int, tail: int, tag: str) -> str:
    end = len(text) - tail
    # Cut before invisible characters are spelled out, so that no spelling is cut in two.
    parts = [visible_lines(part) for part in (text[:head], text[head:end], text[end:])]
    whole = "".join(
        (html_lines(parts[0]), f"<{tag}>{html_lines(parts[1])}</{tag}>" if parts[1] else "", html_lines(parts[2]))
    )
    return f'<bdi class="value">{whole}</bdi>'


def _value(value: Any, tag: str = "") -> str:
    if value == ABSENT:
        return '<span class="none" title="no value">—</span>'
    if value in ("", None):
        return '<span class="none">empty</span>'
    inside = html_lines(clipped(_plain(value), _LONGEST))
    return f'<bdi class="value">{f"<{tag}>{inside}</{tag}>" if tag else inside}</bdi>'


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value[:_LONGEST]
    indent = 2 if isinstance(value, Mapping | list | tuple) else None
    return json.dumps(value, sort_keys=True, ensure_ascii=False, indent=indent)[:_LONGEST]


def html_lines(text: str) -> str:
    """Return a text of several lines for HTML, line breaks kept."""
    return "\n".join(html(line) for line in text.split("\n"))


def _flow(found: FlowDifference) -> str:
    sides = '<div class="sides"><span>recorded</span><span>live</span></div>'
    return f'<div class="flow">{sides}{"".join(_widgets(found))}</div>'


def _widgets(found: FlowDifference) -> Iterator[str]:
    if found.flow:
        yield f'<div class="widget"><h4>The flow itself</h4>{"".join(map(_change, found.flow))}</div>'
    for widget in found.widgets:
        renamed = f' <span class="quiet">was called {html(widget.renamed_from)}</span>' if widget.renamed_from else ""
        yield (
            f'<div class="widget"><h4><bdi>{html(widget.name)}</bdi> <span class="quiet">{html(widget.type)}</span> '
            f'<span class="state {widget.state}">{widget.state}</span>{renamed}</h4>'
            f"{''.join(map(_change, widget.changes))}</div>"
        )


def _change(change: FlowChange) -> str:
    before, after = marked(change.before, change.after)
    return (
        f'<div class="path">{html(change.path)}</div><div class="pair"><div data-label="recorded">{before}</div>'
        f'<div data-label="live">{after}</div></div>'
    )
