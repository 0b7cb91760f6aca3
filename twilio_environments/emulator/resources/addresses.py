"""Addresses (host api, v2010): what numbers of some countries need. No address is verified."""

from twilio_environments.emulator.fields import Field, fitting, flag, missing, refusal, word
from twilio_environments.emulator.resource import Resource
from twilio_environments.emulator.routing import ApiError, Call
from twilio_environments.emulator.state import Row

__all__ = ["ADDRESSES"]

_STEM = "/twilio/phone-numbers/address-service"
_COUNTRY = fitting("..", refusal(20001), "{parameter} must be an ISO 3166-1 alpha-2 country code")


def _refuse_in_use(call: Call, row: Row) -> None:
    numbers = call.state.table("incoming_phone_numbers").rows(account_sid=row["account_sid"])
    if any(row["sid"] in (number["address_sid"], number["emergency_address_sid"]) for number in numbers):
        raise ApiError(409, 20409, "The address is in use by a phone number")  # the refusal is likely, the code a guess


ADDRESSES = Resource(
    product="api",
    path="/2010-04-01/Accounts/{account_sid}/Addresses",
    table="addresses",
    key="addresses",
    prefix="AD",
    verbs=("create", "list", "read", "delete"),
    fields=(
        *(Field(name, word, required=missing) for name in ("CustomerName", "Street", "City", "Region", "PostalCode")),
        Field("IsoCountry", _COUNTRY, required=missing),
        Field("FriendlyName", word, default=None),
        Field("StreetSecondary", word, default=None),
        Field("EmergencyEnabled", flag(default=False)),
    ),
    initial={"validated": False, "verified": False},
    filters=("CustomerName", "FriendlyName", "IsoCountry", Field("EmergencyEnabled", flag(default=False))),
    permission={"create": f"{_STEM}/create", "list": f"{_STEM}/read", "read": f"{_STEM}/read"},
    deleting=_refuse_in_use,
)
