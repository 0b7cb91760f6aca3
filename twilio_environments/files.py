"""The user's files are replaced whole: a command writes all of its files, or none.

Each text is written next to its file, and synced to disk, before the first one is renamed into place. So a full disk
changes nothing, and a reader sees the old text or the new one, even after a kill. A kill between two renames leaves
the first done and the second not, so a file that others refer to comes first.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from twilio_environments.problems import Problem

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True)
class Draft:
    """The new text of a file, and its text when it was read: "" if it did not exist, None if that does not matter.

    Texts keep the file's own line endings.
    """

    path: Path
    text: str | bytes
    before: str | None = None

    @property
    def content(self) -> bytes:
        """The text as it goes to the disk, in UTF-8."""
        return self.text if isinstance(self.text, bytes) else self.text.encode()


def replace(drafts: Sequence[Draft], root: Path) -> None:
    """Write all drafts, in their order, or none; raise Problem.

    Links are followed, and stay. A path in the project's folder `root` must end inside it, whatever links it goes
    through, since these are the repository's and not the user's; missing folders are created. A file keeps its mode
    and, as far as this process is allowed to, its owner. Anything but a regular file, such as a pipe, is written to
    directly.
    """
    staged: list[_Staged] = []
    try:
        for draft in drafts:
            with _told(draft.path):
                staged.append(_Staged.of(draft, root, undo=len(drafts) > 1))
        for one in staged:
            one.check()
        for number, one in enumerate(staged):
            try:
                with _told(one.draft.path):
                    one.put()
            except BaseException:  # Ctrl-C too
                for done in reversed(staged[:number]):
                    done.take_back()
                raise
    finally:
        for one in staged:
            one.tidy()


@dataclass(frozen=True)
class _Staged:
    """A draft being written: its file, the new text next to it, and the old text if it may be needed."""

    draft: Draft
    target: Path
    new: Path | None
    old: Path | None

    @classmethod
    def of(cls, draft: Draft, root: Path, *, undo: bool) -> Self:
        content = draft.content
        target = _target(draft.path, root)
        if target is None:
            return cls(draft, draft.path, None, None)
        before = target.stat() if target.exists() else None
        if before is not None and not os.access(target, os.W_OK):  # a rename would ignore that
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        old = _beside(target, target.read_bytes(), before) if undo and before is not None else None
        try:
            return cls(draft, target, _beside(target, content, before), old)
        except BaseException:  # Ctrl-C too
            _gone(old)
            raise

    def check(self) -> None:
        """Raise Problem if the file changed since it was read."""
        if self.draft.before is None:
            return
        try:
            now = self.target.read_bytes()
        except OSError:
            now = b""
        if now != self.draft.before.encode():
            raise Problem(f"{self.draft.path.name} was changed in the meantime.", "Run it again.")

    def put(self) -> None:
        if self.new is None:
            self.target.write_bytes(self.draft.content)
            return
        self.new.replace(self.target)
        with suppress(OSError):  # not every file system does it, and the file is whole without it
            _sync(self.target.parent)

    def take_back(self) -> None:
        with suppress(OSError):
            if self.old is not None:
                self.old.replace(self.target)
            elif self.new is not None:
                self.target.unlink()

    def tidy(self) -> None:
        _gone(self.new)
        _gone(self.old)


def _target(path: Path, root: Path) -> Path | None:
    """Return the file behind the links of a path, creating its folder; None for what cannot be replaced (a pipe)."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        mode = stat.S_IFREG
    target = path.resolve()
    named = Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute leaves `..` in
    at_home = named.is_relative_to(root.absolute())
    if at_home and not target.is_relative_to(root.resolve()):
        raise Problem(
            f"{path.name} was not written: {path} is, or is under, a link that leads out of the project.",
            "Replace the link with the file or folder itself.",
        )
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(mode):
        return None
    if at_home:
        target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _beside(target: Path, content: bytes, like: os.stat_result | None) -> Path:
    """Write a file next to another, with its mode and owner, down to the disk."""
    path = target.with_name(f".{target.name}.{os.getpid()}.{os.urandom(4).hex()}.tmp")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if like is not None:
                with suppress(OSError):  # only root may give a file away
                    os.fchown(descriptor, like.st_uid, like.st_gid)
                os.fchmod(descriptor, stat.S_IMODE(like.st_mode))
            file.write(content)
            file.flush()
            os.fsync(descriptor)
    except BaseException:  # Ctrl-C too
        _gone(path)
        raise
    return path


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _gone(path: Path | None) -> None:
    with suppress(OSError):
        if path is not None:
            path.unlink()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn the system's error into one for the user."""
    try:
        yield
    except UnicodeEncodeError:
        raise Problem(f"{path} was not written: its text contains half a character.", "Nothing was changed.") from None
    except OSError as error:
        remedy = "Make room, then run it again." if error.errno in _NO_ROOM else "Choose a file that can be written."
        raise Problem(f"{path} cannot be written: {error.strerror}. Nothing was changed.", remedy) from None
