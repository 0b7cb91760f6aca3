"""The wire between a store and its server: answers are damaged there, and what was asked is done all the same."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from botocore.httpsession import URLLib3Session
from requests.adapters import HTTPAdapter

from tests.damage.damages import CANARY, DAMAGES, Change, damaged
from tests.stores.memory import Memory

_ABSENT = b'{"errors":[]}'
_NOT_MOUNTED = b'{"errors":["no handler for route"]}'


def _json(status: int, body: bytes) -> Change:
    return lambda _whole: (status, {"Content-Type": "application/json"}, body)


def _lost(_whole: Any) -> Any:
    raise requests.ConnectionError


CHANGES: dict[str, Change] = {
    **{name: change for name, change in DAMAGES.items() if callable(change) and name not in ("drops", "elsewhere")},
    "lost": _lost,
    "no-content": _json(204, b""),
    "null-data": _json(200, b'{"data": null}'),
    "empty-data": _json(200, b'{"data": {}}'),
    "absent-with-200": _json(200, _ABSENT),
    "errors-of-somebody-else": _json(404, b'{"errors": ["%s"]}' % CANARY.encode()),
    "not-allowed-says-a-proxy": lambda _whole: (403, {"Content-Type": "text/html"}, CANARY.encode()),
    "refused-says-a-proxy": lambda _whole: (400, {"Content-Type": "text/html"}, CANARY.encode()),
    "standby": _json(500, b'{"errors":["local node not active but active cluster node not found"]}'),
    "gateway-timeout": lambda _whole: (504, {}, b""),
}
"""What can come instead of an answer. An answer in the store's own shape is no damage: nobody can tell."""
FOR_EVER = sys.maxsize


class VaultWire:
    """Takes down the calls to Vault, and damages the answers of one endpoint."""

    def __init__(self, address: str) -> None:
        self.address = urlsplit(address).netloc
        self.calls: Counter[str] = Counter()
        self._endpoint, self._left = "", 0
        self._change: Change = _lost

    @contextmanager
    def damaging(self, endpoint: str, change: Change, times: int) -> Iterator[None]:
        """Within, so many answers of an endpoint are damaged, each after Vault has given it."""
        self._endpoint, self._change, self._left = endpoint, change, times
        try:
            yield
        finally:
            self._left = 0

    def carry(self, send: Callable[..., requests.Response], request: Any, options: Any) -> requests.Response:
        answer = send(request, **options)
        endpoint = endpoint_of(request)
        self.calls[endpoint] += 1
        if endpoint != self._endpoint or not self._left:
            return answer
        self._left -= 1
        return damaged(answer, self._change)


def endpoint_of(request: Any) -> str:
    """Return what a request asks for, without document or mount: `POST secret/data`, `GET auth/token/lookup-self`."""
    path = urlsplit(str(request.url)).path.removeprefix("/v1/")
    method = "POST" if request.method == "PUT" else str(request.method)
    return f"{method} " + re.sub(r"^((secret)/(\w+)|sys/internal/ui/mounts|auth/userpass/login).*", r"\1", path)


@contextmanager
def installed(address: str) -> Iterator[VaultWire]:
    """Put the wire where `requests` would open a connection."""
    wire, send = VaultWire(address), HTTPAdapter.send

    def carried(self: HTTPAdapter, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        def plainly(request: requests.PreparedRequest, **options: Any) -> requests.Response:
            return send(self, request, **options)

        if urlsplit(str(request.url)).netloc != wire.address or "X-Vault-Request" not in request.headers:
            return plainly(request, **options)
        return wire.carry(plainly, request, options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HTTPAdapter, "send", carried)
        yield wire


PAGES = {
    "a proxy's 404": (404, f"<html>{CANARY}: 404 not found</html>"),
    "html with 200": (200, f"<html>{CANARY}</html>"),
}


@contextmanager
def answered_by_somebody_else(page: str) -> Iterator[None]:
    """Within, a page comes instead of every answer of a store, Vault, AWS or the one in memory; all is carried out."""
    status, text = PAGES[page]
    send, ask = HTTPAdapter.send, URLLib3Session.send

    def vault(self: HTTPAdapter, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        answer = send(self, request, **options)
        if "X-Vault-Request" not in request.headers:
            return answer
        return damaged(answer, lambda _whole: (status, {"Content-Type": "text/html"}, text.encode()))

    def aws(self: URLLib3Session, request: Any) -> Any:
        answer = ask(self, request)
        assert answer.content  # read, before it is replaced
        answer.status_code = status
        answer._content = text.encode()  # type: ignore[attr-defined]  # what it has read already
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HTTPAdapter, "send", vault)
        patch.setattr(URLLib3Session, "send", aws)
        patch.setattr(Memory, "damaged", lambda _self, _answer: text)
        yield
