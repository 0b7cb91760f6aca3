"""One page of a listing, in the envelope of the product."""

import base64
import binascii
import json
from collections.abc import Sequence
from urllib.parse import urlencode

from .messages import ApiError, Call, Reply
from .state import Row, public

__all__ = ["page"]


def page(call: Call, rows: Sequence[Row], key: str, *, maximum: int = 1000) -> Reply:
    """Return one page of a listing in the product's envelope, private keys left out.

    PageSize is 50 unless given; over `maximum` is 400/20007. PageToken is opaque, a bad one is 400/21481. Links are
    paths under v2010 and absolute elsewhere, and there is a next link only if there is more.
    """
    asked = call.query.integer("PageSize")
    size = 50 if asked is None else asked
    if size > maximum:
        raise ApiError(400, 20007, f"Page size must not be greater than {maximum}")
    if size < 1:
        raise ApiError(400, 20001, "Invalid PageSize: at least 1")
    number, start = _position(call, rows, size)
    shown = [public(row) for row in rows[start : start + size]]
    end = start + len(shown)

    filters = [(name, value) for name, value in call.query.pairs if name not in ("Page", "PageSize", "PageToken")]

    def link(page_number: int, position: int | None) -> str:
        token = [] if position is None else [("PageToken", _token(rows, position))]
        address = f"{call.path}?{urlencode([*filters, ('PageSize', str(size)), ('Page', str(page_number)), *token])}"
        return address if call.product == "api" else call.base + address

    first, this = link(0, None), link(number, start or None)
    following = link(number + 1, end) if end < len(rows) else None
    previous = link(number - 1, max(start - size, 0) or None) if number else None
    if call.product == "api":
        return Reply(
            200,
            {
                "first_page_uri": first,
                "end": max(end - 1, start),
                "previous_page_uri": previous,
                key: shown,
                "uri": this,
                "page_size": size,
                "start": start,
                "next_page_uri": following,
                "page": number,
            },
        )
    meta = {
        "page": number,
        "page_size": size,
        "first_page_url": first,
        "previous_page_url": previous,
        "url": this,
        "next_page_url": following,
        "key": key,
    }
    return Reply(200, {"meta": meta, key: shown})


def _token(rows: Sequence[Row], position: int) -> str:
    """Name the row a page begins after, so that rows removed before it do not shift the pages that follow."""
    text = json.dumps([position, rows[position - 1].get("sid")])
    return "PA" + base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _position(call: Call, rows: Sequence[Row], size: int) -> tuple[int, int]:
    number = max(call.query.integer("Page") or 0, 0)
    token = call.query.get("PageToken")
    if token is None:
        return number, number * size
    try:
        text = base64.urlsafe_b64decode(token.removeprefix("PA") + "=" * (-len(token.removeprefix("PA")) % 4))
        position, sid = json.loads(text)
        if not token.startswith("PA") or not isinstance(position, int) or position < 0:
            raise ValueError(token)  # noqa: TRY301  (one place answers for every way a token can be bad)
    except (ValueError, binascii.Error, TypeError):
        raise ApiError(400, 21481, "Invalid PageToken") from None
    if sid is not None:
        position = next((index + 1 for index, row in enumerate(rows) if row.get("sid") == sid), position)
    return number, position
