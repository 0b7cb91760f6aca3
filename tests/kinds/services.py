"""Messaging Services and Verify services as data; the other kinds are in cases.py."""

from twilio_environments.kinds import messaging_service, verify_service

from .case import OTHER_URL, URL, Case, Change, flags
from .world import sid

_SERVICE = {"friendly_name": "alerts", "discard_inbound": True}
_SERVICE_FLAGS = ("sticky_sender", "mms_converter", "smart_encoding", "fallback_to_long_code", "area_code_geomatch")
MESSAGING = Case(
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
)

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
VERIFY = Case(
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
)
