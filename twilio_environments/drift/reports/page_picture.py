"""The picture on the page: the environment's objects in columns, what leads to what, and what drifted, as SVG.

Nothing in the layout depends on chance: columns as the kinds say, objects by where their neighbours are, then by place.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from twilio_environments.drift.model import Link, Node, Review
from twilio_environments.drift.reports.shown import html
from twilio_environments.kinds.registry import KINDS
from twilio_environments.lifecycle.review import Drawn
from twilio_environments.visible import visible

_MARKS = {"changed": "≠", "missing": "×", "unmanaged": "+", "unchecked": "?"}  # noqa: RUF001 - a cross is meant
_WIDTH, _HEIGHT, _GAP, _BETWEEN, _MARGIN, _TOP = 180, 46, 12, 54, 18, 104
_OUT, _IN, _ARROW = 17, 30, 7
_MOST_IN_COLUMN = 20


@dataclass(frozen=True)
class _Box:
    node: Node
    number: int
    x: int
    y: int
    column: int


def picture(review: Review, targets: Mapping[str, str]) -> str:
    """Return the picture with its legend; `targets` are the ids of the elements that an object's findings are in."""
    above = {drawn.word for drawn in _drawn() if not drawn.column}
    accounts = [node for node in review.nodes if node.kind in above]
    columns = _columns(review.nodes, review.links)
    boxes: dict[str, _Box] = {}
    for index, (_, nodes, _) in enumerate(columns):
        for row, node in enumerate(nodes):
            x, y = _MARGIN + index * (_WIDTH + _BETWEEN), _TOP + row * (_HEIGHT + _GAP)
            boxes[node.place] = _Box(node, len(boxes), x, y, index)
    lengths = [len(nodes) + bool(left) for _, nodes, left in columns]
    width = 2 * _MARGIN + max(len(columns), 3) * (_WIDTH + _BETWEEN) - _BETWEEN
    height = _TOP + max(lengths, default=0) * (_HEIGHT + _GAP) - _GAP + _MARGIN
    leads = _leads(review.links, boxes)
    words = "Picture of the environment: each object, what it leads to, and what drifted"
    box = f"0 0 {width} {height}"
    parts = [
        f'<svg width="{width}" height="{height}" viewBox="{box}" role="group" aria-label="{words}">',
        _arrows(),
    ]
    for account in accounts[:1]:
        top = _Box(account, len(boxes), _MARGIN, _MARGIN, -1)
        parts.append(_node(top, targets.get(account.place), [], width=width - 2 * _MARGIN))
    for index, (title, nodes, left) in enumerate(columns):
        x = _MARGIN + index * (_WIDTH + _BETWEEN)
        parts.append(f'<text class="column" x="{x + 2}" y="{_TOP - 12}">{html(title)}</text>')
        if left:
            parts.append(_more(x, _TOP + len(nodes) * (_HEIGHT + _GAP), left))
    parts += [_link(link, boxes) for link in leads]
    for one in boxes.values():
        onward = [boxes[link.target].node for link in leads if link.source == one.node.place]
        parts.append(_node(one, targets.get(one.node.place), onward, width=_WIDTH))
    parts.append("</svg>")
    return f'<div class="canvas" tabindex="0" role="region" aria-label="Picture">{"".join(parts)}</div>{_legend()}'


def _columns(nodes: Sequence[Node], links: Sequence[Link]) -> list[tuple[str, list[Node], int]]:
    """Return the columns that are not empty: title, objects from the top, and how many are left out."""
    columns = []
    drifted = {node.place for node in nodes if node.state != "clean"}
    near = drifted | {link.source for link in links if link.target in drifted}
    near |= {link.target for link in links if link.source in drifted}
    for title, kinds in _kinds().items():
        own = [node for node in nodes if node.kind in kinds]
        own.sort(
            key=lambda node: (node.place not in drifted, node.place not in near, kinds.index(node.kind), node.place)
        )
        kept = sorted(own[:_MOST_IN_COLUMN], key=lambda node: (kinds.index(node.kind), node.place))
        if own:
            columns.append((title, kept, len(own) - len(kept)))
    _untangle([kept for _, kept, _ in columns], links)
    return columns


def _drawn() -> list[Drawn]:
    return sorted((kind.drawn for kind in KINDS.values() if kind.drawn), key=lambda drawn: drawn.rank)


def _kinds() -> dict[str, list[str]]:
    """Return the kinds of nodes in each column, from the left."""
    columns: dict[str, list[str]] = defaultdict(list)
    for drawn in _drawn():
        if drawn.column:
            columns[drawn.column].append(drawn.word)
    return columns


def _untangle(columns: Sequence[list[Node]], links: Sequence[Link]) -> None:
    """Order each column by the mean height of its neighbours in the other columns, back and forth."""
    of = {node.place: index for index, column in enumerate(columns) for node in column}
    neighbours: dict[str, list[str]] = defaultdict(list)
    for link in links:
        if link.source in of and link.target in of and of[link.source] != of[link.target]:
            neighbours[link.source].append(link.target)
            neighbours[link.target].append(link.source)
    for column in [*columns, *reversed(columns), *columns]:
        height = {node.place: index for other in columns for index, node in enumerate(other)}

        def mean(node: Node, height: Mapping[str, int] = height) -> tuple[float, str]:
            around = [height[place] for place in neighbours[node.place]] or [height[node.place]]
            return sum(around) / len(around), node.place

        if any(neighbours[node.place] for node in column):
            column.sort(key=mean)


def _leads(links: Sequence[Link], boxes: Mapping[str, _Box]) -> list[Link]:
    """Return one link for each pair of objects that are drawn, with all its labels and the state that stands out."""
    pairs: dict[tuple[str, str], list[Link]] = defaultdict(list)
    for link in links:
        if link.source in boxes and link.target in boxes:
            pairs[link.source, link.target].append(link)
    merged = []
    for (source, target), those in sorted(pairs.items()):
        labels = ", ".join(sorted({link.label for link in those}))
        states = [link.state for link in those]
        state = next((one for one in ("clean", "added", "removed") if one in states), "clean")
        merged.append(Link(source, target, labels, "clean" if state == "clean" else those[0].state))
    return merged


def _link(link: Link, boxes: Mapping[str, _Box]) -> str:
    start, end = boxes[link.source], boxes[link.target]
    y1, y2 = start.y + _OUT, end.y + _IN
    forward = start.column < end.column
    side = 1 if forward else -1
    if start.column == end.column:
        x = start.x + _WIDTH
        path = f"M{x} {y1}C{x + 40} {y1} {x + 40} {y2} {x + _ARROW} {y2}"
    else:
        x1, x2 = (start.x + _WIDTH, end.x - _ARROW) if forward else (start.x, end.x + _WIDTH + _ARROW)
        half = side * _BETWEEN // 2
        if abs(start.column - end.column) > 1:  # between the rows of the objects in between
            way = _TOP + max(round(((y1 + y2) / 2 - _TOP) / (_HEIGHT + _GAP)), 1) * (_HEIGHT + _GAP) - _GAP // 2
            into = x1 + 2 * half
            out = x2 - 2 * half + side * _ARROW
            first = f"C{x1 + half} {y1} {x1 + half} {way} {into} {way}"
            path = f"M{x1} {y1}{first}H{out}C{out + half} {way} {out + half} {y2} {x2} {y2}"
        else:
            path = f"M{x1} {y1}C{x1 + half} {y1} {x2 - half} {y2} {x2} {y2}"
    said = f"{link.source} → {link.target} ({link.label})" + ("" if link.state == "clean" else f", {link.state}")
    return (
        f'<path class="link {link.state}" d="{path}" marker-end="url(#arrow-{link.state})" '
        f'data-from="{start.number}" data-to="{end.number}"><title>{html(said)}</title></path>'
    )


def _node(box: _Box, target: str | None, onward: Sequence[Node], *, width: int) -> str:
    node = box.node
    noun = next((one.noun for one in _drawn() if one.word == node.kind and one.noun), node.kind)
    _, _, logical = node.place.partition(".")
    name, what = (logical or node.label, node.label if logical else node.sid)
    if node.state == "unmanaged":
        name, what = node.label, f"{noun}, in no stack"
    elif what == name:
        what = noun
    level = "" if node.state == "clean" else str(node.level or "behaviour")
    state = "" if node.state == "clean" else f", {node.state}, {level}"
    leads = f"; leads to {', '.join(one.place for one in onward)}" if onward else ""
    label = html(f"{noun} {node.place} {node.label}{state}{leads}")
    room = width - (40 if node.state != "clean" else 20)
    parts = [
        f'<rect class="body" x="{box.x}" y="{box.y}" width="{width}" height="{_HEIGHT}" rx="8"/>',
        _text("name", box.x + 12, box.y + 4, name, room),
        _text("what", box.x + 12, box.y + 22, what, width - 20),
    ]
    if node.state != "clean":
        x, y = box.x + width - 17, box.y + 17
        mark = f'<text class="mark" x="{x}" y="{y + 4}">{_MARKS[node.state]}</text>'
        parts += [f'<circle cx="{x}" cy="{y}" r="9"/>', mark]
    inside = f"<title>{label}</title>{''.join(parts)}"
    classes = " ".join(part for part in ("node", node.state, level) if part)
    if target:
        return f'<a class="{classes}" data-node="{box.number}" href="#{target}" aria-label="{label}">{inside}</a>'
    return f'<g class="{classes}" data-node="{box.number}" role="img" aria-label="{label}">{inside}</g>'


def _more(x: int, y: int, left: int) -> str:
    return (
        f'<g class="node more"><rect class="body" x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="8"/>'
        f'<text class="what" x="{x + 12}" y="{y + 28}">and {left} more</text></g>'
    )


def _text(name: str, x: int, y: int, text: str, width: int) -> str:
    """Show a text on one line, cut by its likely width; the inner svg hides what is wider than that."""
    cut = html(_cut(visible(text), width // 7))
    return f'<svg x="{x}" y="{y}" width="{width}" height="20"><text class="{name}" x="0" y="15">{cut}</text></svg>'


def _cut(text: str, room: int) -> str:
    used = 0
    for index, character in enumerate(text):
        used += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used > room:
            return text[: max(index - 1, 0)] + "…"
    return text


def _arrows() -> str:
    shape = '<path d="M0 0 7 3.5 0 7z"/>'
    markers = (
        f'<marker id="arrow-{state}" class="arrow {state}" viewBox="0 0 7 7" refX="1" refY="3.5" markerWidth="7" '
        f'markerHeight="7" markerUnits="userSpaceOnUse" orient="auto">{shape}</marker>'
        for state in ("clean", "added", "removed")
    )
    return f"<defs>{''.join(markers)}</defs>"


def _legend() -> str:
    def items() -> Iterator[str]:
        for level in ("security", "behaviour", "cosmetic"):
            yield f'<li><span class="dot {level}" aria-hidden="true"></span>{level}</li>'
        for state, mark in _MARKS.items():
            words = {"unmanaged": "in no stack", "unchecked": "not checked"}.get(state, state)
            yield f"<li><b>{mark}</b> {words}</li>"
        for state, words in (("added", "link that was added"), ("removed", "link that was removed")):
            line = f'<path class="link {state}" d="M0 5H26"/>'
            yield f'<li><svg width="26" height="10" aria-hidden="true">{line}</svg>{words}</li>'

    return f'<ul class="legend" aria-label="Legend">{"".join(items())}</ul>'
