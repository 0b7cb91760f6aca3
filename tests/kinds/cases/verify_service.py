"""Verify services as data."""

from hypothesis import strategies as st

from tests.kinds.case import URL, Case, Change, flags, sid
from tests.kinds.operations import Operations
from tests.kinds.strategies import BOUNDS, TRUTH, WEBHOOKS, Known, Some, bounded, form, some, together
from twilio_environments.kinds import verify_service
from twilio_environments.kinds.verify_service import Bucket, RateLimit, VerifyService, Webhook

LOGIN = (
    "friendly_name",
    "code_length",
    "lookup_enabled",
    "dtmf_input_required",
    "tts_name",
    "psd2_enabled",
    "do_not_share_warning_enabled",
    "custom_code_enabled",
    "push_include_date",
    "totp_time_step",
    "totp_issuer",
    "totp_code_length",
    "totp_skew",
)
"""What somebody may set of one by hand, whatever else it has."""
_LOGIN = {"friendly_name": "Acme Login"}
_LIMIT = {"ip": {"description": "by address", "buckets": [{"max": 4, "interval": 60}, {"max": 9, "interval": 3600}]}}
_HOOKS = {"events": {"webhook_url": URL, "event_types": ["factor.*", "challenge.approved"], "status": "disabled"}}
_VERIFY_FLAGS = (
    "lookup_enabled",
    "psd2_enabled",
    "do_not_share_warning_enabled",
    "custom_code_enabled",
    "verify_event_subscription_enabled",
    "push_include_date",
)
_VERIFY = {
    "code_length": 8,
    "dtmf_input_required": False,
    "tts_name": "Acme",
    "default_template_sid": sid("HJ"),
    "push_apn_credential_sid": sid("CR"),
    "push_fcm_credential_sid": sid("CR", 2),
    "totp_issuer": "Acme Inc",
    "totp_time_step": 60,
    "totp_code_length": 8,
    "totp_skew": 2,
    "whatsapp_msg_service_sid": sid("MG"),
    "whatsapp_from": "whatsapp:+15005550006",
    "passkeys_relying_party_id": "example.com",
    "passkeys_relying_party_name": "Example",
    "passkeys_relying_party_origins": "login.example.com,www.example.com",
    "passkeys_authenticator_attachment": "platform",
    "passkeys_discoverable_credentials": "required",
    "passkeys_user_verification": "discouraged",
}
_SERVICES = "/v2/Services"
_LIMITS = f"{_SERVICES}/{{ServiceSid}}/RateLimits"
_BUCKETS = f"{_LIMITS}/{{RateLimitSid}}/Buckets"
_COUNTRIES = f"{_SERVICES}/{{ServiceSid}}/MessagingConfigurations"
_WEBHOOKS = f"{_SERVICES}/{{ServiceSid}}/Webhooks"
OPERATIONS = (
    Operations(
        VerifyService,
        "verify_v2",
        (_SERVICES, f"{_SERVICES}/{{Sid}}"),
        other_lengths={
            "friendly_name": (30, 32, "the description of the answer says 30, that of the parameter 32"),
        },
    ),
    Operations(
        RateLimit, "verify_v2", (_LIMITS, f"{_LIMITS}/{{Sid}}"), covered={"unique_name": "the key in rate_limits"}
    ),
    Operations(Bucket, "verify_v2", (_BUCKETS, f"{_BUCKETS}/{{Sid}}")),
    Operations(
        VerifyService,
        "verify_v2",
        (_COUNTRIES, f"{_COUNTRIES}/{{Country}}"),
        covered={
            "country": "the key in messaging_configurations",
            "messaging_service_sid": "the value in messaging_configurations",
        },
    ),
    Operations(
        Webhook, "verify_v2", (_WEBHOOKS, f"{_WEBHOOKS}/{{Sid}}"), covered={"friendly_name": "the key in webhooks"}
    ),
)


def _random(index: int, known: Known) -> Some:
    left = {"friendly_name", "skip_sms_to_landlines", "whatsapp_msg_service_sid", "whatsapp_from", *BOUNDS}
    left |= {"rate_limits", "messaging_configurations", "webhooks"}
    fields = {name: st.just(value) for name, value in CASE.full[0].items() if name not in left}
    ranges = {name: bounded(name) for name in BOUNDS if name != "validity_period"}
    buckets = st.lists(
        st.fixed_dictionaries({"max": st.integers(1, 9), "interval": st.sampled_from([60, 600, 3600])}),
        unique_by=lambda bucket: bucket["interval"],
        max_size=3,
    )
    limit = some({"description": st.sampled_from(["", "by address"]), "buckets": buckets})
    hook = st.fixed_dictionaries(
        {"webhook_url": WEBHOOKS}, optional={"event_types": st.just(["factor.*", "challenge.approved"])}
    )
    parts: dict[str, Some] = {
        "rate_limits": st.dictionaries(st.sampled_from(["ip", "user.id"]), limit, max_size=2),
        "webhooks": st.dictionaries(st.sampled_from(["events", "more events"]), hook, max_size=1),
    }
    if services := known.get("messaging_services"):
        countries = st.dictionaries(st.sampled_from(["US", "GB", "all"]), st.sampled_from(services), max_size=3)
        parts["messaging_configurations"] = countries
    names = st.sampled_from(["Acme Login", "Log-in"])
    named: Some = st.just({}) | names.map(lambda name: {"friendly_name": f"{name} {index}"})
    return together(some(fields | ranges), some(parts), named)


CASE = Case(
    verify_service.KIND,
    _LOGIN,
    (
        _LOGIN
        | _VERIFY
        | dict.fromkeys((*_VERIFY_FLAGS, "skip_sms_to_landlines"), True)
        | {"rate_limits": _LIMIT, "messaging_configurations": {"all": sid("MG")}, "webhooks": _HOOKS},
    ),
    (
        Change(
            "friendly_name",
            "Acme Entry",
            names=("friendly_name", "totp_issuer"),
            reason="the issuer that is not declared is the friendly name, so both change, in one POST",
        ),
        *(Change(name, value) for name, value in _VERIFY.items()),
        *flags(*_VERIFY_FLAGS, to=True),
        Change("skip_sms_to_landlines", True, {"lookup_enabled": True}),
        Change("rate_limits", _LIMIT, calls={"POST": 3}, back={"DELETE": 1}),
        Change("messaging_configurations", {"US": sid("MG", 2)}, back={"DELETE": 1}),
        Change("webhooks", _HOOKS, back={"DELETE": 1}),
    ),
    posts=(1, 6),
    table="verify_services",
    operations=OPERATIONS,
    altered={"verify_services.login": LOGIN},
    random=_random,
    account=form(
        {"FriendlyName": st.from_regex(r"[A-Za-z _-]{1,30}", fullmatch=True).filter(str.strip)},
        {
            "CodeLength": st.sampled_from(["4", "6", "10"]),
            "LookupEnabled": TRUTH,
            "SkipSmsToLandlines": TRUTH,
            "DtmfInputRequired": TRUTH,
            "DoNotShareWarningEnabled": TRUTH,
            "TtsName": st.sampled_from(["", "other"]),
            "Totp.Issuer": st.sampled_from(["", "Acme"]),
            "Totp.TimeStep": st.sampled_from(["20", "30"]),
            "Passkeys.RelyingParty.Origins": st.just("a.example.com,b.example.com"),
        },
    ),
)
