"""Accepting what Twilio has: the edits that make the stack file say it, checked before they are offered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from twilio_environments.drift.existing import entry, logical_name, name_of, stated_by
from twilio_environments.drift.model import DriftedField
from twilio_environments.drift.review.compare import DriftFinding
from twilio_environments.drift.review.project import Project
from twilio_environments.drift.review.read import Stranger
from twilio_environments.drift.review.state import RecordedObject
from twilio_environments.lifecycle.declaration import To
from twilio_environments.lifecycle.kind import Kind
from twilio_environments.lifecycle.parts import parts_of
from twilio_environments.lifecycle.values import plain
from twilio_environments.problems import Problem
from twilio_environments.stackfile import Edit, path_of
from twilio_environments.yaml_text import REMOVED


def stated(kind: Kind[Any], name: str) -> Sequence[str]:
    """Return the keys that a stack file may use for a field."""
    key, _ = stated_by(kind).get(name, (kind.stated_as.get(name, name), None))
    return key, name


def edits(project: Project, finding: DriftFinding) -> list[Edit]:
    """Return the edits that make the stack file say what Twilio has; raise Problem when no edit can."""
    if finding.stranger:
        return [_adoption(project, finding.stranger)]
    assert finding.seen is not None
    one = finding.seen.recorded
    if notice := finding.notice:
        if notice.refusal or not notice.drops:
            raise notice.refusal or _NOT_SAID
        return [Edit((*path_of(one.place), name), REMOVED) for name in notice.drops]
    if finding.kind == "missing":
        return _removal(project, one)
    if finding.kind in {"changed", "webhook_host"}:
        return [edit for found in finding.fields for edit in _of_field(project, one, found.name, found)]
    raise _NOT_SAID


_NOT_SAID = Problem("A stack file does not declare this.", "Revert it, or ignore it for a while.")


def _removal(project: Project, one: RecordedObject) -> list[Edit]:
    """Remove an object from the stack file, and from the lists that name it, such as the pool that it has left."""
    if not one.kind.gone.optional:
        raise Problem("An environment needs it.", "Revert it.")
    found = [Edit(path_of(one.place), REMOVED)]
    section, _, name = one.place.partition(".")
    config = project.file.config()
    for (top, *steps), to, named in project.settings().named():
        if (to.section, named) == (section, name) and isinstance(steps[-1], int):
            path = (f"twilio:{top}", *steps[:-1])
            members: Any = config
            for key in path:
                members = members[key]
            found.append(Edit(("config", *path), [member for member in members if member != name]))
    return found


def _of_field(project: Project, one: RecordedObject, name: str, found: DriftedField) -> Iterator[Edit]:
    path, live = path_of(one.place), found.live
    if name in one.secret:
        raise Problem(f"{name} is a secret, and a stack file contains none.", "Change it where the program gets it.")
    if elsewhere := one.kind.accepted_elsewhere(name):
        raise Problem(elsewhere.what, elsewhere.remedy.format(stack=project.stack, name=one.place.partition(".")[2]))
    key, to = stated_by(one.kind).get(name, (name, None))
    if to and isinstance(live, list):
        names = [_logical(project, to, sid) for sid in live]
        yield Edit((*path, key), _in_order(project, (*path, key), names))
    elif to and not isinstance(live, Mapping):
        named = name_of(to, live, project.places)
        yield Edit((*path, key), named or REMOVED)
        yield Edit((*path, name), REMOVED if named or not live else live)
    elif name == "friendly_name":
        yield Edit((*path, name), _name(one, str(live)))
    elif isinstance(live, Mapping):
        part = parts_of(one.kind.declaration).get(name)
        for edit in _parts((*path, name), plain(found.recorded) or {}, live, part and part.model):
            named = name_of(to, edit.value, project.places) if to else ""
            yield replace(edit, value=named or edit.value)
    elif _is_default(one, name, live):
        yield Edit((*path, name), REMOVED)
    else:
        yield Edit((*path, name), _in_order(project, (*path, name), live) if isinstance(live, list) else live)


def _in_order(project: Project, path: Sequence[str], wanted: Sequence[Any]) -> list[Any]:
    """Return a list whose order means nothing, in the order of the stack file, with new items at the end."""
    declared: Any = {"config": project.file.config()}
    for key in path:
        declared = declared.get(key) if isinstance(declared, Mapping) else None
    kept = [item for item in declared or [] if item in wanted]
    return kept + sorted(item for item in wanted if item not in kept)


def _is_default(one: RecordedObject, name: str, live: Any) -> bool:
    return name in one.kind.declaration.model_fields and name not in one.kind.inputs_of({**one.outputs, name: live})


def _name(one: RecordedObject, live: str) -> Any:
    mark = str(one.inputs.get("mark", ""))
    before = str(one.outputs.get("friendly_name", ""))
    if mark and before.endswith(mark):
        if not live.endswith(mark):
            raise Problem(f"Its name has to end with {mark}, by which the stack recognizes it.", "Revert it.")
        live = live.removesuffix(mark).rstrip()
    return REMOVED if live == one.place.rpartition(".")[2] else live


def _parts(path: tuple[str, ...], before: Any, live: Mapping[str, Any], model: Any) -> Iterator[Edit]:
    for name in sorted({*before, *live}):
        if name not in live:
            yield Edit((*path, name), REMOVED)
        elif name not in before:
            value = model.model_validate(live[name], context={"local": True}).minimal() if model else live[name]
            yield Edit((*path, name), value)
        elif isinstance(live[name], Mapping):
            yield from _parts((*path, name), before[name], live[name], None)
        elif live[name] != before[name]:
            yield Edit((*path, name), live[name])


def _logical(project: Project, to: To, sid: str) -> str:
    name = name_of(to, sid, project.places)
    if not name:
        raise Problem(
            f"{sid} is in no stack, so it cannot be referred to by name.",
            f"Declare it first: --accept {to.section}.{sid}",
        )
    return name


def _adoption(project: Project, stranger: Stranger) -> Edit:
    section, live = stranger.kind.section, stranger.live
    if refusal := stranger.kind.unadoptable(live.values):
        raise refusal
    name = logical_name(stranger.kind, live, project.file.config().get(f"twilio:{section}") or {})
    return Edit((*path_of(section), name), entry(stranger.kind, live, name, project.places))


def selected(found: Sequence[DriftFinding], selector: str) -> list[DriftFinding]:
    """Return the findings that a selector names: a place, a place and a field of it, or a row's key.

    Raise Problem if there are none.
    """
    chosen = []
    for one in found:
        if selector in (one.place, one.key):
            chosen.append(one)
        elif selector.startswith(f"{one.place}."):
            fields = tuple(each for each in one.fields if f"{one.place}.{each.name}" == selector)
            chosen += [DriftFinding(one.kind, one.seen, one.stranger, fields)] if fields else []
    if not chosen:
        raise Problem(
            f"Nothing differs at {selector!r}.", "Use a place as the review prints it, place.field, or kind:place."
        )
    return chosen
