"""The emulated Twilio on its ports: in a thread for tests and programs, or as the whole process for the command."""

import asyncio
import os
import signal
import ssl
import tempfile
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from aiohttp import web

from .app import Twilio
from .control import PREFIX, control
from .delivery import deliver
from .hosts import is_loopback, is_twilio
from .journal import Recorded
from .proxy import start_proxy
from .switches import Switches
from .tls import server_context

__all__ = ["Addresses", "Emulator", "run"]

PARENT_CHECK = 0.5  # seconds between checks that the parent still runs
MISDIRECTED = 421  # for a foreign name that resolves to this machine: a web page could read the answers under it
BODY_LIMIT = 8 * 1024 * 1024  # bytes; a flow definition is the largest thing sent


@dataclass(frozen=True)
class Addresses:
    """Where a running emulator is reached, and its main account: a secret, if only of an emulated Twilio."""

    endpoint: str
    account_sid: str
    auth_token: str
    tls_endpoint: str | None = None
    proxy: str | None = None
    ca_file: Path | None = None


@asynccontextmanager
async def _serving(
    twilio: Twilio, *, port: int, tls_port: int | None, proxy_port: int | None, ca_file: Path
) -> AsyncIterator[Addresses]:
    """Serve on 127.0.0.1 within the block; port 0 lets the system choose, None is off. A proxy needs the TLS port."""
    concurrent = 0

    async def handle(http: web.Request) -> web.StreamResponse:
        nonlocal concurrent
        if http.path.startswith(PREFIX):
            return await control(twilio, http)
        host = http.headers.get("Host", "")
        if not (is_twilio(host) or is_loopback(host)):
            text = f"The emulator serves no host {host!r}: it goes by the Host header, as in `Host: verify.twilio.com`."
            return web.json_response({"code": 20404, "message": text, "status": MISDIRECTED}, status=MISDIRECTED)
        concurrent += 1
        try:
            return await deliver(twilio, http, concurrent)
        finally:
            concurrent -= 1

    application = web.Application(client_max_size=BODY_LIMIT)
    application.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0)
    await runner.setup()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(runner.cleanup)

        async def listen(at: int, context: ssl.SSLContext | None = None) -> int:
            await web.TCPSite(runner, "127.0.0.1", at, ssl_context=context).start()
            return int(runner.addresses[-1][1])

        http_port = await listen(port)
        tls_endpoint = proxy = None
        if tls_port is not None or proxy_port is not None:
            tls_port = await listen(tls_port or 0, server_context(ca_file))
            tls_endpoint = f"https://127.0.0.1:{tls_port}"
            if proxy_port is not None:
                server = await start_proxy(proxy_port, https_port=tls_port, http_port=http_port)
                stack.callback(server.close)
                proxy = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield Addresses(
            endpoint=f"http://127.0.0.1:{http_port}",
            account_sid=twilio.account_sid,
            auth_token=twilio.auth_token,
            tls_endpoint=tls_endpoint,
            proxy=proxy,
            ca_file=ca_file if tls_endpoint else None,
        )


class Emulator(Twilio):
    """A Twilio for a `with` block, served from a thread of its own.

    `state` is a folder that outlives the block (None: memory only), `port` 0 lets the system choose, `tls_port` and
    `proxy_port` are not served unless given. Within the block `addresses` says where it is; faults, journal, switches,
    clock and state are available in the same process.
    """

    def __init__(
        self,
        state: Path | None = None,
        port: int = 0,
        *,
        clock: Callable[[], datetime] | None = None,
        switches: Switches | None = None,
        tls_port: int | None = None,
        proxy_port: int | None = None,
        account_sid: str | None = None,
        auth_token: str | None = None,
    ) -> None:
        super().__init__(state, clock=clock, switches=switches, account_sid=account_sid, auth_token=auth_token)
        self._ports = {"port": port, "tls_port": tls_port, "proxy_port": proxy_port}
        self._folder = None if state else tempfile.TemporaryDirectory(prefix="twilio-emulator-")
        self._ca_file = (state or Path(self._folder.name if self._folder else "")) / "ca.pem"
        self._ready: Future[Addresses] = Future()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="twilio-emulator", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self.addresses = self._ready.result(timeout=30)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout=30)
        self.state.close()
        if self._folder is not None:
            self._folder.cleanup()

    @property
    def endpoint(self) -> str:
        """`http://127.0.0.1:PORT`; the product goes by the Host header."""
        return self.addresses.endpoint

    @property
    def calls(self) -> list[Recorded]:
        """The calls so far, oldest first."""
        return self.journal.all()

    def count(self, method: str | None = None, product: str | None = None, pattern: str | None = None) -> int:
        """Count the calls of that method, product and pattern; what is not given matches any."""
        return self.journal.count(method, product, pattern)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        try:
            async with _serving(self, ca_file=self._ca_file, **self._ports) as addresses:  # type: ignore[arg-type]
                self._ready.set_result(addresses)
                await self._stop.wait()
        except OSError as error:  # a port in use: raised to the caller, not in the thread
            self._ready.set_exception(error)


def run(
    *,
    port: int,
    state: Path,
    tls_port: int | None = None,
    proxy_port: int | None = None,
    account_sid: str | None = None,
    auth_token: str | None = None,
    parent_pid: int | None = None,
    switches: Switches | None = None,
    on_ready: Callable[[Addresses], None] = lambda _: None,
) -> None:
    """Serve until SIGTERM or SIGINT, or until process `parent_pid` is gone; `on_ready` gets the addresses once.

    Prints nothing. OSError if a port is taken, ValueError if the state belongs to another main account.
    """
    twilio = Twilio(state, switches=switches, account_sid=account_sid, auth_token=auth_token)

    async def main() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        async with _serving(
            twilio, port=port, tls_port=tls_port, proxy_port=proxy_port, ca_file=state / "ca.pem"
        ) as addresses:
            on_ready(addresses)
            while not stop.is_set() and _alive(parent_pid):
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), PARENT_CHECK)

    try:
        asyncio.run(main())
    finally:
        twilio.state.close()


def _alive(pid: int | None) -> bool:
    """Tell whether the process exists; a zombie does, unless it was our own parent."""
    if pid is None or os.getppid() == pid:
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
