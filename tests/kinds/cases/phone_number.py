"""Phone numbers as data."""

from hypothesis import strategies as st

from tests.kinds.case import OTHER_URL, URL, Case, Change, flags, sid
from tests.kinds.operations import Operations
from tests.kinds.strategies import (
    BOOLEANS,
    GOOD_URLS,
    METHODS,
    NAMES,
    TRUTH,
    URLS,
    WEBHOOKS,
    Config,
    Known,
    Some,
    form,
    friendly,
    some,
    together,
)
from twilio_environments.kinds import phone_number
from twilio_environments.kinds.phone_number import PhoneNumber
from twilio_environments.numbers.number_search import NumberSearch

_ACCOUNT = "/2010-04-01/Accounts/{AccountSid}"
SEARCHES = ("Local", "MachineToMachine", "Mobile", "National", "SharedCost", "TollFree", "Voip")
OPERATIONS = (
    Operations(
        PhoneNumber,
        "api_v2010",
        (f"{_ACCOUNT}/IncomingPhoneNumbers.json", f"{_ACCOUNT}/IncomingPhoneNumbers/{{Sid}}.json"),
        covered={
            "account_sid": "moving a number to another account takes it out of its stack; declare it in the other",
            "area_code": "search.area_code: a purchase by area code cannot be repeated, so it is searched first",
        },
    ),
    Operations(
        NumberSearch,
        "api_v2010",
        tuple(f"{_ACCOUNT}/AvailablePhoneNumbers/{{CountryCode}}/{kind}.json" for kind in SEARCHES),
        "get",
        covered=dict.fromkeys(("page", "page_size", "page_token"), "paging is the library's"),
        other_lengths={"contains": (None, 16, "its pattern has the length, and does not count `+` and `$`")},
    ),
)

_NUMBER = {"phone_number": "+14155550100", "friendly_name": "support"}
_WITH_URLS = {"voice_url": URL, "sms_url": URL}
_SEARCHED: tuple[Config, ...] = (
    {"country": "US"},
    {"country": "US", "area_code": 212, "sms_enabled": True},
    {"country": "US", "type": "toll_free", "voice_enabled": True},
    {"country": "CA", "type": "local", "mms_enabled": True},
)
_METHODS = [f"{what}_method" for what in ("voice", "voice_fallback", "sms", "sms_fallback", "status_callback")]


def _way_in(kind: str, known: Known) -> Some:
    """Where a number's calls or messages go."""
    urls = st.fixed_dictionaries({f"{kind}_url": WEBHOOKS}, optional={f"{kind}_fallback_url": WEBHOOKS})
    ways = [st.just({}), urls]
    if flows := known.get("studio_flows"):
        ways.append(st.fixed_dictionaries({f"{kind}_flow": st.sampled_from(flows)}))
    if kind == "voice":
        ways.append(st.just({"trunk_sid": sid("TK")}))
    return st.one_of(ways)


def _random(index: int, known: Known) -> Some:
    others = {
        "status_callback": WEBHOOKS,
        "voice_caller_id_lookup": BOOLEANS,
        "voice_receive_mode": st.sampled_from(["voice", "fax"]),
        "bundle_sid": st.just(sid("BU")),
        "identity_sid": st.just(sid("RI")),
        "api_version": st.sampled_from(["2008-08-01", "2010-04-01"]),
    }
    return together(
        st.just({"phone_number": f"+1415555{100 + index:04}"})
        | st.sampled_from(_SEARCHED).map(lambda search: {"search": search}),
        friendly(index),
        _way_in("voice", known),
        _way_in("sms", known),
        some(dict.fromkeys(_METHODS, METHODS) | others),
    )


_BOUGHT = form(
    {},
    {
        "FriendlyName": NAMES,
        "VoiceUrl": URLS,
        "VoiceMethod": METHODS,
        "VoiceFallbackUrl": GOOD_URLS,
        "VoiceApplicationSid": st.just(sid("AP")),
        "SmsUrl": GOOD_URLS,
        "SmsFallbackUrl": GOOD_URLS,
        "SmsApplicationSid": st.just(sid("AP", 2)),
        "StatusCallback": GOOD_URLS,
        "StatusCallbackMethod": METHODS,
        "TrunkSid": st.just(sid("TK")),
        "VoiceCallerIdLookup": TRUTH,
        "VoiceReceiveMode": st.sampled_from(["voice", "fax"]),
        "ApiVersion": st.just("2008-08-01"),
    },
)

CASE = Case(
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
    table="incoming_phone_numbers",
    operations=OPERATIONS,
    by_hand={"PhoneNumber": _NUMBER["phone_number"], "VoiceUrl": "https://example.net/by-hand"},
    altered={
        "numbers.support": (
            "friendly_name",
            "voice_url",
            "voice_method",
            "voice_caller_id_lookup",
            "status_callback",
            "voice_receive_mode",
            "sms_method",
            "address_sid",
            "voice_fallback_url",
            "sms_fallback_url",
        ),
        "numbers.office": (
            "friendly_name",
            "voice_url",
            "voice_fallback_method",
            "sms_url",
            "status_callback_method",
            "trunk_sid",
            "bundle_sid",
            "identity_sid",
            "sms_application_sid",
            "api_version",
        ),
    },
    random=_random,
    account=_BOUGHT,
)
