"""Another logical name for a declared object: the edits of a stack's files, and of what Pulumi has recorded.

The object itself does not change. What it derived from its logical name (its friendly name, the properties of a key) is
written out, so that it stays; references to it change with it. Everything is worked out, and checked against the
settings, before anything is written; what a killed run already did is left as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from twilio_environments.drift.review.project import Project
from twilio_environments.drift.review.state import RecordedObject
from twilio_environments.files import Draft
from twilio_environments.kinds.registry import SECTIONS
from twilio_environments.lifecycle.declaration import LogicalName
from twilio_environments.lifecycle.mistakes import listed, mistakes_of, nearest
from twilio_environments.problems import Problem
from twilio_environments.settings import NAMESPACE, Settings, load
from twilio_environments.settings.references import Name
from twilio_environments.stackfile import Edit, Rename, StackFile, path_of
from twilio_environments.studio import flow_files, flow_template


@dataclass(frozen=True)
class NewName:
    """The old and the new name of an object."""

    before: Name
    after: Name

    @classmethod
    def of(cls, old: str, new: str) -> NewName:
        """Read both as they are typed, such as `verify_services.login` and `signin`; raise Problem."""
        section, _, name = old.partition(".")
        if section not in SECTIONS or not name or "." in name:
            raise Problem(
                f"{old!r} is not the place of a declared object.",
                f"Use section and name, such as verify_services.login; the sections are {', '.join(SECTIONS)}.",
            )
        head, dot, tail = new.rpartition(".")
        if dot and head != section:
            raise Problem(
                f"An object in {section} stays there, but {new!r} is in another section.",
                f"Pass just the new name, such as {tail or name}.",
            )
        try:
            TypeAdapter(LogicalName).validate_python(tail)
        except ValidationError as error:
            raise Problem(f"{new!r} {mistakes_of(error)[0].what}.", "Nothing was changed.") from None
        return cls(Name(section, name), Name(section, tail))

    def renamed(self, place: str) -> str:
        """Return the place of the object, or of what belongs to it, under its new name; "" for any other place."""
        if place == str(self.before):
            return str(self.after)
        below = place.removeprefix(f"{self.before}.")
        return f"{self.after}.{below}" if below != place else ""


@dataclass(frozen=True)
class Renamed:
    """The effect of a renaming on one stack: its file, flow files, and the record; whatever stays the same is left out.

    `resources` are the new names of recorded resources by URN, what belongs to another one before it. `notes` are for
    people.
    """

    stack: str
    stack_file: Draft | None
    flow_files: Sequence[Draft] = ()
    resources: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()


def renamed(project: Project, renaming: NewName, recorded: Sequence[RecordedObject]) -> Renamed:
    """Work out a renaming in one stack, given its record; raise Problem if it cannot be done completely."""
    flows = _flow_texts(project, renaming)
    flow_texts = {file: text for file, (_, text) in flows.items()}
    resources = {one.urn: new for one in recorded if (new := renaming.renamed(one.place))}
    entry = _entry(project.file, renaming)
    _require_unrecorded(project, renaming, recorded)
    if renaming.after.name in _declared(project.file, renaming.after):
        settings = _settings(project, project.file, flow_texts)
        file = project.file.edited(list(_kept(settings, renaming, entry, recorded)))
    else:
        file = project.file.edited(list(_edits(project.settings(), renaming, entry)))
    settings = _settings(project, file, flow_texts)
    draft = Draft(project.root / file.name, file.text, before=project.file.text)
    return Renamed(
        project.stack,
        draft if draft.text != draft.before else None,
        [Draft(project.root / one, text, before=before) for one, (before, text) in flows.items()],
        dict(sorted(resources.items(), key=lambda one: -len(one[1]))),
        list(_notes(settings, renaming)),
    )


def require_whole(changes: Sequence[Renamed], renaming: NewName, others: Sequence[Project]) -> None:
    """Raise Problem when other stacks share a flow file that changes, and declare the object by its old name."""
    changed = {draft.path.resolve() for one in changes for draft in one.flow_files}
    sharing = [
        other.stack
        for other in others
        if renaming.before.name in _declared(other.file, renaming.before)
        and not changed.isdisjoint((other.root / file).resolve() for file in _flow_paths(other.file))
    ]
    if sharing:
        files = " and ".join(sorted(path.name for path in changed)) + (" is" if len(changed) == 1 else " are")
        stacks = " ".join(f"--stack {stack}" for stack in [*(one.stack for one in changes), *sharing])
        raise Problem(
            f"{files} shared with {' and '.join(sharing)}, where {renaming.before} is declared too.",
            f"Rename it in all of them: twilio-env rename {renaming.before} {renaming.after.name} {stacks}",
        )


def _settings(project: Project, file: StackFile, flow_texts: Mapping[str, str]) -> Settings:
    return load(file.config(), project=project.name, stack=project.stack, root=project.root, flow_texts=flow_texts)


def _declared(file: StackFile, name: Name) -> Mapping[str, Any]:
    return _mapping(file.config().get(f"{NAMESPACE}:{name.section}"))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}  # the settings refuse everything else


def _entry(file: StackFile, renaming: NewName) -> Mapping[str, Any]:
    """Return what the object is declared as: by its old name, or by its new one where that was changed already."""
    before, after = renaming.before, renaming.after
    declared = _declared(file, before)
    if before.name in declared:
        if after.name in declared:
            remedy = "Choose another name; to swap two names, use a third one."
            raise Problem(f"{after} is already declared in {file.name}.", remedy)
        return _mapping(declared[before.name])
    if after.name not in declared:
        names = sorted(map(str, declared))
        known = f"{nearest(before.name, names)}declared: {listed(names) or 'none'}"
        raise Problem(f"{before} is not declared in {file.name}; {known}.", "Nothing was changed.")
    return _mapping(declared[after.name])


def _require_unrecorded(project: Project, renaming: NewName, recorded: Sequence[RecordedObject]) -> None:
    places = {one.place: one for one in recorded}
    if str(renaming.before) in places and (taken := places.get(str(renaming.after))):
        raise Problem(
            f"{renaming.after} is already recorded, as {taken.sid}.",
            f"Choose another name. If it is no longer declared, pulumi up --stack {project.stack} deletes it first.",
        )


def _edits(settings: Settings, renaming: NewName, entry: Mapping[str, Any]) -> Iterator[Edit | Rename]:
    """Change references to the object, write out what it derived from its name, and rename its key."""
    before, after = renaming.before, renaming.after
    path = path_of(str(before))
    for (section, *steps), to, text in settings.named():
        if Name(to.section, text) == before:
            yield Edit((*path_of(str(section)), *steps), after.name)
    kind, declared = SECTIONS[before.section], settings.declared(before.section)[before.name]
    had, would = (kind.follows_from_name(declared, name, settings) for name in (before.name, after.name))
    for key, value in had.items():
        if key not in entry and value != would[key]:
            yield Edit((*path, key), value)
    yield Rename(path, after.name)


def _kept(
    settings: Settings, renaming: NewName, entry: Mapping[str, Any], recorded: Sequence[RecordedObject]
) -> Iterator[Edit]:
    """Write out, for an object renamed by editing the stack file, what it derived from its old name: it is recorded."""
    after, path = renaming.after, path_of(str(renaming.after))
    kind, declared = SECTIONS[after.section], settings.declared(after.section)[after.name]
    has = kind.follows_from_name(declared, after.name, settings)
    for one in recorded:
        if one.place == str(renaming.before):
            for key, value in kind.followed_from_name(one.inputs).items():
                if key not in entry and value not in ("", has[key]):
                    yield Edit((*path, key), value)


def _flow_paths(file: StackFile) -> list[str]:
    defined = [
        (one, kind.defined_in)
        for section, kind in SECTIONS.items()
        if kind.defined_in
        for one in _declared(file, Name(section, "")).values()
    ]
    return sorted({str(one[key]) for one, key in defined if isinstance(one, Mapping) and one.get(key)})


def _flow_texts(project: Project, renaming: NewName) -> dict[str, tuple[str, str]]:
    """Return the old and new texts of flow files whose placeholders name the object, by their paths in the settings."""
    before, after = str(renaming.before), str(renaming.after)
    changed = {}
    for file in _flow_paths(project.file):
        try:
            text = flow_files.text(project.root, file)
            definition = flow_files.parsed(text)
        except ValueError:  # the settings report what is wrong with it
            continue
        meant = flow_template.renamed_in(definition, before, after)
        new = flow_template.renamed(text, before, after)
        if json.loads(new.removeprefix("\ufeff")) != meant:
            raise Problem(
                f"{file} has a placeholder for {before} in a form that cannot be changed safely.",
                "Edit the file yourself.",
            )
        if new != text:
            changed[file] = (text, new)
    return changed


def _notes(settings: Settings, renaming: NewName) -> Iterator[str]:
    before, after = (settings.carried_as(name.section, name.name) for name in (renaming.before, renaming.after))
    if settings.secrets and before != after:
        yield (
            f"with the next pulumi up {settings.document_path()} says {after} instead of {before}, for which there is "
            "no setting: tell its readers"
        )
