"""The difference between two Studio definitions, by widget: what a person sees on the canvas, not lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from twilio_environments.drift.model import ABSENT, DriftedField
from twilio_environments.drift.reports.shown import shown
from twilio_environments.kinds.registry import KINDS
from twilio_environments.studio.flow_template import canonical, counterparts, same
from twilio_environments.visible import visible

_DEFINITIONS = {
    name
    for kind in KINDS.values()
    for name, twilio in kind.declaration.table().items()
    if twilio.normalise is canonical
}
"""The fields that hold a flow."""
_LAYOUT = "offset"
_SIGN = {"added": "+", "removed": "-", "changed": "~", "moved": "="}


@dataclass(frozen=True)
class FlowChange:
    """One value: its position in its widget, and both sides of it; ABSENT if there is none."""

    path: str
    """As properties.say, transitions.keypress or transitions.match (Opening hours)."""
    before: Any
    after: Any


@dataclass(frozen=True)
class WidgetDifference:
    """One widget. `layout` is where it stood and stands on the canvas, which means nothing to a caller."""

    name: str
    type: str
    state: Literal["added", "removed", "changed", "moved"]
    """moved: nothing is different but the layout."""
    changes: tuple[FlowChange, ...] = ()
    layout: FlowChange | None = None
    renamed_from: str = ""


@dataclass(frozen=True)
class FlowDifference:
    """Two definitions, apart: their widgets in the order of the newer, removed ones last, and what is not a widget."""

    widgets: tuple[WidgetDifference, ...] = ()
    flow: tuple[FlowChange, ...] = ()

    def __bool__(self) -> bool:
        """Return whether there is any difference, layout included."""
        return bool(self.widgets or self.flow)

    @property
    def matters(self) -> bool:
        """Whether there is a difference other than the layout."""
        return bool(self.flow) or any(widget.state != "moved" for widget in self.widgets)


def difference(before: Any, after: Any) -> FlowDifference:
    """Compare two parsed definitions; null equals an omitted value; anything but a definition has no widgets."""
    old, new = _mapping(before), _mapping(after)
    flow = tuple(_changes(_without(old, "states"), _without(new, "states"), ""))
    found = FlowDifference(tuple(_widgets(_states(old), _states(new))), flow)
    if not found.matters and canonical(before) != canonical(after):
        # Only the order differs; Twilio does not call it meaningless, and the lifecycle treats it as a difference.
        return FlowDifference(found.widgets, (*flow, FlowChange("order", _order(old), _order(new))))
    return found


def of_field(field: DriftedField) -> FlowDifference | None:
    """Return how a field's live definition differs from the recorded one; None for a field that is not a definition."""
    if field.name not in _DEFINITIONS:
        return None
    try:
        recorded, live = (json.loads(side) for side in (field.recorded, field.live))
    except (TypeError, ValueError):
        return None
    return difference(recorded, live)


def lines(found: FlowDifference) -> list[str]:
    """Render the difference as lines of text, the two sides of a value below each other; values are shown, not run."""
    said = [line for change in found.flow for line in _said(change, "")]
    for widget in found.widgets:
        renamed = f", was called {visible(widget.renamed_from)}" if widget.renamed_from else ""
        said.append(f"{_SIGN[widget.state]} {visible(widget.name)} ({visible(widget.type)}) {widget.state}{renamed}")
        said += [line for change in widget.changes for line in _said(change, "    ")]
    return said


def _said(change: FlowChange, indent: str) -> list[str]:
    sides = [f"{indent}  {sign} {shown(value)}" for sign, value in (("-", change.before), ("+", change.after))]
    return [f"{indent}{visible(change.path)}", *(side for side in sides if not side.endswith(f" {ABSENT}"))]


def _widgets(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> Iterator[WidgetDifference]:
    found = counterparts(old, new)
    for widget, index in zip(new, found, strict=True):
        if index is None:
            yield WidgetDifference(_name(widget), _type(widget), "added", tuple(_content({}, widget)))
        elif not same(old[index], widget):
            earlier = old[index]
            changes = tuple(_content(earlier, widget))
            layout = _layout(earlier, widget)
            renamed = _name(earlier) if _name(earlier) != _name(widget) else ""
            state: Literal["changed", "moved"] = "changed" if changes or renamed else "moved"
            yield WidgetDifference(_name(widget), _type(widget), state, changes, layout, renamed)
    for index, widget in enumerate(old):
        if index not in found:
            yield WidgetDifference(_name(widget), _type(widget), "removed", tuple(_content(widget, {})))


def _content(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[FlowChange]:
    """Compare two widgets: properties one by one, transitions by event, and everything else."""
    own = ("name", "properties", "transitions", *(("type",) if not old or not new else ()))
    yield from _changes(_without(old, *own), _without(new, *own), "")
    before, after = (_without(_mapping(widget.get("properties")), _LAYOUT) for widget in (old, new))
    yield from _changes(before, after, "properties.")
    yield from _changes(_transitions(old), _transitions(new), "transitions.")


def _changes(old: Mapping[str, Any], new: Mapping[str, Any], prefix: str) -> Iterator[FlowChange]:
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key), new.get(key)
        if not same(before, after):
            yield FlowChange(prefix + key, *(ABSENT if value is None else value for value in (before, after)))


def _transitions(widget: Mapping[str, Any]) -> dict[str, Any]:
    """Return where each event leads: the next widget's name, with the conditions, if any."""
    listed = widget.get("transitions")
    found: dict[str, Any] = {}
    for one in listed if isinstance(listed, list) else []:
        transition = _mapping(one)
        conditions = transition.get("conditions")
        first = _mapping(conditions[0]) if isinstance(conditions, list) and conditions else {}
        label = f" ({first['friendly_name']})" if first.get("friendly_name") else ""
        name = f"{transition.get('event', '')}{label}"
        if name in found:  # duplicates are distinguished by their order
            name = f"{name} #{1 + sum(other.partition(' #')[0] == name for other in found)}"
        rest = _without(transition, "event")
        found[name] = rest.get("next", "") if rest.keys() <= {"next"} else rest
    return found


def _order(definition: Mapping[str, Any]) -> list[str]:
    return [f"{_name(state)}: {', '.join(_transitions(state))}" for state in _states(definition)]


def _layout(old: Mapping[str, Any], new: Mapping[str, Any]) -> FlowChange | None:
    before, after = (_mapping(widget.get("properties")).get(_LAYOUT) for widget in (old, new))
    return None if same(before, after) else FlowChange(_LAYOUT, before, after)


def _states(definition: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    states = definition.get("states")
    return [state for state in states if isinstance(state, Mapping)] if isinstance(states, list) else []


def _name(widget: Mapping[str, Any]) -> str:
    return str(widget.get("name", ""))


def _type(widget: Mapping[str, Any]) -> str:
    return str(widget.get("type", ""))


def _without(mapping: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if key not in names and value is not None}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
