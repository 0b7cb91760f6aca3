"""Injected faults: which calls go wrong, and how. `delivery.py` applies them."""

import random
import re
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, get_args

__all__ = ["Action", "Fault", "Faults"]

Action = Literal[
    # before Twilio has done anything
    "status",  # answer `status` and `code`, with Retry-After if `retry_after` is given
    "reset_before",  # reset the connection
    "redirect",  # 307 to the same path on `host`
    "kill_before",  # send `signal` to process `pid`, and reset the connection
    # after Twilio has committed
    "status_after",  # answer `status` and `code` all the same
    "reset_after",  # reset the connection: the lost response
    "kill_after",  # send `signal` to process `pid`, then answer as usual, if anybody is still listening
    "truncate",  # half the body under the full Content-Length
    "html",  # a proxy's error page, under the real status
    "empty",  # no body, under the real status
    "wrong_types",  # every value of another JSON type
    "slow",  # the body in ten pieces, `milliseconds` apart
    "lag",  # the next `reads` reads of the listings that should show the change do not
    "read_lag",  # the next `reads` GETs of the object itself do not: 404 where it was just created
    # either side
    "delay",  # wait `milliseconds` before anything else
]
CODES = {401: 20003, 403: 20403, 404: 20404, 405: 20004, 409: 20409, 422: 20422, 429: 20429, 503: 20503}


@dataclass
class Fault:
    """One rule: what happens, to which calls. Every condition given must hold; without any, it applies to every call.

    `path` is a regular expression searched for in the path. Of the calls that match, `after` leaves the first n alone,
    `nth` takes only the nth (from 1), `times` stops after n faults, and `probability` tosses a coin, the same one each
    time for the same `seed`. ValueError for an unknown action, a bad expression, or an action that lacks what it needs.
    """

    action: Action
    method: str | None = None
    product: str | None = None
    path: str | None = None
    nth: int | None = None
    after: int = 0
    times: int | None = None
    probability: float = 1.0
    seed: int = 0
    status: int = 503
    code: int | None = None
    message: str = "A fault on order"
    retry_after: int | None = None
    milliseconds: int = 100
    host: str | None = None
    reads: int = 1
    pid: int | None = None
    signal: str = "SIGKILL"
    matched: int = field(default=0, init=False)
    applied: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.action not in get_args(Action):
            raise ValueError(f"unknown action {self.action!r}: one of {', '.join(get_args(Action))}")
        if self.action == "redirect" and not self.host:
            raise ValueError("redirect needs a host")
        if self.action.startswith("kill") and self.pid is None:
            raise ValueError(f"{self.action} needs a pid")
        try:
            self._expression = re.compile(self.path or "")
        except re.error as error:
            raise ValueError(f"path is not a regular expression: {error}") from None
        self._random = random.Random(self.seed)  # noqa: S311  (a coin for tests, not a secret)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Fault":
        """Read a rule as the control path takes it; ValueError names what is wrong."""
        known = {field.name for field in fields(cls) if field.init}
        if unknown := set(body) - known:
            raise ValueError(f"unknown field {min(unknown)!r}: the fields are {', '.join(sorted(known))}")
        if "action" not in body:
            raise ValueError("a fault needs an action")
        return cls(**body)

    def to_json(self) -> dict[str, Any]:
        """Return the rule with its counts."""
        return asdict(self)

    @property
    def twilio_code(self) -> int:
        """The code of the error body: as given, or the one Twilio has for the status."""
        return self.code or CODES.get(self.status, 20500)

    def strikes(self, method: str, product: str, path: str) -> bool:
        """Count the call if it matches, and tell whether the fault applies to it."""
        matches = self.method in (None, method) and self.product in (None, product) and self._expression.search(path)
        if not matches:
            return False
        self.matched += 1
        if self.matched <= self.after or self.nth not in (None, self.matched):
            return False
        if self.times is not None and self.applied >= self.times:
            return False
        if self.probability < 1 and self._random.random() >= self.probability:
            return False
        self.applied += 1
        return True


class Faults:
    """The rules in force, in the order added."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> Fault:
        """Put a rule in force; its `matched` and `applied` keep count."""
        with self._lock:
            self._rules.append(fault)
        return fault

    def clear(self) -> None:
        """Remove every rule."""
        with self._lock:
            self._rules.clear()

    def all(self) -> list[Fault]:
        """Return the rules in force."""
        with self._lock:
            return list(self._rules)

    def striking(self, method: str, product: str, path: str) -> list[Fault]:
        """Return the rules that apply to this call, counting it for each that it matches."""
        with self._lock:
            return [fault for fault in self._rules if fault.strikes(method, product, path)]
