"""What a wire, a proxy or a bad day at Twilio can make of an answer: status, headers and body, damaged."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from twilio_environments.emulator import Fault
from twilio_environments.rest import sessions

Whole = tuple[int, dict[str, str], Any]
Change = Callable[[Whole], Whole]
Damage = Change | Fault
CANARY = "canary-of-a-body"
"""Stands in damaged bodies, and must not stand in what people read."""
_OF_A_PAGE = ("meta", "next_page_uri")
OTHER_HOST = "https://api.twilio.com.example.net/2010-04-01/Accounts.json"
_PAGE = f"<html><head><title>{CANARY}</title></head><body><center>{CANARY}</center></body></html>".encode()


def _body(change: Callable[[bytes], bytes]) -> Change:
    return lambda whole: (whole[0], whole[1], change(whole[2]))


def _json(change: Callable[[Any], Any]) -> Change:
    return _body(lambda body: json.dumps(change(json.loads(body))).encode() if body else body)


def _says(status: int, body: bytes, **headers: str) -> Change:
    return lambda _whole: (status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def _wrong(value: Any) -> Any:
    return len(value) if isinstance(value, str) else CANARY if value else {CANARY: value}


def _each(payload: dict[str, Any], change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """Change the object, or each of a page of them."""
    pages = {name: value for name, value in payload.items() if isinstance(value, list) and _is_page(payload)}
    if not _is_page(payload):
        return change(payload) or {}
    return payload | {name: [change(item) for item in items] for name, items in pages.items()}


def _is_page(payload: dict[str, Any]) -> bool:
    return "meta" in payload or "next_page_uri" in payload


def _next_page(payload: dict[str, Any]) -> dict[str, Any]:
    if "meta" in payload:
        return payload | {"meta": payload["meta"] | {"next_page_url": OTHER_HOST}}
    return payload | ({"next_page_uri": OTHER_HOST} if "next_page_uri" in payload else {})


DAMAGES: dict[str, Damage] = {
    "reset": Fault("reset_after"),
    "cut": Fault("truncate"),
    "drops": lambda whole: (whole[0], whole[1], _Drops()),
    "half": _body(lambda body: body[: len(body) // 2]),
    "nothing": _body(lambda _: b""),
    "null": _body(lambda _: b"null"),
    "array": _body(lambda body: b"[" + body + b"]"),
    "text": _body(lambda _: f'"{CANARY}"'.encode()),
    "empty-object": _body(lambda _: b"{}"),
    "not-utf8": _body(lambda body: body[:-1] + b"\xff\xfe}"),
    "deep": _body(lambda _: b'{"a":' * 50_000),
    "html": lambda whole: (whole[0], {"Content-Type": "text/html"}, _PAGE),
    "wrong-types": _json(lambda payload: {name: _wrong(value) for name, value in payload.items()}),
    "wrong-types-inside": _json(lambda payload: _each(payload, lambda o: {name: _wrong(v) for name, v in o.items()})),
    "wrong-values": _json(
        lambda payload: _each(payload, lambda o: {n: v if n.endswith("sid") else _wrong(v) for n, v in o.items()})
    ),
    "nulls": _json(lambda payload: _each(payload, dict.fromkeys)),
    "null-items": _json(lambda payload: _each(payload, lambda _: None)),
    "no-sid": _json(lambda payload: _each(payload, lambda o: {name: v for name, v in o.items() if name != "sid"})),
    "no-page": _json(lambda payload: {name: v for name, v in payload.items() if name not in _OF_A_PAGE}),
    "elsewhere": _json(_next_page),
    "gzip-that-is-none": lambda whole: (whole[0], whole[1] | {"Content-Encoding": "gzip"}, whole[2]),
    "redirect": _says(307, b"", Location=OTHER_HOST),
    "redirect-for-good": _says(308, _PAGE, Location=OTHER_HOST),
    "redirect-to-clear-text": _says(302, b"", Location="http://api.twilio.com/2010-04-01/Accounts.json"),
    "redirect-to-nowhere": _says(302, b"", Location="http://[::1"),
    "gateway": _says(502, _PAGE),
    "busy-for-ever": _says(503, b'{"code": 20503, "status": 503}', Retry_After="99999999999999999999"),
    "not-there-says-a-proxy": _says(404, _PAGE, Content_Type="text/html"),
    "not-there-without-a-code": _says(404, json.dumps({"message": CANARY}).encode()),
    "log-in-says-a-proxy": _says(407, _PAGE),
    "no-status-of-any-sense": _says(299, CANARY.encode()),
}


def damaged(answer: requests.Response, change: Change) -> requests.Response:
    """The answer, read whole and given again with the damage; it was carried out all the same."""
    body = answer.raw.read(decode_content=True)
    answer.close()
    headers = {key: value for key, value in answer.headers.items() if key.lower() != "content-length"}
    status, headers, body = change((answer.status_code, headers, body))
    file = body if isinstance(body, BytesIO) else BytesIO(body)
    raw = HTTPResponse(file, headers, status, preload_content=False)
    return HTTPAdapter().build_response(answer.request, raw)


class _Drops(BytesIO):
    """A body without end, of which a drop comes every ten seconds."""

    def read(self, _size: int | None = -1) -> bytes:
        sessions.session().wait(10)
        return b" "

    read1 = read
