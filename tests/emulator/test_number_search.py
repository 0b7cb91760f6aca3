import pytest
import requests

from tests.emulator.sdk import refusal
from tests.emulator.wire import sdk


@pytest.fixture
def client(twilio):
    return sdk(twilio)


def found(client, country="US", kind="local", **filters):
    return getattr(client.available_phone_numbers(country), kind).list(limit=1000, **filters)


def test_countries_are_listed_with_the_types_they_sell(client, twilio):
    countries = {country.country_code: country for country in client.available_phone_numbers.list()}
    assert set(countries["US"].subresource_uris) == {"local", "toll_free"}
    assert client.available_phone_numbers("GB").fetch().subresource_uris == {
        kind: f"/2010-04-01/Accounts/{twilio.account_sid}/AvailablePhoneNumbers/GB/{name}.json"
        for kind, name in (("local", "Local"), ("mobile", "Mobile"))
    }


@pytest.mark.parametrize(
    ("country", "kind"), [("US", "mobile"), ("GB", "toll_free"), ("ZZ", "local"), ("US", "machine_to_machine")]
)
def test_a_type_that_a_country_does_not_sell_is_not_found(wire, twilio, country, kind):
    name = "".join(word.title() for word in kind.split("_"))
    answer = wire.get(wire.accounts(f"/{twilio.account_sid}/AvailablePhoneNumbers/{country}/{name}"))
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)


def test_an_unknown_country_is_not_found(client):
    assert refusal(lambda: client.available_phone_numbers("ZZ").fetch()) == (404, 20404)


@pytest.mark.parametrize(
    ("reason", "market", "filters", "holds"),
    [
        ("area code", "US local", {"area_code": 415}, lambda n: n.phone_number.startswith("+1415")),
        ("digits anywhere", "US local", {"contains": "755501"}, lambda n: "755501" in n.phone_number),
        ("from the start", "US local", {"contains": "+1212"}, lambda n: n.phone_number.startswith("+1212")),
        ("at the end", "US local", {"contains": "0142$"}, lambda n: n.phone_number.endswith("0142")),
        ("wildcards at the end", "US local", {"contains": "415*******"}, lambda n: "415" in n.phone_number[:5]),
        ("letters of the keypad", "US local", {"contains": "JJJ0142"}, lambda n: "5550142" in n.phone_number),
        ("region", "US local", {"in_region": "CA"}, lambda n: n.region == "CA"),
        ("locality", "CA local", {"in_locality": "toronto"}, lambda n: n.locality == "Toronto"),
        ("postal code", "US local", {"in_postal_code": "94102"}, lambda n: n.locality == "San Francisco"),
        ("LATA of a number", "US local", {"in_lata": "+14155550100"}, lambda n: n.lata == "722"),
        (
            "rate centre in a LATA",
            "US local",
            {"in_rate_center": "OAKLAND", "in_lata": "722"},
            lambda n: n.rate_center == "OAKLAND",
        ),
        (
            "near a number",
            "US local",
            {"near_number": "+14155550100"},
            lambda n: n.locality in {"San Francisco", "Oakland", "San Mateo"},
        ),
        (
            "near a place",
            "US local",
            {"near_lat_long": "40.7,-74.0", "distance": 30},
            lambda n: n.locality == "New York",
        ),
        ("fax", "AU local", {"fax_enabled": True, "contains": "000$"}, lambda n: n.capabilities["fax"]),
        ("established ones", "US toll_free", {"beta": False}, lambda n: not n.beta),
    ],
)
def test_a_search_finds_what_its_filter_says_and_only_that(client, reason, market, filters, holds):
    numbers = found(client, *market.split(), **filters)
    assert numbers, reason
    assert all(holds(number) for number in numbers), reason
    assert len(numbers) < 1000, f"{reason}: nothing was filtered out"


@pytest.mark.parametrize(
    ("reason", "country", "kind", "filters"),
    [
        ("no SMS on London numbers", "GB", "local", {"sms_enabled": True}),
        ("no fax in the US", "US", "local", {"fax_enabled": True}),
        ("Berlin wants a local address", "DE", "local", {"exclude_local_address_required": True}),
        ("Sao Paulo wants a foreign address", "BR", "local", {"exclude_foreign_address_required": True}),
        ("London wants an address", "GB", "local", {"exclude_all_address_required": True}),
        ("all of Brazil is beta", "BR", "local", {"beta": False}),
        ("an area code that is not sold", "US", "local", {"area_code": 999}),
    ],
)
def test_a_search_can_find_nothing(client, reason, country, kind, filters):
    assert found(client, country, kind, **filters) == [], reason


@pytest.mark.parametrize("capability", ["voice_enabled", "sms_enabled", "mms_enabled"])
def test_a_capability_is_demanded_and_not_excluded_unless_the_switch_says_so(client, twilio, capability):
    name = capability.removesuffix("_enabled")
    numbers = found(client, **{capability: False})
    assert numbers
    assert all(number.capabilities[name] for number in numbers)
    twilio.switches.search_excludes = True
    assert found(client, **{capability: False}) == []


@pytest.mark.parametrize(
    "query",
    [
        {"Contains": "4*5"},
        {"Contains": "5"},
        {"Contains": "12345678901234567"},
        {"Contains": "41-5"},
        {"Contains": "+*415"},
        {"InRateCenter": "OAKLAND"},
        {"NearNumber": "415"},
        {"NearLatLong": "somewhere"},
        {"NearNumber": "+14155550100", "Distance": "501"},
        {"AreaCode": "four"},
        {"SmsEnabled": "perhaps"},
    ],
    ids=str,
)
def test_a_bad_filter_is_refused(wire, twilio, query):
    url = wire.accounts(f"/{twilio.account_sid}/AvailablePhoneNumbers/US/Local")
    assert wire.get(url, **query).status_code == requests.codes.bad_request


def test_two_searches_show_different_stock(client):
    first, second = (
        [number.phone_number for number in client.available_phone_numbers("US").local.list(limit=5)] for _ in range(2)
    )
    assert first != second


def test_a_number_that_anybody_owns_is_never_shown(client):
    before = {number.phone_number for number in found(client, area_code=415)}
    child = client.api.accounts.create(friendly_name="staging")
    client.api.accounts(child.sid).incoming_phone_numbers.create(phone_number="+14155550107")
    assert before - {number.phone_number for number in found(client, area_code=415)} == {"+14155550107"}


def test_what_is_found_says_what_buying_takes(client):
    london = found(client, "GB")[0]
    assert (london.address_requirements, london.capabilities["voice"], london.capabilities["sms"]) == (
        "any",
        True,
        False,
    )
