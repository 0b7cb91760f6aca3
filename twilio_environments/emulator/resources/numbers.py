"""IncomingPhoneNumbers (host api): buy, read, update, list, transfer and release numbers.

A number is unique over the whole emulator. Facts: twilio-api v2010 OpenAPI document, and the error dictionary for
21404, 21421, 21422, 21451, 21452, 21457, 21458 and the transfer codes 21470 to 21474.
"""

import re

from twilio_environments.emulator.events import event
from twilio_environments.emulator.fields import Field, flag
from twilio_environments.emulator.resource import Resource
from twilio_environments.emulator.routing import ApiError, Call, Handler, Reply, page, rfc2822, route
from twilio_environments.emulator.state import Row

from .number_rules import FIELDS, apply, check_requirements, new_number
from .number_search import available
from .number_stock import E164_PATTERN, TYPES, Block, block_of

__all__ = ["NUMBERS"]

_PATH = "/2010-04-01/Accounts/{account_sid}/IncomingPhoneNumbers"
_PERMISSION = "/twilio/phone-numbers/active-numbers"


def _buy(call: Call, account_sid: str, number_type: str | None = None) -> Reply:
    """Buy a number by E.164 or, on the root resource only, any number of an area code. 201."""
    if call.switches.trial:
        raise ApiError(400, 21404, "Trial accounts cannot purchase phone numbers")
    if number_type and "AreaCode" in call.form:
        raise ApiError(400, 21457, f"AreaCode is not supported on {number_type}")
    if "AreaCode" in call.form and "PhoneNumber" not in call.form:
        phone_number = _of_area_code(call, call.form.get("AreaCode") or "")
    else:
        phone_number = call.form.required("PhoneNumber")
    block = _block(phone_number)
    if number_type and block.type != TYPES[number_type]:
        raise ApiError(400, 21458, f"{phone_number} is not of type {number_type}")
    held = next(iter(call.state.table(NUMBERS.table).rows(phone_number=phone_number)), None)
    if held:
        return _buy_again(call, account_sid, held)
    row = NUMBERS.stamped(call, new_number(call, block, phone_number), account_sid=account_sid)
    apply(call, row, buying=True)
    check_requirements(call, row)
    return NUMBERS.insert(call, row)


def _list(call: Call, account_sid: str, number_type: str | None = None) -> Reply:
    """List the account's numbers; PhoneNumber matches any part, `*` stands for one digit."""
    pattern = re.compile(re.escape(call.query.get("PhoneNumber") or "").replace(r"\*", "."))
    rows = NUMBERS.selected(call, account_sid=account_sid)
    if number_type:
        rows = [row for row in rows if row["type"] == TYPES[number_type]]
    return page(call, [row for row in rows if pattern.search(row["phone_number"])], NUMBERS.key)


def _of_type(handler: Handler, number_type: str) -> Handler:
    """Serve a sub-resource such as /Local: one type of number, and answers without the type."""

    def handle(call: Call, account_sid: str) -> Reply:
        reply = handler(call, account_sid, number_type)
        for row in (reply.body or {}).get("incoming_phone_numbers", [reply.body]):
            row.pop("type")
        return reply

    return handle


for _type in ("Local", "Mobile", "TollFree"):
    route("POST", "api", f"{_PATH}/{_type}.json", f"{_PERMISSION}/create")(_of_type(_buy, _type))
    route("GET", "api", f"{_PATH}/{_type}.json", f"{_PERMISSION}/list")(_of_type(_list, _type))


def _update(call: Call, account_sid: str, sid: str) -> Reply:
    """Update what is sent; AccountSid moves the number to a related account."""
    row = NUMBERS.find(call, account_sid=account_sid, sid=sid)
    if call.form.get("AccountSid", account_sid) == account_sid:
        return _change(call, row)
    return Reply(200, _transfer(call, row))


def _refuse_emergency(_call: Call, row: Row) -> None:
    """Refuse to release a number with a registered emergency address."""
    if row["emergency_address_status"] != "unregistered":
        # [docs] that it is refused, not with which code; 20409 is the general one for a resource in the wrong state.
        raise ApiError(409, 20409, "Remove the emergency address before releasing the number")


def _of_area_code(call: Call, area_code: str) -> str:
    if not re.fullmatch(r"[2-9]\d{2}", area_code):
        raise ApiError(400, 21451, f"Invalid area code {area_code}")
    phone_number = available(call, area_code)
    if phone_number is None:
        raise ApiError(400, 21452, f"No phone numbers found in area code {area_code}")
    return phone_number


def _block(phone_number: str) -> Block:
    if not re.fullmatch(E164_PATTERN, phone_number):
        raise ApiError(400, 21421, f"{phone_number} is not a valid phone number")
    block = block_of(phone_number)
    if block is None:
        raise ApiError(400, 21422, f"{phone_number} is not available")
    return block


def _buy_again(call: Call, account_sid: str, held: Row) -> Reply:
    """Answer the purchase of a number that is taken: idempotent for its owner, by Twilio's text on 20500."""
    if held["account_sid"] != account_sid:
        raise ApiError(400, 21422, f"{held['phone_number']} is not available")
    if call.switches.buy_owned_number == "ignore":
        return Reply(201, held)
    return Reply(201, _change(call, held).body)


def _change(call: Call, row: Row) -> Reply:
    changes = apply(call, row, buying=False)
    check_requirements(call, row)
    return NUMBERS.put(call, row, changes)


def _transfer(call: Call, row: Row) -> Row:
    """Move a number between related accounts; it leaves its pool, and what belongs to the losing account stays."""
    source, target = row["account_sid"], call.form.required("AccountSid")
    _check_transfer(call, source, target)
    sid = row["sid"]
    left_behind = ("address_sid", "emergency_address_sid", "bundle_sid", "identity_sid")
    row |= dict.fromkeys((*left_behind, "trunk_sid", "voice_application_sid", "sms_application_sid"))
    row |= {"emergency_address_status": "unregistered", "account_sid": target}
    apply(call, row, buying=False)
    check_requirements(call, row)
    if not call.switches.transfer_keeps_sid:
        row["sid"] = call.state.new_sid("PN")
    row |= {"uri": f"{_PATH.format(account_sid=target)}/{row['sid']}.json", "date_updated": rfc2822(call.now)}
    table = call.state.table(NUMBERS.table)
    table.delete(sid)
    table.insert(row["sid"], row)
    call.state.table("messaging_phone_numbers").delete(sid)
    for account_sid, number_sid in ((source, sid), (target, row["sid"])) if call.switches.transfer_has_events else ():
        changed = {"account_sid": (source, target)}
        event(call, "phone-number.updated", "phone-number", number_sid, changed, account_sid=account_sid)
    return row


def _check_transfer(call: Call, source: str, target: str) -> None:
    accounts = call.state.table("accounts")
    if not re.fullmatch(r"AC[0-9a-fA-F]{32}", target):
        raise ApiError(400, 21470, f"AccountSid {target} is invalid")
    losing, gaining = accounts.get(source), accounts.get(target)
    if losing is None or gaining is None:
        raise ApiError(400, 21471, f"Account {target} does not exist")
    if losing["owner_account_sid"] != gaining["owner_account_sid"]:
        raise ApiError(400, 21473, f"Account {target} is not related to {source}")
    if gaining["status"] != "active":
        raise ApiError(400, 21472, f"Account {target} is not active")
    if call.actor.account_sid != gaining["owner_account_sid"]:
        raise ApiError(400, 21474, "Only the parent account may transfer phone numbers")


NUMBERS = Resource(
    product="api",
    path=_PATH,
    table="incoming_phone_numbers",
    key="incoming_phone_numbers",
    prefix="PN",
    fields=FIELDS,
    filters=("FriendlyName", Field("Beta", flag(default=False)), "Origin"),
    permission=_PERMISSION,
    event="phone-number",
    deleting=_refuse_emergency,
    by_hand={"create": _buy, "list": _list, "update": _update},
)
