"""How many concurrent calls an account gets: provisioning must not starve the traffic that the account is for.

Twilio limits the concurrent calls of an account and answers 429 beyond that [Twilio error 20429]; it does not say what
the limit is, and live traffic counts too. So the budget is halved at a 429, at most once for calls that were in
progress together, and grows by one after as many calls without a 429 as its current size.
"""

import re
import threading
from collections.abc import Mapping

from twilio_environments.problems import Problem

DEFAULT = 8
MOST = 100


def budget_from(config: Mapping[str, str], environ: Mapping[str, str]) -> int:
    """Return the concurrency of `config` (`concurrency`), which TWILIO_CONCURRENCY overrides; raise Problem."""
    text = (environ.get("TWILIO_CONCURRENCY") or config.get("concurrency") or str(DEFAULT)).strip()
    if not re.fullmatch("[0-9]{1,4}", text) or not 1 <= int(text) <= MOST:
        raise Problem(f"Twilio's concurrency is not a number: {text[:20]!r}.", f"Set it to a number from 1 to {MOST}.")
    return int(text)


class Budget:
    """The concurrent calls of one account: `most` initially and at most, at least one; thread-safe."""

    def __init__(self, most: int) -> None:
        self._most = self._width = most
        self._under_way = self._good = 0
        self._cut = 0  # how often the budget has been cut so far
        self._free = threading.Condition()

    @property
    def width(self) -> int:
        """The number of concurrent calls allowed now."""
        return self._width

    def take(self, within: float | None = None) -> int:
        """Wait until a call may start, for at most that many seconds; return a ticket, to be given back.

        Raises TimeoutError.
        """
        with self._free:
            if not self._free.wait_for(lambda: self._under_way < self._width, within):
                raise TimeoutError
            self._under_way += 1
            return self._cut

    def give_back(self, ticket: int, *, limited: bool) -> None:
        """Report that the call is over, and whether Twilio refused it for exceeding the limit."""
        with self._free:
            self._under_way -= 1
            if limited:
                self._good = 0
                if ticket == self._cut:  # one from before the last cut says nothing about the budget since
                    self._width = max(1, self._width // 2)
                    self._cut += 1
            else:
                self._good += 1
                if self._good >= self._width < self._most:
                    self._width += 1
                    self._good = 0
            self._free.notify_all()
