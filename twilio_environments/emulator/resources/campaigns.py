"""US A2P campaigns of Messaging Services (host messaging, v1): create, read, list, delete.

Facts: twilio-messaging v1 OpenAPI document; error dictionary for 21727 and 21728. Brands are not emulated: only the
form of their SID is checked. No API vets a campaign: the control path seeds the table `campaigns` with a row whose
`campaign_status` is VERIFIED. Updates are a private beta at Twilio and are left out.
"""

from twilio_environments.emulator.fields import Field, fitting, flag, refusal, text, word
from twilio_environments.emulator.resource import Limit, Resource
from twilio_environments.emulator.routing import ApiError, Call

from .messaging import CAMPAIGNS, SERVICES

_LENGTH = refusal(21728)
_SAMPLES = (2, 5)
_SAMPLE = text(1024, _LENGTH, minimum=20)
_OFF = flag(default=False)
_BRAND = fitting("BN[0-9a-fA-F]{32}", refusal(21717), "The brand {value} is not registered")


def _missing(_call: Call, parameter: str) -> ApiError:
    return ApiError(400, 21727, f"{parameter} is required")


def _samples(call: Call, parameter: str, _last: str) -> list[str]:
    samples = call.form.all(parameter)
    if not _SAMPLES[0] <= len(samples) <= _SAMPLES[1]:
        raise ApiError(400, 21727, f"{parameter} must be {_SAMPLES[0]} to {_SAMPLES[1]}")
    return [_SAMPLE(call, parameter, one) for one in samples]


Resource(
    product="messaging",
    path="/v1/Services/{service_sid}/Compliance/Usa2p",
    table=CAMPAIGNS,
    key="compliance",
    prefix="QE",
    parent=SERVICES,
    columns={"service_sid": "messaging_service_sid"},
    verbs=("create", "list", "read", "delete"),
    fields=(
        Field("BrandRegistrationSid", _BRAND, required=_missing),
        Field("Description", text(4096, _LENGTH, minimum=40), required=_missing),
        Field("MessageFlow", text(2048, _LENGTH, minimum=40), required=_missing),
        Field("MessageSamples", _samples),
        Field("UsAppToPersonUsecase", word, required=_missing),
        Field("HasEmbeddedLinks", _OFF, required=_missing),
        Field("HasEmbeddedPhone", _OFF, required=_missing),
        Field("SubscriberOptIn", _OFF),
        Field("AgeGated", _OFF),
        Field("DirectLending", _OFF),
    ),
    initial={
        "campaign_status": "PENDING",
        "is_externally_registered": False,
        "mock": False,
        "errors": [],
        **dict.fromkeys(("campaign_id", "rate_limits", "opt_in_message", "opt_out_message", "help_message")),
        **{name: [] for name in ("opt_in_keywords", "opt_out_keywords", "help_keywords")},
    },
    permission="/twilio/messaging/services.usa2p-campaign",
    limit=Limit(1, refusal(20409, 409), "The Messaging Service has a campaign already"),  # its code is not published
)
