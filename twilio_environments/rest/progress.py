"""Progress of a long run: what is being listed or applied, how many of how many, and waits.

At most one line every few seconds, so quick tasks print nothing.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EVERY = 5.0
"""Seconds of silence before a line, and between two."""


class Progress:
    """Reports progress through `say`, a line at a time, from any thread; `clock` gives the seconds."""

    def __init__(self, say: Callable[[str], None], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self._clock = clock
        self._lock = threading.Lock()
        self._waited = 0.0
        self._last_wait = clock()

    @contextmanager
    def of(self, what: str, total: int = 0) -> Iterator[Callable[[int], None]]:
        """Report a task; within, call the yielded function with how many more are done. A `total` of 0 is unknown."""
        last, done = self._clock(), 0

        def step(count: int) -> None:
            nonlocal last, done
            with self._lock:
                done += count
                now = self._clock()
                if now - last < EVERY:
                    return
                last = now
                waited = f", {self._waited:.0f} s spent waiting for Twilio's rate limits so far" if self._waited else ""
                line = f"{what}: {done:,}" + (f" of {total:,}" if total else "") + waited
            self._say(line)

        yield step

    def waiting(self, seconds: float) -> None:
        """Report that Twilio refused a call for exceeding the limit (429), and that it is retried after `seconds`."""
        with self._lock:
            self._waited += seconds
            now = self._clock()
            if now + seconds - self._last_wait < EVERY:
                return
            self._last_wait = now + seconds
            waited = f"{self._waited:.0f} s spent waiting so far, {seconds:.0f} s of it now"
            line = f"Twilio is rate limiting this account: {waited}"
        self._say(line)


def silent(_: str) -> None:
    """Say nothing."""
