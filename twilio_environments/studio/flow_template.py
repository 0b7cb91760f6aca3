"""Placeholders in Studio definitions, and the normal form for comparing two definitions.

A placeholder is `${section.name.attribute}` inside any string: `${messaging_services.alerts.sid}`,
`${numbers.support.phone_number}`, `${values.greeting}`. The delimiter is not Liquid's, which flows use themselves;
`${{` is left alone (a dollar sign before Liquid), and `$${` stands for a literal `${`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_PLACEHOLDER = re.compile(r"\$(?:\$\{|\{(?!\{)([^{}]*)\})")
_LAYOUT = "offset"
_LABELS = ("name", "event", "key")
_SHAPES = {"sid": "AC" + "0" * 32, "phone_number": "+15005550006", "webhook_url": "https://webhooks.twilio.com/v1/flow"}
_UNMISTAKABLE = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}|\+[1-9]\d{6,14}|https://webhooks\.twilio\.com/\S+")


def placeholders(definition: Any) -> set[str]:
    """Return the names between `${` and `}` in all strings of a definition."""
    names = set()
    for text in _strings(definition):
        names |= {match[1].strip() for match in _PLACEHOLDER.finditer(text) if match[1] is not None}
    return names


def renamed(text: str, before: str, after: str) -> str:
    """Return a text with another place in its placeholders: `${before.…}` is `${after.…}`."""

    def replaced(match: re.Match[str]) -> str:
        is_of = match[1] is not None and match[1].strip().startswith(f"{before}.")
        return match[0].replace(before, after, 1) if is_of else match[0]

    return _PLACEHOLDER.sub(replaced, text)


def renamed_in(definition: Any, before: str, after: str) -> Any:
    """Return a definition with another place in its placeholders."""
    return _mapped(definition, lambda text: renamed(text, before, after))


def render(definition: Any, values: Mapping[str, str]) -> Any:
    """Return the definition with every placeholder replaced; raise KeyError for one without a value."""

    def replaced(match: re.Match[str]) -> str:
        return "${" if match[1] is None else values[match[1].strip()]

    return _mapped(definition, lambda text: _PLACEHOLDER.sub(replaced, text))


def unrender(definition: Any, template: Any, values: Mapping[str, str]) -> Any:
    """Return the definition with the values of this environment turned into placeholders again: render's inverse.

    `template` is what the definition was rendered from: a placeholder stays in its place if its value is still there.
    Elsewhere only unambiguous values are turned back: the environment's own SIDs, numbers and
    webhook URLs, by the name that the template uses where there are several. `values` must hold every placeholder of
    the template (else KeyError), and may hold more.

    `render` of the result is the definition, except for null, which equals an omitted value: where one side has null
    and the other nothing, the template decides.
    """
    used = placeholders(template)
    named: dict[str, list[str]] = {}
    for name, value in sorted(values.items()):
        if name.rpartition(".")[2] in _SHAPES and _UNMISTAKABLE.fullmatch(value):
            named.setdefault(value, []).append(name)
    own = {}
    for value, names in named.items():
        chosen = [name for name in names if name in used] if len(names) > 1 else names
        if len(chosen) == 1:
            own[value] = f"${{{chosen[0]}}}"
    return _Unrendering(values, own).of(definition, template, render(template, values))


def counterparts(before: Sequence[Any], after: Sequence[Any]) -> list[int | None]:
    """Return for each item of a changed list the index of its previous version, None for a new item.

    Equal items are matched first, then those of one name (widgets), event (transitions) or key (parameters), then those
    that were only renamed; items without a name are matched in order.
    """
    found: list[int | None] = [None] * len(after)
    free = dict.fromkeys(range(len(before)))
    for form in (_exact, _label, _nameless):
        forms: dict[Any, list[int]] = {}
        for index in free:
            forms.setdefault(form(before[index]), []).append(index)
        for position, item in enumerate(after):
            if found[position] is None and (alike := forms.get(form(item))):
                index = alike.pop(0)
                found[position] = index
                del free[index]
    return found


def same(one: Any, other: Any) -> bool:
    """Return whether two parts of definitions are equal, layout included: 1 is 1.0, null is omitted, true is not 1."""
    return _exact(one) == _exact(other)


def stand_ins(definition: Any) -> dict[str, str]:
    """Return a value of the right shape for every placeholder, to validate a definition before its objects exist."""
    return {name: _SHAPES.get(name.rpartition(".")[2], "https://example.com/") for name in placeholders(definition)}


def canonical(definition: Any) -> str:
    """Return the definition (JSON text or parsed) as text that reflects only its meaning.

    Key order, whitespace and the canvas position of widgets are ignored, and null equals an omitted value.
    """
    parsed = json.loads(definition) if isinstance(definition, str) and definition else definition
    return _compact(_meaning(parsed, _LAYOUT))


@dataclass(frozen=True)
class _Unrendering:
    """The environment's values, and the placeholders that a value may become anywhere."""

    values: Mapping[str, str]
    own: Mapping[str, str]

    def of(self, live: Any, template: Any, rendered: Any) -> Any:
        """Turn back one part of a definition; `rendered` is the template as the environment sees it."""
        if isinstance(live, str):
            return self.text(live, template if isinstance(template, str) else "")
        if isinstance(live, Mapping):
            old = template if isinstance(template, Mapping) else {}
            kept = {
                key: self.of(item, old.get(key), rendered[key] if key in old else None)
                for key, item in live.items()
                if item is not None or old.get(key, ...) is None
            }
            return kept | {key: None for key, item in old.items() if item is None and key not in live}
        if isinstance(live, list):
            items, shown = (template, rendered) if isinstance(template, list) else ([], [])
            before = [(None, None) if at is None else (items[at], shown[at]) for at in counterparts(shown, live)]
            return [self.of(item, *one) for item, one in zip(live, before, strict=True)]
        return live

    def text(self, live: str, template: str) -> str:
        """Turn back one string: its beginning and end as in the template, and what is new in between."""
        pieces = list(_pieces(template, self.values))
        if "".join(shown for _, shown in pieces) == live:
            return template
        head, at = _kept(pieces, live)
        backwards = [(source, shown[::-1]) for source, shown in reversed(pieces[len(head) :])]
        tail, end = _kept(backwards, live[at:][::-1])
        left = Counter(source for source, _ in pieces[len(head) : len(pieces) - len(tail)])
        middle = self._middle(live[at : len(live) - end], left)
        result = "".join((*head, middle, *reversed(tail)))
        return result if _shown(result, self.values) == live else _escaped(live)

    def _middle(self, live: str, left: Counter[str]) -> str:
        """Turn back a new piece of text; `left` are the placeholders that were here, each as often as it occurred."""
        sources = dict(self.own)
        for source in left:
            if (match := _PLACEHOLDER.fullmatch(source)) and match[1] is not None and self.values[match[1].strip()]:
                sources.setdefault(self.values[match[1].strip()], source)
        if not sources:
            return _escaped(live)

        def replaced(match: re.Match[str]) -> str:
            source = sources[match[0]]
            if match[0] not in self.own:
                if not left[source]:
                    return _escaped(match[0])
                left[source] -= 1
            return source

        longest_first = sorted(sources, key=lambda value: (-len(value), value))
        pattern = rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)"
        parts = []
        at = 0
        for match in re.finditer(pattern, live):
            parts += [_escaped(live[at : match.start()]), replaced(match)]
            at = match.end()
        return "".join((*parts, _escaped(live[at:])))


def _pieces(template: str, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Split a template into characters and placeholders, each with its rendered text."""
    at = 0
    for match in _PLACEHOLDER.finditer(template):
        yield from ((character, character) for character in template[at : match.start()])
        yield match[0], _shown(match[0], values)
        at = match.end()
    yield from ((character, character) for character in template[at:])


def _kept(pieces: Sequence[tuple[str, str]], live: str) -> tuple[list[str], int]:
    """Return the sources of the pieces that the live text begins with, and their length in it."""
    kept: list[str] = []
    at = 0
    for source, shown in pieces:
        if not live.startswith(shown, at):
            break
        kept.append(source)
        at += len(shown)
    if kept and len(kept[-1]) > 1 and re.match(r"\w\w", live[at - 1 : at + 1]):
        at -= len(pieces[len(kept) - 1][1])  # part of a word, or of a longer number, is not the value
        kept.pop()
    return kept, at


def _shown(text: str, values: Mapping[str, str]) -> str:
    return str(render(text, values))


def _escaped(text: str) -> str:
    """Return the text escaped, so that rendering restores it; `${{` alone needs no escaping."""
    return re.sub(r"\$\{", "$${", text) if _PLACEHOLDER.search(text) else text


def _exact(item: Any) -> str:
    return _compact(_meaning(item))


def _label(item: Any) -> Any:
    """Return the name of an item; items without a name are distinguished by type only."""
    if not isinstance(item, Mapping):
        return type(item).__name__
    label = next(((name, item[name]) for name in _LABELS if isinstance(item.get(name), str)), None)
    conditions = item.get("conditions")  # transitions of one event are distinguished by the condition's name
    if label and isinstance(conditions, list) and conditions and isinstance(conditions[0], Mapping):
        return (*label, str(conditions[0].get("friendly_name")))
    return label or "mapping"


def _nameless(item: Any) -> str:
    if isinstance(item, Mapping):
        return _exact({key: value for key, value in item.items() if key not in _LABELS})
    return _exact(item)


def _compact(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _meaning(value: Any, *without: str) -> Any:
    if isinstance(value, Mapping):
        return {key: _meaning(item, *without) for key, item in value.items() if item is not None and key not in without}
    if isinstance(value, list):
        return [_meaning(item, *without) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _mapped(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [_mapped(item, change) for item in value]
    return value
