"""Flow files out of the flows of an account: its own SIDs, numbers and addresses become placeholders again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from twilio_environments.adoption.account import Existing
from twilio_environments.studio import flow_template


def templates(
    account_sid: str, objects: Mapping[str, Existing], needs: Mapping[str, AbstractSet[str]]
) -> dict[str, tuple[Any, set[str]]]:
    """Return the template of each flow by its place, and the places that it can only name by SID.

    `objects` are all declared ones by place, `needs` those that an object needs to be made first. If a flow named
    an object that in turn needs this flow, that would be a cycle, so the SID stays there.
    """
    graph = {place: set(those) for place, those in needs.items()}
    values = dict(_values(account_sid, objects))
    made = {name for name in values if not _is_declared(name, objects)}
    found = {}
    for place, one in sorted(objects.items()):
        if one.definition is None:
            continue
        named = flow_template.placeholders(flow_template.unrender(one.definition, {}, values))
        targets = {_target(name) for name in named & made} & objects.keys()
        circular = {target for target in targets if _reaches(graph, target, place)}
        graph.setdefault(place, set()).update(targets - circular)
        left = {name: value for name, value in values.items() if name not in made or _target(name) not in circular}
        found[place] = flow_template.unrender(one.definition, {}, left), circular
    return found


def text(template: Any) -> str:
    """Return a template as the text of its file."""
    written = json.dumps(template, indent=2, ensure_ascii=False)
    try:
        written.encode()
    except UnicodeEncodeError:  # half a surrogate pair: the settings report it
        written = json.dumps(template, indent=2)
    return written + "\n"


def _values(account_sid: str, objects: Mapping[str, Existing]) -> Iterator[tuple[str, str]]:
    yield "account.sid", account_sid
    for place, one in objects.items():
        for attribute in one.kind.gives:
            value = one.live.id if attribute == "sid" else one.live.facts.get(attribute)
            if value:
                yield f"{place}.{attribute}", str(value)


def _is_declared(placeholder: str, objects: Mapping[str, Existing]) -> bool:
    """Return whether a value is itself declared, such as a phone number: a flow that names it need not wait for it."""
    target, _, attribute = placeholder.rpartition(".")
    return target in objects and attribute in objects[target].kind.declaration.model_fields


def _target(placeholder: str) -> str:
    return placeholder.rpartition(".")[0]


def _reaches(graph: Mapping[str, AbstractSet[str]], start: str, goal: str) -> bool:
    seen, open_ = set(), [start]
    while open_:
        place = open_.pop()
        if place == goal:
            return True
        if place not in seen:
            seen.add(place)
            open_ += graph.get(place, ())
    return False
