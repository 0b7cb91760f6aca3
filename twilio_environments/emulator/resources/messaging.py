"""Messaging Services (host messaging, v1): create, read, change, list, delete. Their sender pools: sender_pools.py.

Facts: twilio-messaging v1 OpenAPI document. Monitor calls a service "copilot-application".
"""

from twilio_environments.emulator.fields import Field, assign, flag, method, one_of, refusal, sent, text, url, whole
from twilio_environments.emulator.routing import ApiError, Call, Reply, iso, page, route
from twilio_environments.emulator.state import Row

from .campaigns import CAMPAIGNS, campaigns, registered
from .sender_pools import POOLS, SERVICES, service

_PATH = "/v1/Services"
_PERMISSION = "/twilio/messaging/services/"
_INVALID = refusal(20001)  # the products' own codes for bad values here are not published
_URL = url(_INVALID, empty=None)
_FIELDS = (
    Field("FriendlyName", text(64, refusal(20002), minimum=1)),
    Field("InboundRequestUrl", _URL),
    Field("InboundMethod", method(_INVALID)),
    Field("FallbackUrl", _URL),
    Field("FallbackMethod", method(_INVALID)),
    Field("StatusCallback", _URL),
    Field(
        "ScanMessageContent",
        one_of(("inherit", "enable", "disable"), _INVALID, empty="inherit"),
    ),
    Field("ValidityPeriod", whole(1, 36_000, 36_000, _INVALID)),
    Field(
        "Usecase",
        one_of(
            ("notifications", "marketing", "verification", "discussion", "poll", "undeclared"),
            refusal(21713),
            empty="undeclared",
        ),
    ),
    Field("UseInboundWebhookOnNumber", flag(default=False)),
    Field("SynchronousValidation", flag(default=False)),
)
# The document does not state the defaults of these; a Terraform provider declares them all true.
_UNSETTLED_FLAGS = {
    "StickySender": "sticky_sender",
    "MmsConverter": "mms_converter",
    "SmartEncoding": "smart_encoding",
    "FallbackToLongCode": "fallback_to_long_code",
    "AreaCodeGeomatch": "area_code_geomatch",
}


def _fields(call: Call) -> tuple[Field, ...]:
    default = flag(default=call.switches.messaging_boolean_default)
    return (*_FIELDS, *(Field(parameter, default) for parameter, name in _UNSETTLED_FLAGS.items()))


@route("POST", "messaging", _PATH, _PERMISSION + "create")
def create(call: Call) -> Reply:
    """Add a service; only FriendlyName is required. 201."""
    call.form.required("FriendlyName")
    sid, now = call.state.new_sid("MG"), iso(call.now)
    address = f"{call.base}{_PATH}/{sid}"
    row: Row = {
        **{field.name: None for field in _FIELDS},
        **dict.fromkeys(_UNSETTLED_FLAGS.values(), call.switches.messaging_boolean_default),
        "sid": sid,
        "account_sid": call.account_sid,
        "inbound_method": "POST",
        "fallback_method": "POST",
        "scan_message_content": "inherit",
        "validity_period": 36_000,
        "usecase": "undeclared",
        "use_inbound_webhook_on_number": False,
        "synchronous_validation": False,
        "us_app_to_person_registered": False,
        "date_created": now,
        "date_updated": now,
        "url": address,
        "links": {
            "phone_numbers": f"{address}/PhoneNumbers",
            "short_codes": f"{address}/ShortCodes",
            "alpha_senders": f"{address}/AlphaSenders",
            "messages": f"{address}/Messages",
            "us_app_to_person": f"{address}/Compliance/Usa2p",
            "us_app_to_person_usecases": f"{address}/Compliance/Usa2p/Usecases",
            "channel_senders": f"{address}/ChannelSenders",
            "destination_alpha_senders": f"{address}/DestinationAlphaSenders",
        },
    }
    assign(row, sent(call, _fields(call)))
    call.state.table(SERVICES).insert(sid, row)
    call.state.event(call, "copilot-application.created", "copilot-application", sid)
    return Reply(201, row)


@route("GET", "messaging", _PATH, _PERMISSION + "list")
def list_services(call: Call) -> Reply:
    """List the account's services; there are no filters."""
    rows = call.state.table(SERVICES).rows(account_sid=call.account_sid)
    return page(call, [registered(call, row) for row in rows], "services")


@route("GET", "messaging", _PATH + "/{sid}", _PERMISSION + "read")
def read(call: Call, sid: str) -> Reply:
    """Read one service."""
    return Reply(200, registered(call, service(call, sid)))


@route("POST", "messaging", _PATH + "/{sid}", _PERMISSION + "update")
def update(call: Call, sid: str) -> Reply:
    """Change what is sent."""
    row = service(call, sid)
    changed = assign(row, sent(call, _fields(call)))
    row["date_updated"] = iso(call.now)
    call.state.table(SERVICES).put(sid, row)
    if changed:
        call.state.event(call, "copilot-application.updated", "copilot-application", sid, changed)
    return Reply(200, registered(call, row))


@route("DELETE", "messaging", _PATH + "/{sid}", _PERMISSION + "delete")
def delete(call: Call, sid: str) -> Reply:
    """Delete one service; its numbers stay in the account without a service, and a campaign is lost with it."""
    service(call, sid)
    held = campaigns(call, sid)
    if held and not call.switches.service_with_campaign_deletes:
        raise ApiError(409, 20409, "The Messaging Service has a US A2P campaign")
    for campaign in held:
        call.state.table(CAMPAIGNS).delete(campaign["sid"])
    for pool in POOLS:
        table = call.state.table(pool.table)
        for member in table.rows(_service_sid=sid):
            table.delete(member["_key"])
    call.state.table(SERVICES).delete(sid)
    call.state.event(call, "copilot-application.deleted", "copilot-application", sid)
    return Reply(204)
