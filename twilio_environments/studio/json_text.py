"""JSON text with new content: whatever did not change keeps every byte, new parts follow the style of the rest.

For files that people review: a flow edited in the Console comes back as a small diff.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twilio_environments.studio.flow_template import counterparts

_WIDTH = 120
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def rewritten(text: str, value: Any) -> str:
    """Return the JSON text with `value` as its content; raise ValueError if the text is not JSON.

    Members keep the order of the text, new ones come last. Indentation, line endings, spaces and one-line values are
    kept as in the text.
    """
    json.loads(text)  # the reader below is lenient; this one is not
    start = _skip(text, 0)
    root = _node(text, start)
    return text[:start] + _Writer(text).changed(root, value, "", 0) + text[root.end :]


@dataclass(frozen=True)
class _Node:
    """A value in the text, with its parts: members by key, items by position."""

    start: int
    end: int
    value: Any
    parts: Mapping[Any, tuple[int, _Node]]
    """Each with the position where it begins: for a member, that of its key."""


class _Writer:
    """The text, and the style that it is written in."""

    def __init__(self, text: str) -> None:
        self._text = text
        steps = re.search(r"\n([ \t]+)\S", text)
        self._step = steps[1] if steps else "  "
        self._end = "\r\n" if "\r\n" in text else "\n"
        self._indented = "\n" in text.strip()
        self._compact = bool(re.search(r"[{\[][ \t]*[^\s}\]]", text))
        self._colon = ": " if self._indented or '": ' in text else ":"
        self._comma = ", " if self._indented or '", ' in text else ","
        self._ascii = text.isascii() and "\\u" in text

    def changed(self, node: _Node, value: Any, indent: str, column: int) -> str:
        """Return the text of a node with another value; `indent` is its line's, `column` where it begins in that."""
        if _strict(node.value) == _strict(value):
            return self._text[node.start : node.end]
        if isinstance(node.value, dict) and isinstance(value, Mapping) and node.parts and value:
            keys = [key for key in node.value if key in value]
            keys += [key for key in value if key not in node.value]
            parts = [(node.parts.get(key), self._scalar(key) + self._colon, value[key]) for key in keys]
            return self._container(node, parts, "{}", indent, column)
        if isinstance(node.value, list) and isinstance(value, list) and node.parts and value:
            before = counterparts(node.value, value)
            parts = [(None if at is None else node.parts[at], "", item) for at, item in zip(before, value, strict=True)]
            return self._container(node, parts, "[]", indent, column)
        return self.new(value, indent, column)

    def new(self, value: Any, indent: str, column: int) -> str:
        """Return the text of a value, on one line if the file does so and it fits."""
        if not isinstance(value, Mapping | list) or not value:
            return self._scalar(value)
        mapping = isinstance(value, Mapping)
        heads = [self._scalar(key) + self._colon if mapping else "" for key in value]
        items = list(value.values() if isinstance(value, Mapping) else value)
        parts = [(None, head, item) for head, item in zip(heads, items, strict=True)]
        brackets = "{}" if mapping else "[]"
        if self._compact or not self._indented:
            line = brackets[0] + self._comma.join(self._parts(parts, "")) + brackets[1]
            if self._fits(line, column):
                return line
        inner = indent + self._step
        return self._lines(self._parts(parts, inner), brackets, indent, inner)

    def _container(self, node: _Node, parts: Sequence[_Part], brackets: str, indent: str, column: int) -> str:
        begins = [begin for begin, _ in node.parts.values()]
        gap = self._text[node.start + 1 : begins[0]]
        on_lines = "\n" in gap
        inner = gap.rpartition("\n")[2] if on_lines else indent
        sources = self._parts(parts, inner)
        if [place for place, _, _ in parts] == list(node.parts.values()):
            ends = [node.start + 1, *(child.end for _, child in node.parts.values())]
            between = [self._text[end:begin] for end, begin in zip(ends, [*begins, node.end - 1], strict=True)]
            pairs = zip(between, [*sources, ""], strict=True)
            kept = brackets[0] + "".join(space + source for space, source in pairs) + brackets[1]
        else:
            kept = brackets[0] + gap + self._comma.join(sources) + gap + brackets[1]
            if on_lines:
                kept = self._lines(sources, brackets, indent, inner)
        no_longer = "\n" not in kept and len(kept) <= node.end - node.start
        if on_lines or no_longer or self._fits(kept, column):
            return kept
        inner = indent + self._step
        return self._lines(self._parts(parts, inner), brackets, indent, inner)

    def _parts(self, parts: Sequence[_Part], inner: str) -> list[str]:
        texts = []
        for place, head, value in parts:
            if place is None:
                texts.append(head + self.new(value, inner, len(inner + head)))
            else:
                begin, node = place
                kept = self._text[begin : node.start]
                texts.append(kept + self.changed(node, value, inner, len(inner + kept)))
        return texts

    def _fits(self, line: str, column: int) -> bool:
        return not self._indented or ("\n" not in line and column + len(line) < _WIDTH)

    def _lines(self, sources: Sequence[str], brackets: str, indent: str, inner: str) -> str:
        lines = f",{self._end}".join(inner + source for source in sources)
        return f"{brackets[0]}{self._end}{lines}{self._end}{indent}{brackets[1]}"

    def _scalar(self, value: Any) -> str:
        try:
            text = json.dumps(value, ensure_ascii=self._ascii)
            text.encode()
        except UnicodeEncodeError:  # half a surrogate pair, which no UTF-8 file can hold
            return json.dumps(value)
        return text


_Part = tuple[tuple[int, _Node] | None, str, Any]
"""The old node of a part, the text before its value, and the value."""


def _node(text: str, at: int) -> _Node:
    if text[at : at + 1] not in ("{", "["):
        value, end = _DECODER.raw_decode(text, at)
        return _Node(at, end, value, {})
    mapping = text[at] == "{"
    start = at
    parts: dict[Any, tuple[int, _Node]] = {}
    at = _skip(text, at + 1)
    while text[at : at + 1] not in ("}", "]", ""):
        begin, key = at, len(parts)
        if mapping:
            key, at = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        child = _node(text, at)
        parts[key] = (begin, child)
        at = _skip(text, child.end)
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
    value = {key: child.value for key, (_, child) in parts.items()}
    return _Node(start, at + 1, value if mapping else list(value.values()), parts)


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _strict(value: Any) -> str:
    return json.dumps(_plain(value), sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
