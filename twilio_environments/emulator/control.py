"""The control path `/_emulator/`: what Twilio does not have. JSON in and out, for local programs, never for web pages.

A browser runs on this machine too, so a loopback client is not enough: a page can send it to 127.0.0.1 (then it sends
`Origin`, and may not set our header without a preflight), or to a name of the page's own that resolves there (then
that name is in `Host`).
"""

import ipaddress
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any

from aiohttp import web

from .app import Twilio
from .faults import Fault
from .hosts import is_loopback
from .switches import Switches

__all__ = ["HEADER", "PREFIX", "control"]

PREFIX = "/_emulator/"
HEADER = "Emulator-Control"
"""The header that a control request must carry, with any value."""
Body = dict[str, Any]


async def control(twilio: Twilio, http: web.Request) -> web.Response:
    """Answer one control request: 200 with JSON, 400 with `error`, 403 if it may be a web page or another machine."""
    if refusal := _refusal(http):
        return web.json_response({"error": refusal}, status=403)
    name = http.path.removeprefix(PREFIX)
    handler = _HANDLERS.get((http.method, name))
    if handler is None:
        paths = sorted(f"{method} {PREFIX}{path}" for method, path in _HANDLERS)
        return web.json_response({"error": f"no {http.method} {http.path}", "paths": paths}, status=404)
    try:
        text = await http.text()
        body = json.loads(text) if text else {}
        if not isinstance(body, dict):
            raise TypeError("the body must be a JSON object")  # noqa: TRY301  (one place answers for bad bodies)
        return web.json_response(handler(twilio, body))
    except (ValueError, TypeError, KeyError) as error:
        return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)


def _refusal(http: web.Request) -> str:
    """Return why this request is refused, "" if it is not."""
    if not ipaddress.ip_address(http.remote or "0.0.0.0").is_loopback:  # noqa: S104  (compared, not bound)
        return "the control path is for this machine only"
    if not is_loopback(http.headers.get("Host", "")):
        return "the control path is on 127.0.0.1 and localhost only, and no other Host"
    if "Origin" in http.headers:
        return "the control path is for no web page: leave the header Origin out"
    if not http.headers.get(HEADER):
        return f"the control path takes requests with the header {HEADER}, such as {HEADER}: 1"
    return ""


def _health(twilio: Twilio, _: Body) -> Body:
    return {"status": "ok", "account_sid": twilio.account_sid, "now": twilio.clock().isoformat()}


def _reset(twilio: Twilio, _: Body) -> Body:
    twilio.reset()
    return {}


def _faults(twilio: Twilio, _: Body) -> Body:
    return {"faults": [fault.to_json() for fault in twilio.faults.all()]}


def _add_fault(twilio: Twilio, body: Body) -> Body:
    return twilio.faults.add(Fault.from_json(body)).to_json()


def _clear_faults(twilio: Twilio, _: Body) -> Body:
    twilio.faults.clear()
    return {}


def _calls(twilio: Twilio, _: Body) -> Body:
    return {"calls": [asdict(call) for call in twilio.journal.all()], "counters": twilio.journal.counters()}


def _clear_calls(twilio: Twilio, _: Body) -> Body:
    twilio.journal.clear()
    return {}


def _switches(twilio: Twilio, _: Body) -> Body:
    return asdict(twilio.switches)


def _set_switches(twilio: Twilio, body: Body) -> Body:
    known = {field.name: getattr(twilio.switches, field.name) for field in fields(Switches)}
    for name, value in body.items():
        if name not in known:
            raise ValueError(f"unknown switch {name!r}: the switches are {', '.join(known)}")
        given = tuple(value) if isinstance(value, list) else value
        if type(given) is not type(known[name]):
            raise TypeError(f"switch {name} is a {type(known[name]).__name__}, as {known[name]!r}")
        setattr(twilio.switches, name, given)
    return asdict(twilio.switches)


def _seed(twilio: Twilio, body: Body) -> Body:
    """Put rows into a table; each is an object with its `sid`, private keys included."""
    rows: list[Mapping[str, Any]] = body["rows"]
    for row in rows:
        twilio.state.table(body["table"]).put(row["sid"], dict(row))
    return {"seeded": len(rows)}


def _advance(twilio: Twilio, body: Body) -> Body:
    twilio.clock.advance(float(body["seconds"]))
    return {"now": twilio.clock().isoformat()}


_HANDLERS: dict[tuple[str, str], Callable[[Twilio, Body], Body]] = {
    ("GET", "health"): _health,
    ("POST", "reset"): _reset,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "calls"): _calls,
    ("DELETE", "calls"): _clear_calls,
    ("GET", "switches"): _switches,
    ("POST", "switches"): _set_switches,
    ("POST", "seed"): _seed,
    ("POST", "clock"): _advance,
}
