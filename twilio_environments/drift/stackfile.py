"""The stack file as text: on which line something stands, and how to change it with every other byte kept.

Nodes are found by a YAML parser's marks and replaced in the text, because a parser that writes the file anew would
change spacing, quotes and comments elsewhere in it. What came out is parsed again and held against the change that was
meant, so a file of unusual form is refused and not broken.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from twilio_environments import bounds
from twilio_environments.problems import Problem

Path = tuple[str | int, ...]
"""Keys and, in lists, positions."""
REMOVED = object()
"""The value of an edit that takes a key away."""
_STEP = 2
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C one, where PyYAML was built with it, is several times faster; a review reads the file for each finding."""


@dataclass(frozen=True)
class Edit:
    """One change: the keys down to a value, and the new value."""

    path: Path
    value: Any


@dataclass(frozen=True)
class Rename:
    """Another change: the key that a path ends with is called otherwise, and what is below it stays."""

    path: Path
    key: str


@dataclass(frozen=True)
class StackFile:
    """A stack file by its name (relative to the project) and its text."""

    name: str
    text: str

    def config(self) -> dict[str, Any]:
        """Return the configuration; raise Problem when the file is not YAML."""
        config = self.document().get("config")
        return {str(name): value for name, value in config.items()} if isinstance(config, Mapping) else {}

    def document(self) -> dict[Any, Any]:
        """Return the whole file; raise Problem when it is not YAML, or too large."""
        document = _read(self.name, self.text)
        return document if isinstance(document, dict) else {}

    def line(self, place: str, *keys: str) -> int:
        """Return the line of the first of these keys of `place`, else of the place, else of what would hold it."""
        node, line = _composed(self.text), 1
        for key in path_of(place):
            pair = _pair(node, key)
            if pair is None:
                return line
            line, node = pair[0].start_mark.line + 1, pair[1]
        found = next((pair for key in keys if (pair := _pair(node, key))), None)
        return found[0].start_mark.line + 1 if found else line

    def edited(self, edits: Sequence[Edit | Rename]) -> StackFile:
        """Return the file with all edits made; raise Problem when that cannot be done safely."""
        try:
            return self._edited(edits)
        except yaml.YAMLError:
            raise self._refused() from None

    def _edited(self, edits: Sequence[Edit | Rename]) -> StackFile:
        text = self.text
        meant = _unshared(self.document())
        for edit in edits:
            text = _renamed(text, edit) if isinstance(edit, Rename) else _edited(text, edit)
            _meant(meant, edit)
        if (_read(self.name, text) or {}) != meant:
            raise self._refused()
        if self.text.count("\r\n") == self.text.count("\n"):
            text = re.sub("\r?\n", "\r\n", text)
        return StackFile(self.name, text)

    def _refused(self) -> Problem:
        return Problem(f"{self.name} has a form that cannot be changed safely.", "Make the change by hand.")


def path_of(place: str) -> tuple[str, ...]:
    """Return the keys that lead to a place: numbers.support → config, twilio:numbers, support."""
    section, *rest = place.split(".")
    return ("config", f"twilio:{section}", *rest)


@lru_cache(maxsize=4)
def _composed(text: str) -> Node | None:
    try:
        return yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError:
        return None


@lru_cache(maxsize=4)
def _read(name: str, text: str) -> Any:
    return bounds.yaml_of(name, text)


def _pair(node: Node | None, key: str | int) -> tuple[Node, Node] | None:
    if isinstance(node, SequenceNode) and isinstance(key, int):
        return node.value[key], node.value[key]
    pairs = node.value if isinstance(node, MappingNode) else []
    return next((pair for pair in pairs if str(pair[0].value) == key), None)


def _unshared(value: Any) -> Any:
    """Return a copy in which an anchor and its aliases are values of their own."""
    if isinstance(value, Mapping):
        return {key: _unshared(item) for key, item in value.items()}
    return [_unshared(item) for item in value] if isinstance(value, list) else value


def _meant(document: Any, edit: Edit | Rename) -> None:
    *holders, last = edit.path
    for key in holders:
        if isinstance(document, dict) and not isinstance(document.get(key), dict | list):
            if isinstance(edit, Rename) or edit.value is REMOVED:
                return
            document[key] = {}
        document = document[key]
    if isinstance(edit, Rename):
        document[edit.key] = document.pop(last)
    elif edit.value is REMOVED:
        document.pop(last, None)
    else:
        document[last] = edit.value


def _edited(text: str, edit: Edit) -> str:
    """Make one edit: at the deepest block mapping on the way, or else within the flow mapping there."""
    pair = _at(text, edit.path)
    if pair and _is_token(pair[1]) and (edit.value is None or isinstance(edit.value, str | int | float)):
        return _token(text, pair[1], edit.value)
    node, depth = _composed(text), 0
    holder: tuple[Node, Node] | None = None
    above: tuple[Node, Node] | None = None
    while depth < len(edit.path):
        pair = _pair(node, edit.path[depth])
        if pair is None:
            break
        above, holder, node, depth = holder, pair, pair[1], depth + 1
        if isinstance(node, MappingNode) and node.flow_style:
            break
    if depth == len(edit.path) and holder:
        if edit.value is REMOVED and above and len(above[1].value) == 1:
            return _replaced(text, above, {})  # without its only key a block would be no mapping any more
        return _removed(text, holder) if edit.value is REMOVED else _replaced(text, holder, edit.value)
    if isinstance(node, MappingNode) and node.flow_style and holder:
        return _in_flow(text, holder, edit, depth)
    if edit.value is REMOVED:
        return text
    return _inserted(text, node, holder, edit, depth)


def _at(text: str, path: Path) -> tuple[Node, Node] | None:
    """Return the key and the value that a path leads to, however both are written."""
    pair: tuple[Node, Node] | None = None
    node = _composed(text)
    for key in path:
        pair = _pair(node, key)
        if pair is None:
            return None
        node = pair[1]
    return pair


def _is_token(node: Node) -> bool:
    return (
        isinstance(node, ScalarNode) and node.style not in ("|", ">") and node.start_mark.index != node.end_mark.index
    )


def _token(text: str, node: Node, value: Any) -> str:
    """Write one value in another's place; an anchor or a tag before it stays."""
    start, end = node.start_mark.index, node.end_mark.index
    before = re.match(r"(?:[&!]\S*\s+)*", text[start:end])
    return text[: start + (before.end() if before else 0)] + inline(value) + text[end:]


def _renamed(text: str, edit: Rename) -> str:
    pair = _at(text, edit.path)
    return _token(text, pair[0], edit.key) if pair else text


def _in_flow(text: str, holder: tuple[Node, Node], edit: Edit, depth: int) -> str:
    """Change a mapping that is written in braces: it is small, and is written anew."""
    value = yaml.safe_load(text[holder[1].start_mark.index : holder[1].end_mark.index])
    _meant(value, Edit(edit.path[depth:], edit.value))
    return _replaced(text, holder, value)


def _replaced(text: str, holder: tuple[Node, Node], value: Any) -> str:
    key, node = holder
    if isinstance(node, SequenceNode) and not node.flow_style and _scalars(node) and isinstance(value, list) and value:
        return _list_items(text, node, value)
    if isinstance(node, ScalarNode) or getattr(node, "flow_style", False):
        start, end = node.start_mark.index, node.end_mark.index
        space = "" if start != end else " "  # `key:` with nothing behind it
        if start == end:
            start = end = text.index(":", key.end_mark.index) + 1
        return text[:start] + space + inline(value) + text[end:]
    # A block becomes one line: what was in it is replaced, comments and all.
    start, end = text.index(":", key.end_mark.index) + 1, _block_end(text, node)
    return text[:start] + f" {inline(value)}\n" + text[end:]


def _list_items(text: str, node: SequenceNode, value: list[Any]) -> str:
    """Take lines out of a list and put lines at its end, so that the comments beside the others stay."""
    kept = [item for item in node.value if yaml.safe_load(text[item.start_mark.index : item.end_mark.index]) in value]
    if [yaml.safe_load(text[item.start_mark.index : item.end_mark.index]) for item in kept] != value[: len(kept)]:
        start = text.rindex("\n", 0, node.start_mark.index)  # another order: the list is written anew
        indent = " " * node.start_mark.column
        lines = "".join(f"\n{indent}- {inline(item)}" for item in value)
        return text[:start] + lines + "\n" + text[_block_end(text, node) :]
    lines_of = text.splitlines(keepends=True)
    last = node.value[-1].end_mark.line
    added = [f"{' ' * node.start_mark.column}- {inline(item)}\n" for item in value[len(kept) :]]
    if not lines_of[last].endswith("\n"):
        lines_of[last] += "\n"
    gone = {item.start_mark.line for item in node.value if item not in kept}
    out = [line for number, line in enumerate(lines_of[: last + 1]) if number not in gone]
    return "".join([*out, *added, *lines_of[last + 1 :]])


def _removed(text: str, holder: tuple[Node, Node]) -> str:
    key, node = holder
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    return text[:start] + text[max(_block_end(text, node), _line_end(text, key.end_mark.index)) :]


def _inserted(text: str, node: Node | None, holder: tuple[Node, Node] | None, edit: Edit, depth: int) -> str:
    """Put a key at the end of the block that it belongs to."""
    *between, last = edit.path[depth:]
    value: Any = {last: edit.value}
    for key in reversed(between):
        value = {key: value}
    if isinstance(node, MappingNode) and node.value:
        end, indent = _block_end(text, node), node.start_mark.column
    elif holder is not None:  # `key:` with nothing behind it
        end, indent = _line_end(text, holder[0].end_mark.index), holder[0].start_mark.column + _STEP
    else:
        end, indent = len(text), 0
    lines = "".join(f"{' ' * indent}{line}\n" for line in _block(value))
    return text[:end] + ("\n" if end and text[end - 1] != "\n" else "") + lines + text[end:]


def _block(value: Mapping[str, Any]) -> list[str]:
    """Return a mapping as lines: nested mappings as blocks, everything else on one line."""
    lines = []
    for key, item in value.items():
        if isinstance(item, Mapping) and item:
            lines += [f"{inline(key)}:", *(" " * _STEP + line for line in _block(item))]
        else:
            lines.append(f"{inline(key)}: {inline(item)}")
    return lines


def _block_end(text: str, node: Node) -> int:
    """Return where the line after the last line of a node begins; the parser's own end is after comments behind it."""
    last = node
    while isinstance(last, MappingNode | SequenceNode) and not last.flow_style and last.value:
        last = last.value[-1][1] if isinstance(last, MappingNode) else last.value[-1]
    if isinstance(last, ScalarNode) and last.style in ("|", ">"):
        return last.end_mark.index
    return _line_end(text, last.end_mark.index)


def _line_end(text: str, index: int) -> int:
    end = text.find("\n", index)
    return len(text) if end < 0 else end + 1


def _scalars(node: SequenceNode) -> bool:
    return all(isinstance(item, ScalarNode) for item in node.value)


def inline(value: Any) -> str:
    """Return a value on one line, as YAML that every parser reads alike; what is invisible is spelled out."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{inline(key)}: {inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(inline(item) for item in value) + "]"
    if not isinstance(value, str):
        return json.dumps(value)
    # Only what nobody could take for anything else stands without quotes; JSON's are YAML's.
    clear = value.replace("/", "").replace("-", "").replace("_", "").replace(".", "").replace(":", "")
    plain = clear.isascii() and clear.isalnum() and value[0].isalpha() and value[-1] != ":"
    if plain and yaml.safe_load(value) == value:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(one if one.isprintable() else f"\\U{ord(one):08x}" for one in quoted)
