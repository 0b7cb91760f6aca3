"""What goes over the wire in a storm: every call of the library with its attempts, each attempt with its answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from twilio_environments.rest.transport import Transport

UNPROCESSED = (409, 429)
"""What says that nothing was done [Twilio error 20429; 20162 and 20409 for 409]."""


@dataclass
class Call:
    """One call of the library: what Twilio answered to each attempt (0: nothing), and how long it took in all."""

    method: str
    url: str
    answers: list[int] = field(default_factory=list)
    seconds: float = 0.0


class Log:
    """All calls, and the most that were under way at once by what Twilio says."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.at_once = 0
        self._lock = threading.Lock()
        self._mine = threading.local()

    def begin(self, method: str, url: str) -> Call:
        self._mine.call = call = Call(method, url)
        with self._lock:
            self.calls.append(call)
        return call

    def answered(self, answer: requests.Response) -> None:
        call = getattr(self._mine, "call", None)
        if call is None or "Twilio-Concurrent-Requests" not in answer.headers:
            return
        call.answers.append(answer.status_code)
        with self._lock:
            self.at_once = max(self.at_once, int(answer.headers["Twilio-Concurrent-Requests"]))

    def end(self, call: Call, seconds: float) -> None:
        call.seconds = seconds
        self._mine.call = None

    @property
    def attempts(self) -> int:
        return sum(len(call.answers) for call in self.calls)

    def repeated(self) -> list[Call]:
        """Writes that were sent again although Twilio had not said that nothing was done."""
        writes = [call for call in self.calls if call.method == "POST" and not call.url.endswith("/Validate")]
        return [call for call in writes if not set(call.answers[:-1]) <= set(UNPROCESSED)]

    def overdue(self, deadline: float) -> list[Call]:
        return [call for call in self.calls if call.seconds > deadline]


@contextmanager
def installed() -> Iterator[Log]:
    """Write down what the library's transport sends, and what comes."""
    log = Log()
    send, ask = HTTPAdapter.send, Transport.request

    def sent(self: HTTPAdapter, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        answer = send(self, request, **options)
        log.answered(answer)
        return answer

    def asked(self: Transport, method: str, url: str, *rest: Any, **options: Any) -> Any:
        call, began = log.begin(method.upper(), url), self._clock()
        try:
            return ask(self, method, url, *rest, **options)
        finally:
            log.end(call, self._clock() - began)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HTTPAdapter, "send", sent)
        patch.setattr(Transport, "request", asked)
        yield log
