"""AvailablePhoneNumbers: which countries and types there are, and a search of the stock.

Facts: twilio-api v2010 OpenAPI document. A search is a sample: order and content change from call to call, and it
never has a number that anybody on this Twilio owns.
"""

import math
import re
from collections.abc import Callable
from functools import partial
from itertools import islice

from twilio_environments.emulator.routing import ApiError, Call, Params, Reply, not_found, page, route
from twilio_environments.emulator.state import Row

from .number_stock import (
    BLOCKS,
    COUNTRIES,
    E164_PATTERN,
    NORTH_AMERICA,
    TYPES,
    Block,
    Place,
    block_of,
    national_format,
    sample,
    types_of,
)

__all__ = ["available", "taken"]

_PATH = "/2010-04-01/Accounts/{account_sid}/AvailablePhoneNumbers"
_PERMISSION = "/twilio/phone-numbers/available-numbers/list"
_EARTH_RADIUS_MILES = 3958.8
_KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
# The document: 2 to 16 characters, wildcards only at the ends, different meta-characters never adjacent.
_CONTAINS = re.compile(r"(?P<head>\+|\*+|%?)(?P<plain>[0-9A-Za-z]{2,})(?P<tail>\$|\*+|%?)")
_CONTAINS_MAXIMUM = 16
_DISTANCE_MAXIMUM = 500
_PAGE_MAXIMUM = 1000

Wanted = Callable[[Block], bool]


@route("GET", "api", _PATH + ".json", _PERMISSION)
def list_countries(call: Call, account_sid: str) -> Reply:
    """List the countries that sell numbers; like Twilio's samples, without paging keys."""
    rows = [_country(account_sid, code) for code in COUNTRIES]
    body = page(call, rows, "countries").body or {}
    return Reply(200, {"countries": body["countries"], "uri": call.path})


@route("GET", "api", _PATH + "/{country}.json", _PERMISSION)
def read_country(call: Call, account_sid: str, country: str) -> Reply:
    """List the types of number that a country sells."""
    if country not in COUNTRIES:
        raise not_found(call)
    return Reply(200, _country(account_sid, country))


def search(call: Call, account_sid: str, country: str, *, number_type: str) -> Reply:  # noqa: ARG001  in the path
    """Sample what is for sale; a type the country does not sell (US/Mobile) is 404/20404."""
    if country not in COUNTRIES or number_type not in types_of(country):
        raise not_found(call)
    size = call.query.integer("PageSize") or 50
    if size > _PAGE_MAXIMUM:
        raise ApiError(400, 20007, f"Page size must not be greater than {_PAGE_MAXIMUM}")
    wanted = _block_filter(call.query, country, excludes=call.switches.search_excludes)
    pattern = _contains(call.query.get("Contains"))
    blocks = [
        block for block in BLOCKS if block.country == country and block.type == TYPES[number_type] and wanted(block)
    ]
    owned = taken(call)
    found = (
        _row(block, number)
        for block, number in sample(blocks, _turn(call, f"{country}/{number_type}"))
        if number not in owned and pattern.search(number)
    )
    return Reply(200, {"available_phone_numbers": list(islice(found, size)), "uri": call.path})


for _type in TYPES:
    route("GET", "api", f"{_PATH}/{{country}}/{_type}.json", _PERMISSION)(partial(search, number_type=_type))


def taken(call: Call) -> set[str]:
    """Return every number that any account of this Twilio owns: numbers are unique across all of them."""
    return {row["phone_number"] for row in call.state.table("incoming_phone_numbers").rows()}


def available(call: Call, area_code: str) -> str | None:
    """Pick a number of a North American area code that nobody owns; None if none is left."""
    owned = taken(call)
    blocks = [block for block in BLOCKS if block.area_code == area_code]
    return next((number for block in blocks for number in block.numbers() if number not in owned), None)


def _country(account_sid: str, code: str) -> Row:
    stem = _PATH.format(account_sid=account_sid)
    types = {TYPES[name]: f"{stem}/{code}/{name}.json" for name in types_of(code)}
    beta = all(block.beta for block in BLOCKS if block.country == code)
    return {
        "country_code": code,
        "country": COUNTRIES[code],
        "uri": f"{stem}/{code}.json",
        "beta": beta,
        "subresource_uris": types,
    }


def _row(block: Block, number: str) -> Row:
    place = block.place
    return {
        "friendly_name": national_format(number),
        "phone_number": number,
        "lata": place and place.lata,
        "locality": place and place.locality,
        "rate_center": place and place.rate_center,
        "latitude": place and _degrees(place.latitude),
        "longitude": place and _degrees(place.longitude),
        "region": place and place.region,
        "postal_code": place and place.postal_code,
        "iso_country": block.country,
        "address_requirements": block.address_requirements,
        "beta": block.beta,
        "capabilities": {name: name in block.capabilities for name in ("voice", "sms", "mms", "fax")},
    }


def _degrees(value: float | None) -> str | None:
    return None if value is None else f"{value:.6f}"  # the schema says a number, its example has text in this form


def _turn(call: Call, shelf: str) -> int:
    table = call.state.table("number_searches")
    turn: int = (table.get(shelf) or {"turn": 0})["turn"] + 1
    table.put(shelf, {"turn": turn})
    return turn


def _contains(pattern: str | None) -> re.Pattern[str]:
    """Turn Contains into a pattern over E.164; letters stand for keypad digits. Bad patterns are 400 [3p]."""
    if pattern is None:
        return re.compile("")
    match = _CONTAINS.fullmatch(pattern)
    if match is None or len(pattern) > _CONTAINS_MAXIMUM:
        raise ApiError(400, 20001, "Invalid Pattern Provided")  # the status is reported, the code is a guess
    ends = {"+": r"^\+", "$": "$", "%": ".*", "": ""}
    head, tail = (ends.get(match[end], "." * len(match[end])) for end in ("head", "tail"))
    return re.compile(head + match["plain"].upper().translate(_KEYPAD) + tail)


def _block_filter(query: Params, country: str, *, excludes: bool) -> Wanted:
    """Combine every filter that applies to a whole block; those for US and Canada are ignored elsewhere.

    `excludes`: a capability that is asked for by false is one that a number must not have.
    """
    tests: list[Wanted] = []
    for capability in ("sms", "mms", "voice", "fax"):
        enabled = query.flag(f"{capability.capitalize()}Enabled")
        if enabled or (enabled is False and excludes):
            tests.append(lambda block, name=capability, want=enabled: (name in block.capabilities) is want)  # type: ignore[misc]
    if query.flag("ExcludeAllAddressRequired"):
        tests.append(lambda block: block.address_requirements == "none")
    if query.flag("ExcludeLocalAddressRequired"):
        tests.append(lambda block: block.address_requirements != "local")
    if query.flag("ExcludeForeignAddressRequired"):
        tests.append(lambda block: block.address_requirements != "foreign")
    if query.flag("Beta") is False:
        tests.append(lambda block: not block.beta)
    if "InLocality" in query:
        tests.append(_in_place(query.required("InLocality"), "locality"))
    if country in NORTH_AMERICA:
        tests += _north_american_filters(query)
    return lambda block: all(test(block) for test in tests)


def _north_american_filters(query: Params) -> list[Wanted]:
    tests: list[Wanted] = []
    area_code = query.integer("AreaCode")
    if area_code is not None:
        tests.append(lambda block: block.area_code == str(area_code))
    if "InRateCenter" in query and "InLata" not in query:
        raise ApiError(400, 20001, "InRateCenter requires InLata")
    places = {
        "InPostalCode": "postal_code",
        "InRegion": "region",
        "InRateCenter": "rate_center",
        "InLata": "lata",
    }
    tests += [_in_place(query.required(name), attribute) for name, attribute in places.items() if name in query]
    centre = _centre(query)
    if centre is not None:
        distance = query.integer("Distance")
        distance = 25 if distance is None else distance
        if not 0 <= distance <= _DISTANCE_MAXIMUM:
            raise ApiError(400, 20001, f"Distance must be between 0 and {_DISTANCE_MAXIMUM} miles")
        tests.append(lambda block: block.place is not None and _miles(centre, block.place) <= distance)
    return tests


def _in_place(value: str, attribute: str) -> Wanted:
    """Match a block's place by one attribute; a phone number as the value stands for its place."""
    reference = block_of(value)
    expected = getattr(reference.place, attribute, None) if reference else value
    if expected is None:
        return lambda _block: False
    return lambda block: (getattr(block.place, attribute, None) or "").casefold() == expected.casefold()


def _centre(query: Params) -> Place | None:
    if "NearNumber" in query:
        number = query.required("NearNumber")
        if not re.fullmatch(E164_PATTERN, number):
            raise ApiError(400, 20001, "NearNumber must be in E.164 form")
        block = block_of(number)
        if block is None or block.place is None:
            raise ApiError(400, 20001, "NearNumber is not a number whose location is known")
        return block.place
    if "NearLatLong" in query:
        parts = re.fullmatch(r"(-?\d+(?:\.\d+)?),\s*(-?\d+(?:\.\d+)?)", query.required("NearLatLong"))
        if parts is None:
            raise ApiError(400, 20001, "NearLatLong must be latitude,longitude")
        return Place("", latitude=float(parts[1]), longitude=float(parts[2]))
    return None


def _miles(here: Place, there: Place) -> float:
    """Return the great-circle distance; infinite if one of the places has no position."""
    if here.latitude is None or here.longitude is None or there.latitude is None or there.longitude is None:
        return math.inf
    phi, psi = math.radians(here.latitude), math.radians(there.latitude)
    step, turn = psi - phi, math.radians(there.longitude - here.longitude)
    chord = math.sin(step / 2) ** 2 + math.cos(phi) * math.cos(psi) * math.sin(turn / 2) ** 2
    return 2 * _EARTH_RADIUS_MILES * math.asin(math.sqrt(chord))
