"""What belongs to a Verify service: here messaging configurations and webhooks (host verify, v2).

Facts: twilio-verify v2 OpenAPI document; 60213 from the error dictionary. A part is kept under its path.
"""

import re
from collections.abc import Iterable

from twilio_environments.emulator.fields import Field, assign, one_of, sent, text, url
from twilio_environments.emulator.routing import ApiError, Call, Reply, iso, not_found, owned, page, route
from twilio_environments.emulator.state import Row, public

__all__ = [
    "BUCKETS", "PARTS", "RATE_LIMITS", "SERVICES", "SERVICE_PATH", "delete_part", "get_part", "insert_part", "invalid",
    "list_parts", "refused", "store_part", "update_part",
]  # fmt: skip

SERVICES = "verify_services"
RATE_LIMITS, BUCKETS, _WEBHOOKS = "verify_rate_limits", "verify_buckets", "verify_webhooks"
_CONFIGURATIONS = "verify_messaging_configurations"
PARTS = (RATE_LIMITS, BUCKETS, _CONFIGURATIONS, _WEBHOOKS)

SERVICE_PATH = "/v2/Services/{service_sid}"


def invalid(call: Call, message: str) -> ApiError:
    """Make the error for an invalid parameter."""
    return refused(call, 60200, f"Invalid parameter: {message}")


def refused(call: Call, code: int, message: str) -> ApiError:
    """Make the error of another 602xx code; the status of all of them is a switch."""
    return ApiError(call.switches.validation_status, code, message)


def insert_part(call: Call, table: str, path: str, row: Row) -> Reply:
    """Store a new part at a path below its host; the last segment is its id."""
    now = iso(call.now)
    stored = {
        **row,
        "account_sid": call.account_sid,
        "date_created": now,
        "date_updated": now,
        "url": call.base + path,
        "_key": path,
    }
    call.state.table(table).insert(path, stored)
    return Reply(201, public(stored))


def get_part(call: Call, table: str, path: str | None = None) -> Row:
    """Give the part whose path was called, or another's; the path carries the service, and with it the account."""
    owned(call, SERVICES, (path or call.path).split("/")[3])
    row = call.state.table(table).get(path or call.path)
    if row is None:
        raise not_found(call)
    return row


def store_part(call: Call, table: str, row: Row) -> Reply:
    """Store a changed part. 200."""
    row["date_updated"] = iso(call.now)
    call.state.table(table).put(row["_key"], row)
    return Reply(200, public(row))


def update_part(call: Call, table: str, fields: Iterable[Field]) -> Reply:
    """Change what is sent of the part whose path was called."""
    row = get_part(call, table)
    assign(row, sent(call, fields))
    return store_part(call, table, row)


def list_parts(call: Call, table: str, key: str, service_sid: str, **equal: object) -> Reply:
    """List a service's parts of one table."""
    owned(call, SERVICES, service_sid)
    return page(call, call.state.table(table).rows(service_sid=service_sid, **equal), key)


def delete_part(call: Call, table: str) -> Reply:
    """Delete the part whose path was called. 204."""
    get_part(call, table)
    call.state.table(table).delete(call.path)
    return Reply(204)


# -- messaging configurations: no permission of their own is known, so no restricted key reaches them --


def _messaging_service(call: Call) -> str:
    sid = call.form.required("MessagingServiceSid")
    if not re.fullmatch(r"MG[0-9a-fA-F]{32}", sid):
        raise invalid(call, "MessagingServiceSid")
    return sid


@route("POST", "verify", SERVICE_PATH + "/MessagingConfigurations")
def create_configuration(call: Call, service_sid: str) -> Reply:
    """Send a country's verifications through a Messaging Service; `all` stands for the countries without their own."""
    owned(call, SERVICES, service_sid)
    country, messaging_service_sid = call.form.required("Country"), _messaging_service(call)
    if not re.fullmatch(r"all|[A-Z]{2}", country):
        raise invalid(call, "Country must be an ISO 3166-1 alpha-2 country code or all")
    path = f"{call.path}/{country}"
    if call.state.table(_CONFIGURATIONS).get(path):
        raise refused(call, 60213, f"A messaging configuration for {country} exists already")
    row = {"service_sid": service_sid, "country": country, "messaging_service_sid": messaging_service_sid}
    return insert_part(call, _CONFIGURATIONS, path, row)


@route("GET", "verify", SERVICE_PATH + "/MessagingConfigurations")
def list_configurations(call: Call, service_sid: str) -> Reply:
    """List the service's messaging configurations."""
    return list_parts(call, _CONFIGURATIONS, "messaging_configurations", service_sid)


@route("GET", "verify", SERVICE_PATH + "/MessagingConfigurations/{country}")
def read_configuration(call: Call, **_ids: str) -> Reply:
    """Read the configuration of one country: the country is the id."""
    return Reply(200, public(get_part(call, _CONFIGURATIONS)))


@route("POST", "verify", SERVICE_PATH + "/MessagingConfigurations/{country}")
def update_configuration(call: Call, **_ids: str) -> Reply:
    """Name another Messaging Service."""
    row = get_part(call, _CONFIGURATIONS)
    row["messaging_service_sid"] = _messaging_service(call)
    return store_part(call, _CONFIGURATIONS, row)


@route("DELETE", "verify", SERVICE_PATH + "/MessagingConfigurations/{country}")
def delete_configuration(call: Call, **_ids: str) -> Reply:
    """Delete the configuration of one country."""
    return delete_part(call, _CONFIGURATIONS)


# -- webhooks: factor and challenge events only, never the life of an SMS verification --


def _event_types(call: Call, parameter: str, _last: str) -> list[str]:
    types = call.form.all(parameter)
    if not types or not all(re.fullmatch(r"\*|(factor|challenge)\.(\*|[a-z_]+)", value) for value in types):
        raise invalid(call, f"{parameter} must be *, factor.* or challenge.* events")
    return types


_WEBHOOK = (
    Field("FriendlyName", text(64, invalid, minimum=1)),
    Field("EventTypes", _event_types),
    Field("WebhookUrl", url(invalid, empty=None)),
    Field("Status", one_of(("enabled", "disabled"), invalid, empty="enabled")),
    Field("Version", one_of(("v1", "v2"), invalid, empty="v2")),
)


@route("POST", "verify", SERVICE_PATH + "/Webhooks", "/twilio/verify/webhook/create")
def create_webhook(call: Call, service_sid: str) -> Reply:
    """Add a webhook."""
    owned(call, SERVICES, service_sid)
    for parameter in ("FriendlyName", "EventTypes", "WebhookUrl"):
        call.form.required(parameter)
    sid = call.state.new_sid("YW")
    row = {"sid": sid, "service_sid": service_sid, "status": "enabled", "version": "v2", "webhook_method": "POST"}
    return insert_part(call, _WEBHOOKS, f"{call.path}/{sid}", {**row, **sent(call, _WEBHOOK)})


@route("GET", "verify", SERVICE_PATH + "/Webhooks", "/twilio/verify/webhook/list")
def list_webhooks(call: Call, service_sid: str) -> Reply:
    """List the service's webhooks."""
    return list_parts(call, _WEBHOOKS, "webhooks", service_sid)


@route("GET", "verify", SERVICE_PATH + "/Webhooks/{sid}", "/twilio/verify/webhook/read")
def read_webhook(call: Call, **_ids: str) -> Reply:
    """Read one webhook."""
    return Reply(200, public(get_part(call, _WEBHOOKS)))


@route("POST", "verify", SERVICE_PATH + "/Webhooks/{sid}", "/twilio/verify/webhook/update")
def update_webhook(call: Call, **_ids: str) -> Reply:
    """Change what is sent."""
    return update_part(call, _WEBHOOKS, _WEBHOOK)


@route("DELETE", "verify", SERVICE_PATH + "/Webhooks/{sid}", "/twilio/verify/webhook/delete")
def delete_webhook(call: Call, **_ids: str) -> Reply:
    """Delete one webhook."""
    return delete_part(call, _WEBHOOKS)
