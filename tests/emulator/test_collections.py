"""Every collection that the emulator declares is one of Twilio's, with the parameters that Twilio's documents state."""

import pytest

import tests.docs.pages  # noqa: F401 - puts tools/ on the path
from tests.emulator.contract import PARAMETER
from twilio_environments.emulator.resource import VERBS, Resource, resources

import facts  # isort: skip

LEFT_OUT = {
    "addresses": {"AutoCorrectAddress"},  # no address is looked up on a map
    "campaigns": {
        *(f"{what}{kind}" for what in ("OptIn", "OptOut", "Help") for kind in ("Keywords", "Message")),
        "PrivacyPolicyUrl",
        "TermsAndConditionsUrl",
    },  # whether a campaign is there is what matters here, not what it says
}
OTHERWISE = {"PhoneNumber", "StartDate", "EndDate", "AccountSid"}  # filters that are no equality: read by hand
PAGING = {"Page", "PageSize", "PageToken"}
MISSING_IS_BAD = {"MessageSamples"}  # required, and said by its reader with how many there must be


def operation(one, verb):
    """What the documents state of the operation behind a verb, None if they have no such operation."""
    suffix = ".json" if one.product == "api" else ""
    path = (one.path if verb in ("create", "list") else f"{one.path}/{{{one.id}}}") + suffix
    for name in facts.documents():
        if name.partition("_")[0] == one.product:
            for pattern, operations in facts.of(name)["operations"].items():
                if PARAMETER.sub("{}", pattern) == PARAMETER.sub("{}", path):
                    return operations.get(VERBS[verb].lower())
    return None


def declared_verbs(*verbs):
    """Those of the verbs that follow from a declaration, collection by collection."""
    return [
        pytest.param(one, verb, id=f"{one.path} {verb}")
        for one in resources()
        for verb in verbs
        if verb in one.verbs
        and verb not in one.by_hand
        and getattr(type(one), f"_{verb}") is getattr(Resource, f"_{verb}")
    ]


def test_every_collection_is_among_twilios():
    assert [one.path for one in resources() for verb in one.verbs if operation(one, verb) is None] == []


@pytest.mark.parametrize(("one", "verb"), declared_verbs("create", "update"))
def test_the_fields_are_the_parameters_that_twilio_documents(one, verb):
    documented = operation(one, verb)["form"]
    fields = {field.parameter: field for field in one.fields if verb == "create" or not field.write_once}

    assert fields.keys() - documented.keys() == set()
    assert documented.keys() - fields.keys() == LEFT_OUT.get(one.table, set())
    if verb == "create":
        required = {name for name, parameter in documented.items() if parameter.get("required")}
        assert {name for name, field in fields.items() if field.required} == required - MISSING_IS_BAD


@pytest.mark.parametrize(("one", "verb"), declared_verbs("list"))
def test_the_filters_are_those_that_twilio_documents(one, verb):
    filters = {each if isinstance(each, str) else each.parameter for each in one.filters}

    assert filters == operation(one, verb)["query"].keys() - PAGING


@pytest.mark.parametrize("one", [pytest.param(one, id=one.path) for one in resources() if "list" in one.by_hand])
def test_a_listing_by_hand_leaves_no_filter_out(one):
    filters = {each if isinstance(each, str) else each.parameter for each in one.filters}

    assert operation(one, "list")["query"].keys() - PAGING - filters <= OTHERWISE
