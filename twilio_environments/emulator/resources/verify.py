"""Verify services (host verify, v2): create, read, change, list, delete.

What belongs to a service is in verify_parts.py and verify_rate_limits.py.
Facts: twilio-verify v2 OpenAPI document; defaults and name rules from third parties. Verify has no Monitor events.
Requests are flat and dotted (Totp.Skew), answers nested. Only FriendlyName is required; every field can be changed.
"""

import copy
import re

from twilio_environments.emulator.fields import Field, Reader, assign, flag, one_of, sent, sid, text, whole
from twilio_environments.emulator.routing import Call, Reply, iso, owned, page, route
from twilio_environments.emulator.state import Row

from .verify_parts import PARTS, SERVICES, invalid

_PATH = "/v2/Services"
_PERMISSION = "/twilio/verify/service/"
# The parameter's text says 32 characters, the answer's says 30: what passes here passes both.
_NAME = re.compile(r"[A-Za-z0-9 _-]{1,30}")
_DIGITS_MAXIMUM = 4


def _friendly_name(call: Call, parameter: str, name: str) -> str:
    if not _NAME.fullmatch(name):
        raise invalid(call, f"{parameter} must be 1 to 30 letters, digits, spaces, dashes or underscores")
    if sum(character.isdigit() for character in name) > _DIGITS_MAXIMUM:
        raise invalid(call, f"{parameter} must not have more than {_DIGITS_MAXIMUM} digits")
    return name


def _origins(_call: Call, _parameter: str, value: str) -> list[str] | None:
    """Read a comma list; the answer has an array."""
    return [origin.strip() for origin in value.split(",") if origin.strip()] or None


def _switch(default: bool) -> Reader:
    return flag(default=default, refuse=invalid)


_TEXT, _OFF = text(1024, invalid), _switch(default=False)
_PREFERENCE = one_of(("required", "preferred", "discouraged"), invalid, empty="")
_FIELDS = (
    Field("FriendlyName", _friendly_name),
    Field("CodeLength", whole(4, 10, 6, invalid)),
    Field("LookupEnabled", _OFF),
    Field("SkipSmsToLandlines", _OFF),
    Field("DtmfInputRequired", _switch(default=True)),
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
    Field(
        "Passkeys.AuthenticatorAttachment",
        one_of(("platform", "cross-platform", "any"), invalid, empty=""),
    ),
    Field("Passkeys.DiscoverableCredentials", _PREFERENCE),
    Field("Passkeys.UserVerification", _PREFERENCE),
)
_DEFAULTS: Row = {
    "code_length": 6,
    "lookup_enabled": False,
    "skip_sms_to_landlines": False,
    "dtmf_input_required": True,
    "tts_name": None,
    "psd2_enabled": False,
    "do_not_share_warning_enabled": False,
    "custom_code_enabled": False,
    "default_template_sid": None,
    "verify_event_subscription_enabled": False,
    "push": {"include_date": False, "apn_credential_sid": None, "fcm_credential_sid": None},
    "totp": {"issuer": None, "time_step": 30, "code_length": 6, "skew": 1},
    "whatsapp": {"msg_service_sid": None, "from": None},
    "passkeys": {
        "relying_party": {"id": None, "name": None, "origins": None},
        "authenticator_attachment": None,
        "discoverable_credentials": None,
        "user_verification": None,
    },
}


def _apply(call: Call, row: Row) -> None:
    """Put what the form says into the row in place. Raises 60200 with nothing stored."""
    previous = row["friendly_name"]
    assign(row, sent(call, _FIELDS))
    if row["totp"]["issuer"] in (None, previous) and not call.form.get("Totp.Issuer"):
        assign(row, {"totp.issuer": row["friendly_name"]})  # the document: defaults to the friendly name
    if row["skip_sms_to_landlines"] and not row["lookup_enabled"]:
        raise invalid(call, "SkipSmsToLandlines requires LookupEnabled")


@route("POST", "verify", _PATH, _PERMISSION + "create")
def create(call: Call) -> Reply:
    """Add a service. 201."""
    call.form.required("FriendlyName")
    service_sid, now = call.state.new_sid("VA"), iso(call.now)
    address = f"{call.base}{_PATH}/{service_sid}"
    links = {
        "verification_checks": "VerificationCheck",
        "verifications": "Verifications",
        "rate_limits": "RateLimits",
        "messaging_configurations": "MessagingConfigurations",
        "entities": "Entities",
        "webhooks": "Webhooks",
        "access_tokens": "AccessTokens",
    }
    row = {
        **copy.deepcopy(_DEFAULTS),
        "sid": service_sid,
        "account_sid": call.account_sid,
        "friendly_name": None,
        "date_created": now,
        "date_updated": now,
        "url": address,
        "links": {name: f"{address}/{path}" for name, path in links.items()},
    }
    _apply(call, row)
    call.state.table(SERVICES).insert(service_sid, row)
    return Reply(201, row)


@route("GET", "verify", _PATH, _PERMISSION + "list")
def list_services(call: Call) -> Reply:
    """List the account's services; there are no filters."""
    return page(call, call.state.table(SERVICES).rows(account_sid=call.account_sid), "services")


@route("GET", "verify", _PATH + "/{sid}", _PERMISSION + "read")
def read(call: Call, sid: str) -> Reply:
    """Read one service."""
    return Reply(200, owned(call, SERVICES, sid))


@route("POST", "verify", _PATH + "/{sid}", _PERMISSION + "update")
def update(call: Call, sid: str) -> Reply:
    """Change what is sent."""
    row = owned(call, SERVICES, sid)
    _apply(call, row)
    row["date_updated"] = iso(call.now)
    call.state.table(SERVICES).put(sid, row)
    return Reply(200, row)


@route("DELETE", "verify", _PATH + "/{sid}", _PERMISSION + "delete")
def delete(call: Call, sid: str) -> Reply:
    """Delete one service with everything in it."""
    owned(call, SERVICES, sid)
    for name in PARTS:
        table = call.state.table(name)
        for part in table.rows(service_sid=sid):
            table.delete(part["_key"])
    call.state.table(SERVICES).delete(sid)
    return Reply(204)
