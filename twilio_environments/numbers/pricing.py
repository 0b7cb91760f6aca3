"""What a phone number costs per month.

Twilio promises: Pricing's PhoneNumbers of a country give a monthly price for each type of number, for this very
account; Voice's prices of a number name its country [Twilio: "Pricing: Phone Numbers", "Pricing: Voice"]. No price is
promised for a single number, so a chosen number counts as the most expensive type of its country: its cost is never
underestimated.
"""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

from twilio_environments.guard_rails import MONTHLY_COST
from twilio_environments.numbers.number_search import NumberSearch
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import NotFound
from twilio_environments.rest.session import Account


def monthly_price(account: Account, number: str | None, search: NumberSearch | None) -> tuple[Decimal, str]:
    """Return a number's highest possible monthly cost, and the currency; raise Problem when Twilio does not say.

    A country's prices are read once per run; finding a number's country takes one call per number.
    """
    pricing = account.client.pricing
    wanted = search.type.replace("_", " ") if search else ""
    prices: dict[str, Decimal] = {}
    currency = ""
    with suppress(NotFound, ArithmeticError, LookupError, TypeError):  # the rest: prices that are none
        country = search.country if search else str(pricing.v2.voice.numbers(number or "").fetch().iso_country)
        prices_of = pricing.v1.phone_numbers.countries(country)
        (answer,) = account.listings.get((account.sid, "prices", country), lambda: [prices_of.fetch()])
        currency = str(answer.price_unit).upper()
        listed: list[Any] = answer.phone_number_prices or []
        prices = {str(one["number_type"]): Decimal(str(one["current_price"])) for one in listed}
    if not prices:
        raise MONTHLY_COST.problem(
            f"What {number or f'a number in {search.country if search else None}'} costs cannot be determined: "
            "Twilio has no price for it",
            "Buy it in a run without twilio:limits monthly_cost.",
        )
    return prices.get(wanted, max(prices.values())), currency


def shown(account: Account, number: str) -> str:
    """Return a number's highest possible monthly cost, as people write it."""
    try:
        price, currency = monthly_price(account, number, None)
    except Problem:
        return "unknown"
    return f"{price} {currency}"
