"""Addresses (host api, v2010): what numbers of some countries need. No address is looked up on a map."""

from twilio_environments.emulator.routing import ApiError, Call, Reply, owned, page, rfc2822, route

__all__ = ["ADDRESSES"]

ADDRESSES = "addresses"
_PATH = "/2010-04-01/Accounts/{account_sid}/Addresses"
_PERMISSION = "/twilio/phone-numbers/address-service/"
_REQUIRED = {
    "CustomerName": "customer_name",
    "Street": "street",
    "City": "city",
    "Region": "region",
    "PostalCode": "postal_code",
    "IsoCountry": "iso_country",
}
_FILTERS = {"CustomerName": "customer_name", "FriendlyName": "friendly_name", "IsoCountry": "iso_country"}
_COUNTRY_CODE_LENGTH = 2


@route("POST", "api", _PATH + ".json", _PERMISSION + "create")
def create(call: Call, account_sid: str) -> Reply:
    """Add an address; everything but its name and a second street line is required. 201."""
    required = {name: call.form.required(parameter) for parameter, name in _REQUIRED.items()}
    if len(required["iso_country"]) != _COUNTRY_CODE_LENGTH:
        raise ApiError(400, 20001, "IsoCountry must be an ISO 3166-1 alpha-2 country code")
    sid, now = call.state.new_sid("AD"), rfc2822(call.now)
    row = {
        **required,
        "sid": sid,
        "account_sid": account_sid,
        "friendly_name": call.form.get("FriendlyName"),
        "street_secondary": call.form.get("StreetSecondary"),
        "emergency_enabled": bool(call.form.flag("EmergencyEnabled")),
        "validated": False,
        "verified": False,
        "date_created": now,
        "date_updated": now,
        "uri": f"{_PATH.format(account_sid=account_sid)}/{sid}.json",
    }
    call.state.table(ADDRESSES).insert(sid, row)
    return Reply(201, row)


@route("GET", "api", _PATH + ".json", _PERMISSION + "read")
def list_addresses(call: Call, account_sid: str) -> Reply:
    """List the account's addresses; filters by exact value."""
    equal: dict[str, object] = {name: call.query.get(key) for key, name in _FILTERS.items() if key in call.query}
    if "EmergencyEnabled" in call.query:
        equal["emergency_enabled"] = call.query.flag("EmergencyEnabled")
    return page(call, call.state.table(ADDRESSES).rows(account_sid=account_sid, **equal), "addresses")


@route("GET", "api", _PATH + "/{sid}.json", _PERMISSION + "read")
def read(call: Call, account_sid: str, sid: str) -> Reply:  # noqa: ARG001  routed by path, checked by owned()
    """Read one address."""
    return Reply(200, owned(call, ADDRESSES, sid))


@route("DELETE", "api", _PATH + "/{sid}.json")
def delete(call: Call, account_sid: str, sid: str) -> Reply:
    """Delete one address; one that a number uses stays."""
    owned(call, ADDRESSES, sid)
    numbers = call.state.table("incoming_phone_numbers").rows(account_sid=account_sid)
    if any(sid in (number["address_sid"], number["emergency_address_sid"]) for number in numbers):
        raise ApiError(409, 20409, "The address is in use by a phone number")  # the refusal is likely, the code a guess
    call.state.table(ADDRESSES).delete(sid)
    return Reply(204)
