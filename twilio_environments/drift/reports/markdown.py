"""A review as Markdown, for a comment on a pull request that a later run finds by its marker and edits in place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from twilio_environments.drift.model import Review, Row, Step
from twilio_environments.drift.reports.flow_diff import lines, of_field
from twilio_environments.drift.reports.shown import clipped, sentence, shown, who
from twilio_environments.visible import uncommanded, visible, visible_lines

LIMIT = 64_000
"""Characters; GitHub refuses a comment of more than 65,536."""
_LONGEST_TEXT, _LONGEST_BLOCK, _MOST_NOTES, _ROOM_FOR_THE_END = 300, 4_000, 10, 600
_CONSOLE = re.compile(r"https://console\.twilio\.com/[\w/-]+", re.ASCII)
_STRUCTURE = re.compile(r"[^\w ,/+=%?-]|_", re.ASCII)


def marker(review: Review) -> str:
    """Return the hidden line by which a CI step finds the comment of this stack."""
    stack = re.sub(r"[^\w./]+", "-", f"{review.project}/{review.stack}", flags=re.ASCII)
    return f"<!-- twilio-environments drift {stack} -->"


def render(review: Review) -> str:
    """Return the review as Markdown of at most LIMIT characters; the summary and the worst findings always fit."""
    parts = ["\n".join(_head(review))]
    room = LIMIT - len(parts[0]) - _ROOM_FOR_THE_END
    written = 0
    for section in _sections(review):
        room -= len(section) + 2
        if room < 0:
            break
        parts.append(section)
        written += section.startswith("<details>")
    if written < len(review.rows):
        command = _code(f"twilio-env drift --stack {review.stack}")
        parts.append(f"**{len(review.rows) - written} more findings do not fit here.** To see all: {command}")
    return "\n\n".join(parts) + "\n"


def _head(review: Review) -> Iterator[str]:
    yield marker(review)
    yield f"## Drift of {_code(f'{review.project}/{review.stack}')}: {_text(review.summary)}"
    yield ""
    commit = f", stack file of commit {_code(review.commit)}" if review.commit else ""
    window = _text(f"events from {review.window.start} to {review.window.end}")
    yield f"Account {_code(review.account_sid)}, {window}{commit}."
    notes = [f"- {_text(note)}" for note in review.notes[:_MOST_NOTES]]
    yield from ["", *notes] if notes else []
    if len(review.notes) > _MOST_NOTES:
        yield f"- and {len(review.notes) - _MOST_NOTES} more notes"


def _sections(review: Review) -> Iterator[str]:
    rows = {row.key: row for row in review.rows}
    for cause in review.causes:
        own = set(cause.rows)
        found = [rows.pop(key) for key in list(rows) if key in own]
        if found:
            yield f"### {_text(cause.title)}"
            yield from (_row(row) for row in found)
    if rows and review.causes:
        yield "### Everything else"
    yield from (_row(row) for row in rows.values())


def _row(row: Row) -> str:
    names = ", ".join(field.name for field in row.fields)
    title = f"<b>{row.severity.level}</b> · {row.kind} · {_code(row.place)} {_text(row.noun)} {_code(row.label)}"
    out = ["<details>", f"<summary>{title}{f': {_code(names)}' if names else ''}</summary>", ""]
    because = f"{row.text}; {row.severity.reason}" if row.text else row.severity.reason
    out += [f"{_text(sentence(because))} {_text(_sid(row))}{_console(row)}", ""]
    if row.fields:
        out += ["| field | desired | recorded | live | who and when |", "| --- | --- | --- | --- | --- |"]
    for field in row.fields:
        by = who(field.attribution or row.attribution, row.unattributed)
        values = (field.desired, field.recorded, field.live)
        cells = ["", "", "see below"] if of_field(field) else [_code(shown(value)) for value in values]
        out.append(f"| {' | '.join([_code(field.name), *cells, _text(by)])} |")
    if not row.fields:
        out.append(_text(who(row.attribution, row.unattributed)))
    for field in row.fields:
        if flow := of_field(field):
            out += ["", _block("diff", "\n".join(lines(flow)))]
    remedy = row.remedy
    for name, step in (("accept", remedy.accept), ("revert", remedy.revert), ("ignore", remedy.ignore)):
        out += ["", *_step(name, step)]
    return "\n".join([*out, "", "</details>"])


def _sid(row: Row) -> str:
    return f"It is the {row.noun} {row.sid}." if row.sid else ""


def _console(row: Row) -> str:
    """Return a link to the object; its address contains a SID and nothing that anybody typed."""
    return f" [Twilio Console]({row.console_url})" if _CONSOLE.fullmatch(row.console_url) else ""


def _step(name: str, step: Step) -> Iterator[str]:
    flags = [flag for flag, holds in (("replaces the object", step.replaces), ("buys a number", step.buys)) if holds]
    warning = f" **This {' and '.join(flags)}.**" if flags else ""
    yield f"*{name}*: {_text(step.text)}{warning}"
    if step.command:
        yield from ("", _block("sh", step.command))
    if step.patch:
        yield from ("", _block("diff" if "@@" in step.patch else "yaml", step.patch))


def _block(language: str, text: str) -> str:
    content = uncommanded(clipped(visible_lines(text.rstrip("\n")), _LONGEST_BLOCK))
    longest = max((len(run) for run in re.findall(r"`+", content)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{content}\n{fence}"


def _code(text: str) -> str:
    """Show a text as code. Inside <code> nothing becomes a mention, link or emoji, and an entity is never structure."""
    return f"<code>{_escaped(text)}</code>"


def _text(text: str) -> str:
    """Show a text as text. The host looks for mentions after entities are resolved: a zero-width space stops it.

    It looks for quick actions before that, so a slash that may begin a line is written as an entity.
    """
    return re.sub("^/", "&#47;", re.sub("(&#(?:64|35);)", r"\1&#8203;", _escaped(text)))


def _escaped(text: str) -> str:
    cut = clipped(visible(text), _LONGEST_TEXT)
    return _STRUCTURE.sub(lambda match: f"&#{ord(match[0])};" if match[0].isascii() else match[0], cut)
