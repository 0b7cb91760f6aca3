"""How an answer reaches the client: Twilio's headers, and every fault in force."""

import asyncio
import json
import os
import secrets
import signal
import socket
import struct
import time
from contextlib import suppress

from aiohttp import web

from .app import Answer, Request, Twilio
from .faults import Action, Fault
from .messages import ApiError
from .state import Row

__all__ = ["deliver"]

PIECES = 10  # of a slow body


async def deliver(twilio: Twilio, http: web.Request, concurrent: int) -> web.StreamResponse:
    """Answer one HTTP request to a product; `concurrent` is how many are being answered right now."""
    started = time.perf_counter()
    request = Request(
        method=http.method,
        host=http.headers.get("Host", ""),
        path=http.path,
        query=http.rel_url.raw_query_string,
        form=(await http.read()).decode(errors="replace"),
        authorization=http.headers.get("Authorization"),
        source_ip=http.remote or "127.0.0.1",
        console_user=http.headers.get("Emulator-Console-User"),
    )
    product = request.host.split(".")[0].lower()
    faults = {fault.action: fault for fault in twilio.faults.striking(request.method, product, request.path)}
    answer: Answer | None = None
    response: web.Response | None = None
    try:
        if delay := faults.get("delay"):
            await asyncio.sleep(delay.milliseconds / 1000)
        response = _before(http, request, faults)
        if response is None:
            lag, read_lag = faults.get("lag"), faults.get("read_lag")
            answer = twilio.answer(request, lag=lag.reads if lag else 0, read_lag=read_lag.reads if read_lag else 0)
            response = _after(http, answer, faults)
    finally:
        answered = len(_bytes(response)) if response is not None else 0
        twilio.record(request, answer, ", ".join(faults) or None, started, answered=answered)
    response.headers["Twilio-Request-Id"] = "RQ" + secrets.token_hex(16)
    response.headers["Twilio-Concurrent-Requests"] = str(concurrent)
    response.headers["Twilio-Request-Duration"] = f"{time.perf_counter() - started:.3f}"
    if slow := faults.get("slow"):
        return await _drip(http, response, slow.milliseconds / 1000)
    if "truncate" in faults:
        return await _truncate(http, response)
    return response


def _before(http: web.Request, request: Request, faults: dict[Action, Fault]) -> web.Response | None:
    """Apply the faults that keep the request from reaching Twilio; None if it gets there."""
    if kill := faults.get("kill_before"):
        _kill(kill)
    if "reset_before" in faults or kill:
        return _reset(http)
    if redirect := faults.get("redirect"):
        query = f"?{request.query}" if request.query else ""
        return web.Response(status=307, headers={"Location": f"https://{redirect.host}{request.path}{query}"})
    if status := faults.get("status"):
        return _error(status)
    return None


def _after(http: web.Request, answer: Answer, faults: dict[Action, Fault]) -> web.Response:
    """Render the answer, or what the faults make of it once Twilio has committed."""
    if kill := faults.get("kill_after"):
        _kill(kill)
    if "reset_after" in faults:
        return _reset(http)
    if status := faults.get("status_after"):
        return _error(status)
    if "html" in faults:
        text = f"<html><head><title>{answer.status}</title></head><body><center>nginx</center></body></html>"
        return web.Response(status=answer.status, text=text, content_type="text/html")
    if "empty" in faults:
        return web.Response(status=answer.status)
    body = answer.body
    if "wrong_types" in faults and body is not None:
        body = {name: _wrong(value) for name, value in body.items()}
    return _json(answer.status, body)


def _json(status: int, body: Row | None, headers: dict[str, str] | None = None) -> web.Response:
    if body is None:
        return web.Response(status=status, headers=headers)
    headers = dict(headers or {})
    if status == 401:  # noqa: PLR2004
        headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return web.Response(status=status, body=json.dumps(body).encode(), content_type="application/json", headers=headers)


def _error(fault: Fault) -> web.Response:
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return _json(fault.status, ApiError(fault.status, fault.twilio_code, fault.message).body(), headers)


def _reset(http: web.Request) -> web.Response:
    """Reset the connection; the response satisfies aiohttp, nobody receives it."""
    if http.transport is not None:
        connection = http.transport.get_extra_info("socket")
        if connection is not None:  # linger of 0 seconds: RST instead of a polite FIN
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        http.transport.abort()
    return web.Response()


def _kill(fault: Fault) -> None:
    assert fault.pid is not None  # Fault makes sure
    with suppress(ProcessLookupError):  # it has already ended
        os.kill(fault.pid, signal.Signals[fault.signal])


async def _drip(http: web.Request, whole: web.Response, seconds: float) -> web.StreamResponse:
    body = _bytes(whole)
    response = await _begin(http, whole, len(body))
    step = len(body) // PIECES + 1
    for start in range(0, len(body), step):
        await response.write(body[start : start + step])
        await asyncio.sleep(seconds)
    return response


async def _truncate(http: web.Request, whole: web.Response) -> web.StreamResponse:
    body = _bytes(whole)
    response = await _begin(http, whole, len(body))
    await response.write(body[: len(body) // 2])
    if http.transport is not None:
        http.transport.close()
    return response


async def _begin(http: web.Request, whole: web.Response, length: int) -> web.StreamResponse:
    response = web.StreamResponse(status=whole.status, headers=whole.headers)
    response.content_length = length
    await response.prepare(http)
    return response


def _bytes(whole: web.Response) -> bytes:
    return whole.body if isinstance(whole.body, bytes) else b""


def _wrong(value: object) -> object:
    """Return a value of a different JSON type."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, (dict, list)):
        return "unexpected"
    return {"unexpected": value}
