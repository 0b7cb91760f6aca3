"""A store in memory, for tests that need thousands of runs; it passes the conformance tests of the real ones."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeVar

from twilio_environments.problems import Problem
from twilio_environments.secrets.stores.answers import Malformed, Shape, shaped
from twilio_environments.secrets.stores.merging import MergingStore
from twilio_environments.secrets.stores.primitives import Conflict, Loaded
from twilio_environments.secrets.stores.protocol import Unsettled

M = TypeVar("M", bound=Shape)
FOREIGN: Mapping[str, Any] = {
    "null": None,
    "text": "canary-of-a-body",
    "html": "<html>canary-of-a-body</html>",
    "a proxy's 404": "<html>canary-of-a-body: 404 not found</html>",
    "empty-object": {},
    "array": [{}],
    "wrong-types": {"version": 7, "document": "canary-of-a-body", "done": "canary-of-a-body"},
}
"""What stands in the place of an answer; "lost" is none at all."""


class _Answer(Shape):
    document: Mapping[str, Any] | None


class _Version(Shape):
    version: str


class _Done(Shape):
    done: bool


class Calls:
    """Carries a call out, as the clients of the real stores do: what a test counts, and stops."""

    def __init__(self, memory: "Memory") -> None:
        self._memory = memory

    def call(self, need: str, function: Callable[[], Any], shape: type[M]) -> M:
        """Read an answer, and read it again where it is not one; what changes something is asked for once."""
        changes = not need.startswith("read")
        for _ in range(1 if changes else 3):
            try:
                return shaped(shape, self._memory.damaged(function()))
            except Malformed:
                continue
        raise (Unsettled if changes else Problem)("The store does not answer as it should.", "Look at the proxy.")


@dataclass
class Memory:
    """What is kept: for each path the current version. Stores that share one are processes that share a server."""

    documents: dict[str, Loaded] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    struck: bool = False
    _damage: str = ""
    _calls: range = range(0)
    _made: int = 0

    @contextmanager
    def damaging(self, at: int, damage: str, times: int) -> Iterator[None]:
        """Within, the answers to so many calls from number `at` on are damaged; what was asked is done all the same."""
        self._damage, self._calls, self._made, self.struck = damage, range(at, at + times), 0, False
        try:
            yield
        finally:
            self._calls = range(0)

    def damaged(self, answer: Any) -> Any:
        """Return an answer, or what comes instead of it."""
        self._made += 1
        if self._made not in self._calls:
            return answer
        self.struck = True
        if self._damage == "lost":
            raise Malformed
        return FOREIGN[self._damage]


class MemoryStore(MergingStore):
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._client = Calls(memory)

    @property
    def address(self) -> str:
        return "memory"

    def _load(self, path: str) -> Loaded | None:
        def load() -> dict[str, Any]:
            loaded = self._memory.documents.get(path)
            return {"document": None if loaded is None else asdict(loaded)}

        answer = self._client.call(f"read on {path}", load, _Answer).document
        return None if answer is None else Loaded(**answer)

    def _create(self, path: str, owner: str, values: Mapping[str, Any]) -> str:
        return self._put(path, None, Loaded(owner, dict(values), ""))

    def _replace(self, path: str, loaded: Loaded, values: Mapping[str, Any]) -> str:
        return self._put(path, loaded, replace(loaded, values=dict(values), deleted=False))

    def _delete(self, path: str, version: str) -> None:
        def delete() -> dict[str, bool]:
            loaded = self._memory.documents.get(path)
            if loaded and loaded.version == version:
                self._memory.documents[path] = replace(loaded, values={}, deleted=True)
            return {"done": True}

        self._client.call(f"update on {path}", delete, _Done)

    def _mark(self, path: str, loaded: Loaded, owner: str) -> None:
        def mark() -> dict[str, bool]:
            now = self._memory.documents[path]
            self._memory.documents[path] = replace(now, owner=owner, former_owner=loaded.owner)
            return {"done": True}

        self._client.call(f"update on {path}", mark, _Done)

    def _check_access(self, path: str) -> None:
        self._client.call(f"read on {path}", lambda: {"done": True}, _Done)

    def _hand_over(self, path: str, owner: str, *, deleted: bool) -> str:
        return f"mark {path} owner={owner}"

    def _put(self, path: str, before: Loaded | None, after: Loaded) -> str:
        def put() -> dict[str, str]:
            if self._memory.documents.get(path) != before:
                raise Conflict
            version = self._memory.versions[path] = self._memory.versions.get(path, 0) + 1
            self._memory.documents[path] = replace(after, version=str(version))
            return {"version": str(version)}

        return self._client.call(f"create,update on {path}", put, _Version).version
