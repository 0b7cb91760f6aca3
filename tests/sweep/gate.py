"""The one gate through which every call to Twilio and to the secret store leaves, and where a point of a sweep strikes.

A request may also be on its way when the process is killed, and be carried out long after (`late`).
A kill is a BaseException, so that no `except Exception` of ours sees it; and after it nothing gets out any more, as
from a process that is gone: handlers that would tidy up on the way find every call dead too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Self
from urllib.parse import urlsplit

import botocore.endpoint
import pytest
import requests
import tenacity.nap
from botocore.exceptions import ConnectionClosedError
from botocore.httpsession import URLLib3Session

from twilio_environments.emulator import Emulator, Fault

LAGS = 5
KILLS = ("before", "committed", "after")
"""Where a process dies: before the call is sent; after it was carried out, before the answer; after the answer."""
ANSWERS = ("lost", "error", "cut")
"""What becomes of an answer, once the call was carried out: it never comes, it is a 500, it breaks off."""
_READS = re.compile(r"^(store )?(GET|HEAD) |Describe|GetSecretValue|/auth/|/Validate$")


class Killed(BaseException):
    """The process is gone."""


@dataclass(frozen=True, order=True)
class Point:
    """One thing that goes wrong: at call `number` of an operation (from 1), in one of the ways above.

    Ways beyond these: `lag3` (the listings do not show what this call changed for 3 reads), `readlag3` (the GET of the
    object does not) and `lost-lag3` (and its answer is lost as well).
    """

    number: int
    way: str

    def __str__(self) -> str:
        return f"{self.number}.{self.way}"

    @classmethod
    def parse(cls, text: str) -> Self:
        number, _, way = text.partition(".")
        return cls(int(number), way)


class Gate:
    """Counts the calls that leave while it is open, and lets points strike."""

    def __init__(self) -> None:
        self.twilio: Emulator | None = None
        self.calls: list[str] = []
        self.watch: Callable[[], None] | None = None
        """Called at first, and after every call that may have changed something."""
        self.under_way: Callable[[], Any] | None = None
        """The request that was sent by a process that is gone: call it when it gets through."""
        self._points: dict[int, str] = {}
        self._open = self._dead = self._dying = False

    @property
    def killed(self) -> bool:
        """Whether the process is killed by now, so that nothing it was about to record is."""
        return self._open and (self._dead or self._dying)

    @contextmanager
    def open(self, points: Sequence[Point] = ()) -> Iterator[None]:
        """Within, calls count and points strike; a kill ends it quietly."""
        self.calls, self._points = [], {point.number: point.way for point in points}
        self._open, self._dead, self._dying = True, False, False
        self._look()
        try:
            yield
        except Killed:
            return
        finally:
            self._open = False

    def pass_through(self, label: str, send: Callable[[], Any], break_off: Callable[[str, Any], Any]) -> Any:
        if not self._open:
            return send()
        if self._dead or self._dying:
            self._dead = True
            raise Killed
        self.calls.append(label)
        way = self._points.get(len(self.calls), "")
        if way in ("before", "late"):
            self.under_way = send if way == "late" else None
            self._dead = True
            raise Killed
        to_twilio = not label.startswith("store")
        if to_twilio:
            self._order(way)
        answer = send()
        if is_write(label):
            self._look()
        if way == "committed":
            answer.close() if to_twilio else None
            self._dead = True
            raise Killed
        self._dying = way == "after"
        return answer if to_twilio else break_off(way, answer)

    def _look(self) -> None:
        if self.watch is not None:
            self._open = False
            try:
                self.watch()
            finally:
                self._open = True

    def _order(self, way: str) -> None:
        """Have the emulator do it, so that what goes wrong is on a real wire."""
        assert self.twilio is not None
        what, found, lag = way.rpartition("lag")
        if found:
            of_reads = what.endswith("read")
            self.twilio.faults.add(Fault("read_lag" if of_reads else "lag", times=1, reads=int(lag)))
            way = what.removesuffix("read").rstrip("-")
        actions: dict[str, Any] = {"lost": "reset_after", "error": "status_after", "cut": "truncate"}
        if way in actions:
            self.twilio.faults.add(Fault(actions[way], times=1, status=500))


def points_of(calls: Sequence[str]) -> list[Point]:
    """All points of an operation that makes these calls.

    A read that was carried out is a read that was not, so `committed` is of writes; and so are listings that lag.
    """
    points = []
    for number, label in enumerate(calls, 1):
        ways = ["before", "after", *ANSWERS]
        if is_write(label):
            ways.append("committed")
            if not label.startswith("store"):
                ways += [f"lag{reads}" for reads in range(1, LAGS + 1)] + ["lost-lag2", f"lost-lag{LAGS}"]
                ways += ["readlag2", f"readlag{LAGS}", "lost-readlag2"]
        points += [Point(number, way) for way in ways]
    return points


def is_write(label: str) -> bool:
    return not _READS.search(label)


@contextmanager
def installed() -> Iterator[Gate]:
    """Put the gate in front of both HTTP clients of this process, and let no client sleep."""
    gate = Gate()
    send, send_aws = requests.Session.send, URLLib3Session.send

    def through(self: requests.Session, request: requests.PreparedRequest, **options: Any) -> Any:
        address = urlsplit(str(request.url))
        host = str(request.headers.get("Host", ""))
        path = re.sub(r"[A-Z]{2}[0-9a-f]{32}", "{sid}", address.path)
        label = (
            f"{request.method} {host.partition('.')[0]} {path}" if host else f"store {request.method} {address.path}"
        )

        def break_off(way: str, answer: Any) -> Any:
            if way in ("lost", "cut"):
                raise requests.ConnectionError
            if way == "error":
                answer.status_code, answer._content = 500, b"{}"
            return answer

        return gate.pass_through(label, lambda: send(self, request, **options), break_off)

    def through_aws(self: URLLib3Session, request: Any) -> Any:
        action = request.headers.get("X-Amz-Target", b"")
        action = action.decode() if isinstance(action, bytes) else action

        def break_off(way: str, answer: Any) -> Any:
            if way in ("lost", "cut"):
                raise ConnectionClosedError(endpoint_url=request.url)
            if way == "error":
                answer.status_code, answer._content = 500, b"{}"
            return answer

        return gate.pass_through(f"store {action.rpartition('.')[2]}", lambda: send_aws(self, request), break_off)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(requests.Session, "send", through)
        patch.setattr(URLLib3Session, "send", through_aws)
        for module in (botocore.endpoint, tenacity.nap):
            patch.setattr(module, "time", SimpleNamespace(sleep=lambda _seconds: None))
        yield gate
