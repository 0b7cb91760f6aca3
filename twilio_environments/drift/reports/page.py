"""A review as one self-contained HTML file: no network, no server, and it works without its script too.

Everything is escaped here, in Python; the script only hides, opens and copies what is there. The Content-Security-
Policy allows this one style and this one script, by their hashes, and nothing else: not even an image.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from string import Template

from twilio_environments.drift.model import Cause, Review, Row
from twilio_environments.drift.reports.page_picture import picture
from twilio_environments.drift.reports.page_rows import row
from twilio_environments.drift.reports.shown import html
from twilio_environments.lifecycle.review import Level

_OPEN_AT_FIRST = 3
"""A short review is read from top to bottom; a long one is skimmed."""


def render(review: Review) -> str:
    """Return the page; the same review gives the same bytes."""
    style, script = _asset("page.css"), _asset("page.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    ids = {one.key: f"row-{number}" for number, one in enumerate(review.rows, 1)}
    places, targets = {node.place for node in review.nodes}, dict[str, str]()
    for one in review.rows:  # a part is drawn with the object that it belongs to
        targets.setdefault(one.place if one.place in places else one.place.rpartition(".")[0], ids[one.key])
    parts = [_head(review), "<main>", *_notes(review)]
    if review.nodes:
        parts.append('<section aria-labelledby="picture"><div class="head"><h2 id="picture">The environment</h2></div>')
        parts.append(f"{picture(review, targets)}</section>")
    parts += [*_findings(review, ids), *_ignored(review), "</main>", _foot(review)]
    title = f"Drift of {review.project}/{review.stack}: {review.summary}"
    return Template(_asset("page.html")).substitute(
        policy=policy, title=html(title), style=style, script=script, body="\n".join(parts)
    )


def _head(review: Review) -> str:
    counts = review.counts
    figures = [
        ("bad" if counts.drifted else "good", f"{counts.drifted}", f"of {counts.managed} drifted"),
        ("bad" if counts.missing else "", f"{counts.missing}", "missing"),
        ("", f"{counts.unmanaged}", "in no stack"),
        ("", f"{counts.unchecked}", "not checked"),
    ]
    figures += [("", f"{counts.ignored}", "ignored by rules")] if counts.ignored else []
    items = "".join(f'<li class="{css}"><b>{figure}</b><span>{words}</span></li>' for css, figure, words in figures)
    meta = [f"Account <code>{html(review.account_sid)}</code>"]
    meta += [f"Stack file of commit <code>{html(review.commit)}</code>"] if review.commit else []
    meta += [f"Events from {html(review.window.start)} to {html(review.window.end)}"]
    return (
        f'<header><p class="over">Drift review of {html(review.project)}</p><h1><bdi>{html(review.stack)}</bdi></h1>'
        f'<ul class="figures" aria-label="Summary">{items}</ul>'
        f'<p class="meta quiet">{"".join(f"<span>{one}</span>" for one in meta)}</p></header>'
    )


def _notes(review: Review) -> Iterator[str]:
    if review.notes:
        items = "".join(f"<li><bdi>{html(note)}</bdi></li>" for note in review.notes)
        yield '<section class="notes" aria-labelledby="notes"><h2 id="notes">Notes</h2>'
        yield f"<ul>{items}</ul></section>"


def _findings(review: Review, ids: dict[str, str]) -> Iterator[str]:
    yield '<section id="findings" tabindex="-1" aria-labelledby="findings-title">'
    shown = f'<span class="quiet" id="shown" role="status">{len(review.rows)} findings</span>'
    yield f'<div class="head"><h2 id="findings-title">Findings, by cause</h2>{shown}</div>'
    if not review.rows:
        yield '<p class="calm"><b>No drift.</b>Twilio has exactly what is recorded.</p></section>'
        return
    yield _filters(review)
    rows = {one.key: one for one in review.rows}
    is_open = len(rows) <= _OPEN_AT_FIRST
    for cause in review.causes:
        keys = set(cause.rows)
        own = [rows.pop(key) for key in list(rows) if key in keys]
        if own:
            yield _cause(_title(cause), own, ids, is_open=is_open)
    if rows:
        yield _cause(
            ("Everything else" if review.causes else "All findings", ""), list(rows.values()), ids, is_open=is_open
        )
    yield '<p class="calm" id="nothing" hidden>No finding matches the filter. '
    yield '<button type="button" class="button" data-reset>Show everything</button></p></section>'


def _title(cause: Cause) -> tuple[str, str]:
    until = cause.attribution.when if cause.attribution else ""
    when = f"{cause.since} to {until}" if cause.since and cause.since != until else until
    return cause.title, when


def _cause(title: tuple[str, str], rows: list[Row], ids: dict[str, str], *, is_open: bool) -> str:
    words, when = title
    count = "" if len(rows) == 1 else f"{len(rows)} findings"
    side = " · ".join(html(part) for part in (count, when) if part)
    body = "".join(row(one, ids[one.key], is_open=is_open) for one in rows)
    return (
        f'<section class="cause"><div class="head"><h3><bdi>{html(words)}</bdi></h3>'
        f'<span class="quiet">{side}</span></div>{body}</section>'
    )


def _filters(review: Review) -> str:
    levels = [str(level) for level in sorted(Level, reverse=True)]
    kinds = sorted({one.kind for one in review.rows})
    words = {"webhook_host": "new host", "key_by_hand": "key by hand", "unchecked": "not checked"}
    chips = [
        ("Severity", "".join(_chip("level", level, level, level) for level in levels)),
        ("Kind", "".join(_chip("kind", kind, words.get(kind, kind), "") for kind in kinds)),
    ]
    sets = "".join(f"<fieldset><legend>{legend}</legend>{inside}</fieldset>" for legend, inside in chips)
    return (
        '<div class="filters" role="search" aria-label="Filter the findings">'
        '<input type="search" id="search" placeholder="Search findings" aria-label="Search findings" '
        f'autocomplete="off" spellcheck="false">{sets}<span class="end">'
        '<button type="button" class="button" data-toggle-all>Open all</button>'
        '<button type="button" class="button" data-help aria-label="Keyboard shortcuts">?</button></span></div>'
    )


def _chip(name: str, value: str, words: str, css: str) -> str:
    return (
        f'<label class="chip {css}"><input type="checkbox" data-filter="{name}" value="{html(value)}" checked>'
        f"{html(words)}</label>"
    )


def _ignored(review: Review) -> Iterator[str]:
    if review.ignored:
        items = "".join(f"<li><code>{html(one.place)}</code> {html(one.kind)}</li>" for one in review.ignored)
        yield f"<details><summary>{len(review.ignored)} ignored by rules</summary>"
        yield f'<ul class="plain-list">{items}</ul></details>'


def _foot(review: Review) -> str:
    return f"<footer><p>{html(review.project)}/{html(review.stack)}: {html(review.summary)}.</p></footer>"


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _asset(name: str) -> str:
    return (resources.files("twilio_environments.drift.reports") / "assets" / name).read_text(encoding="utf-8")
