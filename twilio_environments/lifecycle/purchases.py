"""What a run is about to buy: how many phone numbers, and what they cost per month."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from twilio_environments.guard_rails import MONTHLY_COST, PURCHASES


@dataclass(frozen=True)
class PurchaseLimits:
    """How many phone numbers a run may buy, and what they may cost per month; None means no limit."""

    purchases: int | None = None
    monthly_cost: float | None = None


class Purchases:
    """The numbers that this run buys or would buy, each counted once, and the limits on them."""

    def __init__(self, limits: PurchaseLimits | None = None) -> None:
        """Start with nothing bought."""
        self.limits = limits or PurchaseLimits()
        self._lock = threading.Lock()
        self._names: dict[tuple[str, ...], str] = {}
        self._costs: dict[tuple[str, ...], Decimal] = {}
        self._currency = ""

    @property
    def limited(self) -> bool:
        """Whether any limit is set, so purchases have to be counted."""
        return self.limits.purchases is not None or self.limits.monthly_cost is not None

    def add(self, number: tuple[str, ...], name: str, price: Callable[[], tuple[Decimal, str]]) -> None:
        """Count a number; raise Problem if that exceeds the limits.

        `number` identifies it: its E.164, or place and search if none is chosen yet. `name` is what people call it, and
        need not be unique. `price` is called once for its monthly price and the currency, when there is a limit on the
        cost.
        """
        limits = self.limits
        priced = number in self._costs or limits.monthly_cost is None
        cost, currency = (self._costs.get(number, Decimal(0)), self._currency) if priced else price()
        with self._lock:
            self._names[number], self._costs[number], self._currency = name, cost, currency
            count, total = len(self._costs), sum(self._costs.values(), Decimal(0))
            names = ", ".join(self._listed())
        if limits.purchases is not None and count > limits.purchases:
            raise PURCHASES.problem(
                f"This run would buy at least {count} phone number{'s' if count > 1 else ''}, "
                f"and {limits.purchases} are allowed: {names}",
                "Declare fewer at a time, or raise twilio:limits purchases.",
            )
        if limits.monthly_cost is not None and total > Decimal(str(limits.monthly_cost)):
            raise MONTHLY_COST.problem(
                f"The phone numbers that this run would buy cost at least {total} {currency} per month, "
                f"and {limits.monthly_cost} are allowed: {names}",
                "Declare fewer at a time, or raise twilio:limits monthly_cost.",
            )

    def _listed(self) -> list[str]:
        """Return the numbers by name; those that share a name, with their E.164 too."""
        common = {name for name, times in Counter(self._names.values()).items() if times > 1}
        return sorted(
            f"{name} ({number[0]})" if name in common and len(number) == 1 else name
            for number, name in self._names.items()
        )
