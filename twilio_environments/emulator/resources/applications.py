"""TwiML applications (host api, v2010): what a number's VoiceApplicationSid and SmsApplicationSid point at.

Facts: twilio-api v2010 OpenAPI document; Twilio's page on applications for how many there may be and what happens to
numbers; error dictionary for 21301 and 21402 to 21409. No permission for them is known, so no restricted key may.
"""

from twilio_environments.emulator.events import event
from twilio_environments.emulator.fields import (
    Changes,
    Field,
    assign,
    flag,
    method,
    one_of,
    refusal,
    text,
    url,
)
from twilio_environments.emulator.resource import Limit, Resource
from twilio_environments.emulator.routing import Call, rfc2822
from twilio_environments.emulator.state import Row

__all__ = ["APPLICATIONS"]

_URL, _METHOD = url(refusal(21402), empty=None), method(refusal(21403))
_OF_NUMBERS = ("voice_application_sid", "sms_application_sid")


def _settle(call: Call, row: Row, changes: Changes | None) -> None:
    """Name a new application after its SID if unnamed; keep the two names of a callback equal if they are one."""
    if changes is None and "FriendlyName" not in call.form:
        row["friendly_name"] = row["sid"]
    if call.switches.application_status_callbacks_are_one:
        both = {"SmsStatusCallback": "sms_status_callback", "MessageStatusCallback": "message_status_callback"}
        for value in [row[name] for parameter, name in both.items() if parameter in call.form]:
            ({} if changes is None else changes).update(assign(row, dict.fromkeys(both.values(), value)))


def _leave_numbers(call: Call, row: Row) -> None:
    """Remove the SID from the numbers that name it; nothing else of them changes."""
    if call.switches.numbers_keep_deleted_application:
        return
    table = call.state.table("incoming_phone_numbers")
    for number in table.rows(account_sid=row["account_sid"]):
        changes = assign(number, {name: None for name in _OF_NUMBERS if number.get(name) == row["sid"]})
        if changes:
            table.put(number["sid"], number | {"date_updated": rfc2822(call.now)})
            if call.switches.deleted_application_has_number_events:
                event(call, "phone-number.updated", "phone-number", number["sid"], changes)


APPLICATIONS = Resource(
    product="api",
    path="/2010-04-01/Accounts/{account_sid}/Applications",
    table="applications",
    key="applications",
    prefix="AP",
    fields=(
        Field("FriendlyName", text(64, refusal(20002))),
        Field("ApiVersion", one_of(("2010-04-01", "2008-08-01"), refusal(20001), empty="2010-04-01")),
        Field("VoiceUrl", _URL),
        Field("VoiceMethod", _METHOD),
        Field("VoiceFallbackUrl", _URL),
        Field("VoiceFallbackMethod", _METHOD),
        Field("VoiceCallerIdLookup", flag(default=False, refuse=refusal(21409))),
        Field("SmsUrl", _URL),
        Field("SmsMethod", _METHOD),
        Field("SmsFallbackUrl", _URL),
        Field("SmsFallbackMethod", _METHOD),
        Field("SmsStatusCallback", _URL),
        Field("MessageStatusCallback", _URL),
        Field("StatusCallback", _URL),
        Field("StatusCallbackMethod", _METHOD),
        Field("PublicApplicationConnectEnabled", flag(default=False)),
    ),
    filters=("FriendlyName",),
    event="application",
    limit=Limit(1000, refusal(21301), "The account has 1000 applications already, as many as it may have"),
    rules=_settle,
    deleting=_leave_numbers,
)
