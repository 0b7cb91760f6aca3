"""A number's parameters, the rules between them, and what its country requires.

Facts: twilio-api v2010 OpenAPI document and the error dictionary (21402 to 21409, 21420, 21613, 21615, 21631, 21649).
"""

from twilio_environments.emulator.fields import (
    Changes,
    Field,
    Reader,
    assign,
    created,
    flag,
    method,
    one_of,
    refusal,
    sent,
    sid,
    text,
    url,
)
from twilio_environments.emulator.routing import ApiError, Call
from twilio_environments.emulator.state import Row

from .addresses import ADDRESSES
from .applications import APPLICATIONS
from .number_stock import Block, block_of, national_format

__all__ = ["FIELDS", "apply", "check_requirements", "new_number"]

_URL, _METHOD = url(refusal(21402), empty=""), method(refusal(21403))


def _unsent_url(call: Call) -> str:
    return call.switches.number_default_urls


def _of_account(prefix: str, table: str, code: int) -> Reader:
    """Read the SID of something that must be in the account the number is in."""
    shape = sid(prefix, refusal(code))

    def read(call: Call, parameter: str, text: str) -> str | None:
        value: str | None = shape(call, parameter, text)
        row = call.state.table(table).get(value) if value else None
        if value and (row is None or row["account_sid"] != _keeper(call)):
            raise ApiError(400, code, f"{parameter} {value} is not accessible")
        return value

    return read


def _keeper(call: Call) -> str:
    """Return the number's account to be: a transfer brings the gaining account's address and applications along."""
    return call.form.get("AccountSid") or call.account_sid


_APPLICATION = _of_account("AP", APPLICATIONS.table, 21420)
_ADDRESS = _of_account("AD", ADDRESSES.table, 20001)  # no code for another account's address is published
FIELDS = (
    Field("FriendlyName", text(64, refusal(20002))),
    Field("ApiVersion", one_of(("2010-04-01", "2008-08-01"), refusal(20001), empty="2010-04-01")),
    Field("VoiceUrl", _URL, default=_unsent_url),
    Field("VoiceMethod", _METHOD),
    Field("VoiceFallbackUrl", _URL),
    Field("VoiceFallbackMethod", _METHOD),
    Field("VoiceApplicationSid", _APPLICATION),
    Field("VoiceCallerIdLookup", flag(default=False, refuse=refusal(21409))),
    Field("VoiceReceiveMode", one_of(("voice", "fax"), refusal(20001), empty="voice")),
    Field("SmsUrl", _URL, default=_unsent_url),
    Field("SmsMethod", _METHOD),
    Field("SmsFallbackUrl", _URL),
    Field("SmsFallbackMethod", _METHOD),
    Field("SmsApplicationSid", _APPLICATION),
    Field("StatusCallback", _URL),
    Field("StatusCallbackMethod", _METHOD),
    Field("TrunkSid", sid("TK", refusal(20001))),  # trunks are not emulated: only the form is checked
    Field("AddressSid", _ADDRESS),
    Field("BundleSid", sid("BU", refusal(21649))),  # nor are bundles
    Field("IdentitySid", sid("RI", refusal(20001))),
    Field("EmergencyStatus", one_of(("Active", "Inactive"), refusal(20001), empty="Inactive")),
    Field("EmergencyAddressSid", _ADDRESS),
)


def new_number(call: Call, block: Block, phone_number: str) -> Row:
    """Make the row of a number just bought, before `apply`. Raises ApiError for a bad parameter."""
    row = created(call, FIELDS)
    return row | {
        "phone_number": phone_number,
        "friendly_name": row["friendly_name"] or national_format(phone_number),
        "address_requirements": block.address_requirements,
        "beta": block.beta,
        "capabilities": {name: name in block.capabilities for name in ("voice", "sms", "mms", "fax")},
        "origin": "twilio",
        "type": block.type,
        "status": "in-use",  # [3p] at once
        "emergency_address_status": "unregistered",
    }


def apply(call: Call, row: Row, *, buying: bool) -> Changes:
    """Put what the form says into the row in place; return what changed. Raises ApiError with nothing stored."""
    values = sent(call, FIELDS)
    if "friendly_name" in values:
        values["friendly_name"] = values["friendly_name"] or national_format(row["phone_number"])
    if not row["capabilities"]["sms"] and any(
        values.get(f"sms_{what}") for what in ("url", "fallback_url", "application_sid")
    ):
        raise ApiError(400, 21407, f"{row['phone_number']} does not support SMS")
    if values.get("trunk_sid"):
        values["voice_application_sid"] = None
    elif values.get("voice_application_sid"):
        values["trunk_sid"] = None
    if buying and not call.switches.emergency_address_on_create:
        values["emergency_address_sid"] = None
    if "emergency_address_sid" in values:  # registration takes a while at Twilio; here it is immediate
        values["emergency_address_status"] = "registered" if values["emergency_address_sid"] else "unregistered"
    changed = assign(row, values)
    for code, kind in ((21405, "voice"), (21406, "sms")):
        if row[f"{kind}_fallback_url"] and not row[f"{kind}_url"] and not row[f"{kind}_application_sid"]:
            raise ApiError(400, code, f"{kind.capitalize()}FallbackUrl without {kind.capitalize()}Url")
    return changed


def check_requirements(call: Call, row: Row) -> None:
    """Raise ApiError for what the number's country requires and the row's account has not provided."""
    block = block_of(row["phone_number"])
    if block is None:  # only if the stock changed under a state file
        return
    addresses = {
        address["sid"]: address for address in call.state.table(ADDRESSES.table).rows(account_sid=row["account_sid"])
    }
    if block.address_requirements != "none":
        if not addresses:
            raise ApiError(400, 21613, "PhoneNumber Requires an Address")
        if not row["address_sid"]:
            raise ApiError(400, 21631, "Phone Number Requires an Address but the 'AddressSid' parameter was empty")
        local = addresses[row["address_sid"]]["iso_country"] == block.country
        if block.address_requirements == "local" and not local:
            raise ApiError(400, 21615, "PhoneNumber Requires a Local Address")
        if block.address_requirements == "foreign" and local:  # no code of its own is published
            raise ApiError(400, 21613, "PhoneNumber Requires an Address outside its country")
    if block.bundle and not row["bundle_sid"]:
        raise ApiError(400, 21649, "Phone Number Requires a Bundle")
