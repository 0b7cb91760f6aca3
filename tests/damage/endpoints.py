"""Every endpoint that the library calls, with an operation that calls it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.kinds.cases.api_key import CASE as KEYS
from tests.kinds.cases.api_key import READ_SERVICES
from tests.kinds.cases.phone_number import CASE as NUMBERS
from tests.kinds.cases.verify_service import CASE as VERIFY
from tests.kinds.world import MARK, World, sid
from tests.sweep.ones import one
from tests.sweep.scenarios import SCENARIOS, SEARCH
from tests.sweep.stage import Scenario

_ACCOUNTS = "/2010-04-01/Accounts"
_ACCOUNT = f"{_ACCOUNTS}/{{account_sid}}"
_LEAST, _MOST = one(VERIFY, VERIFY.minimal), one(VERIFY, VERIFY.full[0])
_BUCKETS = [{"max": 5, "interval": 60}, {"max": 1, "interval": 1800}]
_CHANGED: dict[str, Any] = {
    "rate_limits": {"ip": {"description": "by address", "buckets": _BUCKETS}},
    "messaging_configurations": {"all": sid("MG", 2)},
    "webhooks": {"events": {"webhook_url": "https://example.org/else", "event_types": ["factor.*"]}},
}


def _searched(kind: str, country: str = "US", **more: str) -> Scenario:
    search = {"search": {"country": country, "type": kind}}
    return Scenario(f"numbers-create-{kind}", one(NUMBERS, SEARCH | search | more))


def _without_keys(world: World) -> None:
    for key in world.sids_of_keys():
        world.wire.delete(world.address("keys", key))


_RESTRICTED = one(KEYS, dict(KEYS.full[0]))
_OWN = {
    scenario.name: scenario
    for scenario in (
        _searched("toll_free"),
        _searched("mobile", "GB", bundle_sid=sid("BU")),
        Scenario("keys-rename", one(KEYS, {"friendly_name": f"web {MARK}"}), (one(KEYS, KEYS.minimal),)),
        Scenario("keys-narrow", one(KEYS, dict(KEYS.full[0]) | {"policy": [READ_SERVICES]}), (_RESTRICTED,)),
        Scenario("keys-gone", one(KEYS, KEYS.minimal), (one(KEYS, KEYS.minimal),), _without_keys, refreshed=True),
        Scenario("verify-parts", one(VERIFY, dict(VERIFY.full[0]) | _CHANGED), (_MOST,)),
    )
}
_CALLED_IN = {
    "subaccount-create-1": (
        f"GET api {_ACCOUNTS}.json",
        f"POST api {_ACCOUNTS}.json",
        f"POST api {_ACCOUNT}.json",
    ),
    "numbers-create-searched": (
        f"GET api {_ACCOUNT}.json",
        f"GET api {_ACCOUNT}/AvailablePhoneNumbers/{{country}}/Local.json",
        f"GET api {_ACCOUNT}/IncomingPhoneNumbers.json",
        f"POST api {_ACCOUNT}/IncomingPhoneNumbers.json",
    ),
    "numbers-create-toll_free": (f"GET api {_ACCOUNT}/AvailablePhoneNumbers/{{country}}/TollFree.json",),
    "numbers-create-mobile": (f"GET api {_ACCOUNT}/AvailablePhoneNumbers/{{country}}/Mobile.json",),
    "numbers-adopt": (
        f"GET api {_ACCOUNT}/IncomingPhoneNumbers/{{sid}}.json",
        f"POST api {_ACCOUNT}/IncomingPhoneNumbers/{{sid}}.json",
    ),
    "numbers-delete": (f"DELETE api {_ACCOUNT}/IncomingPhoneNumbers/{{sid}}.json",),
    "keys-create": (f"GET api {_ACCOUNT}/Keys.json", f"POST api {_ACCOUNT}/Keys.json"),
    "keys-gone": (f"GET api {_ACCOUNT}/Keys/{{sid}}.json",),
    "keys-rename": (f"POST api {_ACCOUNT}/Keys/{{sid}}.json",),
    "keys-delete": (f"DELETE api {_ACCOUNT}/Keys/{{sid}}.json",),
    "keys-create-1": ("POST iam /v1/Keys", "GET iam /v1/Keys/{sid}"),
    "keys-narrow": ("POST iam /v1/Keys/{sid}",),
    "messaging_services-create-1": ("GET messaging /v1/Services", "POST messaging /v1/Services"),
    "messaging_services-adopt": ("GET messaging /v1/Services/{sid}", "POST messaging /v1/Services/{sid}"),
    "messaging_services-delete": ("DELETE messaging /v1/Services/{sid}",),
    "senders-create-1": tuple(
        f"{method} messaging /v1/Services/{{service_sid}}/{family}"
        for method in ("GET", "POST")
        for family in ("PhoneNumbers", "ShortCodes", "AlphaSenders", "ChannelSenders")
    ),
    "senders-delete": tuple(
        f"DELETE messaging /v1/Services/{{service_sid}}/{family}/{{sid}}"
        for family in ("PhoneNumbers", "ShortCodes", "AlphaSenders", "ChannelSenders")
    ),
    "verify_services-create-1": (
        "GET verify /v2/Services",
        "POST verify /v2/Services",
        *(
            f"POST verify /v2/Services/{{service_sid}}/{part}"
            for part in ("RateLimits", "RateLimits/{limit_sid}/Buckets", "MessagingConfigurations", "Webhooks")
        ),
    ),
    "verify_services-adopt": ("GET verify /v2/Services/{sid}", "POST verify /v2/Services/{sid}"),
    "verify_services-delete": ("DELETE verify /v2/Services/{sid}",),
    "verify-parts": tuple(
        f"{call[0]} verify /v2/Services/{{service_sid}}/{call[1]}"
        for call in (
            *(("GET", part) for part in ("RateLimits", "RateLimits/{limit_sid}/Buckets")),
            *(("GET", part) for part in ("MessagingConfigurations", "Webhooks")),
            *(("POST", part) for part in ("RateLimits/{sid}", "RateLimits/{limit_sid}/Buckets/{sid}")),
            *(("POST", part) for part in ("MessagingConfigurations/{country}", "Webhooks/{sid}")),
            ("DELETE", "RateLimits/{limit_sid}/Buckets/{sid}"),
        )
    ),
    "verify_services-clear-1": tuple(
        f"DELETE verify /v2/Services/{{service_sid}}/{part}"
        for part in ("RateLimits/{sid}", "MessagingConfigurations/{country}", "Webhooks/{sid}")
    ),
    "studio_flows-create-1": ("GET studio /v2/Flows", "POST studio /v2/Flows", "POST studio /v2/Flows/Validate"),
    "studio_flows-adopt": (
        "GET studio /v2/Flows/{sid}",
        "GET studio /v2/Flows/{sid}/Revisions/{revision}",
        "POST studio /v2/Flows/{sid}",
    ),
    "studio_flows-delete": ("DELETE studio /v2/Flows/{sid}",),
    # Listings once more where what they do not show might be taken for gone.
    "numbers-refresh": (f"GET api {_ACCOUNT}/IncomingPhoneNumbers.json",),
    "keys-refresh": (f"GET api {_ACCOUNT}/Keys.json", "GET iam /v1/Keys/{sid}"),
    "messaging_services-refresh": ("GET messaging /v1/Services",),
    "senders-refresh": tuple(
        f"GET messaging /v1/Services/{{service_sid}}/{family}" for family in ("PhoneNumbers", "AlphaSenders")
    ),
    "verify_services-refresh": (
        "GET verify /v2/Services",
        *(f"GET verify /v2/Services/{{service_sid}}/{part}" for part in ("RateLimits", "Webhooks")),
    ),
    "studio_flows-refresh": ("GET studio /v2/Flows",),
    "subaccount-refresh": (f"GET api {_ACCOUNTS}.json",),
    "token-begin": ("POST accounts /v1/AuthTokens/Secondary",),
    "token-promote": ("POST accounts /v1/AuthTokens/Promote",),
    "token-abort": ("DELETE accounts /v1/AuthTokens/Secondary",),
}
CASES: list[tuple[str, Scenario]] = [
    (endpoint, replace((_OWN | SCENARIOS)[name], watched=None))
    for name, endpoints in _CALLED_IN.items()
    for endpoint in endpoints
]
"""An endpoint and an operation that it is damaged in."""
ENDPOINTS = sorted({endpoint for endpoint, _ in CASES})
