"""Pulumi's state as files in a folder: which of them an interrupted run left unreadable, and how to repair that.

Next to each file Pulumi keeps another one that ends with `.attrs`. It is written in place, so a SIGKILL at that moment
leaves it empty, and it is read if it exists, though nothing in it is needed; `?metadata=skip` in the backend's URL
prevents new ones. On a full disk a truncated file is put in place, since a failed write is closed, and so renamed,
too [gocloud.dev/blob: WriteAll]. A state from before its last save is in `<stack>.json.bak`, those of earlier runs are
below `backups`.

As a program, `python -m twilio_environments.state_files FOLDER`, it repairs a whole folder and prints what it did.
"""

from __future__ import annotations

import gzip
import json
import re
import shlex
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from twilio_environments.files import Draft, replace
from twilio_environments.problems import Problem

SCHEME = "file://"
SKIP = "metadata=skip"
_STATES = ("*.json", "*.json.gz")
_OTHERS = ("**/*.attrs", "locks/**/*.json", "stacks/**/*.pulumi-tags", "meta.yaml")
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Broken:
    """A file that Pulumi cannot read. A `state` is restored from `backup`, if there is one; others can be deleted."""

    file: Path
    state: bool = False
    backup: Path | None = None

    @property
    def what(self) -> str:
        """What is wrong, as a sentence."""
        return f"{self.file} is empty or cut off: a run was killed, or the disk was full, while it was saved."

    @property
    def remedy(self) -> str:
        """What to type, as a sentence."""
        file = shlex.quote(str(self.file))
        if not self.state:
            return f"rm {file} removes it; nothing in it is needed."
        if self.backup is None:
            aside = shlex.quote(f"{self.file}.broken")
            return f"There is no backup: mv {file} {aside} sets it aside; then continue as with a lost state."
        return f"cp {shlex.quote(str(self.backup))} {file} restores the previous state."

    def mend(self) -> str:
        """Do that, and return what was done; raise Problem if it cannot be written."""
        if not self.state:
            self.file.unlink(missing_ok=True)
            return f"{self.file} was cut off by a killed run and is not needed: removed."
        if self.backup is None:
            aside = self.file.replace(f"{self.file}.broken")
            return f"{self.file} was cut off and has no backup: moved to {aside.name}."
        replace([Draft(self.file, self.backup.read_bytes())], self.file.parent)
        return f"{self.file} was cut off: restored from {self.backup.name}."


def folder_of(url: str) -> Path | None:
    """Return the folder that the URL of a backend names; None if the backend is not a folder."""
    if not url.startswith(SCHEME):
        return None
    return Path(unquote(url.removeprefix(SCHEME).partition("?")[0])).expanduser().absolute()


def stacks(folder: Path, project: str) -> list[str]:
    """Return the names of the stacks of a project that have a state in a folder, readable or not, sorted."""
    return sorted({_stack(file) for file in _states(folder, project)})


def broken(folder: Path, stack: str | None = None) -> list[Broken]:
    """Return the unreadable files in a folder, sorted by path; with `stack`, those that make it unreadable."""
    home = folder / ".pulumi"
    found = [Broken(file) for pattern in _OTHERS for file in home.glob(pattern) if _reads(file) is False]
    found += [
        Broken(file, state=True, backup=next(filter(_reads, _backups(home, file)), None))
        for file in _states(folder, "*")
        if _reads(file) is False
    ]
    if stack is not None:
        found = [one for one in found if _matters(one.file, stack)]
    return sorted(found, key=lambda one: one.file)


def _matters(file: Path, stack: str) -> bool:
    return file.name.startswith(("meta.yaml", f"{stack}.")) or file.parent.name == stack


def _states(folder: Path, project: str) -> list[Path]:
    """Return the state files: below their project, or side by side as in old backends."""
    stacks = folder / ".pulumi" / "stacks"
    return [file for pattern in _STATES for place in (f"{project}/", "") for file in stacks.glob(place + pattern)]


def _stack(file: Path) -> str:
    return file.name.removesuffix(".gz").removesuffix(".json")


def _backups(home: Path, file: Path) -> Iterator[Path]:
    """Yield the copies of a state, the newest first."""
    yield file.with_name(f"{file.name}.bak")
    place = home / "backups" / file.parent.relative_to(home / "stacks") / _stack(file)
    yield from sorted((one for pattern in _STATES for one in place.glob(pattern)), reverse=True)


def _reads(file: Path) -> bool | None:
    """Return whether a file contains what Pulumi expects; None if it cannot be opened, which proves nothing."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    if file.name == "meta.yaml":
        return bool(re.search(rb"^version: *\d", content))
    try:
        return isinstance(json.loads(gzip.decompress(content) if content[:2] == _GZIP else content), dict)
    except (OSError, EOFError, ValueError, zlib.error):
        return False


def main(folder: str) -> int:
    """Repair a folder, print what was done, one line for each file, and return the exit code."""
    try:
        for one in broken(Path(folder)):
            sys.stdout.write(f"{one.mend()}\n")
    except (OSError, Problem) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
