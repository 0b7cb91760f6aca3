"""TwiML Applications (host api, v2010): what VoiceApplicationSid and SmsApplicationSid of a number point at."""

from .fields import Field, assign, flag, method, refusal, sent, text, url
from .routing import Call, Reply, owned, page, rfc2822, route
from .state import Row

__all__ = ["APPLICATIONS"]

APPLICATIONS = "applications"
_PATH = "/2010-04-01/Accounts/{account_sid}/Applications"
_URL, _METHOD = url(refusal(21402), empty=None), method(refusal(21403))
_FIELDS = (
    Field("FriendlyName", "friendly_name", text(64, refusal(20002))),
    Field("ApiVersion", "api_version", text(10, refusal(20001), empty="2010-04-01")),
    Field("VoiceUrl", "voice_url", _URL),
    Field("VoiceMethod", "voice_method", _METHOD),
    Field("VoiceFallbackUrl", "voice_fallback_url", _URL),
    Field("VoiceFallbackMethod", "voice_fallback_method", _METHOD),
    Field("VoiceCallerIdLookup", "voice_caller_id_lookup", flag(default=False)),
    Field("SmsUrl", "sms_url", _URL),
    Field("SmsMethod", "sms_method", _METHOD),
    Field("SmsFallbackUrl", "sms_fallback_url", _URL),
    Field("SmsFallbackMethod", "sms_fallback_method", _METHOD),
    Field("SmsStatusCallback", "sms_status_callback", _URL),
    Field("MessageStatusCallback", "message_status_callback", _URL),
    Field("StatusCallback", "status_callback", _URL),
    Field("StatusCallbackMethod", "status_callback_method", _METHOD),
    Field("PublicApplicationConnectEnabled", "public_application_connect_enabled", flag(default=False)),
)


@route("POST", "api", _PATH + ".json")
def create(call: Call, account_sid: str) -> Reply:
    """Add an application; nothing is required. 201."""
    sid, now = call.state.new_sid("AP"), rfc2822(call.now)
    row: Row = {field.name: "POST" if field.parameter.endswith("Method") else None for field in _FIELDS} | {
        "sid": sid,
        "account_sid": account_sid,
        "friendly_name": sid,
        "api_version": "2010-04-01",
        "voice_caller_id_lookup": False,
        "public_application_connect_enabled": False,
        "date_created": now,
        "date_updated": now,
        "uri": f"{_PATH.format(account_sid=account_sid)}/{sid}.json",
    }
    assign(row, sent(call, _FIELDS))
    call.state.table(APPLICATIONS).insert(sid, row)
    return Reply(201, row)


@route("GET", "api", _PATH + ".json")
def list_applications(call: Call, account_sid: str) -> Reply:
    """List the account's applications; FriendlyName filters by exact value."""
    equal = {"friendly_name": call.query.get("FriendlyName")} if "FriendlyName" in call.query else {}
    return page(call, call.state.table(APPLICATIONS).rows(account_sid=account_sid, **equal), "applications")


@route("GET", "api", _PATH + "/{sid}.json")
def read(call: Call, account_sid: str, sid: str) -> Reply:  # noqa: ARG001  routed by path, checked by owned()
    """Read one application."""
    return Reply(200, owned(call, APPLICATIONS, sid))


@route("POST", "api", _PATH + "/{sid}.json")
def update(call: Call, account_sid: str, sid: str) -> Reply:  # noqa: ARG001  routed by path, checked by owned()
    """Change what is sent."""
    row = owned(call, APPLICATIONS, sid)
    assign(row, {**sent(call, _FIELDS), "date_updated": rfc2822(call.now)})
    call.state.table(APPLICATIONS).put(sid, row)
    return Reply(200, row)


@route("DELETE", "api", _PATH + "/{sid}.json")
def delete(call: Call, account_sid: str, sid: str) -> Reply:  # noqa: ARG001  routed by path, checked by owned()
    """Delete one application; a number that names it keeps the SID."""
    owned(call, APPLICATIONS, sid)
    call.state.table(APPLICATIONS).delete(sid)
    return Reply(204)
