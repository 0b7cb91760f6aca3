"""TwiML applications as data."""

from typing import Any

from hypothesis import strategies as st

from tests.kinds.case import URL, Case, Change
from tests.kinds.operations import Operations
from tests.kinds.strategies import METHODS, NAMES, TRUTH, Known, Some, form, friendly, some, together
from twilio_environments.kinds import application
from twilio_environments.kinds.application import Application

_OTHERS: dict[str, Any] = {
    "api_version": "2008-08-01",
    "message_status_callback": URL,
    "sms_fallback_method": "GET",
    "sms_fallback_url": URL,
    "sms_method": "GET",
    "sms_url": URL,
    "status_callback": URL,
    "status_callback_method": "GET",
    "voice_caller_id_lookup": True,
    "voice_fallback_method": "GET",
    "voice_fallback_url": URL,
    "voice_method": "GET",
    "voice_url": URL,
}


_PUBLIC = {"public_reason": "the partner's account dials our line"}


def _random(index: int, known: Known) -> Some:
    others = {name: st.just(value) for name, value in _OTHERS.items()}
    return together(friendly(index), some(others))


CASE = Case(
    application.KIND,
    {"friendly_name": "phone"},
    ({"friendly_name": "phone", "public_application_connect_enabled": True} | _PUBLIC | _OTHERS,),
    (
        Change("friendly_name", "another"),
        Change("public_application_connect_enabled", True, beside=_PUBLIC),
        *(Change(name, value) for name, value in _OTHERS.items()),
    ),
    table="applications",
    operations=(
        Operations(
            Application,
            "api_v2010",
            (
                "/2010-04-01/Accounts/{AccountSid}/Applications.json",
                "/2010-04-01/Accounts/{AccountSid}/Applications/{Sid}.json",
            ),
            covered={"sms_status_callback": "message_status_callback, whose old name it is"},
        ),
    ),
    estate={"phone": {}},
    altered={"applications.phone": ("friendly_name", *_OTHERS)},
    random=_random,
    account=form(
        {"FriendlyName": NAMES},
        {
            "ApiVersion": st.sampled_from(["2010-04-01", "2008-08-01"]),
            "MessageStatusCallback": st.just(URL),
            "PublicApplicationConnectEnabled": TRUTH,
            "SmsFallbackMethod": METHODS,
            "SmsFallbackUrl": st.just(URL),
            "SmsMethod": METHODS,
            "SmsUrl": st.just(URL),
            "StatusCallback": st.just(URL),
            "StatusCallbackMethod": METHODS,
            "VoiceCallerIdLookup": TRUTH,
            "VoiceFallbackMethod": METHODS,
            "VoiceFallbackUrl": st.just(URL),
            "VoiceMethod": METHODS,
            "VoiceUrl": st.just(URL),
        },
    ),
)
