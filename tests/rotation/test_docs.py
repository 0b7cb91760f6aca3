"""docs/secrets.md says what is so: its examples are valid, fit each other, and work."""

import json
import os
import re
from functools import partial
from typing import Any

import hvac
import pytest
import yaml
from twilio.request_validator import RequestValidator

from tests.kinds.world import sid
from tests.rotation.readers import PAGE, blocks, reconciled
from tests.servers import ROOT
from twilio_environments.kinds import delivery
from twilio_environments.settings import SettingsProblem, load
from twilio_environments.stores import VaultSettings
from twilio_environments.stores.vault import VaultStore


def stack_file(number):
    config = yaml.safe_load(blocks("yaml")[number])["config"]
    return {key: json.dumps(value) for key, value in config.items()}


@pytest.fixture
def settings():
    return load(stack_file(0), project="acme", stack="prod", root=ROOT)


def delivered(settings):
    """What is delivered: document → properties."""
    found = {settings.document_path(): {name for name, _ in settings.carried()} | {settings.secrets.auth_token}}
    for name, key in settings.keys.items():
        properties = settings.key_properties(name)
        document = found.setdefault(settings.document_path(key.document), set())
        document |= {properties.sid, properties.secret, settings.account_property(name)} - {None}
    return found


def test_what_external_secrets_reads_is_what_is_delivered(settings):
    documents = [document for block in blocks("yaml") for document in yaml.safe_load_all(block)]
    stores = {one["metadata"]["name"] for one in documents if one.get("kind") == "SecretStore"}
    read = [one for one in documents if one.get("kind") == "ExternalSecret"]
    assert stores == {one["spec"]["secretStoreRef"]["name"] for one in read} == {"vault", "aws"}
    for one in read:
        (source,) = one["spec"]["dataFrom"]
        document = {name: f"the {name}" for name in delivered(settings)[source["extract"]["key"]]}
        whole: dict[str, str] = document | dict.fromkeys(delivery.transient("api_key", "api_secret"), "pending")
        secret = reconciled(one, partial(dict, whole))
        assert {"TWILIO_ACCOUNT_SID", "TWILIO_API_KEY", "TWILIO_API_SECRET"} <= secret.keys()
        assert set(secret.values()) <= set(document.values())


@pytest.mark.parametrize("shape", ["default", "environment_variables", "aws_managed"])
def test_a_shape_names_properties_as_its_row_says(shape):
    config = stack_file(0) | {"twilio:keys": json.dumps({"api": {}}), "twilio:production": "false"}
    config["twilio:secrets"] = json.dumps({"aws": {}, "shape": shape})
    settings = load(config, project="acme", stack="prod", root=ROOT)
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{shape}`"))
    properties = settings.key_properties("api")
    named = re.findall(r"`(\w+)`", row)[1:4]
    assert named == [next(name for name, _ in settings.carried()), properties.sid, properties.secret]


def test_the_handed_over_key_has_the_fields_that_aws_wants():
    config = stack_file(0) | stack_file(-1)
    settings = load(config, project="acme", stack="prod", root=ROOT)
    assert delivered(settings)["prod/twilio-api"] == {"accountSid", "apiKeySid", "apiKeySecret"}


COLLISIONS = {
    "two keys in one document of AWS's shape": {
        "twilio:secrets": {"aws": {}, "shape": "aws_managed"},
        "twilio:keys": {"api": {}, "web": {}},
    },
    "a key on the Auth Token": {
        "twilio:secrets": {"aws": {}, "auth_token": "api_secret"},
        "twilio:keys": {"api": {}},
    },
    "a key on another's pending one": {
        "twilio:secrets": {"aws": {}},
        "twilio:keys": {"api": {}, "web": {"properties": {"sid": "api_key_pending", "secret": "web_secret"}}},
    },
    "the Auth Token's second on a key": {
        "twilio:secrets": {"aws": {}, "auth_token": "token"},
        "twilio:keys": {"api": {"properties": {"sid": "api_key", "secret": "token_secondary"}}},
    },
    "a key on the account": {
        "twilio:secrets": {"aws": {}},
        "twilio:keys": {"api": {"properties": {"sid": "account_sid", "secret": "api_secret"}}},
    },
}


@pytest.mark.parametrize("collision", COLLISIONS)
def test_two_that_would_write_one_property_are_refused(collision):
    config = stack_file(0) | {key: json.dumps(value) for key, value in COLLISIONS[collision].items()}
    with pytest.raises(SettingsProblem, match=r"property|taken"):
        load(config, project="acme", stack="prod", root=ROOT)


def test_the_receiver_accepts_signatures_of_both_tokens_and_of_no_other():
    names: dict[str, Any] = {}
    exec(blocks("python")[0], names)
    url, parameters = "https://hooks.example.com/voice", {"From": "+15005550006"}

    def accepted(document, token):
        signature = RequestValidator(token).compute_signature(url, parameters)
        return names["is_from_twilio"](document, url, parameters, signature)

    both = {"auth_token": "old", "auth_token_secondary": "new", "account_sid": sid("AC")}
    assert accepted(both, "old")
    assert accepted(both, "new")
    assert not accepted(both, sid("AC"))
    assert not accepted({"auth_token": "new"}, "old")
    assert not accepted({}, "")


def test_the_policy_for_vault_is_enough(vault, monkeypatch):
    root = hvac.Client(url=vault["vault"]["address"], token=os.environ["VAULT_TOKEN"])
    root.sys.create_or_update_policy("documented", blocks("hcl")[0])
    monkeypatch.setenv("VAULT_TOKEN", root.auth.token.create(policies=["documented"])["auth"]["client_token"])
    store = VaultStore(VaultSettings(address=vault["vault"]["address"]).resolved())
    store.check("prod/documented", "acme/prod")
    store.write("prod/documented", "acme/prod", {"a": "1"})
    store.write("prod/documented", "acme/prod", {"b": "2"}, drop=["a"])
    store.remove("prod/documented", "acme/prod", ["b"])
    assert store.read("prod/documented") is None


def test_the_policy_for_aws_names_every_action_that_the_store_takes():
    source = (ROOT / "twilio_environments" / "stores" / "aws_calls.py").read_text(encoding="utf-8")
    used = set(re.findall(r"\"(secretsmanager:\w+)\"", source))
    (policy,) = (json.loads(block) for block in blocks("json"))
    # Tags are set in CreateSecret, which takes a permission of its own.
    assert set(policy["Statement"][0]["Action"]) == used | {"secretsmanager:TagResource"}


def test_the_words_of_the_page_are_those_of_the_program():
    for status in (delivery.MISSING, delivery.ALTERED, delivery.UNFINISHED):
        assert f"| `{status}` |" in PAGE
    assert {*delivery.transient("api_key", "api_secret"), delivery.secondary("auth_token")} <= set(
        re.findall(r"`(\w+)`", PAGE)
    )
