"""A Twilio that says what it is told to say, over a real socket on 127.0.0.1."""

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Say = Callable[["Handler"], None]


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Scripted:
    """Answers the requests one after the other; the last answer stands for all that follow."""

    answers: list[Say]
    url: str = ""
    seen: list[Seen] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    over: threading.Event = field(default_factory=threading.Event)

    def next(self, request: Seen) -> Say:
        with self.lock:
            self.seen.append(request)
            return self.answers[min(len(self.seen), len(self.answers)) - 1]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    script: Scripted

    def handle_error(self, request, client_address) -> None:
        """Say nothing: the client of a damaged answer goes away, which is what is tried here."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # it would wait 40 ms between head and body
    server: Server

    def log_message(self, *args) -> None: ...

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.server.script.next(Seen(self.command, self.path, dict(self.headers), body))(self)

    do_GET = do_POST = do_DELETE = _handle  # noqa: N815  the names http.server calls

    @property
    def over(self) -> threading.Event:
        return self.server.script.over


def says(status: int, body: object = b"", **headers: str) -> Say:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()

    def say(to: Handler) -> None:
        to.send_response(status)
        if status != 204:
            to.send_header("Content-Length", str(len(raw)))
        for name, value in headers.items():
            to.send_header(name.replace("_", "-"), value)
        to.end_headers()
        if status != 204:
            to.wfile.write(raw)

    return say


def refuses(status: int, code: int, message: str = "", **headers: str) -> Say:
    return says(status, {"code": code, "message": message, "status": status}, **headers)


def resets(to: Handler) -> None:
    to.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    to.connection.close()
    to.close_connection = True


def cuts_off(to: Handler) -> None:
    """Promise more than comes."""
    to.send_response(200)
    to.send_header("Content-Length", "1000")
    to.end_headers()
    to.wfile.write(b'{"sid": "')
    to.close_connection = True


def cuts_off_chunks(to: Handler) -> None:
    to.send_response(200)
    to.send_header("Transfer-Encoding", "chunked")
    to.end_headers()
    to.wfile.write(b'2\r\n{"\r\n')
    to.close_connection = True


def says_nothing(to: Handler) -> None:
    to.over.wait(30)
    to.close_connection = True


def drips(clock: Clock) -> Say:
    """Send an endless body whose every piece takes 10 s of the clock's time."""

    def say(to: Handler) -> None:
        to.send_response(200)
        to.end_headers()
        to.close_connection = True
        while not to.over.is_set():
            clock.now += 10
            to.wfile.write(b" ")

    return say


@contextmanager
def scripted(*answers: Say, tls: ssl.SSLContext | None = None) -> Iterator[Scripted]:
    server = Server(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.script = Scripted(list(answers), f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.script
    finally:
        server.script.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
