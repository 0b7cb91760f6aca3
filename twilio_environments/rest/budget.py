"""How many calls at once an account gets: provisioning must not starve the traffic that the account is there for.

Twilio limits the calls of an account at one time and answers 429 beyond [Twilio error 20429]; it does not say where the
limit is, and live traffic counts too. So the budget is halved at a 429, at most once for the calls that were under way
together, and grows by one when as many calls as it is wide went through.
"""

import re
import threading
from collections.abc import Mapping

from twilio_environments.problems import Problem

DEFAULT = 8
MOST = 100


def budget_from(config: Mapping[str, str], environ: Mapping[str, str]) -> int:
    """Return the calls at once of `config` (`concurrency`), where TWILIO_CONCURRENCY comes first; raise Problem."""
    text = (environ.get("TWILIO_CONCURRENCY") or config.get("concurrency") or str(DEFAULT)).strip()
    if not re.fullmatch("[0-9]{1,4}", text) or not 1 <= int(text) <= MOST:
        raise Problem(f"Twilio's concurrency is not a number: {text[:20]!r}.", f"Set it to a number from 1 to {MOST}.")
    return int(text)


class Budget:
    """The calls at once of one account: `most` at first and at most, one at least; safe for threads."""

    def __init__(self, most: int) -> None:
        self._most = self._width = most
        self._under_way = self._good = 0
        self._cut = 0  # how often the budget was cut so far
        self._free = threading.Condition()

    @property
    def width(self) -> int:
        """How many calls at once there may be just now."""
        return self._width

    def take(self, within: float | None = None) -> int:
        """Wait until a call may go, for so many seconds at most; return a ticket, to be given back.

        Raises TimeoutError.
        """
        with self._free:
            if not self._free.wait_for(lambda: self._under_way < self._width, within):
                raise TimeoutError
            self._under_way += 1
            return self._cut

    def give_back(self, ticket: int, *, limited: bool) -> None:
        """Say that the call is over, and whether Twilio refused it for being one too many."""
        with self._free:
            self._under_way -= 1
            if limited:
                self._good = 0
                if ticket == self._cut:  # else it went before the last cut, and says nothing about the budget since
                    self._width = max(1, self._width // 2)
                    self._cut += 1
            else:
                self._good += 1
                if self._good >= self._width < self._most:
                    self._width += 1
                    self._good = 0
            self._free.notify_all()
