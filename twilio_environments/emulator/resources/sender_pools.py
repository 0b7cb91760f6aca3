"""Sender pools of a Messaging Service (host messaging, v1): add, read, list and remove; there is no update.

Facts: twilio-messaging v1 OpenAPI document; 21701 to 21715 from the error dictionary; 409 for 21710 and 21712 from
third parties. A pool row whose number was released or moved is no longer listed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from twilio_environments.emulator.events import event
from twilio_environments.emulator.fields import Changes
from twilio_environments.emulator.resource import Resource
from twilio_environments.emulator.routing import ApiError, Call, Reply, not_found
from twilio_environments.emulator.state import Row

from .messaging import SERVICES
from .number_stock import block_of

__all__ = ["POOLS"]

_POOL_MAXIMUM = 400  # numbers and short codes of one service together, before 21714
_ALPHA_SENDER = re.compile(r"(?!\d+$)[A-Za-z0-9 \-+_&]{1,11}")  # not digits only


@dataclass(frozen=True, kw_only=True, eq=False)
class Pool(Resource):
    """The senders of one kind in one service: a row has the SID of the sender itself."""

    member: Callable[[Call, str], Row]
    """Returns the sender that the form names, for the service of that SID; raises ApiError if it cannot be one."""
    one_service_only: bool = False
    """The sender may be in one service of the account; adding it answers 200 or 201."""

    def rows(self, call: Call, **equal: object) -> list[Row]:
        """Return the rows that still stand for a sender of the account."""
        return [row for row in super().rows(call, **equal) if self._present(call, row)]

    def find(self, call: Call, **ids: str) -> Row:
        """Return the row, if it still stands for a sender of the account."""
        row = super().find(call, **ids)
        if not self._present(call, row):
            raise not_found(call)
        return row

    def _create(self, call: Call, **ids: str) -> Reply:
        self.enter(call, **ids)
        service_sid = ids["service_sid"]
        row = self.stamped(call, self.member(call, service_sid), **ids)
        table = call.state.table(self.table)
        held = table.get(row["sid"])
        if held is not None and self._present(call, held):
            if self._service_sid(held) == service_sid:
                raise ApiError(409, 21710, "Phone Number or Short Code is already in the Messaging Service.")
            raise ApiError(409, 21712, "Phone Number or Short Code is associated with another Messaging Service.")
        counted = [pool for pool in POOLS if pool.one_service_only]
        if self in counted and sum(len(pool.rows(call, service_sid=service_sid)) for pool in counted) >= _POOL_MAXIMUM:
            message = f"The Messaging Service has {_POOL_MAXIMUM} senders already, as many as it may have"
            raise ApiError(400, 21714, message)
        table.delete(row["sid"])
        reply = self.insert(call, row)
        return Reply(call.switches.pool_add_status if self.one_service_only else 201, reply.body)

    def _delete(self, call: Call, **ids: str) -> Reply:
        try:
            return super()._delete(call, **ids)  # the sender stays in the account
        except ApiError as error:
            if error.code != not_found(call).code:
                raise
            raise ApiError(404, 21711, "The sender is not associated with the Messaging Service") from None

    def _present(self, call: Call, row: Row) -> bool:
        """Tell whether a row still stands for a sender of its account."""
        if self.table != "messaging_phone_numbers":
            return True
        number = call.state.table("incoming_phone_numbers").get(row["sid"])
        return number is not None and number["account_sid"] == row["account_sid"]

    def _log(self, call: Call, what: str, row: Row, _changes: Changes | None = None) -> None:
        """Record a pool event under the service's SID; which SID Twilio uses is not published."""
        change = (None, row["sid"]) if what == "created" else (row["sid"], None)
        event(call, f"copilot-number-pool.{what}", "copilot-number-pool", self._service_sid(row), {self.key: change})

    def _service_sid(self, row: Row) -> str:
        return str(row[self.columns.get("service_sid", "service_sid")])


def _check_service(call: Call, service_sid: str) -> None:
    if not re.fullmatch(r"MG[0-9a-fA-F]{32}", service_sid):
        raise ApiError(400, 21705, f"The Messaging Service Sid {service_sid} is invalid")
    row = call.state.table(SERVICES.table).get(service_sid)
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
    if call.state.table(table).rows(service_sid=service_sid, **row):
        raise ApiError(409, 21710, "The alpha sender already exists in the Messaging Service")
    return {"sid": call.state.new_sid("AI"), "capabilities": ["SMS"], **row}


def _channel_sender(call: Call, _service_sid: str) -> Row:
    sid = call.form.required("Sid")
    if not re.fullmatch(r"XE[0-9a-fA-F]{32}", sid):
        raise ApiError(400, 21421, f"Sid {sid} is invalid")
    # Another product, which is not emulated, registers senders: one that is not in the table is taken as given.
    known = call.state.table("channel_senders").get(sid) or {}
    return {"sid": sid, **{name: known.get(name) for name in ("sender", "sender_type", "country_code")}}


def _pool(path: str, key: str, prefix: str, permission: str, member: Callable[[Call, str], Row], **more: Any) -> Pool:
    table = "messaging_" + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", path).lower()
    return Pool(
        product="messaging",
        path=f"/v1/Services/{{service_sid}}/{path}",
        table=table,
        key=key,
        prefix=prefix,
        parent=SERVICES,
        guard=_check_service,
        verbs=("create", "list", "read", "delete"),
        permission=f"/twilio/messaging/services.{permission}",
        member=member,
        **more,
    )


POOLS = (
    _pool("PhoneNumbers", "phone_numbers", "PN", "phonenumbers", _phone_number, one_service_only=True),
    _pool("ShortCodes", "short_codes", "SC", "shortcodes", _short_code, one_service_only=True),
    _pool("AlphaSenders", "alpha_senders", "AI", "alphasenders", _alpha_sender),
    _pool(
        "DestinationAlphaSenders",
        "alpha_senders",
        "AI",
        "destination-alpha-senders",
        _destination_alpha_sender,
        filters=("IsoCountryCode",),
    ),
    _pool(
        "ChannelSenders",
        "senders",
        "XE",
        "channelsenders",
        _channel_sender,
        columns={"service_sid": "messaging_service_sid"},
    ),
)
