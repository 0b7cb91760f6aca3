"""Pricing: what a phone number costs a month, by country and type, and which country a number belongs to.

Facts: Twilio's pages "Pricing: Phone Numbers" and "Pricing: Voice", and its OpenAPI documents of Pricing v1 and v2.
Prices are texts, as in their examples (their schemas say numbers), types of number are written with spaces. The prices
are invented, one per type whatever the country; calls have no prices here.
"""

from twilio_environments.emulator.routing import Call, Reply, not_found, route
from twilio_environments.emulator.state import Row

from .number_stock import BLOCKS, COUNTRIES, TYPES, block_of, types_of

__all__: list[str] = []

_MONTHLY = {"local": "1.15", "toll_free": "2.15", "mobile": "6.00"}
_OTHERWISE = "3.00"


@route("GET", "pricing", "/v1/PhoneNumbers/Countries/{iso_country}")
def read_phone_number_prices(call: Call, iso_country: str) -> Reply:
    """Return the prices of a country's numbers; 404/20404 for a country that sells none."""
    if iso_country not in COUNTRIES:
        raise not_found(call)
    prices = [
        {
            "number_type": kind.replace("_", " "),
            "base_price": _MONTHLY.get(kind, _OTHERWISE),
            "current_price": _MONTHLY.get(kind, _OTHERWISE),
        }
        for kind in (TYPES[name] for name in types_of(iso_country))
    ]
    body = {"phone_number_prices": prices}
    return Reply(200, _common(call, iso_country) | body)


@route("GET", "pricing", "/v2/Voice/Numbers/{destination_number}")
def read_voice_price(call: Call, destination_number: str) -> Reply:
    """Return the country of a number; 404/20404 for a country that this Twilio has no numbers in."""
    country = _country_of(destination_number)
    if country is None:
        raise not_found(call)
    body: Row = {
        "destination_number": destination_number,
        "origination_number": call.query.get("OriginationNumber"),
        "outbound_call_prices": [],
        "inbound_call_price": None,
    }
    return Reply(200, _common(call, country) | body)


def _common(call: Call, country: str) -> Row:
    return {
        "country": COUNTRIES[country],
        "iso_country": country,
        "price_unit": "USD",
        "url": f"{call.base}{call.path}",
    }


def _country_of(number: str) -> str | None:
    """Return the country whose stock has the number, else one whose numbers begin the same way."""
    if block := block_of(number):
        return block.country
    return next((one.country for one in BLOCKS if number.startswith(one.prefix[:3])), None)
