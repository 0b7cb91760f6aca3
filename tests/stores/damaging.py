"""A proxy before AWS that damages answers of one operation: after AWS has carried it out, or in its place."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.damage.damages import CANARY, Change, Whole
from tests.damage.damages import DAMAGES as COMMON

_JSON = "application/x-amz-json-1.1"
_PAGE = f"<html><head><title>{CANARY}</title></head><body>{CANARY}</body></html>".encode()


def _body(change: Callable[[bytes], bytes]) -> Change:
    return lambda whole: (whole[0], whole[1], change(whole[2]))


def _says(status: int, **headers: str) -> Change:
    return lambda _whole: (status, {"Content-Type": "text/html", **headers}, _PAGE)


def _json(status: int, body: bytes) -> Change:
    return lambda whole: (status, {**whole[1], "Content-Type": _JSON}, body)  # with AWS's own request id


def _error(status: int, code: str) -> Change:
    return _json(status, json.dumps({"__type": code, "message": CANARY}).encode())


def _renamed(body: bytes) -> bytes:
    answer = json.loads(body or b"{}")
    return json.dumps(answer | {name: "another/secret" for name in ("Name",) if name in answer}).encode()


def _doubled(body: bytes) -> bytes:
    third = len(body) // 3
    return body[: 2 * third] + body[third:]


_OF_ANY_BODY = ("half", "nothing", "null", "empty-object", "array", "text", "not-utf8")
DAMAGES: dict[str, Change] = {
    **{name: change for name in _OF_ANY_BODY if callable(change := COMMON[name])},
    "a doubled chunk": _body(_doubled),
    "twice": _body(lambda body: body + body),
    "of another secret": _body(_renamed),
    "html with 200": _says(200),
    "204": _json(204, b""),
    "a proxy's 404": _says(404),
    "a proxy's 403": _says(403),
    "a login page": _says(302, Location="http://127.0.0.1:9/login"),
    "gateway": _says(502),
    "server error": _error(500, "InternalServiceError"),
    "not there, with 200": _error(200, "ResourceNotFoundException"),
    "not there, with 500": _error(500, "ResourceNotFoundException"),
}
SENT_IN_PIECES = ("cut off", "no answer")
"""Ways of damage that are none of the answer's: half of the body, or nothing, and the connection is gone."""


@dataclass
class Proxy:
    """Damages answers to `operation`, the first `times` of them; `reached`: AWS has carried it out by then."""

    upstream: str
    url: str = ""
    operation: str = ""
    damage: str = ""
    times: int = 0
    reached: bool = True
    struck: int = 0

    def strike(self, operation: str, damage: str, *, times: int, reached: bool) -> None:
        self.operation, self.damage, self.times, self.reached = operation, damage, times, reached
        self.struck = 0

    def heal(self) -> None:
        self.times = 0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: Proxy

    def do_POST(self) -> None:
        proxy = self.proxy
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        mine = self.headers.get("X-Amz-Target", "").endswith(f".{proxy.operation}") and proxy.struck < proxy.times
        proxy.struck += mine
        whole = self._forwarded(body) if proxy.reached or not mine else (200, {"Content-Type": _JSON}, b"{}")
        if not mine:
            self._send(whole)
        elif proxy.damage == "no answer":
            self.close_connection = True
        elif proxy.damage == "cut off":
            status, headers, answer = whole
            self._send((status, headers, answer[: len(answer) // 2]), length=len(answer) + 1)
            self.close_connection = True
        else:
            self._send(DAMAGES[proxy.damage](whole))

    def _forwarded(self, body: bytes) -> Whole:
        connection = HTTPConnection(urlsplit(self.proxy.upstream).netloc, timeout=20)
        try:
            connection.request("POST", self.path, body, dict(self.headers))
            response = connection.getresponse()
            kept = ("Content-Type", "x-amzn-RequestId")
            headers = {name: value for name in kept if (value := response.headers.get(name))}
            return response.status, headers, response.read()
        finally:
            connection.close()

    def _send(self, whole: Whole, length: int | None = None) -> None:
        status, headers, body = whole
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def damaging(upstream: str) -> Iterator[Proxy]:
    proxy = Proxy(upstream)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"proxy": proxy}))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    proxy.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
