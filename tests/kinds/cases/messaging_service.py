"""Messaging Services as data."""

from hypothesis import strategies as st

from tests.kinds.case import OTHER_URL, URL, Case, Change, flags
from tests.kinds.cases import sender_pool
from tests.kinds.operations import Operations
from tests.kinds.strategies import (
    BOOLEANS,
    GOOD_URLS,
    METHODS,
    NAMES,
    TRUTH,
    URLS,
    WEBHOOKS,
    Config,
    Known,
    Some,
    bounded,
    form,
    friendly,
    some,
)
from twilio_environments.kinds import messaging_service
from twilio_environments.kinds.messaging_service import MessagingService

_SERVICE = {"friendly_name": "alerts", "discard_inbound": True}
SERVICE = (
    "friendly_name",
    "inbound_request_url",
    "inbound_method",
    "fallback_url",
    "fallback_method",
    "status_callback",
    "use_inbound_webhook_on_number",
    "sticky_sender",
    "mms_converter",
    "smart_encoding",
    "fallback_to_long_code",
    "scan_message_content",
    "area_code_geomatch",
    "validity_period",
    "synchronous_validation",
    "usecase",
)
"""Its fields, but for its pool."""
_SERVICE_FLAGS = ("sticky_sender", "mms_converter", "smart_encoding", "fallback_to_long_code", "area_code_geomatch")


@st.composite
def _declared(draw: st.DrawFn, index: int, known: Known) -> Config:
    fields: dict[str, Some] = {name: st.just(value) for name, value in CASE.full[0].items() if isinstance(value, bool)}
    fields |= {"inbound_method": METHODS, "fallback_method": METHODS}
    fields |= {"status_callback": WEBHOOKS, "fallback_url": WEBHOOKS, "validity_period": bounded("validity_period")}
    fields["usecase"] = st.sampled_from(["notifications", "marketing", "poll"])
    inbound: Some = st.sampled_from(
        [{"inbound_request_url": URL}, {"use_inbound_webhook_on_number": True}, {"discard_inbound": True}]
    )
    service: Config = {**draw(some(fields)), **draw(inbound), **draw(friendly(index))}
    if draw(BOOLEANS) or known.get("numbers"):
        service["senders"] = draw(sender_pool.declared(index, known))
    if service.get("use_inbound_webhook_on_number") and known.get("numbers"):
        service["discard_inbound"] = True  # the numbers may have no webhook
    return service


def _random(index: int, known: Known) -> Some:
    return _declared(index, known)


CASE = Case(
    messaging_service.KIND,
    _SERVICE,
    (
        {
            "friendly_name": "alerts",
            "inbound_request_url": URL,
            "inbound_method": "GET",
            "fallback_url": OTHER_URL,
            "fallback_method": "GET",
            "use_inbound_webhook_on_number": True,
            "status_callback": URL,
            "scan_message_content": "enable",
            "validity_period": 60,
            "synchronous_validation": True,
            "usecase": "marketing",
        }
        | dict.fromkeys(_SERVICE_FLAGS, False),
    ),
    (
        Change("friendly_name", "notices"),
        *(Change(name, URL) for name in ("inbound_request_url", "fallback_url", "status_callback")),
        *(Change(name, "GET") for name in ("inbound_method", "fallback_method")),
        *flags(*_SERVICE_FLAGS, to=False),
        *flags("use_inbound_webhook_on_number", "synchronous_validation", to=True),
        Change("scan_message_content", "disable"),
        Change("validity_period", 1),
        Change("usecase", "poll"),
    ),
    table="messaging_services",
    operations=(Operations(MessagingService, "messaging_v1", ("/v1/Services", "/v1/Services/{Sid}")),),
    altered={"messaging_services.alerts": SERVICE},
    random=_random,
    account=form(
        {"FriendlyName": NAMES},
        {
            "InboundRequestUrl": URLS,
            "InboundMethod": METHODS,
            "FallbackUrl": GOOD_URLS,
            "StatusCallback": GOOD_URLS,
            "UseInboundWebhookOnNumber": TRUTH,
            "StickySender": TRUTH,
            "MmsConverter": TRUTH,
            "SmartEncoding": TRUTH,
            "AreaCodeGeomatch": TRUTH,
            "ScanMessageContent": st.sampled_from(["inherit", "disable"]),
            "ValidityPeriod": st.sampled_from(["1", "14400", "36000"]),
            "Usecase": st.sampled_from(["notifications", "undeclared"]),
        },
    ),
)
