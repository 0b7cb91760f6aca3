"""From a stack's configuration to its settings, or to all of its mistakes at once, before anything is touched."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from twilio_environments import bounds
from twilio_environments.kinds.registry import SECTIONS
from twilio_environments.lifecycle.declaration import set_by_program
from twilio_environments.lifecycle.mistakes import Mistake, mistakes_of, written_mistakes
from twilio_environments.problems import Problem
from twilio_environments.settings import consistency, guard_rail_checks, inbound
from twilio_environments.settings.model import NAMESPACE, Settings
from twilio_environments.settings.references import References
from twilio_environments.studio import flow_files

_WHOLE = object()
"""Marks in a tree of names that everything below a name is meant."""


class SettingsProblem(Problem):
    """The stack file has mistakes; all of them are named at once."""

    def __init__(self, stack: str, mistakes: list[Mistake]) -> None:
        """Take all mistakes of the stack file of `stack`."""
        count = f"{len(mistakes)} mistake{'s' if len(mistakes) > 1 else ''}"
        if len(mistakes) > bounds.MISTAKES:
            mistakes, count = mistakes[: bounds.MISTAKES], f"more than {bounds.MISTAKES} mistakes, such as"
        lines = "\n".join(f"  {NAMESPACE}:{mistake}" for mistake in mistakes)
        super().__init__(f"Pulumi.{stack}.yaml has {count}:\n{lines}\n", "Nothing was changed.")
        self.mistakes = mistakes


def load(
    config: Mapping[str, Any],
    *,
    project: str,
    stack: str,
    root: Path,
    flow_texts: Mapping[str, str] | None = None,
) -> Settings:
    """Return the settings of a stack.

    `config` is the stack's configuration as Pulumi passes it: full keys, structured values as JSON text. Keys of
    other namespaces are left alone. Flow files are read below `root`, unless what they say is given (`flow_texts`, by
    their paths in the settings). Raises SettingsProblem with every mistake.
    """
    data: dict[str, Any] = {}
    for key, value in config.items():
        namespace, _, name = key.partition(":")
        if namespace == NAMESPACE:
            data[name] = _parsed(value)
    if not data:
        example = "twilio:subaccount: {friendly_name: Acme staging}"
        raise SettingsProblem(
            stack, [Mistake("subaccount", f"is missing: nothing is declared yet, start with {example}")]
        )
    for switch in ("local", "production"):
        if isinstance(data.get(switch), str):
            data[switch] = {"true": True, "false": False}.get(data[switch], data[switch])
    if isinstance(number := data.get("concurrency"), str) and re.fullmatch("[0-9]{1,4}", number):
        data["concurrency"] = int(number)
    try:
        bounds.require_bounded(data)
    except ValueError as error:
        raise SettingsProblem(stack, [Mistake("", f"the stack file {error}: make it smaller")]) from None
    reserved = [name for name in set_by_program(Settings) if name in data]
    kept = [Mistake(name, "is set by the program: remove it") for name in reserved]
    data = {name: value for name, value in data.items() if name not in reserved}
    written = written_mistakes(data)
    settings, found, doubtful = _read(data | {"project": project, "stack": stack})
    settings, unread = _with_definitions(settings, root, flow_texts or {})
    # Other errors of a malformed value follow from that.
    paths = {mistake.path for mistake in written}
    between = [*unread, *_mistakes_between(settings, doubtful, are_read=not unread)]
    mistakes = {one for one in [*kept, *found, *between] if one.path not in paths}
    refuse(stack, sorted(mistakes.union(written)))
    return settings


def _with_definitions(settings: Settings, root: Path, texts: Mapping[str, str]) -> tuple[Settings, list[Mistake]]:
    """Return the settings with the content of their flow files, and the mistakes in those; `texts` stand for files."""
    definitions: dict[str, Any] = {}
    mistakes = []
    for section, kind in SECTIONS.items():
        for name, declared in settings.declared(section).items() if kind.defined_in else ():
            place, file = f"{section}.{name}", getattr(declared, kind.defined_in)
            try:
                definitions[place] = flow_files.parsed(texts[file]) if file in texts else flow_files.read(root, file)
            except ValueError as error:
                mistakes.append(Mistake(f"{place}.{kind.defined_in}", str(error)))
                definitions[place] = {}
    return settings.model_copy(update={"definitions": definitions}), mistakes


def _mistakes_between(settings: Settings, doubtful: Collection[str], *, are_read: bool) -> list[Mistake]:
    """Return the mistakes between the parts of the settings.

    `doubtful` are the parts that have mistakes of their own and are missing here, wholly or partly, such as `secrets`
    or `numbers.support`: references to them are assumed to be valid. `are_read`: all flow files could be read.
    """
    references = References(settings)
    found = list(references.mistakes(doubtful))
    if are_read and not found:
        found = list(references.cycles())
    known = references if are_read and not found else None
    return [
        *found,
        *consistency.mistakes(settings, doubtful),
        *inbound.mistakes(settings, doubtful),
        *guard_rail_checks.refusals(settings, doubtful, known),
    ]


def _read(data: Mapping[str, Any]) -> tuple[Settings, list[Mistake], set[str]]:
    """Return the settings without invalid values, the mistakes, and the parts that are in doubt because of them.

    That way, mistakes between the parts are found in the same run. Invalid values are left out field by field; where
    that is not enough, because a field is required or the fields contradict each other, the whole object is.
    """
    mistakes: list[Mistake] = []
    doubtful: set[str] = set()
    context = {"local": data.get("local") is True}
    for depth in (3, 2, 1):
        try:
            # Strict: a number in quotes or `yes` for true would be fine here and flagged by the editor's schema.
            return Settings.model_validate(data, context=context, strict=True), mistakes, doubtful
        except ValidationError as error:
            mistakes = mistakes or mistakes_of(error, Settings)
            wrong: dict[Any, Any] = {}
            for found in error.errors(include_url=False, include_input=False):
                steps = [str(step) for step in found["loc"][:depth]]
                doubtful.add(".".join(steps[:2]) if steps[0] in (*SECTIONS, "values") else steps[0])
                below = wrong
                for step in steps:
                    below = below.setdefault(step, {})
                below[_WHOLE] = True
            data = _without(data, wrong)
    return Settings.model_validate({"subaccount": {}} | dict(data), context=context, strict=True), mistakes, doubtful


def _without(data: Mapping[str, Any], wrong: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the data without what is wrong; `wrong` is a tree of names, with _WHOLE where all below goes."""
    return {
        name: _without(value, wrong[name]) if name in wrong and isinstance(value, Mapping) else value
        for name, value in data.items()
        if _WHOLE not in wrong.get(name, ())
    }


def refuse(stack: str, mistakes: list[Mistake]) -> None:
    """Raise SettingsProblem if there are mistakes."""
    if mistakes:
        raise SettingsProblem(stack, mistakes)


def _parsed(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):  # ValueError: a number of thousands of digits is one too
            return value
    return value
