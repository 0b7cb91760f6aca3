"""What Twilio's OpenAPI documents let one write can be declared: every parameter, every value, every range."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from pydantic import BaseModel

import tests.docs.pages  # noqa: F401 - puts tools/ on the path
from twilio_environments.kinds.api_key import ApiKey
from twilio_environments.kinds.messaging_service import MessagingService
from twilio_environments.kinds.phone_number import PhoneNumber
from twilio_environments.kinds.sender_pool import SenderPool
from twilio_environments.kinds.studio_flow import Definition
from twilio_environments.kinds.subaccount import Subaccount
from twilio_environments.kinds.verify_parts import Bucket, RateLimit, Webhook
from twilio_environments.kinds.verify_service import VerifyService
from twilio_environments.lifecycle.declaration import Declaration
from twilio_environments.numbers.number_search import NumberSearch

import contract  # isort: skip

ACCOUNT = "/2010-04-01/Accounts/{AccountSid}"
SEARCHES = ("Local", "MachineToMachine", "Mobile", "National", "SharedCost", "TollFree", "Voip")


@dataclass(frozen=True)
class Operations:
    """The operations that write one kind of object, or search for it, and the model that declares it."""

    model: type[BaseModel]
    document: str
    paths: tuple[str, ...]
    method: str = "post"


OPERATIONS = (
    Operations(Subaccount, "api_v2010", ("/2010-04-01/Accounts.json", "/2010-04-01/Accounts/{Sid}.json")),
    Operations(ApiKey, "api_v2010", (f"{ACCOUNT}/Keys.json", f"{ACCOUNT}/Keys/{{Sid}}.json")),
    Operations(ApiKey, "iam_v1", ("/v1/Keys", "/v1/Keys/{Sid}")),
    Operations(
        PhoneNumber,
        "api_v2010",
        (f"{ACCOUNT}/IncomingPhoneNumbers.json", f"{ACCOUNT}/IncomingPhoneNumbers/{{Sid}}.json"),
    ),
    Operations(
        NumberSearch,
        "api_v2010",
        tuple(f"{ACCOUNT}/AvailablePhoneNumbers/{{CountryCode}}/{kind}.json" for kind in SEARCHES),
        "get",
    ),
    Operations(MessagingService, "messaging_v1", ("/v1/Services", "/v1/Services/{Sid}")),
    Operations(
        SenderPool,
        "messaging_v1",
        (
            "/v1/Services/{ServiceSid}/PhoneNumbers",
            "/v1/Services/{ServiceSid}/ShortCodes",
            "/v1/Services/{ServiceSid}/AlphaSenders",
            "/v1/Services/{MessagingServiceSid}/ChannelSenders",
            "/v1/Services/{ServiceSid}/DestinationAlphaSenders",
        ),
    ),
    Operations(VerifyService, "verify_v2", ("/v2/Services", "/v2/Services/{Sid}")),
    Operations(
        RateLimit, "verify_v2", ("/v2/Services/{ServiceSid}/RateLimits", "/v2/Services/{ServiceSid}/RateLimits/{Sid}")
    ),
    Operations(
        Bucket,
        "verify_v2",
        (
            "/v2/Services/{ServiceSid}/RateLimits/{RateLimitSid}/Buckets",
            "/v2/Services/{ServiceSid}/RateLimits/{RateLimitSid}/Buckets/{Sid}",
        ),
    ),
    Operations(
        VerifyService,
        "verify_v2",
        (
            "/v2/Services/{ServiceSid}/MessagingConfigurations",
            "/v2/Services/{ServiceSid}/MessagingConfigurations/{Country}",
        ),
    ),
    Operations(
        Webhook, "verify_v2", ("/v2/Services/{ServiceSid}/Webhooks", "/v2/Services/{ServiceSid}/Webhooks/{Sid}")
    ),
    Operations(Definition, "studio_v2", ("/v2/Flows", "/v2/Flows/{Sid}")),
)

COVERED_OTHERWISE = {
    "PhoneNumber.account_sid": "moving a number to another account takes it out of its stack; declare it in the other",
    "PhoneNumber.area_code": "search.area_code: a purchase by area code cannot be repeated, so it is searched first",
    "ApiKey.account_sid": "the subaccount of the environment",
    "ApiKey.key_type": "type; `standard` is made by the other API",
    "NumberSearch.page": "paging is the library's",
    "NumberSearch.page_size": "paging is the library's",
    "NumberSearch.page_token": "paging is the library's",
    "SenderPool.phone_number_sid": "phone_numbers, a list of them",
    "SenderPool.short_code_sid": "short_codes, a list of them",
    "SenderPool.alpha_sender": "alpha_senders, a list of them",
    "SenderPool.sid": "channel_senders, a list of them",
    "SenderPool.iso_country_code": "a sender for one country only cannot be declared; alpha_senders are for all",
    "RateLimit.unique_name": "the key in rate_limits",
    "VerifyService.country": "the key in messaging_configurations",
    "VerifyService.messaging_service_sid": "the value in messaging_configurations",
    "Webhook.friendly_name": "the key in webhooks",
}
"""Parameters that no field of the model has the name of, with what covers them."""

NOT_TAKEN = {
    ("Subaccount.status", "closed"): "closing is for good, so it is what `pulumi destroy` does, with twilio:allow",
}
"""Values of enumerations that are refused, with the reason."""

OTHER_LIMITS = {
    "VerifyService.friendly_name": (30, 32, "the description of the answer says 30, that of the parameter 32"),
    "NumberSearch.contains": (None, 16, "its pattern has the length, and does not count `+` and `$`"),
}
"""Greatest lengths: ours, the document's, and why they differ."""


@dataclass(frozen=True)
class Parameter:
    name: str
    schema: dict[str, Any]

    @property
    def field(self) -> str:
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", self.name).replace(".", "_").lower()

    def stated(self, key: str) -> Any:
        """What the schema says, or else the description."""
        return self.schema.get(key, self.schema.get("prose", {}).get(key))

    def values(self) -> list[str]:
        return list(self.stated("enum") or ())

    def range(self) -> tuple[int, int] | None:
        low, high = self.stated("minimum"), self.stated("maximum")
        return (low, high) if low is not None and high is not None else None

    def length(self) -> int | None:
        return None if "pattern" in self.schema else self.stated("maxLength")


@cache
def document(name: str) -> dict[str, Any]:
    return contract.facts(name)


def parameters(operations: Operations) -> Iterator[Parameter]:
    facts = document(operations.document)
    for path in operations.paths:
        operation = facts["operations"][path][operations.method]
        for name, schema in operation["query" if operations.method == "get" else "form"].items():
            yield Parameter(name, facts["schemas"][schema["$ref"]] | schema if "$ref" in schema else schema)


def declarable(model: type[BaseModel]) -> set[str]:
    """Return the fields that reach Twilio: those that a declaration sends, or has calls of its own for."""
    return set(model.model_fields) - ({"adopt", "mark"} if issubclass(model, Declaration) else set())


def each() -> list[Any]:
    return [
        pytest.param(one, id=f"{one.model.__name__}-{one.document}-{one.paths[0].split('/')[-1]}") for one in OPERATIONS
    ]


def missing(operations: Operations, fields: set[str]) -> set[str]:
    name = operations.model.__name__
    found = {f"{name}.{one.field}" for one in parameters(operations) if one.field not in fields}
    return found - COVERED_OTHERWISE.keys()


@pytest.mark.parametrize("operations", each())
def test_every_writable_parameter_can_be_declared(operations):
    fields = declarable(operations.model)
    assert not missing(operations, fields), "Twilio's documents have parameters that no field declares"


def test_a_field_that_is_taken_away_is_named():
    numbers = next(one for one in OPERATIONS if one.model is PhoneNumber)
    assert missing(numbers, declarable(PhoneNumber) - {"sms_url"}) == {"PhoneNumber.sms_url"}


@pytest.mark.parametrize("operations", each())
def test_every_value_of_an_enumeration_is_taken(operations):
    refused = []
    for one in parameters(operations):
        field = f"{operations.model.__name__}.{one.field}"
        for value in one.values():
            if field in COVERED_OTHERWISE or (field, value) in NOT_TAKEN:
                continue
            allowed = schema_of(operations.model, one.field)
            values = allowed.get("enum") or [allowed["const"]] if "const" in allowed else allowed.get("enum", [value])
            if value not in values:
                refused.append(f"{field}: {value}")
    assert not refused


@pytest.mark.parametrize("operations", each())
def test_ranges_and_lengths_are_those_of_the_documents(operations):
    different = []
    for one in parameters(operations):
        field = f"{operations.model.__name__}.{one.field}"
        if field in COVERED_OTHERWISE:
            continue
        ours = schema_of(operations.model, one.field)
        if (theirs := one.range()) and (ours.get("minimum"), ours.get("maximum")) != theirs:
            different.append(f"{field}: {theirs}")
        length = (ours.get("maxLength"), one.length())
        if length[1] and length[0] != length[1] and OTHER_LIMITS.get(field, ())[:2] != length:
            different.append(f"{field}: {length[1]} characters")
    assert not different


def schema_of(model: type[BaseModel], field: str) -> dict[str, Any]:
    schema = model.model_json_schema()
    found: dict[str, Any] = schema["properties"][field]
    found = next((one for one in found.get("anyOf", []) if one.get("type") != "null"), found)
    while "$ref" in found:
        found = schema["$defs"][found["$ref"].rpartition("/")[2]]
    return found


def test_the_documents_are_read_at_all():
    stated = [one for operations in OPERATIONS for one in parameters(operations)]
    assert len(stated) > 150
    assert sum(bool(one.values()) for one in stated) > 30
    assert sum(bool(one.range()) for one in stated) >= 10
    assert sum(bool(one.length()) for one in stated) >= 8


def test_no_exception_is_left_over():
    names = {f"{operations.model.__name__}.{one.field}" for operations in OPERATIONS for one in parameters(operations)}
    assert not COVERED_OTHERWISE.keys() - names
    assert not OTHER_LIMITS.keys() - names
    assert not {field for field, _ in NOT_TAKEN} - names


def test_every_search_is_a_type_of_number():
    paths = document("api_v2010")["operations"]
    found = re.findall(r"AvailablePhoneNumbers/\{CountryCode\}/(\w+)\.json", " ".join(paths))
    types = {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", one).lower() for one in found}
    assert types == set(schema_of(NumberSearch, "type")["enum"])
    assert set(found) == set(SEARCHES)
