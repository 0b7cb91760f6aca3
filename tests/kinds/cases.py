"""Every kind as data: what it takes at least, at most, and one change of each of its fields."""

import json
from typing import Any

from twilio_environments.kinds import api_key, phone_number, secret_document, sender_pool, studio_flow, subaccount

from .case import OTHER_URL, URL, Case, Change, flags
from .services import MESSAGING, VERIFY
from .world import MARK, sid

READ_SERVICES, LIST_SERVICES = "/twilio/messaging/services/read", "/twilio/messaging/services/list"


def flow(greeting: str = "Hello", **more: Any) -> str:
    """A flow's definition as JSON text."""
    trigger = {"name": "Trigger", "type": "trigger", "properties": {"offset": {"x": 0, "y": 0}}}
    say = {"name": "say", "type": "say-play", "properties": {"say": greeting, "loop": 1}}
    return json.dumps(
        {
            "description": "A greeting",
            "initial_state": "Trigger",
            "states": [
                trigger | {"transitions": [{"event": "incomingCall", "next": "say"}, {"event": "incomingMessage"}]},
                say | {"transitions": [{"event": "audioComplete"}]},
            ],
            "flags": {"allow_concurrent_calls": True},
        }
        | more
    )


_NUMBER = {"phone_number": "+14155550100", "friendly_name": "support"}
_WITH_URLS = {"voice_url": URL, "sms_url": URL}
NUMBERS = Case(
    phone_number.KIND,
    _NUMBER,
    (
        _NUMBER
        | _WITH_URLS
        | {f"{what}_fallback_url": OTHER_URL for what in ("voice", "sms")}
        | {f"{what}_method": "GET" for what in ("voice", "voice_fallback", "sms", "sms_fallback", "status_callback")}
        | {
            "voice_caller_id_lookup": True,
            "voice_receive_mode": "fax",
            "status_callback": URL,
            "address_sid": sid("AD"),
            "bundle_sid": sid("BU"),
            "identity_sid": sid("RI"),
            "emergency_status": "Active",
            "emergency_address_sid": sid("AD", 2),
            "api_version": "2008-08-01",
        },
        _NUMBER | {"voice_application_sid": sid("AP"), "sms_application_sid": sid("AP", 2)},
        _NUMBER | {"trunk_sid": sid("TK")},
    ),
    (
        Change("friendly_name", "helpdesk"),
        *(Change(name, URL) for name in ("voice_url", "sms_url", "status_callback")),
        *(Change(f"{what}_fallback_url", OTHER_URL, _WITH_URLS) for what in ("voice", "sms")),
        *(
            Change(f"{what}_method", "GET")
            for what in ("voice", "voice_fallback", "sms", "sms_fallback", "status_callback")
        ),
        *(Change(f"{what}_application_sid", sid("AP", 3)) for what in ("voice", "sms")),
        *flags("voice_caller_id_lookup", to=True),
        Change("voice_receive_mode", "fax"),
        Change("trunk_sid", sid("TK", 2)),
        Change("address_sid", sid("AD", 3)),
        Change("bundle_sid", sid("BU", 2)),
        Change("identity_sid", sid("RI", 2)),
        Change("emergency_status", "Active"),
        Change("emergency_address_sid", sid("AD", 3), {"emergency_status": "Active"}),
        Change("api_version", "2008-08-01"),
    ),
    posts=(1, 1, 1, 1),
)

_FLOW = {"friendly_name": "ivr", "definition": flow()}
STUDIO = Case(
    studio_flow.KIND,
    _FLOW,
    (
        {
            "friendly_name": "ivr",
            "definition": flow("${values.greeting}"),
            "placeholders": {"values.greeting": "Welcome"},
            "status": "draft",
            "commit_message": "first",
        },
    ),
    (
        Change("friendly_name", "menu"),
        Change("definition", flow("Goodbye")),
        Change("status", "draft", drift=(), reason="a draft on top of what is published is no change of what runs"),
    ),
)

_KEY = {"friendly_name": f"api {MARK}"}
KEYS = Case(
    api_key.KIND,
    _KEY,
    (_KEY | {"type": "restricted", "policy": [READ_SERVICES, LIST_SERVICES]},),
    (
        Change("friendly_name", f"web {MARK}"),
        Change(
            "policy",
            [READ_SERVICES, LIST_SERVICES],
            {"type": "restricted", "policy": [READ_SERVICES]},
            reason="a policy is replaced on the living key, through IAM, and read back",
        ),
    ),
)

SUBACCOUNT = Case(
    subaccount.KIND,
    {"friendly_name": f"Acme {MARK}"},
    ({"friendly_name": f"Acme {MARK}", "status": "suspended"},),
    (Change("friendly_name", f"Acme Europe {MARK}"), Change("status", "suspended")),
    posts=(1, 2),
)

_POOL = {"service_sid": sid("MG")}
POOLS = Case(
    sender_pool.KIND,
    _POOL,
    (
        _POOL
        | {
            "phone_numbers": [sid("PN", 2), sid("PN", 1)],
            "short_codes": [sid("SC")],
            "alpha_senders": ["Acme"],
            "channel_senders": [sid("XE")],
        },
    ),
    (
        Change("phone_numbers", [sid("PN", 3), sid("PN", 1)], calls={"POST": 2}, back={"DELETE": 2}),
        Change("short_codes", [sid("SC", 2)], back={"DELETE": 1}),
        Change("alpha_senders", ["Acme 24"], back={"DELETE": 1}),
        Change("channel_senders", [sid("XE", 2)], back={"DELETE": 1}),
    ),
    posts=(0, 5),
)

_PROPERTIES = {"properties": {"account_sid": sid("AC")}}
DOCUMENTS = Case(
    secret_document.KIND,
    _PROPERTIES,
    (_PROPERTIES | {"auth_token_property": "auth_token"},),
    (
        Change(
            "properties",
            {"account_sid": sid("AC"), "verify_service_sid": sid("VA")},
            calls={},
            back={},
            drift=(),
            reason="a property that is not declared may be another resource's, so it is no drift",
        ),
        Change(
            "auth_token_property",
            "auth_token",
            calls={},
            back={},
            names=("auth_token_property", "auth_token_status"),
            drift=(),
            reason="the Auth Token is in Twilio's answer already, so delivering it takes no call",
        ),
    ),
    posts=(0, 0),
)

CASES = (SUBACCOUNT, KEYS, NUMBERS, MESSAGING, VERIFY, STUDIO, POOLS, DOCUMENTS)
LISTED = tuple(case for case in CASES if case.is_listed)
