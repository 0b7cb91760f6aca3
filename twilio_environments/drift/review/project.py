"""The project under review: what its stack file says, on which line, and how a change of it would look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path

from twilio_environments.drift.model import Location
from twilio_environments.rest import sessions
from twilio_environments.settings import NAMESPACE, Settings, load
from twilio_environments.stackfile import Edit, StackFile


@dataclass(frozen=True)
class Project:
    """The project that the stack file belongs to, and the file."""

    name: str
    stack: str
    root: Path
    file: StackFile
    places: Mapping[str, str] = field(default_factory=dict)
    """The places of recorded objects, by SID."""

    @property
    def declares(self) -> bool:
        """Whether the file sets anything of ours but Twilio's address; a program may declare its resources itself."""
        ours = {key.removeprefix(f"{NAMESPACE}:") for key in self.file.config() if key.startswith(f"{NAMESPACE}:")}
        return bool(ours - {*sessions.SETTINGS})

    def location(self, place: str, *keys: str) -> Location:
        """Return the line of the first of the keys that exists below a place, else the line of the place."""
        return Location(self.file.name, self.file.line(place, *keys))

    def settings(self, file: StackFile | None = None) -> Settings:
        """Return what the file declares; raise Problem with all its mistakes."""
        return load((file or self.file).config(), project=self.name, stack=self.stack, root=self.root)

    def accepted(self, edits: Sequence[Edit]) -> StackFile:
        """Return the changed file; raise Problem when it would not be valid settings."""
        file = self.file.edited(edits)
        self.settings(file)
        return file

    def patch(self, edits: Sequence[Edit]) -> str:
        """Return the change as a unified diff; raise Problem as `accepted` does."""
        return difference(self.file, self.accepted(edits))


def difference(before: StackFile, after: StackFile) -> str:
    """Return a change of the stack file as a unified diff."""
    old, new = (one.text.splitlines(keepends=True) for one in (before, after))
    return "".join(unified_diff(old, new, f"a/{before.name}", f"b/{after.name}", n=1))
