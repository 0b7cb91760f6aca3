"""A run of the program that something happens to at a chosen call: it is killed, the store goes, another run comes.

In the test's own process, so that thousands of runs take a minute. A run is killed at its calls, before one is sent or
after it was carried out; once killed it makes no further call, whatever its handlers try, as after SIGKILL.
"""

import copy
import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.kinds.world import World
from tests.stores.wire import PAGES, answered_by_somebody_else
from twilio_environments.problems import Problem
from twilio_environments.rest.session import Session
from twilio_environments.secrets import stores
from twilio_environments.secrets.stores import Store, StoreSettings

T = TypeVar("T")


class Killed(BaseException):
    pass


@dataclass
class Process:
    """One run: a session and a store of its own, whose calls are counted together.

    At call number `at` happens `what`: "kill", "store down" from then on, or a function that is called; before the
    call, or after it was carried out. If it is one of PAGES, that comes instead of the store's answer, from then on,
    or once where it is `after`. `watch` is called after every call with whether it may have changed the store.
    """

    world: World
    at: int = 0
    after: bool = False
    what: str | Callable[[], None] = "kill"
    watch: Callable[[bool], None] = lambda _store: None
    calls: list[str] = field(default_factory=list)
    struck: bool = False
    _dead: bool = False
    _down: bool = False

    def run(self, work: Callable[[Session], T]) -> T:
        """Do `work` in this process; raises Killed when it did not live to the end."""
        token = _running.set(self)
        try:
            return work(self._session())
        finally:
            _running.reset(token)

    def store(self, settings: StoreSettings) -> Store:
        # A copy: it shares nothing but connections, and opening AWS's client anew takes longer than all calls.
        store: Any = copy.copy(stores.connect(settings))
        store._client = copy.copy(store._client)
        real = store._client.call
        store._client.call = lambda need, *args, **more: self._call(
            f"store {need}", True, lambda: real(need, *args, **more)
        )
        return store  # type: ignore[no-any-return]  # Any, for its private parts

    def _session(self) -> Session:
        session = self.world.run()
        transport: Any = session._transport
        real = transport._exchange
        transport._exchange = lambda call, *args: self._call(call.operation, False, lambda: real(call, *args))
        return session

    def _call(self, name: str, to_store: bool, real: Callable[[], T]) -> T:
        if self._dead:
            raise Killed
        if to_store and self._down:
            raise Problem("The store is down.", "Start it.")
        self.calls.append(name)
        mine = len(self.calls) == self.at
        if mine and not self.after:
            self._strike()
            if to_store and self._down:
                raise Problem("The store is down.", "Start it.")
        answer = real() if not to_store else self._answered(real)
        # Before the strike: what a killed run has written is there for the run that goes on.
        self.watch(to_store and not re.match(r"store (read |secretsmanager:(Describe|Get))", name))
        if mine and self.after:
            self._strike()
        return answer

    def _answered(self, real: Callable[[], T]) -> T:
        if self.what not in PAGES or len(self.calls) < self.at or (self.after and self.struck):
            return real()
        self.struck = True
        with answered_by_somebody_else(str(self.what)):
            return real()

    def _strike(self) -> None:
        if self.what in PAGES:
            return
        self.struck = True
        if self.what == "kill":
            self._dead = True
            raise Killed
        if self.what == "store down":
            self._down = True
        elif callable(self.what):
            outer = _running.set(None)
            try:
                self.what()
            finally:
                _running.reset(outer)


_running: ContextVar[Process | None] = ContextVar("_running", default=None)


def connected(settings: StoreSettings | Mapping[str, Any]) -> Store:
    """Stand in for `stores.connect`: the store of the process that is running, else the test's own."""
    parsed = settings if isinstance(settings, StoreSettings) else StoreSettings.model_validate(settings)
    process = _running.get()
    return process.store(parsed) if process else stores.connect(parsed)
