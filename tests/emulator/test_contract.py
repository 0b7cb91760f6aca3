"""The checker itself: it must catch what Twilio's documents do not allow."""

import pytest

from tests.emulator.contract import PARAMETER
from twilio_environments.emulator.permissions import KNOWN
from twilio_environments.emulator.routing import routes

KEY = ("GET", "api", "/2010-04-01/Accounts/{account_sid}/Keys/{sid}.json")
GOOD = {
    "sid": "SK" + "0" * 32,
    "friendly_name": None,
    "date_created": "Thu, 30 Jul 2015 20:00:00 +0000",
    "date_updated": "Thu, 30 Jul 2015 20:00:00 +0000",
}
ERROR = {"code": 20404, "message": "not found", "more_info": "https://www.twilio.com/docs/errors/20404", "status": 404}


def test_every_route_is_an_operation_of_twilios(contract):
    ours = {(route.method, route.product, PARAMETER.sub("{}", route.pattern)) for route in routes()}

    assert ours - contract.checks.keys() == set()


def test_every_known_permission_on_a_route_is_spelled_as_twilio_spells_it():
    """A stem that no policy may name would make its route unreachable for restricted keys by a slip of the pen."""
    stems = {permission.rpartition("/")[0] for permission in KNOWN} | {"/twilio/iam/auth-tokens"}

    assert {
        route.permission for route in routes() if route.permission and route.permission.rpartition("/")[0] not in stems
    } == set()


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, GOOD, None),
        (200, GOOD | {"friendly_name": 7}, "friendly_name"),
        (200, GOOD | {"sid": "XX" + "0" * 32}, "sid"),
        (200, GOOD | {"date_created": "2015-07-30T20:00:00Z"}, "date_created"),
        (200, GOOD | {"secret": "x"}, "secret"),
        (200, {name: value for name, value in GOOD.items() if name != "date_updated"}, "date_updated"),
        (201, GOOD, "not among the documented 200"),
        (200, None, "None is not of type"),
        (404, ERROR, None),
        (404, {"error": "not found"}, "not an error body"),
        (404, ERROR | {"status": 400}, "status 400"),
        (404, ERROR | {"code": "20404"}, "not an error body"),
    ],
)
def test_what_the_documents_do_not_allow_is_caught(contract, status, body, expected):
    problems = contract.problems(*KEY, status, body)

    assert problems == [] if expected is None else expected in problems[0]


def test_an_operation_twilio_does_not_have_is_caught(contract):
    assert contract.problems("PUT", *KEY[1:], 200, GOOD)[0].endswith("no such operation")
    assert contract.problems("GET", "api", "/2010-04-01/Nothing.json", 200, {})[0].endswith("no such operation")


def test_a_body_where_none_is_documented_is_caught(contract):
    assert contract.problems("DELETE", *KEY[1:], 204, None) == []
    assert contract.problems("DELETE", *KEY[1:], 204, {})[0].endswith("a body where none is documented")
