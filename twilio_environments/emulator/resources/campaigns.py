"""US A2P campaigns of Messaging Services (host messaging, v1): create, read, list, delete.

Facts: twilio-messaging v1 OpenAPI document; error dictionary for 21727 and 21728. Brands are not emulated: the form of
their SID is all that is checked. Who vets a campaign is no API: the control path seeds the table `campaigns` with a
row whose `campaign_status` is VERIFIED. Updates are a private beta of Twilio's and are left out.
"""

import re

from twilio_environments.emulator.fields import Refuse, refusal
from twilio_environments.emulator.routing import ApiError, Call, Reply, iso, not_found, page, route
from twilio_environments.emulator.state import Row

from .sender_pools import service

__all__ = ["CAMPAIGNS", "campaigns", "registered"]

CAMPAIGNS = "campaigns"
VERIFIED = "VERIFIED"
_PATH = "/v1/Services/{service_sid}/Compliance/Usa2p"
_PERMISSION = "/twilio/messaging/services.usa2p-campaign/"
_MISSING, _LENGTH = refusal(21727), refusal(21728)
_TEXTS = {"Description": (40, 4096), "MessageFlow": (40, 2048)}
_SAMPLES, _SAMPLE = (2, 5), (20, 1024)
_FLAGS = {
    "HasEmbeddedLinks": "has_embedded_links",
    "HasEmbeddedPhone": "has_embedded_phone",
    "SubscriberOptIn": "subscriber_opt_in",
    "AgeGated": "age_gated",
    "DirectLending": "direct_lending",
}


def campaigns(call: Call, service_sid: str) -> list[Row]:
    """Give the campaigns of a service."""
    return call.state.table(CAMPAIGNS).rows(messaging_service_sid=service_sid)


def registered(call: Call, service_row: Row) -> Row:
    """Give a service as it is shown: registered once a campaign of its is verified."""
    verified = any(one["campaign_status"] == VERIFIED for one in campaigns(call, service_row["sid"]))
    return service_row | {"us_app_to_person_registered": service_row.get("us_app_to_person_registered") or verified}


def _required(call: Call, parameter: str) -> str:
    value = call.form.get(parameter)
    if not value:
        raise _MISSING(call, f"{parameter} is required")
    return value


def _fits(call: Call, parameter: str, value: str, bounds: tuple[int, int], refuse: Refuse = _LENGTH) -> str:
    if not bounds[0] <= len(value) <= bounds[1]:
        raise refuse(call, f"{parameter} must have between {bounds[0]} and {bounds[1]} characters")
    return value


@route("POST", "messaging", _PATH, _PERMISSION + "create")
def create(call: Call, service_sid: str) -> Reply:
    """Hand a campaign in; a service has one. 201, and people look at it for days."""
    service(call, service_sid)
    if campaigns(call, service_sid):
        raise ApiError(409, 20409, "The Messaging Service has a campaign already")  # the code is published nowhere
    brand = _required(call, "BrandRegistrationSid")
    if not re.fullmatch(r"BN[0-9a-fA-F]{32}", brand):
        raise ApiError(400, 21717, f"The brand {brand} is not registered")
    texts = {name: _fits(call, name, _required(call, name), bounds) for name, bounds in _TEXTS.items()}
    samples = call.form.all("MessageSamples")
    if not _SAMPLES[0] <= len(samples) <= _SAMPLES[1]:
        raise _MISSING(call, f"MessageSamples must be {_SAMPLES[0]} to {_SAMPLES[1]}")
    for name in ("HasEmbeddedLinks", "HasEmbeddedPhone"):
        _required(call, name)
    sid, now = call.state.new_sid("QE"), iso(call.now)
    row: Row = {
        "sid": sid,
        "account_sid": call.account_sid,
        "brand_registration_sid": brand,
        "messaging_service_sid": service_sid,
        "description": texts["Description"],
        "message_samples": [_fits(call, "MessageSamples", one, _SAMPLE) for one in samples],
        "us_app_to_person_usecase": _required(call, "UsAppToPersonUsecase"),
        **{name: bool(call.form.flag(parameter)) for parameter, name in _FLAGS.items()},
        "campaign_status": "PENDING",
        "campaign_id": None,
        "is_externally_registered": False,
        "rate_limits": None,
        "message_flow": texts["MessageFlow"],
        **dict.fromkeys(("opt_in_message", "opt_out_message", "help_message")),
        **{name: [] for name in ("opt_in_keywords", "opt_out_keywords", "help_keywords")},
        "date_created": now,
        "date_updated": now,
        "url": f"{call.base}{call.path}/{sid}",
        "mock": False,
        "errors": [],
    }
    call.state.table(CAMPAIGNS).insert(sid, row)
    return Reply(201, row)


@route("GET", "messaging", _PATH, _PERMISSION + "list")
def listing(call: Call, service_sid: str) -> Reply:
    """List the campaigns of a service."""
    service(call, service_sid)
    return page(call, campaigns(call, service_sid), "compliance")


@route("GET", "messaging", _PATH + "/{sid}", _PERMISSION + "read")
def read(call: Call, service_sid: str, sid: str) -> Reply:
    """Read one campaign."""
    return Reply(200, _campaign(call, service_sid, sid))


@route("DELETE", "messaging", _PATH + "/{sid}", _PERMISSION + "delete")
def delete(call: Call, service_sid: str, sid: str) -> Reply:
    """Give a campaign up, and what was paid for it. 204."""
    _campaign(call, service_sid, sid)
    call.state.table(CAMPAIGNS).delete(sid)
    return Reply(204)


def _campaign(call: Call, service_sid: str, sid: str) -> Row:
    service(call, service_sid)
    found = next((one for one in campaigns(call, service_sid) if one["sid"] == sid), None)
    if found is None:
        raise not_found(call)
    return found
