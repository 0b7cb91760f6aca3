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
from twilio_environments.problems import Problem
from twilio_environments.secrets import delivery
from twilio_environments.secrets.stores.vault.errors import Refused
from twilio_environments.secrets.stores.vault.settings import VaultSettings
from twilio_environments.secrets.stores.vault.store import VaultStore
from twilio_environments.settings import SettingsProblem, load


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


DOCUMENTS = ("prod/twilio", "prod/twilio-reporting")
RUNS, PREVIEWS, READS = range(3)


@pytest.fixture(params=[False, True], ids=["with default", "without default"])
def as_printed(request, vault, monkeypatch):
    """A store with the page's policy of that number, with and without Vault's own policy `default` beside it."""
    root = hvac.Client(url=vault["vault"]["address"], token=os.environ["VAULT_TOKEN"])
    for path in DOCUMENTS:
        root.secrets.kv.v2.delete_metadata_and_all_versions(path)

    def store(number):
        root.sys.create_or_update_policy("printed", blocks("hcl")[number])
        token = root.auth.token.create(policies=["printed"], no_default_policy=request.param)["auth"]["client_token"]
        monkeypatch.setenv("VAULT_TOKEN", token)
        return VaultStore(VaultSettings(address=vault["vault"]["address"]).resolved())

    return store


@pytest.mark.parametrize("path", DOCUMENTS)
def test_the_policy_for_vault_is_enough_and_opens_nothing_else(as_printed, path):
    store = as_printed(RUNS)
    store.check(path, "acme/prod", to_write=True)
    assert store.missing_rights(path) == {}
    store.write(path, "acme/prod", {"a": "1"})
    store.write(path, "acme/prod", {"b": "2"}, drop=["a"])
    store.hand_over(path, "acme/prod", "acme/production")
    store.remove(path, "acme/production", ["b"])
    assert store.read(path) is None
    store.write(path, "acme/production", {"a": "1"})
    adapter = store._client._client.adapter
    for harm in (
        lambda: adapter.post(f"/v1/secret/metadata/{path}", json={"max_versions": 1}),
        lambda: adapter.delete(f"/v1/secret/metadata/{path}"),
        lambda: adapter.get(f"/v1/secret/data/{path}-of-others"),
    ):
        with pytest.raises(Refused):
            harm()


@pytest.mark.parametrize("path", DOCUMENTS)
def test_the_policies_for_looking_do_for_that_and_no_more(as_printed, path):
    as_printed(RUNS).write(path, "acme/prod", {"a": "1"})
    preview = as_printed(PREVIEWS)
    preview.check(path, "acme/prod")
    with pytest.raises(Problem, match="belongs to acme/prod"):
        preview.check(path, "acme/other")
    with pytest.raises(Problem, match="does not allow read"):
        preview.read(path)
    reader = as_printed(READS)
    reader.check(path, "acme/prod")
    assert reader.read(path).properties == {"a": "1"}
    with pytest.raises(Problem, match="does not allow"):
        reader.write(path, "acme/prod", {"a": "2"})


def test_the_policy_for_aws_names_every_action_that_the_store_takes():
    source = (ROOT / "twilio_environments" / "secrets" / "stores" / "aws" / "calls.py").read_text(encoding="utf-8")
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
