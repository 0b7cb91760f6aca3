"""The numbers that the local Twilio has for sale: blocks of consecutive numbers per country and type.

Where a regulator keeps a range for fiction (NANP 555-01xx, Ofcom, BNetzA, ARCEP, ACMA), the block is in it, so that
a mistake never names somebody's telephone. Requirements per country and type follow Twilio's regulatory pages in
kind, not in detail: none, any, local, foreign and bundle each occur at least once.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

E164_PATTERN = r"\+[1-9]\d{1,14}"
TYPES = {
    "Local": "local",
    "TollFree": "toll_free",
    "Mobile": "mobile",
    "National": "national",
    "Voip": "voip",
    "SharedCost": "shared_cost",
    "MachineToMachine": "machine_to_machine",
}
COUNTRIES = {
    "US": "United States",
    "CA": "Canada",
    "GB": "United Kingdom",
    "DE": "Germany",
    "FR": "France",
    "IE": "Ireland",
    "AU": "Australia",
    "BR": "Brazil",
}
NORTH_AMERICA = frozenset({"US", "CA"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a geographic number lives; latitude and longitude in degrees."""

    locality: str
    region: str | None = None
    postal_code: str | None = None
    lata: str | None = None
    latitude: float | None = None
    longitude: float | None = None

    @property
    def rate_center(self) -> str | None:
        """The rate center, in capitals as carriers write it; only North America, where there is a LATA, has them."""
        return self.locality.upper() if self.lata else None


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive numbers of one country and type: an E.164 prefix and the number of free digits."""

    country: str
    type: str  # a value of TYPES
    prefix: str
    free_digits: int
    capabilities: frozenset[str] = frozenset({"voice", "sms", "mms"})
    address_requirements: str = "none"
    bundle: bool = False
    beta: bool = False
    area_code: str | None = None
    place: Place | None = None

    def __contains__(self, phone_number: str) -> bool:
        """Whether that E.164 number is in the block."""
        return phone_number.startswith(self.prefix) and len(phone_number) == len(self.prefix) + self.free_digits

    def numbers(self) -> Iterator[str]:
        """Every number of the block in E.164, ascending."""
        return (f"{self.prefix}{number:0{self.free_digits}d}" for number in range(10**self.free_digits))


def _north_american(row: str) -> Block:
    country, area_code, locality, region, postal_code, lata, latitude, longitude = row.split("|")
    place = Place(locality, region, postal_code, lata, float(latitude), float(longitude))
    return Block(country, "local", f"+1{area_code}55501", 2, area_code=area_code, place=place)


_NORTH_AMERICA = """
US|202|Washington|DC|20001|236|38.907|-77.037
US|206|Seattle|WA|98101|674|47.606|-122.332
US|212|New York|NY|10001|132|40.713|-74.006
US|213|Los Angeles|CA|90012|730|34.052|-118.244
US|214|Dallas|TX|75201|552|32.777|-96.797
US|303|Denver|CO|80202|656|39.739|-104.990
US|305|Miami|FL|33128|460|25.762|-80.192
US|312|Chicago|IL|60602|358|41.878|-87.630
US|404|Atlanta|GA|30303|438|33.749|-84.388
US|408|San Jose|CA|95113|722|37.338|-121.886
US|415|San Francisco|CA|94102|722|37.775|-122.419
US|503|Portland|OR|97204|672|45.515|-122.678
US|510|Oakland|CA|94612|722|37.804|-122.271
US|512|Austin|TX|78701|558|30.267|-97.743
US|602|Phoenix|AZ|85003|666|33.448|-112.074
US|617|Boston|MA|02108|128|42.360|-71.059
US|646|New York|NY|10001|132|40.713|-74.006
US|650|San Mateo|CA|94401|722|37.563|-122.326
US|702|Las Vegas|NV|89101|721|36.170|-115.140
US|713|Houston|TX|77002|560|29.760|-95.370
US|808|Hilo|HI|96720|834|19.720|-155.090
US|917|New York|NY|10001|132|40.713|-74.006
CA|416|Toronto|ON|M5H|888|43.653|-79.383
CA|514|Montreal|QC|H2Y|888|45.502|-73.567
CA|604|Vancouver|BC|V6B|888|49.283|-123.121
"""

VOICE_AND_SMS = frozenset({"voice", "sms"})
VOICE = frozenset({"voice"})
BLOCKS = (
    *(_north_american(row) for row in _NORTH_AMERICA.split("\n") if row),
    Block("US", "toll_free", "+180055501", 2, area_code="800"),
    Block("US", "toll_free", "+183355501", 2, area_code="833"),
    Block("US", "toll_free", "+188855501", 2, area_code="888", beta=True),
    Block("CA", "toll_free", "+184455501", 2, area_code="844"),
    Block("GB", "local", "+442079460", 3, VOICE, "any", bundle=True, place=Place("London")),
    Block("GB", "mobile", "+447700900", 3, VOICE_AND_SMS, bundle=True),
    Block("DE", "local", "+493023125", 3, VOICE, "local", bundle=True, place=Place("Berlin")),
    Block("DE", "mobile", "+4917139200", 2, VOICE_AND_SMS, bundle=True),
    Block("FR", "national", "+3319900", 4, VOICE, "local", bundle=True),
    Block("FR", "mobile", "+3363998", 4, VOICE_AND_SMS, bundle=True),
    Block("IE", "mobile", "+35320910", 4, VOICE_AND_SMS, "any"),
    Block("AU", "local", "+6125550", 4, VOICE | {"fax"}, "local", place=Place("Sydney", "NSW")),
    Block("AU", "mobile", "+6149157", 4, VOICE_AND_SMS, "any"),
    Block("BR", "local", "+551155501", 3, VOICE, "foreign", beta=True, place=Place("São Paulo", "SP")),
)


def block_of(phone_number: str) -> Block | None:
    """Find the block of a number; None means that Twilio never had it."""
    return next((block for block in BLOCKS if phone_number in block), None)


def types_of(country: str) -> list[str]:
    """Name the types (as in paths: Local, TollFree, ...) that a country sells."""
    sold = {block.type for block in BLOCKS if block.country == country}
    return [name for name, value in TYPES.items() if value in sold]


def national_format(phone_number: str) -> str:
    """Write a number as Twilio's default friendly name does: "(415) 555-0100" in North America, else E.164."""
    if phone_number.startswith("+1"):
        return f"({phone_number[2:5]}) {phone_number[5:8]}-{phone_number[8:]}"
    return phone_number


def sample(blocks: list[Block], turn: int) -> Iterator[tuple[Block, str]]:
    """Yield all numbers of the blocks in an order that depends on `turn`."""
    stock = [(block, number) for block in blocks for number in block.numbers()]
    random.Random(turn).shuffle(stock)  # noqa: S311  the order of a search result, nothing secret
    return iter(stock)
