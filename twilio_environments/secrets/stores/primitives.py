"""What a store brings to `merging`: a few primitives, and what may happen to them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from twilio_environments.problems import Problem
from twilio_environments.secrets.stores.protocol import Unsettled


class Conflict(Exception):
    """Somebody else changed the document between our read and our write. Never leaves this package.

    `problem` is what to say if that never ends, where it is not that others write all the time.
    """

    def __init__(self, problem: Problem | None = None) -> None:
        super().__init__()
        self.problem = problem


class Vanishing(Unsettled):
    """What was written is there, and the store will delete it by itself."""


@dataclass(frozen=True)
class Loaded:
    """What a write is based on. `values` may hold what is not a string where people edited the document by hand.

    `vanishes` is the moment at which the store will delete this version by itself, "" when it will not.
    """

    owner: str
    values: Mapping[str, Any] = field(repr=False)
    version: str
    deleted: bool = False
    marked: bool = True
    former_owner: str = ""
    vanishes: str = ""


class Primitives(ABC):
    """What a store can do with a document; whose it is and what is in it is decided above.

    A primitive that lost a race raises `Conflict`; one that may or may not have been carried out, `Unsettled`.
    """

    @property
    @abstractmethod
    def address(self) -> str:
        """See `Store.address`."""

    @abstractmethod
    def _load(self, path: str) -> Loaded | None:
        """Return what is there, deleted or not; None when the path was never used."""

    @abstractmethod
    def _create(self, path: str, owner: str, values: Mapping[str, Any]) -> str:
        """Make the document with its mark, provided that the path is unused; return its version."""

    @abstractmethod
    def _replace(self, path: str, loaded: Loaded, values: Mapping[str, Any]) -> str:
        """Make `values` the current version, provided that `loaded` still is; return the version."""

    @abstractmethod
    def _delete(self, path: str, version: str) -> None:
        """Delete the document so that it can be restored, provided that `version` is still the current one."""

    @abstractmethod
    def _mark(self, path: str, loaded: Loaded, owner: str) -> None:
        """Make `owner` the owner of what was loaded, and the owner that it has the former one."""

    @abstractmethod
    def _check_access(self, path: str) -> None:
        """Raise Problem when it can be told without a write that `path` cannot be written."""

    @abstractmethod
    def _hand_over(self, path: str, owner: str, *, deleted: bool) -> str:
        """Return the command that marks the document at `path` as `owner`'s."""

    def _glance(self, path: str) -> Loaded | None:
        """Return whose the document is, by as few rights as that takes; its values may be left out."""
        return self._load(path)

    def _require_changeable(self, path: str, loaded: Loaded) -> None:  # noqa: B027 - most stores have no such thing
        """Raise Problem when the store would let nobody change what was loaded."""

    def _keep(self, path: str, version: str) -> str:  # noqa: ARG002 - for stores that delete by themselves
        """Return what makes the store keep a document that it would delete."""
        return ""
