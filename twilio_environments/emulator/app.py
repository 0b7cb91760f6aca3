"""The emulated Twilio without HTTP: turns a request into an answer."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl

from .credentials import authenticate, authorize
from .faults import Faults
from .hosts import product_of
from .journal import Journal, Recorded
from .messages import ApiError, Call, Params, Reply, rfc2822
from .resources.accounts import seed_main_account  # the package registers every collection
from .routing import Route, find_route
from .state import Row, State
from .switches import Switches

__all__ = ["Answer", "Request", "Twilio"]

OnAnswer = Callable[[str, str, str, int, Row | None], None]


@dataclass(frozen=True)
class Request:
    """One HTTP request; `host` is the one the client meant, such as `verify.twilio.com`."""

    method: str
    host: str
    path: str
    query: str = ""
    form: str = ""
    authorization: str | None = None
    source_ip: str = "127.0.0.1"
    console_user: str | None = None


@dataclass(frozen=True)
class Answer:
    """What Twilio answers: HTTP status and JSON body, None for no body; and who asked, for the journal."""

    status: int
    body: Row | None
    actor_sid: str | None = None
    account_sid: str | None = None


class Clock:
    """The emulator's time: a clock, plus what tests have advanced it by."""

    def __init__(self, base: Callable[[], datetime] | None = None) -> None:
        self._base = base or (lambda: datetime.now(UTC))
        self.offset = timedelta()

    def __call__(self) -> datetime:
        """Return the time, aware, in UTC."""
        return self._base().astimezone(UTC) + self.offset

    def advance(self, seconds: float) -> None:
        """Advance the time."""
        self.offset += timedelta(seconds=seconds)


class Twilio:
    """State, switches, faults, clock and journal of one emulated Twilio, and the answer to every request.

    `state` is a folder (created if missing) that outlives the process; None keeps everything in memory. `account_sid`
    and `auth_token` are the main account's; by default random, and kept in the state. ValueError if the state belongs
    to another main account.
    """

    def __init__(
        self,
        state: Path | None = None,
        *,
        clock: Callable[[], datetime] | None = None,
        switches: Switches | None = None,
        account_sid: str | None = None,
        auth_token: str | None = None,
    ) -> None:
        if state is not None:
            state.mkdir(parents=True, exist_ok=True)
        self.state = State(None if state is None else state / "twilio.sqlite3")
        self.switches = switches or Switches()
        self.faults, self.journal, self.clock = Faults(), Journal(), Clock(clock)
        self.on_answer: OnAnswer | None = None
        self._initial = {field.name: getattr(self.switches, field.name) for field in fields(Switches)}
        self._main = self._seed(account_sid, auth_token)

    def _seed(self, sid: str | None, auth_token: str | None) -> str:
        now = rfc2822(self.clock())
        main = seed_main_account(self.state, now, sid=sid, auth_token=auth_token, trial=self.switches.trial)
        return str(main["sid"])

    @property
    def account_sid(self) -> str:
        """SID of the main account."""
        return self._main

    @property
    def auth_token(self) -> str:
        """Primary auth token of the main account, as it is now."""
        main = self.state.table("accounts").get(self._main)
        assert main is not None
        return str(main["auth_token"])

    def reset(self) -> None:
        """Start over: no rows, faults or calls; switches and clock as at the start; main account and token stay."""
        token = self.auth_token
        with self.state.lock:
            self.state.clear()
            self._seed(self._main, token)
        self.faults.clear()
        self.journal.clear()
        self.clock.offset = timedelta()
        for name, value in self._initial.items():
            setattr(self.switches, name, value)

    def answer(self, request: Request, *, lag: int = 0, read_lag: int = 0) -> Answer:
        """Answer one request; its changes stay unseen by `lag` reads of listings and `read_lag` GETs of the object."""
        found: tuple[Route, dict[str, str]] | None = None
        call: Call | None = None
        try:
            product, region = product_of(request.host)
            actor = authenticate(self.state, self.switches, request.authorization, region)
            found = find_route(request.method, product, request.path)
            if found is None:
                raise _no_route(product, request)
            route, parameters = found
            call = Call(
                method=request.method,
                product=product,
                path=request.path,
                query=Params(parse_qsl(request.query, keep_blank_values=True)),
                form=Params(parse_qsl(request.form, keep_blank_values=True)),
                actor=actor,
                account_sid=parameters.get("account_sid", actor.account_sid),
                state=self.state,
                switches=self.switches,
                now=self.clock(),
                base=f"https://{request.host.rsplit(':', 1)[0].lower()}",
                region=region,
                source_ip=request.source_ip,
                console_user=request.console_user,
            )
            with self.state.lock, self.state.request(stale_reads=request.method == "GET", lag=lag, read_lag=read_lag):
                authorize(call, route)
                reply = route.handler(call, **parameters)
        except ApiError as error:
            reply = Reply(error.status, error.body())
        if self.on_answer is not None and found is not None:
            self.on_answer(request.method, found[0].product, found[0].pattern, reply.status, reply.body)
        actor_sid, account_sid = (call.actor.sid, call.account_sid) if call else (None, None)
        return Answer(reply.status, reply.body, actor_sid, account_sid)

    def record(
        self, request: Request, answer: Answer | None, faults: str | None, started: float, *, answered: int = 0
    ) -> None:
        """Record a call; `answer` is None if a fault came before it, `started` on the `time.perf_counter` clock.

        `answered` is the length of the body in bytes.
        """
        product, pattern = request.host, None
        with suppress(ApiError):
            product, _ = product_of(request.host)
            found = find_route(request.method, product, request.path)
            pattern = found[0].pattern if found else None
        self.journal.add(
            Recorded(
                method=request.method,
                product=product,
                path=request.path,
                pattern=pattern,
                query=parse_qsl(request.query, keep_blank_values=True),
                status=answer.status if answer else None,
                actor_sid=answer.actor_sid if answer else None,
                account_sid=answer.account_sid if answer else None,
                fault=faults,
                milliseconds=(time.perf_counter() - started) * 1000,
                received=len(request.form.encode()),
                answered=answered,
            )
        )


def _no_route(product: str, request: Request) -> ApiError:
    if product == "api" and find_route(request.method, product, request.path + ".json") is not None:
        return ApiError(
            406, 20404, f"The emulator does not write XML, Twilio's default here: ask for {request.path}.json"
        )
    return ApiError(404, 20404, f"The requested resource {request.path} was not found")
