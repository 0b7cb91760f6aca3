"""What a store provides to `merging`: a few primitives, and how they may fail."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from twilio_environments.problems import Problem
from twilio_environments.secrets.stores.protocol import Unsettled


class Conflict(Exception):
    """Somebody else changed the document between our read and our write. Never leaves this package.

    `problem` is what to raise if that never ends, unless the cause is that others keep writing.
    """

    def __init__(self, problem: Problem | None = None) -> None:
        super().__init__()
        self.problem = problem


class Vanishing(Unsettled):
    """The write succeeded, but the store will delete the version on its own."""


@dataclass(frozen=True)
class Loaded:
    """What a write is based on. `values` may hold things other than strings if people edited the document.

    `vanishes` is the time at which the store will delete this version on its own, "" if it will not.
    """

    owner: str
    values: Mapping[str, Any] = field(repr=False)
    version: str
    deleted: bool = False
    marked: bool = True
    former_owner: str = ""
    vanishes: str = ""


class Primitives(ABC):
    """What a store can do with a document; the caller decides whose it is and what is in it.

    A primitive that lost a race raises `Conflict`; one that may or may not have been carried out, `Unsettled`.
    """

    @property
    @abstractmethod
    def address(self) -> str:
        """See `Store.address`."""

    @abstractmethod
    def _load(self, path: str) -> Loaded | None:
        """Return the document, deleted or not; None if the path was never used."""

    @abstractmethod
    def _create(self, path: str, owner: str, values: Mapping[str, Any]) -> str:
        """Create the document with its mark, provided that the path is unused; return its version."""

    @abstractmethod
    def _replace(self, path: str, loaded: Loaded, values: Mapping[str, Any]) -> str:
        """Make `values` the current version, provided that `loaded` still is; return the version."""

    @abstractmethod
    def _delete(self, path: str, version: str) -> None:
        """Delete the document so that it can be restored, provided that `version` is still the current one."""

    @abstractmethod
    def _mark(self, path: str, loaded: Loaded, owner: str) -> None:
        """Make `owner` the owner of what was loaded, and its present owner the former one."""

    @abstractmethod
    def _check_access(self, path: str) -> None:
        """Raise Problem when it can be told without a write that `path` cannot be written."""

    @abstractmethod
    def _hand_over(self, path: str, owner: str, *, deleted: bool) -> str:
        """Return the command that marks the document at `path` as `owner`'s."""

    def _glance(self, path: str) -> Loaded | None:
        """Return whose the document is, with as few rights as possible; its values may be left out."""
        return self._load(path)

    def _require_changeable(self, path: str, loaded: Loaded) -> None:  # noqa: B027 - most stores have no such thing
        """Raise Problem when the store would not let anyone change what was loaded."""

    def _keep(self, path: str, version: str) -> str:  # noqa: ARG002 - for stores that delete by themselves
        """Return what makes the store keep a document that it would delete."""
        return ""
