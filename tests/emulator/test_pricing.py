"""Pricing, by Twilio's own client; every answer is held against the contract."""

from typing import Any

import pytest

from tests.emulator.sdk import refusal
from tests.emulator.wire import sdk


def test_a_country_prices_its_types_of_number_as_texts(twilio):
    answer = sdk(twilio).pricing.v1.phone_numbers.countries("US").fetch()
    listed: Any = answer.phone_number_prices
    prices = {one["number_type"]: one["current_price"] for one in listed}
    assert prices == {"local": "1.15", "toll free": "2.15"}
    assert (answer.iso_country, answer.price_unit) == ("US", "USD")


@pytest.mark.parametrize(
    ("number", "country"), [("+12125550100", "US"), ("+442079460000", "GB"), ("+33199001234", "FR")]
)
def test_a_number_has_a_country_whether_it_is_for_sale_or_not(twilio, number, country):
    assert sdk(twilio).pricing.v2.voice.numbers(number).fetch().iso_country == country


def test_what_twilio_does_not_sell_has_no_price(twilio):
    pricing = sdk(twilio).pricing
    assert refusal(pricing.v1.phone_numbers.countries("ZZ").fetch) == (404, 20404)
    assert refusal(pricing.v2.voice.numbers("+99812345").fetch) == (404, 20404)
