"""Sender pools of a Messaging Service (host messaging, v1): add, read, list and remove; there is no update.

Facts: twilio-messaging v1 OpenAPI document; 21701 to 21715 from the error dictionary; 409 for 21710 and 21712 from
third parties. A pool row whose number was released or moved is not listed any more.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from twilio_environments.emulator.routing import ApiError, Call, Reply, iso, not_found, owned, page, route
from twilio_environments.emulator.state import Row, public

from .number_stock import block_of

__all__ = ["POOLS", "SERVICES", "service"]

SERVICES = "messaging_services"
_POOL_MAXIMUM = 400  # numbers and short codes of one service together, before 21714
_ALPHA_SENDER = re.compile(r"(?!\d+$)[A-Za-z0-9 \-+_&]{1,11}")  # not digits only


@dataclass(frozen=True, slots=True)
class Pool:
    """One kind of sender: its path, table, key in listings, permission, and how a member comes about."""

    path: str
    table: str
    key: str
    permission: str
    member: Callable[[Call, str], Row]  # raises ApiError if the sender cannot be one
    service_key: str = "service_sid"
    one_service_only: bool = False  # the sender may be in one service of the account; adding it answers 200 or 201
    list_filters: tuple[tuple[str, str], ...] = ()


def service(call: Call, sid: str) -> Row:
    """Give the account's service of that SID; 404/20404 if there is none."""
    return owned(call, SERVICES, sid)


def _check_service(call: Call, service_sid: str) -> None:
    if not re.fullmatch(r"MG[0-9a-fA-F]{32}", service_sid):
        raise ApiError(400, 21705, f"The Messaging Service Sid {service_sid} is invalid")
    row = call.state.table(SERVICES).get(service_sid)
    if row is None or row["account_sid"] != call.account_sid:
        raise ApiError(404, 21701, "The Messaging Service does not exist")


def _own(call: Call, parameter: str, table: str) -> Row:
    sid = call.form.required(parameter)
    row = call.state.table(table).get(sid)
    if row is None or row["account_sid"] != call.account_sid:
        raise ApiError(400, 21421, f"{parameter} {sid} is invalid")
    return row


def _phone_number(call: Call, _service_sid: str) -> Row:
    number = _own(call, "PhoneNumberSid", "incoming_phone_numbers")
    if not (number["capabilities"]["sms"] or number["capabilities"]["mms"]):
        raise ApiError(400, 21715, "The phone number has neither SMS nor MMS capability")
    words = {"voice": "Voice", "sms": "SMS", "mms": "MMS", "fax": "Fax"}
    block = block_of(number["phone_number"])
    return {
        "sid": number["sid"],
        "phone_number": number["phone_number"],
        "country_code": block and block.country,
        "capabilities": [word for name, word in words.items() if number["capabilities"][name]],
    }


def _short_code(call: Call, _service_sid: str) -> Row:
    code = _own(call, "ShortCodeSid", "short_codes")
    capabilities = ["SMS"]
    return {
        "sid": code["sid"],
        "short_code": code["short_code"],
        "country_code": code.get("_country_code", "US"),
        "capabilities": capabilities,
    }


def _alpha_sender(call: Call, service_sid: str) -> Row:
    return _alphanumeric(call, "messaging_alpha_senders", service_sid, {})


def _destination_alpha_sender(call: Call, service_sid: str) -> Row:
    country = call.form.get("IsoCountryCode") or None  # absent: for every country without one of its own
    if country and not re.fullmatch(r"[A-Z]{2}", country):
        raise ApiError(400, 20001, "IsoCountryCode must be an ISO 3166-1 alpha-2 country code")
    extra: Row = {"iso_country_code": country}
    return _alphanumeric(call, "messaging_destination_alpha_senders", service_sid, extra)


def _alphanumeric(call: Call, table: str, service_sid: str, extra: Row) -> Row:
    sender = call.form.required("AlphaSender")
    if not _ALPHA_SENDER.fullmatch(sender):
        raise ApiError(400, 21709, f"Alpha Sender {sender!r} is invalid")
    row: Row = {"alpha_sender": sender, **extra}
    if call.state.table(table).rows(_service_sid=service_sid, **row):
        raise ApiError(409, 21710, "The alpha sender already exists in the Messaging Service")
    return {"sid": call.state.new_sid("AI"), "capabilities": ["SMS"], **row}


def _channel_sender(call: Call, _service_sid: str) -> Row:
    sid = call.form.required("Sid")
    if not re.fullmatch(r"XE[0-9a-fA-F]{32}", sid):
        raise ApiError(400, 21421, f"Sid {sid} is invalid")
    # Senders are registered by another product, which is not emulated: one nobody has put into the table is believed.
    known = call.state.table("channel_senders").get(sid) or {}
    return {"sid": sid, **{name: known.get(name) for name in ("sender", "sender_type", "country_code")}}


_STEM = "/twilio/messaging/services."
POOLS = (
    Pool(
        "PhoneNumbers",
        "messaging_phone_numbers",
        "phone_numbers",
        _STEM + "phonenumbers/",
        _phone_number,
        one_service_only=True,
    ),
    Pool(
        "ShortCodes", "messaging_short_codes", "short_codes", _STEM + "shortcodes/", _short_code, one_service_only=True
    ),
    Pool("AlphaSenders", "messaging_alpha_senders", "alpha_senders", _STEM + "alphasenders/", _alpha_sender),
    Pool(
        "DestinationAlphaSenders",
        "messaging_destination_alpha_senders",
        "alpha_senders",
        _STEM + "destination-alpha-senders/",
        _destination_alpha_sender,
        list_filters=(("IsoCountryCode", "iso_country_code"),),
    ),
    Pool(
        "ChannelSenders",
        "messaging_channel_senders",
        "senders",
        _STEM + "channelsenders/",
        _channel_sender,
        service_key="messaging_service_sid",
    ),
)


def _present(call: Call, pool: Pool, row: Row | None) -> bool:
    """Say whether a pool row still stands for a sender of its account."""
    if row is None or pool.table != "messaging_phone_numbers":
        return row is not None
    number = call.state.table("incoming_phone_numbers").get(row["sid"])
    return number is not None and number["account_sid"] == row["account_sid"]


def _members(call: Call, pool: Pool, service_sid: str, **equal: object) -> list[Row]:
    rows = call.state.table(pool.table).rows(_service_sid=service_sid, **equal)
    return [row for row in rows if _present(call, pool, row)]


def _member(call: Call, pool: Pool, service_sid: str, sid: str) -> Row | None:
    row = call.state.table(pool.table).get(sid)
    return row if row and row["_service_sid"] == service_sid and _present(call, pool, row) else None


def _add(call: Call, pool: Pool, service_sid: str) -> Reply:
    _check_service(call, service_sid)
    sender, now = pool.member(call, service_sid), iso(call.now)
    table = call.state.table(pool.table)
    held = table.get(sender["sid"])
    if held is not None and _present(call, pool, held):
        if held["_service_sid"] == service_sid:
            raise ApiError(409, 21710, "Phone Number or Short Code is already in the Messaging Service.")
        raise ApiError(409, 21712, "Phone Number or Short Code is associated with another Messaging Service.")
    counted = [counted for counted in POOLS if counted.one_service_only]
    if pool in counted and sum(len(_members(call, each, service_sid)) for each in counted) >= _POOL_MAXIMUM:
        raise ApiError(400, 21714, f"The Messaging Service has {_POOL_MAXIMUM} senders already, as many as it may have")
    row = {
        **sender,
        "account_sid": call.account_sid,
        pool.service_key: service_sid,
        "date_created": now,
        "date_updated": now,
        "url": f"{call.base}/v1/Services/{service_sid}/{pool.path}/{sender['sid']}",
        "_key": sender["sid"],
        "_service_sid": service_sid,
    }
    table.put(row["_key"], row)
    _log(call, pool, service_sid, (None, row["sid"]))
    return Reply(call.switches.pool_add_status if pool.one_service_only else 201, public(row))


def _list(call: Call, pool: Pool, service_sid: str) -> Reply:
    _check_service(call, service_sid)
    equal = {name: call.query.get(parameter) for parameter, name in pool.list_filters if parameter in call.query}
    return page(call, _members(call, pool, service_sid, **equal), pool.key)


def _read(call: Call, pool: Pool, service_sid: str, sid: str) -> Reply:
    _check_service(call, service_sid)
    row = _member(call, pool, service_sid, sid)
    if row is None:
        raise not_found(call)
    return Reply(200, public(row))


def _remove(call: Call, pool: Pool, service_sid: str, sid: str) -> Reply:
    """Take a sender out; it stays in the account."""
    _check_service(call, service_sid)
    if _member(call, pool, service_sid, sid) is None:
        raise ApiError(404, 21711, "The sender is not associated with the Messaging Service")
    call.state.table(pool.table).delete(sid)
    _log(call, pool, service_sid, (sid, None))
    return Reply(204)


def _log(call: Call, pool: Pool, service_sid: str, change: tuple[str | None, str | None]) -> None:
    """Record a pool event under the service's SID; which SID Twilio uses is not published."""
    event_type = "copilot-number-pool.created" if change[0] is None else "copilot-number-pool.deleted"
    call.state.event(call, event_type, "copilot-number-pool", service_sid, {pool.key: change})


def _register(pool: Pool) -> None:
    stem, product = f"/v1/Services/{{service_sid}}/{pool.path}", "messaging"

    @route("POST", product, stem, pool.permission + "create")
    def add(call: Call, service_sid: str) -> Reply:
        return _add(call, pool, service_sid)

    @route("GET", product, stem, pool.permission + "list")
    def list_members(call: Call, service_sid: str) -> Reply:
        return _list(call, pool, service_sid)

    @route("GET", product, stem + "/{sid}", pool.permission + "read")
    def read(call: Call, service_sid: str, sid: str) -> Reply:
        return _read(call, pool, service_sid, sid)

    @route("DELETE", product, stem + "/{sid}", pool.permission + "delete")
    def remove(call: Call, service_sid: str, sid: str) -> Reply:
        return _remove(call, pool, service_sid, sid)


for _pool in POOLS:
    _register(_pool)
