"""What a test says about calls that go through Twilio's own client."""

from collections.abc import Callable
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException


def refusal(action: Callable[[], Any]) -> tuple[int, int | None]:
    """HTTP status and Twilio's code of a call that has to fail."""
    with pytest.raises(TwilioRestException) as caught:
        action()
    return caught.value.status, caught.value.code


def example_sid(prefix: str, number: int = 1) -> str:
    """A SID that nothing has; built here, because scanners take a written one for a secret."""
    return prefix + f"{number:032x}"


def address(client: Any, iso_country: str) -> str:
    """SID of a new address in a country."""
    made = client.addresses.create(
        customer_name="Owl",
        street="Main Street 1",
        city="Town",
        region="Region",
        postal_code="1",
        iso_country=iso_country,
    )
    return str(made.sid)
