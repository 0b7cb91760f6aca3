"""YAML as text: how to change one thing in it with every other byte kept.

Nodes are found by a parser's marks and replaced in the text, because rewriting the file with a parser would change
spacing, quotes and comments elsewhere in it. Callers must parse the result and compare it with what was intended:
unusual forms are not detected here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Path = tuple[str | int, ...]
"""Keys and, in lists, positions."""
Pair = tuple[Node, Node]
REMOVED = object()
"""The value of a key that is to be removed."""
_STEP = 2
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C one, where PyYAML was built with it, is several times faster; a review reads the file for each finding."""


@lru_cache(maxsize=4)
def composed(text: str) -> Node | None:
    """Return the root node; None if the text is empty or not YAML."""
    try:
        return yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError:
        return None


def pair_of(node: Node | None, key: str | int) -> Pair | None:
    """Return the key and the value of a mapping's entry; an item of a list is both."""
    if isinstance(node, SequenceNode) and isinstance(key, int):
        return node.value[key], node.value[key]
    pairs = node.value if isinstance(node, MappingNode) else []
    return next((pair for pair in pairs if str(pair[0].value) == key), None)


def assign(document: Any, path: Path, value: Any) -> None:
    """Set or remove the value at a path, creating the mappings on the way."""
    *holders, last = path
    for key in holders:
        if isinstance(document, dict) and not isinstance(document.get(key), dict | list):
            if value is REMOVED:
                return
            document[key] = {}
        document = document[key]
    if value is REMOVED:
        document.pop(last, None)
    else:
        document[last] = value


def assigned(text: str, path: Path, value: Any) -> str:
    """Set or remove the value at a path: in the deepest block mapping on the way, or within the flow mapping there."""
    pair = _at(text, path)
    if pair and _is_token(pair[1]) and (value is None or isinstance(value, str | int | float)):
        return _token(text, pair[1], value)
    node, depth = composed(text), 0
    holder: Pair | None = None
    above: Pair | None = None
    while depth < len(path):
        pair = pair_of(node, path[depth])
        if pair is None:
            break
        above, holder, node, depth = holder, pair, pair[1], depth + 1
        if isinstance(node, MappingNode) and node.flow_style:
            break
    if depth == len(path) and holder:
        if value is REMOVED and above and len(above[1].value) == 1:
            return _replaced(text, above, {})  # without its only key a block would no longer be a mapping
        return _removed(text, holder) if value is REMOVED else _replaced(text, holder, value)
    if isinstance(node, MappingNode) and node.flow_style and holder:
        return _in_flow(text, holder, path[depth:], value)
    if value is REMOVED:
        return text
    return _inserted(text, node, holder, path[depth:], value)


def _at(text: str, path: Path) -> Pair | None:
    """Return the key and the value that a path leads to, however both are written."""
    pair: Pair | None = None
    node = composed(text)
    for key in path:
        pair = pair_of(node, key)
        if pair is None:
            return None
        node = pair[1]
    return pair


def _is_token(node: Node) -> bool:
    return (
        isinstance(node, ScalarNode) and node.style not in ("|", ">") and node.start_mark.index != node.end_mark.index
    )


def _token(text: str, node: Node, value: Any) -> str:
    """Replace one value with another; an anchor or a tag before it stays."""
    start, end = node.start_mark.index, node.end_mark.index
    before = re.match(r"(?:[&!]\S*\s+)*", text[start:end])
    return text[: start + (before.end() if before else 0)] + inline(value) + text[end:]


def renamed(text: str, path: Path, key: str) -> str:
    """Rename the last key of a path; its value stays."""
    pair = _at(text, path)
    return _token(text, pair[0], key) if pair else text


def remarked(text: str, path: Path, remark: str) -> str:
    """Put a comment line above the deepest existing key of a path, below the comments already there."""
    node = composed(text)
    index = node.start_mark.index if node else 0
    for key in path:
        pair = pair_of(node, key)
        if pair is None:
            break
        index, node = pair[0].start_mark.index, pair[1]
    start = text.rfind("\n", 0, index) + 1
    line = text[start : _line_end(text, start)]
    return f"{text[:start]}{line[: len(line) - len(line.lstrip())]}# {remark}\n{text[start:]}"


def _in_flow(text: str, holder: Pair, path: Path, new: Any) -> str:
    """Change a mapping that is written in braces: it is small, so it is rewritten."""
    value = yaml.safe_load(text[holder[1].start_mark.index : holder[1].end_mark.index])
    assign(value, path, new)
    return _replaced(text, holder, value)


def _replaced(text: str, holder: Pair, value: Any) -> str:
    key, node = holder
    if isinstance(node, SequenceNode) and not node.flow_style and _scalars(node) and isinstance(value, list) and value:
        return _list_items(text, node, value)
    if isinstance(node, ScalarNode) or getattr(node, "flow_style", False):
        start, end = node.start_mark.index, node.end_mark.index
        space = "" if start != end else " "  # `key:` with nothing behind it
        if start == end:
            start = end = text.index(":", key.end_mark.index) + 1
        return text[:start] + space + inline(value) + text[end:]
    # A block becomes one line: its content is replaced, comments and all.
    start, end = text.index(":", key.end_mark.index) + 1, _block_end(text, node)
    return text[:start] + f" {inline(value)}\n" + text[end:]


def _list_items(text: str, node: SequenceNode, value: list[Any]) -> str:
    """Remove lines from a list and append lines to it, so that the comments next to the others stay."""
    kept = [item for item in node.value if yaml.safe_load(text[item.start_mark.index : item.end_mark.index]) in value]
    if [yaml.safe_load(text[item.start_mark.index : item.end_mark.index]) for item in kept] != value[: len(kept)]:
        start = text.rindex("\n", 0, node.start_mark.index)  # another order: the list is rewritten
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


def _removed(text: str, holder: Pair) -> str:
    key, node = holder
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    return text[:start] + text[max(_block_end(text, node), _line_end(text, key.end_mark.index)) :]


def _inserted(text: str, node: Node | None, holder: Pair | None, path: Path, value: Any) -> str:
    """Put a key at the end of the block that it belongs to."""
    for key in reversed(path):
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
    """Return where the line after the last line of a node begins; the parser's own end includes trailing comments."""
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
    """Return a value on one line, as YAML that every parser reads alike; invisible characters are spelled out."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{inline(key)}: {inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(inline(item) for item in value) + "]"
    if not isinstance(value, str):
        return json.dumps(value)
    # Only what cannot be mistaken for anything else goes unquoted; JSON's quotes are valid YAML.
    clear = value.replace("/", "").replace("-", "").replace("_", "").replace(".", "").replace(":", "")
    plain = clear.isascii() and clear.isalnum() and value[0].isalpha() and value[-1] != ":"
    if plain and yaml.safe_load(value) == value:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(one if one.isprintable() else f"\\U{ord(one):08x}" for one in quoted)
