"""A store in memory, for tests that need thousands of runs; it passes the conformance tests of the real ones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from twilio_environments.stores.merging import Conflict, Loaded, MergingStore

T = TypeVar("T")


class Calls:
    """Carries a call out, as the clients of the real stores do: what a test counts, and stops."""

    def call(self, _need: str, function: Callable[[], T]) -> T:
        return function()


@dataclass
class Memory:
    """What is kept: for each path the current version. Stores that share one are processes that share a server."""

    documents: dict[str, Loaded] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)


class MemoryStore(MergingStore):
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._client = Calls()

    @property
    def address(self) -> str:
        return "memory"

    def _load(self, path: str) -> Loaded | None:
        return self._client.call(f"read on {path}", lambda: self._memory.documents.get(path))

    def _create(self, path: str, owner: str, values: Mapping[str, Any]) -> str:
        return self._put(path, None, Loaded(owner, dict(values), ""))

    def _replace(self, path: str, loaded: Loaded, values: Mapping[str, Any]) -> str:
        return self._put(path, loaded, replace(loaded, values=dict(values), deleted=False))

    def _delete(self, path: str, version: str) -> None:
        def delete() -> None:
            loaded = self._memory.documents.get(path)
            if loaded and loaded.version == version:
                self._memory.documents[path] = replace(loaded, values={}, deleted=True)

        self._client.call(f"update on {path}", delete)

    def _mark(self, path: str, loaded: Loaded, owner: str) -> None:
        def mark() -> None:
            there = self._memory.documents[path]
            self._memory.documents[path] = replace(there, owner=owner, former_owner=loaded.owner)

        self._client.call(f"create,update on {path}", mark)

    def _check_access(self, path: str) -> None:
        self._client.call(f"read on {path}", lambda: None)

    def _hand_over(self, path: str, owner: str, *, deleted: bool) -> str:
        return f"mark {path} owner={owner}"

    def _put(self, path: str, before: Loaded | None, after: Loaded) -> str:
        def put() -> str:
            if self._memory.documents.get(path) != before:
                raise Conflict
            version = self._memory.versions[path] = self._memory.versions.get(path, 0) + 1
            self._memory.documents[path] = replace(after, version=str(version))
            return str(version)

        return self._client.call(f"create,update on {path}", put)
