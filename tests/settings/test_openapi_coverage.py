"""What Twilio's OpenAPI documents let one write can be declared: every parameter, every value, every range."""

import re
from typing import Any

import pytest
from pydantic import BaseModel

from tests.kinds.cases import CASES
from tests.kinds.cases.phone_number import SEARCHES
from tests.kinds.operations import Operations
from twilio_environments.kinds.phone_number import PhoneNumber
from twilio_environments.lifecycle.declaration import Declaration
from twilio_environments.numbers.number_search import NumberSearch

import facts  # isort: skip

OPERATIONS = [one for case in CASES for one in case.operations]


def declarable(model: type[BaseModel]) -> set[str]:
    """Return the fields that reach Twilio: those that a declaration sends, or has calls of its own for."""
    return set(model.model_fields) - ({"adopt", "mark"} if issubclass(model, Declaration) else set())


def each() -> list[Any]:
    return [
        pytest.param(one, id=f"{one.model.__name__}-{one.document}-{one.paths[0].split('/')[-1]}") for one in OPERATIONS
    ]


def missing(operations: Operations, fields: set[str]) -> set[str]:
    return {one.field for one in operations.parameters()} - fields - operations.covered.keys()


@pytest.mark.parametrize("operations", each())
def test_every_writable_parameter_can_be_declared(operations):
    fields = declarable(operations.model)
    assert not missing(operations, fields), "Twilio's documents have parameters that no field declares"


def test_a_field_that_is_taken_away_is_named():
    numbers = next(one for one in OPERATIONS if one.model is PhoneNumber)
    assert missing(numbers, declarable(PhoneNumber) - {"sms_url"}) == {"sms_url"}


@pytest.mark.parametrize("operations", each())
def test_every_value_of_an_enumeration_is_taken(operations):
    refused = []
    for one in operations.parameters():
        for value in one.values():
            if one.field in operations.covered or (one.field, value) in operations.not_taken:
                continue
            allowed = schema_of(operations.model, one.field)
            values = allowed.get("enum") or [allowed["const"]] if "const" in allowed else allowed.get("enum", [value])
            if value not in values:
                refused.append(f"{one.field}: {value}")
    assert not refused


@pytest.mark.parametrize("operations", each())
def test_ranges_and_lengths_are_those_of_the_documents(operations):
    different = []
    for one in operations.parameters():
        if one.field in operations.covered:
            continue
        ours = schema_of(operations.model, one.field)
        if (theirs := one.range()) and (ours.get("minimum"), ours.get("maximum")) != theirs:
            different.append(f"{one.field}: {theirs}")
        length = (ours.get("maxLength"), one.length())
        if length[1] and length[0] != length[1] and operations.other_lengths.get(one.field, ())[:2] != length:
            different.append(f"{one.field}: {length[1]} characters")
    assert not different


def schema_of(model: type[BaseModel], field: str) -> dict[str, Any]:
    schema = model.model_json_schema()
    found: dict[str, Any] = schema["properties"][field]
    found = next((one for one in found.get("anyOf", []) if one.get("type") != "null"), found)
    while "$ref" in found:
        found = schema["$defs"][found["$ref"].rpartition("/")[2]]
    return found


def test_the_documents_are_read_at_all():
    stated = [one for operations in OPERATIONS for one in operations.parameters()]
    assert len(stated) > 150
    assert sum(bool(one.values()) for one in stated) > 30
    assert sum(bool(one.range()) for one in stated) >= 10
    assert sum(bool(one.length()) for one in stated) >= 8


@pytest.mark.parametrize("operations", each())
def test_no_exception_is_left_over(operations):
    names = {one.field for one in operations.parameters()}
    assert not operations.covered.keys() - names
    assert not operations.other_lengths.keys() - names
    assert not {field for field, _ in operations.not_taken} - names


def test_every_search_is_a_type_of_number():
    paths = facts.of("api_v2010")["operations"]
    found = re.findall(r"AvailablePhoneNumbers/\{CountryCode\}/(\w+)\.json", " ".join(paths))
    types = {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", one).lower() for one in found}
    assert types == set(schema_of(NumberSearch, "type")["enum"])
    assert set(found) == set(SEARCHES)
