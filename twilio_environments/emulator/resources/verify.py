"""Verify services (host verify, v2): create, read, update, list, delete.

The parts of a service are in verify_parts.py and verify_rate_limits.py.
Facts: twilio-verify v2 OpenAPI document; defaults and name rules from third parties. Verify has no Monitor events.
Requests are flat and dotted (Totp.Skew), answers nested. Only FriendlyName is required; every field can be updated.
"""

import re

from twilio_environments.emulator.fields import Changes, Field, assign, flag, missing, one_of, sid, text, whole
from twilio_environments.emulator.resource import Resource
from twilio_environments.emulator.routing import ApiError, Call
from twilio_environments.emulator.state import Row

__all__ = ["SERVICES", "invalid", "refused"]

# The parameter's description says 32 characters, the answer's says 30: what passes here passes both.
_NAME = re.compile(r"[A-Za-z0-9 _-]{1,30}")
_DIGITS_MAXIMUM = 4


def invalid(call: Call, message: str) -> ApiError:
    """Make the error for an invalid parameter."""
    return refused(call, 60200, f"Invalid parameter: {message}")


def refused(call: Call, code: int, message: str) -> ApiError:
    """Make the error of another 602xx code; the status of all of them is a switch."""
    return ApiError(call.switches.validation_status, code, message)


def _friendly_name(call: Call, parameter: str, name: str) -> str:
    if not _NAME.fullmatch(name):
        raise invalid(call, f"{parameter} must be 1 to 30 letters, digits, spaces, dashes or underscores")
    if sum(character.isdigit() for character in name) > _DIGITS_MAXIMUM:
        raise invalid(call, f"{parameter} must not have more than {_DIGITS_MAXIMUM} digits")
    return name


def _origins(_call: Call, _parameter: str, value: str) -> list[str] | None:
    """Read a comma list; the answer has an array."""
    return [origin.strip() for origin in value.split(",") if origin.strip()] or None


def _settle(call: Call, row: Row, changes: Changes | None) -> None:
    previous, _ = (changes or {}).get("friendly_name", (row["friendly_name"], None))
    if row["totp"]["issuer"] in (None, previous) and not call.form.get("Totp.Issuer"):
        assign(row, {"totp.issuer": row["friendly_name"]})  # the document: defaults to the friendly name
    if row["skip_sms_to_landlines"] and not row["lookup_enabled"]:
        raise invalid(call, "SkipSmsToLandlines requires LookupEnabled")


_TEXT = text(1024, invalid)
_ON, _OFF = flag(default=True, refuse=invalid), flag(default=False, refuse=invalid)
_PREFERENCE = one_of(("required", "preferred", "discouraged"), invalid, empty="")
_ATTACHMENT = one_of(("platform", "cross-platform", "any"), invalid, empty="")

SERVICES = Resource(
    product="verify",
    path="/v2/Services",
    table="verify_services",
    key="services",
    prefix="VA",
    fields=(
        Field("FriendlyName", _friendly_name, required=missing),
        Field("CodeLength", whole(4, 10, 6, invalid)),
        Field("LookupEnabled", _OFF),
        Field("SkipSmsToLandlines", _OFF),
        Field("DtmfInputRequired", _ON),
        Field("TtsName", _TEXT),
        Field("Psd2Enabled", _OFF),
        Field("DoNotShareWarningEnabled", _OFF),
        Field("CustomCodeEnabled", _OFF),
        Field("DefaultTemplateSid", sid("HJ", invalid)),
        Field("VerifyEventSubscriptionEnabled", _OFF),
        Field("Push.IncludeDate", _OFF),
        Field("Push.ApnCredentialSid", sid("CR", invalid)),
        Field("Push.FcmCredentialSid", sid("CR", invalid)),
        Field("Totp.Issuer", _TEXT),
        Field("Totp.TimeStep", whole(20, 60, 30, invalid)),
        Field("Totp.CodeLength", whole(3, 8, 6, invalid)),
        Field("Totp.Skew", whole(0, 2, 1, invalid)),
        Field("Whatsapp.MsgServiceSid", sid("MG", invalid)),
        Field("Whatsapp.From", _TEXT),
        Field("Passkeys.RelyingParty.Id", _TEXT),
        Field("Passkeys.RelyingParty.Name", _TEXT),
        Field("Passkeys.RelyingParty.Origins", _origins),
        Field("Passkeys.AuthenticatorAttachment", _ATTACHMENT, default=None),
        Field("Passkeys.DiscoverableCredentials", _PREFERENCE, default=None),
        Field("Passkeys.UserVerification", _PREFERENCE, default=None),
    ),
    links={
        "verification_checks": "VerificationCheck",
        "verifications": "Verifications",
        "rate_limits": "RateLimits",
        "messaging_configurations": "MessagingConfigurations",
        "entities": "Entities",
        "webhooks": "Webhooks",
        "access_tokens": "AccessTokens",
    },
    permission="/twilio/verify/service",
    rules=_settle,
)
