"""The JSON Schema of stack files, which editors complete and check by."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.settings.stack_file import as_pulumi
from twilio_environments.settings import Settings, load
from twilio_environments.settings.schema import stack_file_schema

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "docs" / "stack-file.schema.json"
STACK_FILES = sorted(ROOT.glob("Pulumi.*.yaml"))
VALIDATOR = jsonschema.Draft202012Validator(stack_file_schema())


def test_the_committed_schema_is_up_to_date():
    committed = COMMITTED.read_text(encoding="utf-8")
    assert committed == json.dumps(stack_file_schema(), indent=2) + "\n", (
        "renew it: twilio-env schema > docs/stack-file.schema.json"
    )


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(stack_file_schema())


def test_every_field_is_described():
    schema = stack_file_schema()
    objects = [schema["properties"]["config"], *schema["$defs"].values()]
    bare = [
        name for one in objects for name, field in one["properties"].items() if not field.get("description", "").strip()
    ]
    assert len(objects) > 15
    assert not bare


@pytest.mark.parametrize("file", STACK_FILES, ids=lambda file: file.name)
def test_the_stack_files_of_the_project_are_accepted(file):
    text = file.read_text(encoding="utf-8")
    VALIDATOR.validate(yaml.safe_load(text))
    config = yaml.safe_dump(yaml.safe_load(text)["config"])
    settings = load(as_pulumi(config), project="acme", stack=file.name.split(".")[1], root=ROOT)
    assert isinstance(settings, Settings)


def test_there_are_stack_files():
    assert {file.name for file in STACK_FILES} >= {"Pulumi.local.yaml", "Pulumi.staging.yaml", "Pulumi.prod.yaml"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("twilio:nubmers", {}),
        ("twilio:numbers", {"support": {"phone_number": "15005550006"}}),
        ("twilio:numbers", {"support": {"phone_number": 15005550006}}),
        ("twilio:numbers", {"support": {"phone_number": "+15005550006", "sms_ulr": ""}}),
        ("twilio:numbers", {"support": {"phone_number": "+15005550006", "voice_method": "PUT"}}),
        ("twilio:numbers", {"support": {"phone_number": "+15005550006", "voice_url": "example.com"}}),
        ("twilio:numbers", {"support": {"phone_number": "+15005550006", "search": None}}),
        ("twilio:numbers", {"support": None}),
        ("twilio:numbers", {"a b": {}}),
        ("twilio:numbers", []),
        ("twilio:numbers", {"support": {"phone_number": "+15005550006", "mark": "mine"}}),
        ("twilio:keys", {"api": {"document": "../x"}}),
        ("twilio:messaging_services", {"alerts": {"usecase": "spam"}}),
        ("twilio:messaging_services", {"alerts": {"sticky_sender": "yes"}}),
        ("twilio:verify_services", {"login": {"code_length": 3}}),
        ("twilio:verify_services", {"login": {"rate_limits": {"ip": {"buckets": [{"max": 1}]}}}}),
        ("twilio:studio_flows", {"ivr": {}}),
        ("twilio:local", "yes"),
        ("twilio:concurrency", 0),
        ("twilio:concurrency", "few"),
        ("twilio:allow", {"release_numbers": True}),
    ],
)
def test_typical_mistakes_are_refused(key, value):
    good: dict[str, Any] = {"config": {"twilio:subaccount": {}, "aws:region": "eu-west-1"}, "encryptionsalt": "v1:"}
    VALIDATOR.validate(good)
    bad = copy.deepcopy(good)
    bad["config"][key] = value
    assert not VALIDATOR.is_valid(bad)


def test_an_account_must_be_there():
    assert not VALIDATOR.is_valid({"config": {}})


@pytest.mark.parametrize("local", [True, False, "true", "false"])
def test_local_is_written_by_hand_or_by_pulumi_config_set(local):
    VALIDATOR.validate({"config": {"twilio:subaccount": {}, "twilio:local": local}})


@pytest.mark.parametrize("concurrency", [1, 100, "4"])
def test_so_is_the_concurrency(concurrency):
    config = {"twilio:subaccount": {}, "twilio:concurrency": concurrency}
    VALIDATOR.validate({"config": config})
    settings = load({key: str(value) for key, value in config.items()}, project="acme", stack="staging", root=ROOT)
    assert settings.concurrency == int(concurrency)
