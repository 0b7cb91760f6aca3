"""Every call to Twilio goes through here: its host, time-outs, retries, and what may be disclosed about it.

Twilio has no idempotency keys, so what may be sent twice is decided here, once:

- 429, and the conflicts of `answers.NOT_PROCESSED`, were not processed: any verb is retried until the deadline;
- a server error, a broken connection, an unreadable answer: GET and DELETE are retried a few times;
- a POST whose connection was never made was never sent, and is retried as GET is; any other POST without a readable
  answer raises OutcomeUnknown, and the caller checks before sending it again.
"""

import logging
import math
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
import tenacity
import urllib3.exceptions as wire
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from twilio.http.http_client import TwilioHttpClient

from twilio_environments import bounds
from twilio_environments.problems import Problem
from twilio_environments.rest.answers import Answer, Call, Failure, judge, leads_back, request_id_of, unanswered
from twilio_environments.rest.budget import DEFAULT, Budget
from twilio_environments.rest.diagnosis import diagnosis
from twilio_environments.rest.endpoint import Endpoint
from twilio_environments.rest.errors import TwilioError
from twilio_environments.rest.progress import Progress, silent

_log = logging.getLogger(__name__)
_operation_ends: ContextVar[float] = ContextVar("_operation_ends", default=math.inf)

FEW = 5  # attempts if more are unlikely to help; about 10 s
OPERATION = 600.0  # seconds for all the calls that create or update one object
_REMEMBERED = 200  # attempts kept for a support bundle
LONGEST_WAIT = 60.0  # seconds between two attempts, whatever Retry-After says
_backoff = tenacity.wait_exponential(multiplier=0.5, max=15) + tenacity.wait_random(0, 1)


@dataclass(frozen=True)
class Attempt:
    """What may be disclosed about an attempt: its start (UTC), the call without SIDs, and the numbers of its answer."""

    at: datetime
    operation: str
    status: int
    code: int
    request_id: str
    milliseconds: int


class Transport(TwilioHttpClient):
    """The HTTP client of every account of a session; thread-safe.

    `concurrency` is the maximum number of concurrent calls per account: see `budget.py`. `timeouts` are for
    connecting and between two reads, `deadline` is for a whole call with all its attempts and the wait for its turn;
    all in seconds.
    Raises TwilioError and its subclasses, and Problem for a host that is not Twilio's.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        concurrency: int = DEFAULT,
        timeouts: tuple[float, float] = (5.0, 30.0),
        deadline: float = 120.0,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        say: Callable[[str], None] = silent,
    ) -> None:
        super().__init__(pool_connections=False)  # its session would come with its own adapters
        self.endpoint = endpoint
        self.clock_skew = timedelta()
        self.concurrency = concurrency
        self.progress = Progress(say, clock=clock)
        self.sources: dict[str, str] = {}
        """Where the credentials of a user name came from, for people."""
        self.recent: deque[Attempt] = deque(maxlen=_REMEMBERED)
        self._timeouts = timeouts
        self._deadline = deadline
        self.wait = sleep
        self._clock = clock
        self._wall_clock = wall_clock
        self._lock = threading.Lock()
        self._budgets: dict[str, Budget] = {}
        self._environment: dict[str, Mapping[str, Any]] = {}  # proxies and certificates by host, which take a while
        self._requests = _Session()
        self._requests.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # accounts share this session
        for scheme in ("https://", "http://"):
            self._requests.mount(scheme, HTTPAdapter(pool_maxsize=4 * concurrency, max_retries=0))

    @contextmanager
    def operation(self, seconds: float = OPERATION) -> Iterator[None]:
        """Within, the calls of this context are one operation: past its deadline each gets a single attempt.

        One attempt, since cleanup after a failure has to get through, such as revoking a key. Threads
        that work on the same operation are started in a copy of its context.
        """
        token = _operation_ends.set(self._clock() + seconds)
        try:
            yield
        finally:
            _operation_ends.reset(token)

    def request(  # noqa: PLR0917  the signature is the client library's
        self,
        method: str,
        url: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002  ours are set once, for all calls
        allow_redirects: bool = False,  # noqa: ARG002  never: credentials do not follow
    ) -> Answer:
        """Make one call, with as many attempts as allowed, and return a readable 2xx answer."""
        parts = urlsplit(url)
        carried = (params or {}, data or {}, dict(parse_qsl(parts.query)), auth or ())
        call = Call(method.upper(), _product(url), parts.path, tuple(data or ()), carried)
        prepared = self._prepare(call, parts.query, headers=headers, params=params, data=data, auth=auth)
        ends = self._clock() + self._deadline
        last = min(ends, _operation_ends.get())

        def stop(state: tenacity.RetryCallState) -> bool:
            few = _failure(state).again == "a few times"
            return (few and state.attempt_number >= FEW) or self._clock() + state.upcoming_sleep >= last

        outcome = tenacity.Retrying(
            sleep=self.wait,
            retry=tenacity.retry_if_result(lambda result: isinstance(result, Failure) and result.again != "never"),
            wait=lambda state: max(_backoff(state), min(_failure(state).wait, LONGEST_WAIT)),
            stop=stop,
            before_sleep=self._tell,
            retry_error_callback=_failure,
        )(self._attempt, call, prepared, self._budget(auth), ends)
        if isinstance(outcome, Failure):
            if outcome.error.status == HTTPStatus.UNAUTHORIZED and (
                source := self.sources.get(auth[0] if auth else "")
            ):
                whose = "The credentials" if outcome.error.cause else "They"
                outcome.error.remedy += f" {whose} came from {source}."
            raise outcome.error  # raised here, so that no exception containing a URL or a body becomes its context
        assert isinstance(outcome, Answer)
        if call.method == "GET" and leads_back(urlsplit(str(prepared.url)).query, outcome.text):
            raise TwilioError(call.operation, reason="Twilio's list links back to the requested page")
        return outcome

    def _tell(self, state: tenacity.RetryCallState) -> None:
        if _failure(state).error.status == HTTPStatus.TOO_MANY_REQUESTS:
            self.progress.waiting(state.upcoming_sleep)

    def _prepare(
        self,
        call: Call,
        query: str,
        *,
        headers: Mapping[str, str] | None,
        params: Mapping[str, object] | None,
        data: Mapping[str, object] | None,
        auth: tuple[str, str] | None,
    ) -> requests.PreparedRequest:
        if auth is None:
            raise Problem(f"A call without credentials was not sent ({call.operation}).", "Report this as a bug.")
        host = self.endpoint.host(call.product)
        base = (self.endpoint.url or f"https://{host}").rstrip("/")
        is_json = "json" in (headers or {}).get("Content-Type", "")
        request = requests.Request(
            call.method,
            base + call.path + (f"?{query}" if query else ""),
            headers={**(headers or {}), "Host": host},  # an emulator distinguishes the products by it
            params=dict(params or {}),
            data={} if is_json else dict(data or {}),
            json=data if is_json else None,
            auth=HTTPBasicAuth(*auth),  # explicit, so that a netrc file is ignored
        )
        return self._requests.prepare_request(request)

    def _budget(self, auth: tuple[str, str] | None) -> Budget:
        with self._lock:
            return self._budgets.setdefault(auth[0] if auth else "", Budget(self.concurrency))

    def _attempt(self, call: Call, prepared: requests.PreparedRequest, budget: Budget, ends: float) -> Answer | Failure:
        try:
            ticket, limited = budget.take(ends - self._clock()), False
        except TimeoutError:
            return unanswered(call, "Other calls of this account used up the deadline", sent=False)
        try:
            began, at = self._clock(), self._wall_clock()
            outcome = self._exchange(call, prepared, ends)
            limited = isinstance(outcome, Failure) and outcome.error.status == HTTPStatus.TOO_MANY_REQUESTS
        finally:
            budget.give_back(ticket, limited=limited)
        if isinstance(outcome, Failure):
            status, code, request_id = outcome.error.status, outcome.error.code, outcome.error.request_id
        else:
            status, code, request_id = outcome.status_code, 0, request_id_of(outcome.headers or {})
        milliseconds = round(1000 * (self._clock() - began))
        self.recent.append(Attempt(at, call.operation, status, code, request_id, milliseconds))
        _log.debug("%s: %s after %d ms", call.operation, status or "no answer", milliseconds)
        return outcome

    def _exchange(self, call: Call, prepared: requests.PreparedRequest, ends: float) -> Answer | Failure:
        left = max(ends - self._clock(), 0.001)
        connect, read = self._timeouts
        settings = self._settings(str(prepared.url))
        try:
            answer = self._requests.send(
                prepared, allow_redirects=False, timeout=(min(connect, left), min(read, left)), **settings
            )
        except (requests.RequestException, wire.HTTPError, OSError) as error:
            reason, sent = diagnosis(error)
        else:
            self._compare_clocks(answer.headers.get("Date", ""))
            with answer:
                body = self._body(answer, ends)
            if body is not None:
                return judge(call, answer.status_code, answer.headers, body)
            reason, sent = f"Twilio's answer is larger than {bounds.ANSWER // 1024**2} MiB", True
        return unanswered(call, reason, sent=sent)

    def _settings(self, url: str) -> Mapping[str, Any]:
        host = urlsplit(url).netloc
        if host not in self._environment:
            settings = self._requests.merge_environment_settings(url, {}, True, None, None)
            self._environment[host] = settings | ({"proxies": {}} if self.endpoint.loopback else {})
        return self._environment[host]

    def _compare_clocks(self, date: str) -> None:
        with suppress(ValueError, TypeError):  # no date, or an invalid one: a proxy's answer
            self.clock_skew = self._wall_clock() - parsedate_to_datetime(date)

    def _body(self, answer: requests.Response, ends: float) -> bytes | None:
        """Return the whole body, b"" if it breaks off or lasts past the deadline, None if it is too large."""
        body = bytearray()
        try:
            while chunk := answer.raw.read1(65536, decode_content=True):
                body += chunk
                if len(body) > bounds.ANSWER:
                    return None
                if self._clock() >= ends:
                    return b""
        except (wire.HTTPError, OSError):
            return b""
        return bytes(body)


class _Session(requests.Session):
    """Follows no redirect and does not even parse it: its target may not be a URL, and must not get the credentials."""

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002  the base class's signature
        return None


def _failure(state: tenacity.RetryCallState) -> Failure:
    assert state.outcome is not None
    result = state.outcome.result()
    assert isinstance(result, Failure)
    return result


def _product(url: str) -> str:
    """Return "verify" of "https://verify.twilio.com/v2/Services?Page=1".

    Links to next pages come from answers, so a host that is not Twilio's must not get the credentials.
    """
    match = re.fullmatch(r"([a-z][a-z0-9-]*)(\.[a-z0-9-]+){0,2}\.twilio\.com", urlsplit(url).netloc)
    if not match:
        raise Problem(
            "Twilio's answer points to a host that is not Twilio's, so the call was not made.",
            "Check the proxy between here and Twilio; an emulator's links must keep Twilio's hostnames.",
        )
    return match[1]
