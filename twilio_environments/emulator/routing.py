"""Which handler answers which request; also re-exports everything that handlers need."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from .messages import Actor, ApiError, Call, Params, Reply, iso, rfc2822
from .paging import page
from .state import Row

__all__ = [
    "Actor", "ApiError", "Call", "Params", "Reply", "Route", "find_route", "iso", "not_found", "owned", "page",
    "products", "rfc2822", "route", "routes",
]  # fmt: skip

Handler = Callable[..., Reply]
AnyHandler = TypeVar("AnyHandler", bound=Handler)


@dataclass(frozen=True)
class Route:
    """A handler, the requests it answers, and the permission a restricted key needs; None: no such key may."""

    method: str
    product: str
    pattern: str
    permission: str | None
    handler: Handler
    expression: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        parts = re.split(r"\{(\w+)\}", self.pattern)
        text = "".join(f"(?P<{part}>[^/]+)" if odd % 2 else re.escape(part) for odd, part in enumerate(parts))
        object.__setattr__(self, "expression", re.compile(text))


_routes: dict[tuple[str, int], list[Route]] = {}  # by product and number of slashes


def route(method: str, product: str, pattern: str, permission: str | None = None) -> Callable[[AnyHandler], AnyHandler]:
    """Register `handler(call, **path parameters)` for a pattern such as `/v1/Services/{service_sid}`.

    `permission` is the IAM permission a restricted key needs, as `/twilio/messaging/services/read`. Literal segments
    win over parameters, whatever the order of registration.
    """

    def register(handler: AnyHandler) -> AnyHandler:
        candidates = _routes.setdefault((product, pattern.count("/")), [])
        candidates.append(Route(method, product, pattern, permission, handler))
        candidates.sort(key=lambda candidate: candidate.pattern.count("{"))
        return handler

    return register


def products() -> list[str]:
    """Return the products that have a route."""
    return list(dict.fromkeys(product for product, _ in _routes))


def routes() -> list[Route]:
    """Return every registered route."""
    return [route for candidates in _routes.values() for route in candidates]


def find_route(method: str, product: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """Find the handler of a path; None if the product has no such path, ApiError 405/20004 for another method's."""
    best: str | None = None
    for candidate in _routes.get((product, path.count("/")), ()):
        if best is not None and candidate.pattern != best:
            continue
        match = candidate.expression.fullmatch(path)
        if match is None:
            continue
        if candidate.method == method:
            return candidate, match.groupdict()
        best = best or candidate.pattern
    if best is None:
        return None
    raise ApiError(405, 20004, f"Method {method} is not allowed on the requested resource {path}")


def not_found(call: Call) -> ApiError:
    """Make the error for a resource that does not exist, or is not this account's: 404/20404, naming the path."""
    return ApiError(404, 20404, f"The requested resource {call.path} was not found")


def owned(call: Call, table: str, sid: str) -> Row:
    """Return the row of that SID in the account acted on; `not_found` if there is none or another account owns it."""
    rows = call.state.table(table)
    row = rows.seen(sid) if call.method == "GET" else rows.get(sid)
    if row is None or row.get("account_sid", row.get("_account_sid")) != call.account_sid:
        raise not_found(call)
    return row
