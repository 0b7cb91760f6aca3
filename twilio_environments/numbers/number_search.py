"""What to search for when a number is bought [Twilio: AvailablePhoneNumber resources].

Twilio promises: which types of number a country has, by one GET of the country. It does not promise that a capability
can be excluded: `SmsEnabled` and its like ask for numbers that have it, while the `Exclude…` filters leave numbers out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema, model_validator

from twilio_environments.lifecycle.declaration import Declared
from twilio_environments.lifecycle.forms import form
from twilio_environments.lifecycle.values import plain
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import NotFound
from twilio_environments.rest.session import Account

_NORTH_AMERICA = ("US", "CA")
_NORTH_AMERICAN_FILTERS = (
    "area_code",
    "near_number",
    "near_lat_long",
    "distance",
    "in_postal_code",
    "in_region",
    "in_rate_center",
    "in_lata",
)
_PER_SEARCH = 50
_DEMANDS = ("voice_enabled", "sms_enabled", "mms_enabled", "fax_enabled")
_EXCLUDES = ("exclude_all_address_required", "exclude_local_address_required", "exclude_foreign_address_required")
_NO_FILTER: dict[str, Any] = dict.fromkeys(_DEMANDS + _EXCLUDES, False) | {"beta": True}
"""What each of them is where it filters nothing."""


def _demanded(value: bool | None) -> bool | None:
    if value is False:
        raise ValueError(
            "cannot be false: Twilio's filter only selects numbers that have it and never excludes them, so such a "
            "number could still be bought; remove it, or declare the phone_number that you want"
        )
    return value


Demanded = Annotated[bool | None, AfterValidator(_demanded), WithJsonSchema({"type": "boolean", "enum": [True]})]


class NumberSearch(Declared):
    """Search criteria; Twilio's own filters by their own names."""

    country: Annotated[str, StringConstraints(pattern=form(r"^[A-Z]{2}$", "a country's two capital letters", "US"))]
    """ISO 3166-1 alpha-2, such as US."""
    type: Literal["local", "mobile", "toll_free", "national", "voip", "shared_cost", "machine_to_machine"] = "local"
    """The kind of number; which a country has differs (toll_free is an 800 number in US)."""
    area_code: Annotated[int, Field(ge=200, le=999)] | None = None
    """Three digits; US and CA only."""
    contains: (
        Annotated[
            str,
            StringConstraints(
                pattern=form(
                    r"^\+?[0-9A-Za-z*%]{2,16}\$?$", "a pattern of 2 to 16 digits, letters, * and %", '"+1415*"'
                )
            ),
        ]
        | None
    ) = None
    """A pattern: digits, letters, `*` for one character, `%` for any run at an end."""
    in_locality: str | None = None
    """A city, such as Paris."""
    in_region: str | None = None
    """A state or province, such as CA; US and CA only."""
    in_postal_code: Annotated[str | None, Field(examples=["94105"])] = None
    """A postal code, such as "94105"; US and CA only."""
    in_rate_center: str | None = None
    """A rate center, such as NWYRCYZN01; US and CA only, needs `in_lata`."""
    in_lata: Annotated[str | None, Field(examples=["722"])] = None
    """A local access and transport area, such as "722"; US and CA only."""
    near_number: str | None = None
    """A number in E.164 to be near to; US and CA only."""
    near_lat_long: str | None = None
    """A place to be near to, such as "37.78,-122.42"; US and CA only."""
    distance: Annotated[int, Field(ge=1, le=500)] | None = None
    """Miles around `near_number` or `near_lat_long`."""
    voice_enabled: Demanded = None
    """It takes calls; it may or may not where left out, here and below."""
    sms_enabled: Demanded = None
    """It takes text messages."""
    mms_enabled: Demanded = None
    """It takes messages with media."""
    fax_enabled: Demanded = None
    """It takes faxes."""
    beta: bool | None = None
    """Whether numbers that are new to Twilio are among them; they are where left out."""
    exclude_all_address_required: bool | None = None
    """Whether to leave out numbers that need an Address."""
    exclude_local_address_required: bool | None = None
    """Whether to leave out numbers that need an Address in their own area."""
    exclude_foreign_address_required: bool | None = None
    """Whether to leave out numbers that need an Address abroad."""

    @model_validator(mode="after")
    def _country_has_it(self) -> Self:
        if self.country not in _NORTH_AMERICA:
            used = [name for name in _NORTH_AMERICAN_FILTERS if getattr(self, name) is not None]
            if used:
                raise ValueError(f"uses {', '.join(used)}, which Twilio supports only in US and CA")
        if self.country == "US" and self.type == "mobile":
            raise ValueError("searches for a mobile number in US, where Twilio has none: use type: local")
        if self.in_rate_center and not self.in_lata:
            raise ValueError("has in_rate_center without in_lata, which Twilio also requires")
        return self


def effective(search: Any) -> Any:
    """Return a search, declared or recorded, without what filters nothing: searches with the same effect are equal."""
    given = plain(search)
    if not isinstance(given, Mapping):
        return given
    return {name: value for name, value in given.items() if name not in _NO_FILTER or value != _NO_FILTER[name]}


def require_type(account: Account, search: NumberSearch) -> None:
    """Raise Problem when Twilio sells no numbers of the searched type in its country; one GET per country and run.

    Any Twilio account may ask, so `account` need not be the one that buys.
    """
    countries = account.client.api.v2010.account.available_phone_numbers
    try:
        (answer,) = account.listings.get(
            (account.sid, "countries", search.country), lambda: [countries(search.country).fetch()]
        )
    except NotFound:
        raise Problem(
            f"Twilio sells no phone numbers in {search.country}.",
            "Search another country, or host a number of yours at Twilio and declare it by phone_number.",
        ) from None
    types = answer.subresource_uris
    if isinstance(types, Mapping) and search.type not in types:
        raise Problem(
            f"Twilio sells no {search.type} numbers in {search.country}.",
            f"Search for one of its types there: {', '.join(sorted(types)) or 'none at the moment'}.",
        )


def candidates(account: Account, search: NumberSearch) -> Iterator[str]:
    """Yield the numbers that Twilio has for the search, in E.164; one call."""
    filters: dict[str, Any] = search.model_dump(exclude={"country", "type"}, exclude_none=True)
    stock = getattr(account.client.api.v2010.account.available_phone_numbers(search.country), search.type)
    for number in stock.list(limit=_PER_SEARCH, **filters):
        yield str(number.phone_number)
