"""Messaging Services (host messaging, v1). Their sender pools: sender_pools.py; their US A2P campaigns: campaigns.py.

Facts: twilio-messaging v1 OpenAPI document. Monitor calls a service "copilot-application".
"""

from twilio_environments.emulator.fields import Field, flag, method, missing, one_of, refusal, text, url, whole
from twilio_environments.emulator.resource import Resource
from twilio_environments.emulator.routing import ApiError, Call
from twilio_environments.emulator.state import Row, public

__all__ = ["CAMPAIGNS", "SERVICES"]

CAMPAIGNS = "campaigns"
_INVALID = refusal(20001)  # the products' own codes for bad values here are not published
_URL, _METHOD = url(_INVALID, empty=None), method(_INVALID)
_OFF = flag(default=False)
# The document does not state the defaults of these; a Terraform provider declares them all true.
_UNSETTLED = flag(default=lambda call: call.switches.messaging_boolean_default)
_USECASES = ("notifications", "marketing", "verification", "discussion", "poll", "undeclared")


def _campaigns(call: Call, row: Row) -> list[Row]:
    return call.state.table(CAMPAIGNS).rows(messaging_service_sid=row["sid"])


def _registered(call: Call, row: Row) -> Row:
    """Show a service as registered once one of its campaigns is verified."""
    verified = any(campaign["campaign_status"] == "VERIFIED" for campaign in _campaigns(call, row))
    return public(row) | {"us_app_to_person_registered": row.get("us_app_to_person_registered") or verified}


def _refuse_registered(call: Call, row: Row) -> None:
    """Numbers stay in the account when their service goes; a campaign is deleted with it, if that is allowed."""
    if _campaigns(call, row) and not call.switches.service_with_campaign_deletes:
        raise ApiError(409, 20409, "The Messaging Service has a US A2P campaign")


SERVICES = Resource(
    product="messaging",
    path="/v1/Services",
    table="messaging_services",
    key="services",
    prefix="MG",
    fields=(
        Field("FriendlyName", text(64, refusal(20002), minimum=1), required=missing),
        Field("InboundRequestUrl", _URL),
        Field("InboundMethod", _METHOD),
        Field("FallbackUrl", _URL),
        Field("FallbackMethod", _METHOD),
        Field("StatusCallback", _URL),
        Field("ScanMessageContent", one_of(("inherit", "enable", "disable"), _INVALID, empty="inherit")),
        Field("ValidityPeriod", whole(1, 36_000, 36_000, _INVALID)),
        Field("Usecase", one_of(_USECASES, refusal(21713), empty="undeclared")),
        Field("UseInboundWebhookOnNumber", _OFF),
        Field("SynchronousValidation", _OFF),
        Field("StickySender", _UNSETTLED),
        Field("MmsConverter", _UNSETTLED),
        Field("SmartEncoding", _UNSETTLED),
        Field("FallbackToLongCode", _UNSETTLED),
        Field("AreaCodeGeomatch", _UNSETTLED),
    ),
    initial={"us_app_to_person_registered": False},
    links={
        "phone_numbers": "PhoneNumbers",
        "short_codes": "ShortCodes",
        "alpha_senders": "AlphaSenders",
        "messages": "Messages",
        "us_app_to_person": "Compliance/Usa2p",
        "us_app_to_person_usecases": "Compliance/Usa2p/Usecases",
        "channel_senders": "ChannelSenders",
        "destination_alpha_senders": "DestinationAlphaSenders",
    },
    permission="/twilio/messaging/services",
    event="copilot-application",
    deleting=_refuse_registered,
    shown=_registered,
)
