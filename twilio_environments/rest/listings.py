"""One fetch per listing and process, however many callers ask for it at once."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")
Key = tuple[str, ...]
PAGE = 1000
"""Objects per page of a listing: Twilio's maximum."""


class Listings:
    """Lists already read from Twilio, kept for the life of the process; safe for threads.

    A key starts with the account's SID, then the collection: `(sid, "Services")`. A longer key holds a part of
    what a shorter one holds.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._new: set[str] = set()
        self._dropped: set[Key] = set()
        self._flights: dict[Key, Future[list[Any]]] = {}

    def get(self, key: Key, fetch: Callable[[], list[T]]) -> list[T]:
        """Return a copy of the list under `key`, calling `fetch` the first time; raise what `fetch` raised.

        Callers that ask while it is being fetched wait for the same answer, or the same error. Errors are not kept.
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

    def begin(self, account_sid: str) -> None:
        """Note that this run has just created the account, so it is empty."""
        with self._lock:
            self._new.add(account_sid)

    def is_untouched(self, key: Key) -> bool:
        """Return whether the collection is still empty: this run created the account, and wrote nothing to it since.

        A write that is in the list under `key` does not count: then there is no need to ask.
        """
        with self._lock:
            return key[0] in self._new and not any(key[: len(one)] == one for one in self._dropped)

    def patch(self, key: Key, change: Callable[[list[Any]], list[Any]]) -> None:
        """Update the list under `key` after a write of our own, so that it need not be read again.

        A fetch under way may have read from before or after the write, so its answer is not kept; see `drop`.
        """
        with self._lock:
            flight = self._flights.get(key)
            self._forget(key)
            if flight is not None and flight.done() and not flight.exception():
                patched: Future[list[Any]] = Future()
                patched.set_result(change(list(flight.result())))
                self._flights[key] = patched
            else:
                self._dropped.add(key)

    def forget(self) -> None:
        """Forget everything, so that it is read again."""
        with self._lock:
            self._flights.clear()

    def drop(self, *prefix: str) -> None:
        """Forget every key that starts with `prefix`; call it after a write of our own.

        A fetch under way may have read from before the write: its waiters still get the answer, nobody else does.
        """
        with self._lock:
            self._dropped.add(prefix)
            self._forget(prefix)

    def _forget(self, prefix: Key) -> None:
        for key in [key for key in self._flights if key[: len(prefix)] == prefix]:
            del self._flights[key]
