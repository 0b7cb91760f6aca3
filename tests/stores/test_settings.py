import os
import subprocess
import sys

import pytest
from pydantic import ValidationError

from twilio_environments.problems import Problem
from twilio_environments.secrets.stores import StoreSettings, connect, fingerprint
from twilio_environments.secrets.stores.aws.settings import AwsSettings
from twilio_environments.secrets.stores.vault.settings import VaultSettings

VAULT = {"vault": {"address": "https://vault.example.com"}}


@pytest.mark.parametrize("settings", [{}, {"vault": {}, "aws": {}}], ids=["none", "both"])
def test_exactly_one_store_is_named(settings):
    with pytest.raises(ValidationError, match="exactly one store: vault, for example"):
        StoreSettings.model_validate(settings)


REFUSED = {
    "a token is not a setting": {"vault": {"token": "shh-1"}},
    "nor is one in the address": {"vault": {"address": "https://shh-1@vault.example.com"}},
    "plain http leaves the machine": {"vault": {"address": "http://vault.example.com"}},
    "an address has a scheme": {"vault": {"address": "vault.example.com"}},
    "its host is one": {"vault": {"address": "https://vault..example.com"}},
    "a mount is no way out": {"vault": {"mount": "../sys"}},
    "nor is a login's": {"vault": {"auth": {"mount": "../../sys"}}},
    "nor a user's name": {"vault": {"auth": {"method": "userpass", "username": "../../sys"}}},
    "nor a namespace": {"vault": {"namespace": "../other"}},
    "a region is no host": {"aws": {"region": "eu-west-1.example.org/"}},
    "jwt needs a role": {"vault": {"auth": {"method": "jwt"}}},
    "kubernetes needs a role": {"vault": {"auth": {"method": "kubernetes"}}},
    "userpass needs a username": {"vault": {"auth": {"method": "userpass"}}},
    "an unknown method": {"vault": {"auth": {"method": "ldap"}}},
    "less than AWS's least window": {"aws": {"recovery_window_days": 0}},
    "a role is an ARN": {"aws": {"role_arn": "twilio"}},
}


@pytest.mark.parametrize("settings", REFUSED.values(), ids=REFUSED)
def test_unusable_settings_are_one_problem_that_does_not_repeat_values(settings):
    with pytest.raises(Problem) as caught:
        connect(settings)
    assert "shh-1" not in str(caught.value)


@pytest.mark.parametrize("address", ["http://127.0.0.1:8200", "http://[::1]:8200", "http://localhost"])
def test_plain_http_is_for_this_machine_only(address):
    assert VaultSettings(address=address).resolved().address == address.rstrip("/")


def test_what_settings_leave_out_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("VAULT_ADDR", "https://vault.example.com/")
    monkeypatch.setenv("VAULT_NAMESPACE", "admin")
    monkeypatch.setenv("VAULT_CACERT", "ca.pem")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    vault = VaultSettings().resolved()
    assert (vault.address, vault.namespace, vault.ca_cert) == ("https://vault.example.com", "admin", "ca.pem")
    assert AwsSettings().resolved().region == "us-west-2"
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert AwsSettings().resolved().region == "eu-west-1"
    assert AwsSettings(region="eu-central-1").resolved().region == "eu-central-1"


def test_an_unusable_address_in_the_environment_is_a_problem(monkeypatch):
    with pytest.raises(Problem, match="VAULT_ADDR"):
        connect({"vault": {}})
    monkeypatch.setenv("VAULT_ADDR", "http://vault.example.com")
    with pytest.raises(Problem, match="plain http"):
        connect({"vault": {}})


def test_equal_settings_share_a_store_and_others_do_not(monkeypatch):
    monkeypatch.setenv("VAULT_ADDR", "https://vault.example.com/")
    first = connect(VAULT)
    assert connect(StoreSettings.model_validate(VAULT)) is first
    assert connect({"vault": {}}) is first
    assert connect({"vault": {"mount": "kv"}}) is not first
    assert first.address == "vault https://vault.example.com/secret"


def test_every_setting_is_described_with_an_example():
    schema = StoreSettings.model_json_schema()
    fields = [field for model in (schema, *schema["$defs"].values()) for field in model["properties"].items()]
    assert [name for name, field in fields if not field.get("description") or not field.get("examples")] == []


def test_neither_client_library_is_loaded_before_it_is_needed():
    code = (
        "import sys; from twilio_environments.secrets.stores import connect\n"
        "assert not {'hvac', 'boto3', 'requests'} & set(sys.modules)\n"
        f"connect({VAULT})\n"
        "assert 'hvac' in sys.modules and 'boto3' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"VAULT_ADDR": VAULT["vault"]["address"]})


def test_a_fingerprint_tells_values_and_salts_apart_without_showing_them():
    assert fingerprint("value", "salt") == fingerprint("value", "salt")
    assert len({fingerprint("value", "salt"), fingerprint("other", "salt"), fingerprint("value", "pepper")}) == 3
    assert len(fingerprint("value", "salt")) == 16
