"""Credentials go to the hosts that the run's environment names, whatever a stack file or a record says."""

import pytest

from tests.rotation.canaries import search
from tests.servers import answering
from tests.trust.faces import SID, credentials, recorded
from twilio_environments import trust
from twilio_environments.problems import Problem
from twilio_environments.rest.endpoint import endpoint_from
from twilio_environments.secrets.stores.aws.settings import AwsSettings
from twilio_environments.secrets.stores.vault.settings import VaultSettings

VAULT, THIEF = "https://vault.example.com:8200", "https://thief.example.net"
ROLE = "arn:aws:iam::666666666666:role/thief"
METHODS = [
    {"method": "token"},
    {"method": "approle"},
    {"method": "jwt", "role": "ci"},
    {"method": "userpass", "username": "ci"},
]


def declared(**more):
    return {"subaccount": {"friendly_name": "Acme QA"}, "keys": {"api": {}}, "secrets": {"vault": {}}} | more


def everything(run, hosts, config, environment, *, record=None):
    """Do everything; return the hosts that were sent one of the credentials."""
    canaries = credentials()
    run.write(config, {})
    run.record = recorded(record or config["secrets"])
    run.environment(**canaries, TWILIO_ACCOUNT_SID=SID, **hosts.variables, **environment)
    run.everything()
    looked, found = search(hosts.places(), canaries)
    assert looked, "nothing was sent to anybody, so nothing was tried"
    return {hit.partition(":")[0].removeprefix("host ") for hit in found}


def twilios(leaks):
    return {host for host in leaks if host.endswith(".twilio.com")}


def test_the_hosts_take_down_what_they_are_sent(run, hosts):
    environment = {"VAULT_ADDR": VAULT, "AWS_REGION": "eu-west-1"}
    assert everything(run, hosts, declared(), environment) >= {"api.twilio.com", "vault.example.com"}
    hosts.forget()
    config = declared(secrets={"aws": {"region": "eu-west-1"}})
    assert "secretsmanager.eu-west-1.amazonaws.com" in everything(run, hosts, config, environment)


@pytest.mark.parametrize("production", [True, False])
@pytest.mark.parametrize(
    "endpoint",
    [
        THIEF,
        "https://api.twilio.com.example.net",
        "https://203.0.113.7",
        "https://127.0.0.1.example.net",
        "https://localhost.example.net",
        "https://[2001:db8::7]",
    ],
)
def test_an_endpoint_of_a_stack_file_gets_no_credential(run, hosts, endpoint, production):
    config = declared(endpoint=endpoint, production=production)
    environment = {"VAULT_ADDR": VAULT, "TWILIO_ENVIRONMENTS_TRUSTED": THIEF}
    leaks = everything(run, hosts, config, environment)
    assert leaks - twilios(leaks) <= {"vault.example.com"}
    assert [one for one in run.said if one.startswith("doctor: ") and "twilio:endpoint" in one]


@pytest.mark.parametrize("where", [{"region": "ie1.example.net/", "edge": "x"}, {"region": "ie1", "edge": "x.net#"}])
def test_region_and_edge_are_no_way_out_of_twilio_s_hosts(run, hosts, where):
    leaks = everything(run, hosts, declared(**where), {"VAULT_ADDR": VAULT})
    assert leaks - twilios(leaks) <= {"vault.example.com"}


def test_a_loopback_endpoint_is_a_stack_file_s_to_name_and_never_production_s():
    assert endpoint_from({"endpoint": "http://127.0.0.1:8080"}, {}).loopback
    with pytest.raises(Problem, match="twilio:endpoint is set in a production stack"):
        endpoint_from({"endpoint": "http://127.0.0.1:8080", "production": "True"}, {})
    anywhere = endpoint_from({"production": "true"}, {"TWILIO_ENDPOINT": "https://twilio.example.com"})
    assert anywhere.url == "https://twilio.example.com"


@pytest.mark.parametrize("auth", METHODS, ids=lambda auth: auth["method"])
@pytest.mark.parametrize("environment", [{"VAULT_ADDR": VAULT}, {}], ids=["another is named", "none is named"])
@pytest.mark.parametrize("production", [True, False])
def test_a_vault_that_only_the_file_names_gets_no_credential(run, hosts, auth, environment, production):
    vault = {"address": THIEF, "auth": auth, "ca_cert": hosts.variables["SSL_CERT_FILE"]}
    config = declared(secrets={"vault": vault}, production=production)
    leaks = everything(run, hosts, config, environment)
    assert leaks - twilios(leaks) == set()
    assert "is named by a file" in "\n".join(run.said)


def test_a_vault_that_only_the_record_names_gets_no_credential(run, hosts):
    leaks = everything(run, hosts, declared(), {"VAULT_ADDR": VAULT}, record={"vault": {"address": THIEF}})
    assert leaks - twilios(leaks) <= {"vault.example.com"}
    assert [one for one in run.said if one.startswith("the provider: read") and THIEF in one]


OTHERS = {
    "another port of the same host": {"address": "https://vault.example.com:8300"},
    "this machine, when another is named": {"address": "http://127.0.0.1:1"},
    "another namespace": {"namespace": "thief"},
    "another namespace of the same address": {"address": VAULT, "namespace": "admin/thief"},
    "another CA": {"ca_cert": "ca/thief.pem"},
}


@pytest.mark.parametrize("settings", OTHERS.values(), ids=OTHERS)
def test_what_the_environment_says_of_vault_is_repeated_or_refused(monkeypatch, settings):
    for name, value in {"VAULT_ADDR": VAULT, "VAULT_NAMESPACE": "admin", "VAULT_CACERT": "/etc/ca.pem"}.items():
        monkeypatch.setenv(name, value)
    same = {"address": f"{VAULT}/", "namespace": "admin", "ca_cert": "/etc/ca.pem"}
    assert VaultSettings.model_validate(same).resolved() == VaultSettings().resolved()
    with pytest.raises(Problem, match=r"environment of this run|this run's environment"):
        VaultSettings.model_validate(settings).resolved()


def test_the_run_may_trust_more_than_one_vault_and_a_role(monkeypatch):
    monkeypatch.setenv("VAULT_ADDR", VAULT)
    monkeypatch.delenv("AWS_ROLE_ARN", raising=False)
    role = "arn:aws:iam::123456789012:role/twilio-secrets"
    with pytest.raises(Problem, match=role):
        AwsSettings(role_arn=role).resolved()
    monkeypatch.setenv(trust.TRUSTED, f"https://old.example.com/admin, {role}")
    assert AwsSettings(role_arn=role).resolved().role_arn == role
    old = VaultSettings(address="https://old.example.com", namespace="admin")
    assert old.resolved().namespace == "admin"
    with pytest.raises(Problem, match="Vault at"):
        VaultSettings(address="https://old.example.com", namespace="other").resolved()


def test_production_names_no_vault_even_on_this_machine(monkeypatch):
    monkeypatch.delenv("VAULT_ADDR", raising=False)
    here = VaultSettings(address="http://127.0.0.1:8200")
    assert here.resolved().address == "http://127.0.0.1:8200"
    trust.declare(production=True)
    try:
        with pytest.raises(Problem, match="Vault at"):
            here.resolved()
        monkeypatch.setenv("VAULT_ADDR", "http://127.0.0.1:8200/")
        assert here.resolved().address == "http://127.0.0.1:8200"
    finally:
        trust.declare(production=False)


def test_a_role_and_a_region_elsewhere_that_only_the_file_names_are_not_used(run, hosts):
    for aws in ({"region": "eu-west-1", "role_arn": ROLE}, {"region": "cn-north-1"}, {"region": "us-iso-east-1"}):
        leaks = everything(run, hosts, declared(secrets={"aws": aws}), {})
        assert leaks - twilios(leaks) == set()
        assert not [place for place, sent in hosts.places() if b"666666666666" in sent]


def test_a_validation_url_is_of_an_origin_that_the_run_trusts(monkeypatch):
    monkeypatch.delenv(trust.TRUSTED, raising=False)
    asked = []

    def consumer(request):
        asked.append(request.path)
        return 200, {}, ""

    with answering(consumer) as url:
        trust.require_origin(f"{url}/new-key")  # this machine
    with pytest.raises(Problem, match=r"hooks\.example\.com.*not by the environment"):
        trust.require_origin("https://hooks.example.com/new-key")
    monkeypatch.setenv(trust.TRUSTED, "https://hooks.example.com/")
    trust.require_origin("https://hooks.example.com/new-key")
    for other in ("https://hooks.example.com:444/", "http://hooks.example.com/", "https://hooks.example.com.net/"):
        with pytest.raises(Problem):
            trust.require_origin(other)


@pytest.mark.parametrize(
    "address",
    [
        "https://thief.example.net\\@vault.example.com:8200",
        "https://vault.example.com:8200@thief.example.net",
        "https://@thief.example.net",
        "https://vault.example.com:8200/../x",
        "https://vault.example.com%2ethief.net",
        "https://vault.example.com:8200?x",
        "https://vault.example.com:8200#x",
        "https://v\u0430ult.example.com:8200",
        "https://vault.example.com\t.thief.net",
        "//vault.example.com:8200",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_could_be_read_in_two_ways_is_none(address):
    with pytest.raises(ValueError, match=r"^(is|has) "):
        trust.normal(address)


def test_addresses_are_compared_by_what_they_mean():
    assert trust.normal("HTTPS://Vault.Example.com.:443/a//b/") == trust.normal("https://vault.example.com/a/b")
    assert trust.normal("https://[2001:DB8::7]:8200") == "https://[2001:db8::7]:8200"


def test_a_stack_file_defines_no_variable_of_the_run_s_environment(run, hosts):
    run.write(declared(), {})
    file = run.root / "Pulumi.qa.yaml"
    plain = file.read_text()
    run.record = recorded({"vault": {}})
    run.environment(**credentials(), TWILIO_ACCOUNT_SID=SID, VAULT_ADDR=VAULT, **hosts.variables)
    file.write_text(plain + f"environment: {{values: {{environmentVariables: {{VAULT_ADDR: {THIEF}}}}}}}\n")
    run.everything()
    for face in ("drift", "flows", "rotate-auth-token", "the program", "the provider: read"):
        assert [one for one in run.said if one.startswith(face) and "Pulumi.qa.yaml defines an environment" in one], (
            face
        )
    for harmless in ("environment: [acme/qa]\n", "environment: {imports: [acme/qa]}\n"):
        file.write_text(plain + harmless)
        trust.require_own_environment(run.root)
