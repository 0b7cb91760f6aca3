"""A number that is bought by a search: found, chosen and then bought by its E.164, which can be repeated safely."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from typing import TypeVar

from twilio_environments.numbers.number_search import NumberSearch, candidates
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import TwilioError
from twilio_environments.rest.session import Account

T = TypeVar("T")
TAKEN = 21422  # somebody else bought it between the search and the purchase
_SEARCHES = 3


class Choice:
    """The numbers that one run has chosen: two of its searches must not choose the same one."""

    def __init__(self) -> None:
        """Start with none."""
        self._lock = threading.Lock()
        self._chosen: set[str] = set()

    def bought(
        self, account: Account, search: NumberSearch, owned: Callable[[], Collection[str]], buy: Callable[[str], T]
    ) -> T:
        """Return what `buy` returns for a number that was found; raise Problem when none is available.

        `owned` are the account's own numbers, which are never chosen.
        """
        for _ in range(_SEARCHES):
            number = self._next(account, search, owned)
            try:
                return buy(number)
            except TwilioError as error:
                if error.code != TAKEN:
                    raise
        raise Problem(
            f"A search found {_SEARCHES} numbers, and somebody else bought each of them first.",
            "Run again, or widen the search.",
        )

    def _next(self, account: Account, search: NumberSearch, owned: Callable[[], Collection[str]]) -> str:
        with self._lock:
            there = {*owned()}
            for number in candidates(account, search):
                if number not in there | self._chosen:
                    self._chosen.add(number)
                    return number
        raise Problem(
            f"Twilio has no number for the search {search.model_dump(exclude_defaults=True)}.",
            "Widen the search: another area code, type or capability, or drop the pattern.",
        )
