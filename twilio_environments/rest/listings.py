"""One fetch per listing and process, whoever asks and however many ask at once."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")
Key = tuple[str, ...]


class Listings:
    """Lists already read from Twilio, kept for the life of the process; safe for threads.

    A key starts with the account's SID, then the collection: `(sid, "Services")`.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights: dict[Key, Future[list[Any]]] = {}

    def get(self, key: Key, fetch: Callable[[], list[T]]) -> list[T]:
        """Return a copy of the list under `key`, calling `fetch` if nobody has; raise what `fetch` raised.

        Those who ask while it is being fetched wait for the same answer, or the same error. Errors are not kept.
        `fetch` must not ask for its own key.
        """
        with self._lock:
            flight = self._flights.get(key)
            mine = flight is None
            if flight is None:
                flight = self._flights[key] = Future()
        if mine:
            try:
                flight.set_result(fetch())
            except BaseException as error:
                with self._lock:
                    if self._flights.get(key) is flight:
                        del self._flights[key]
                flight.set_exception(error)
                raise
        return list(flight.result())

    def known(self, key: Key) -> list[Any] | None:
        """Return what is already kept under `key`, without fetching and without waiting."""
        with self._lock:
            flight = self._flights.get(key)
        return list(flight.result()) if flight is not None and flight.done() and not flight.exception() else None

    def add(self, key: Key, item: Any) -> None:
        """Put what we have just made into the list under `key`, if that is kept: it need not be read again."""
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None and flight.done() and not flight.exception():
                kept: Future[list[Any]] = Future()
                kept.set_result([*flight.result(), item])
                self._flights[key] = kept

    def drop(self, *prefix: str) -> None:
        """Forget every key that starts with `prefix`; call it after a write of our own.

        A fetch under way may have read from before the write: its waiters still get the answer, nobody else does.
        """
        with self._lock:
            for key in [key for key in self._flights if key[: len(prefix)] == prefix]:
                del self._flights[key]
