"""The wire between the library and Twilio's public hosts, where answers are damaged; the emulator is at its other end.

The library is not told of an emulator: it calls Twilio's own hosts, as in earnest, and every request for any other host
is taken down. So a redirect that is followed shows, wherever it leads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter

from tests.damage.damages import Damage, damaged
from twilio_environments.emulator import Emulator, Fault
from twilio_environments.emulator.hosts import product_of
from twilio_environments.emulator.routing import find_route

Send = Callable[..., requests.Response]
_TWILIO = re.compile(r"[a-z]+\.twilio\.com")


class Wire:
    """Takes down the calls of an operation, and damages every answer of one endpoint."""

    def __init__(self, twilio: Emulator) -> None:
        self.twilio = twilio
        self.calls: list[str] = []
        """Endpoint by endpoint, such as `GET messaging /v1/Services/{sid}`."""
        self.strays: list[str] = []
        """Requests to hosts that are neither Twilio's nor on this machine."""
        self._damages: dict[str, Damage] = {}
        self._left = 0

    @property
    def public(self) -> Any:
        """Twilio as people know it: credentials, and no address to find it at."""
        return SimpleNamespace(endpoint=None, account_sid=self.twilio.account_sid, auth_token=self.twilio.auth_token)

    @contextmanager
    def damaging(self, endpoint: str, damage: Damage, times: int) -> Iterator[None]:
        """Within, so many answers of an endpoint get the damage; what was asked is done all the same."""
        self.calls, self._damages, self._left = [], {endpoint: damage}, times
        try:
            yield
        finally:
            self._damages = {}
            self.twilio.faults.clear()

    def carry(self, send: Send, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        address = urlsplit(str(request.url))
        if address.scheme != "https" or not _TWILIO.fullmatch(address.netloc):
            self.strays.append(f"{request.method} {address.netloc}")
            raise requests.ConnectionError
        product = product_of(address.netloc)[0]
        found = find_route(str(request.method), product, address.path)
        endpoint = f"{request.method} {product} {found[0].pattern if found else address.path}"
        self.calls.append(endpoint)
        damage = self._damages.get(endpoint) if self._left else None
        self._left -= damage is not None
        if isinstance(damage, Fault):
            self.twilio.faults.add(replace(damage))
        request = request.copy()
        request.url = f"{self.twilio.endpoint}{address.path}" + (f"?{address.query}" if address.query else "")
        answer = send(request, **options)
        return damaged(answer, damage) if callable(damage) else answer


@contextmanager
def installed(twilio: Emulator) -> Iterator[Wire]:
    """Put the wire where `requests` would open a connection."""
    wire = Wire(twilio)
    send = HTTPAdapter.send

    def carried(self: HTTPAdapter, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        def plainly(request: requests.PreparedRequest, **options: Any) -> requests.Response:
            return send(self, request, **options)

        is_here = urlsplit(str(request.url)).hostname == "127.0.0.1"  # the store, and what a test does by hand
        return plainly(request, **options) if is_here else wire.carry(plainly, request, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HTTPAdapter, "send", carried)
        yield wire
