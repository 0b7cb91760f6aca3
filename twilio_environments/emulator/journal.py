"""The log of calls and its counters. It never holds a body, a form or a header, so never a secret."""

import threading
from collections import Counter, deque
from dataclasses import dataclass

__all__ = ["Journal", "Recorded"]

KEPT = 100_000  # calls; an emulator that runs for days forgets the oldest


@dataclass(frozen=True)
class Recorded:
    """One call. `pattern` is its path with SIDs as parameters, None for a path the emulator does not have.

    `status` is what the handler answered, None if a fault came before it; `fault` names the faults that happened.
    `received` and `answered` are the bytes of the two bodies.
    """

    method: str
    product: str
    path: str
    pattern: str | None
    query: list[tuple[str, str]]
    status: int | None
    actor_sid: str | None
    account_sid: str | None
    fault: str | None
    milliseconds: float
    received: int = 0
    answered: int = 0


class Journal:
    """The calls in the order they were answered."""

    def __init__(self) -> None:
        self._calls: deque[Recorded] = deque(maxlen=KEPT)
        self._lock = threading.Lock()

    def add(self, call: Recorded) -> None:
        """Record one call."""
        with self._lock:
            self._calls.append(call)

    def all(self) -> list[Recorded]:
        """Return the calls, oldest first."""
        with self._lock:
            return list(self._calls)

    def clear(self) -> None:
        """Forget the calls."""
        with self._lock:
            self._calls.clear()

    def count(self, method: str | None = None, product: str | None = None, pattern: str | None = None) -> int:
        """Count the calls of that method, product and pattern; what is not given matches any."""
        return sum(
            method in (None, call.method) and product in (None, call.product) and pattern in (None, call.pattern)
            for call in self.all()
        )

    def counters(self) -> dict[str, int]:
        """Count the calls by `METHOD product pattern`."""
        return dict(Counter(f"{call.method} {call.product} {call.pattern or call.path}" for call in self.all()))
