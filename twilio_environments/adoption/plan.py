"""The stack file that takes an account over, and the reason for everything that is not in it.

The file is checked against the settings as `pulumi up` would read them, and every object against its state at Twilio,
until nothing is left that would be refused or changed. So whatever is written is taken over as it is.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from twilio_environments.adoption import flows, text
from twilio_environments.adoption.account import Existing, Holding, Left
from twilio_environments.drift.existing import entry, logical_name, stated, stated_by
from twilio_environments.kinds.registry import BY_SECTION, LISTED, SECTIONS
from twilio_environments.lifecycle.declaration import To
from twilio_environments.lifecycle.kind import Kind
from twilio_environments.lifecycle.mistakes import mistakes_of
from twilio_environments.lifecycle.objects import ACCOUNT, different
from twilio_environments.problems import Problem
from twilio_environments.rest.session import Session
from twilio_environments.settings import NAMESPACE, SettingsProblem, load
from twilio_environments.settings.consistency import speaks_of_production
from twilio_environments.stackfile import StackFile
from twilio_environments.studio import flow_template


@dataclass(frozen=True)
class Adoption:
    """What to write: the stack file, flow files by their path in the project, what is declared and what is not."""

    file: StackFile
    flow_files: Mapping[str, str]
    places: Sequence[str]
    left: Sequence[Left]


@dataclass
class Plan:
    """The objects that may still be declared, by place, and what prevents the others."""

    session: Session
    holding: Holding
    project: str
    stack: str
    rest: Mapping[str, Any] = field(default_factory=dict)
    """What else is in the stack file: other namespaces below `config`, and Pulumi's own keys next to it."""

    def __post_init__(self) -> None:
        """Name every object, and drop those that cannot be taken over on their own."""
        self.left = list(self.holding.left)
        self.objects: dict[str, Existing] = {}
        self.refused_parts: dict[str, str] = {}
        for one in self.holding.objects:
            refusal = self._refusal(one)
            if refusal:
                self.left.append(Left(one.shown, refusal))
                continue
            taken = {place.partition(".")[2] for place in self.objects if place.startswith(f"{one.kind.section}.")}
            self.objects[f"{one.kind.section}.{logical_name(one.kind, one.live, taken)}"] = one

    def adoption(self) -> Adoption:
        """Return what to write; raise Problem if nothing valid can be written."""
        while True:
            found = self._attempt()
            mistakes = self._mistakes(found)
            if not mistakes:
                return found
            for place, what in mistakes.items():
                owner = ".".join(place.split(".")[:2])
                if owner not in self.objects:
                    raise Problem(f"The stack file would not be valid: {place}: {what}.", "Nothing was written.")
                if place != owner:
                    self.refused_parts[place] = what
                else:
                    self.left.append(Left(self.objects.pop(owner).shown, what))

    def _refusal(self, one: Existing) -> str:
        """Return why an object cannot be declared without changing it; "" if it can."""
        declaration, section = one.kind.declaration, one.kind.section
        given = entry(one.kind, one.live, "", {})
        if one.definition is not None:
            given[one.kind.defines] = json.dumps(flow_template.unrender(one.definition, {}, {}))
        try:
            declared = declaration.model_validate(given, context={"local": False})
        except ValidationError as error:
            return "; ".join(str(one) if one.path else one.what for one in mistakes_of(error, declaration))
        alike = [live.id for live in self.holding.lives[section] if one.kind.is_same(declared, live)]
        if len(alike) > 1:
            name = one.kind.identity(declared)
            return f"it is identified by its name, but {len(alike)} are called {name!r}: {', '.join(alike)}; rename it"
        changed = different(one.kind.desired(declared), one.live.values)
        if changed:
            return f"a stack file cannot express what Twilio has for {', '.join(sorted(changed))}"
        try:
            if one.definition is not None:
                one.kind.check(self.session, given | {ACCOUNT: self.holding.account_sid})
        except Problem as problem:
            return str(problem)
        return ""

    def _attempt(self) -> Adoption:
        places = {one.live.id: place for place, one in self.objects.items()}
        sections: dict[str, dict[str, Any]] = {kind.section: {} for kind in LISTED}
        comments: dict[tuple[str, ...], str] = {}
        for place, one in self.objects.items():
            section, _, name = place.partition(".")
            sections[section][name] = entry(one.kind, one.live, name, places)
            comments["config", f"{NAMESPACE}:{section}", name] = one.live.id
        left = [*self.left, *self._with_parts(sections, places)]
        _with_reasons(sections, comments)
        files = self._with_flows(sections, comments)
        config: dict[str, Any] = {f"{NAMESPACE}:production": True} if speaks_of_production(self.stack) else {}
        config[f"{NAMESPACE}:subaccount"] = {"sid": self.holding.account_sid}
        endpoint = self.session.endpoint
        config |= {f"{NAMESPACE}:{one}": getattr(endpoint, one) for one in ("region", "edge") if getattr(endpoint, one)}
        config |= {f"{NAMESPACE}:{section}": those for section, those in sections.items() if those}
        document = {"config": config | self.rest.get("config", {})}
        document |= {key: value for key, value in self.rest.items() if key != "config"}
        written = text.written(self._head(), document, comments, self._foot(left))
        return Adoption(StackFile(f"Pulumi.{self.stack}.yaml", written), files, list(self.objects), sorted(left))

    def _with_parts(self, sections: Mapping[str, dict[str, Any]], places: Mapping[str, str]) -> list[Left]:
        """Say what of the objects is a resource of its own, and return what of that has to be left out."""
        left = []
        for place, one in self.objects.items():
            section, _, name = place.partition(".")
            for field_name, child in one.kind.declaration.children().items():
                kind = BY_SECTION[child.section]
                value = stated(kind, one.parts[field_name], places)
                del value[child.owner]
                reason = self.refused_parts.get(f"{place}.{field_name}") or _unnamed(kind, value, sections)
                if reason:
                    left.append(Left(f"{kind.noun} of the {one.shown}", reason))
                else:
                    by_name = {key: value[key] for key, _ in stated_by(kind).values() if key in value}
                    sections[section][name][field_name] = by_name | value
        return left

    def _with_flows(
        self, sections: Mapping[str, dict[str, Any]], comments: dict[tuple[str, ...], str]
    ) -> dict[str, str]:
        needs = {
            place: {f"{to.section}.{name}" for _, to, name in _names(one.kind, _at(sections, place))}
            for place, one in self.objects.items()
        }
        files = {}
        for place, (template, circular) in flows.templates(self.holding.account_sid, self.objects, needs).items():
            section, _, name = place.partition(".")
            file = f"studio/{self.stack}/{name}.json"
            files[file] = flows.text(template)
            kind = self.objects[place].kind
            sections[section][name][kind.defined_in] = file
            del sections[section][name][kind.defines]
            if circular:
                by_sid = f"names {', '.join(sorted(circular))} by SID: each needs the other first"
                comments["config", f"{NAMESPACE}:{section}", name, kind.defined_in] = by_sid
        return files

    def _mistakes(self, found: Adoption) -> dict[str, str]:
        """Return what the settings refuse, by place; nothing is written to the project for that."""
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for file, content in found.flow_files.items():
                (root / file).parent.mkdir(parents=True, exist_ok=True)
                (root / file).write_text(content, encoding="utf-8")
            try:
                load(found.file.config(), project=self.project, stack=self.stack, root=root)
            except SettingsProblem as problem:
                return {_place(mistake.path): mistake.what for mistake in problem.mistakes}
        return {}

    def _head(self) -> list[str]:
        name = f" {self.holding.friendly_name!r}" if self.holding.friendly_name else ""
        return [
            "yaml-language-server: $schema=docs/stack-file.schema.json",
            f"The account{name}, as twilio-env adopt found it. Each object is taken over as it is, with adopt: true,",
            "which has to stay: without it the stack would look for an object with its own mark in the name.",
        ]

    def _foot(self, left: Sequence[Left]) -> list[str]:
        return (
            ["", "In the account but not in this file:", *(f"- {one.what}: {one.reason}" for one in left)]
            if left
            else []
        )


def _with_reasons(sections: Mapping[str, dict[str, Any]], comments: dict[tuple[str, ...], str]) -> None:
    """Add what the kinds require besides the fields of the objects, and why."""
    for section, entries in sections.items():
        for name, value in entries.items():
            for field_name, said in SECTIONS[section].said_to_adopt(value, sections).items():
                value[field_name] = said.value
                comments["config", f"{NAMESPACE}:{section}", name, field_name] = said.why


def _unnamed(kind: Kind[Any], value: Mapping[str, Any], sections: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what an entry must name but the stack file does not declare, "" for nothing."""
    missing: dict[str, list[str]] = {}
    for key, to, name in _names(kind, value):
        if name not in sections[to.section]:
            missing.setdefault(key, []).append(name)
    return "; ".join(f"its {key} {', '.join(sids)} are not in the stack file" for key, sids in missing.items())


def _names(kind: Kind[Any], value: Mapping[str, Any]) -> Iterator[tuple[str, To, str]]:
    """Yield what an entry names by logical name: the key, its note, and the name."""
    for key, to in stated_by(kind).values():
        found = value.get(key, [])
        for name in found.values() if isinstance(found, Mapping) else found if isinstance(found, list) else [found]:
            if to.names(name):
                yield key, to, name


def _at(sections: Mapping[str, Mapping[str, Any]], place: str) -> Mapping[str, Any]:
    section, _, name = place.partition(".")
    entry_there: Mapping[str, Any] = sections[section][name]
    return entry_there


def _place(path: str) -> str:
    """Return the place of what has a mistake: an object, or what of it is a resource of its own."""
    section, _, rest = path.partition(".")
    name, _, inner = rest.partition(".")
    part = inner.partition(".")[0]
    is_part = section in SECTIONS and part in SECTIONS[section].declaration.children()
    return f"{section}.{name}.{part}" if is_part else f"{section}.{name}"
