"""Parts of a Verify service: messaging configurations and webhooks (host verify, v2).

Facts: twilio-verify v2 OpenAPI document; 60213 from the error dictionary.
"""

import re

from twilio_environments.emulator.fields import Changes, Field, fitting, missing, one_of, text, url
from twilio_environments.emulator.resource import Resource
from twilio_environments.emulator.routing import Call
from twilio_environments.emulator.state import Row

from .verify import SERVICES, invalid, refused

_PATH = "/v2/Services/{service_sid}"


def _messaging_service(call: Call, parameter: str, _value: str) -> str:
    sid = call.form.required(parameter)
    if not re.fullmatch(r"MG[0-9a-fA-F]{32}", sid):
        raise invalid(call, parameter)
    return sid


def _require_service(call: Call, _row: Row, _changes: Changes | None) -> None:
    call.form.required("MessagingServiceSid")  # an update has nothing else to say


# The Messaging Service that sends a country's verifications; `all` stands for the countries without their own. The
# country is the id. No permission is known, so no restricted key may use them.
Resource(
    product="verify",
    path=_PATH + "/MessagingConfigurations",
    table="verify_messaging_configurations",
    key="messaging_configurations",
    id="country",
    parent=SERVICES,
    fields=(
        Field(
            "Country",
            fitting("all|[A-Z]{2}", invalid, "{parameter} must be an ISO 3166-1 alpha-2 country code or all"),
            required=missing,
            write_once=True,
            taken=lambda call, country: refused(call, 60213, f"A messaging configuration for {country} exists already"),
        ),
        Field("MessagingServiceSid", _messaging_service, required=missing),
    ),
    rules=_require_service,
)


def _event_types(call: Call, parameter: str, _last: str) -> list[str]:
    types = call.form.all(parameter)
    if not types or not all(re.fullmatch(r"\*|(factor|challenge)\.(\*|[a-z_]+)", value) for value in types):
        raise invalid(call, f"{parameter} must be *, factor.* or challenge.* events")
    return types


# Webhooks: for factor and challenge events only, never for SMS verifications.
Resource(
    product="verify",
    path=_PATH + "/Webhooks",
    table="verify_webhooks",
    key="webhooks",
    prefix="YW",
    parent=SERVICES,
    fields=(
        Field("FriendlyName", text(64, invalid, minimum=1), required=missing),
        Field("EventTypes", _event_types, required=missing),
        Field("WebhookUrl", url(invalid, empty=None), required=missing),
        Field("Status", one_of(("enabled", "disabled"), invalid, empty="enabled")),
        Field("Version", one_of(("v1", "v2"), invalid, empty="v2")),
    ),
    initial={"webhook_method": "POST"},
    permission="/twilio/verify/webhook",
)
