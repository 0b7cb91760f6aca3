import json
import subprocess
import time
import traceback

import certifi
import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.servers import answering, vault_server
from twilio_environments.problems import Problem
from twilio_environments.secrets.stores.vault.settings import VaultSettings
from twilio_environments.secrets.stores.vault.store import VaultStore

OURS = "acme/messaging/prod"

POLICY = """
path "secret/data/test/*" { capabilities = ["create", "read", "update"] }
path "secret/metadata/test/*" { capabilities = ["create", "read", "update"] }
path "secret/delete/test/*" { capabilities = ["update"] }
"""


def connect(**settings):
    return VaultStore(VaultSettings.model_validate(settings).resolved())


@pytest.fixture(scope="module")
def policy(root):
    """A role's policy: what the documentation asks for, and no more."""
    root.sys.create_or_update_policy("twilio", POLICY)
    return "twilio"


@pytest.fixture(scope="module")
def logins(root, policy):
    """Each method's settings and environment, against Vault's own auth methods."""
    for method in ("approle", "userpass", "jwt"):
        root.sys.enable_auth_method(method)
    root.auth.approle.create_or_update_approle("ci", token_policies=[policy])
    approle = {
        "VAULT_ROLE_ID": root.auth.approle.read_role_id("ci")["data"]["role_id"],
        "VAULT_SECRET_ID": root.auth.approle.generate_secret_id("ci")["data"]["secret_id"],
    }
    password = "p" + str(time.time_ns())
    root.auth.userpass.create_or_update_user("ci", password=password, policies=[policy])
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    root.auth.jwt.configure(jwt_validation_pubkeys=[pem.decode()])
    root.auth.jwt.create_role(
        "ci",
        role_type="jwt",
        bound_audiences=["vault"],
        user_claim="sub",
        allowed_redirect_uris=[],
        token_policies=[policy],
    )
    now = int(time.time())
    signed = jwt.encode({"aud": "vault", "sub": "ci", "iat": now, "exp": now + 600}, key, algorithm="ES256")
    return {
        "token": ({}, {"VAULT_TOKEN": root.auth.token.create(policies=[policy])["auth"]["client_token"]}),
        "approle": ({}, approle),
        "userpass": ({"username": "ci"}, {"VAULT_PASSWORD": password}),
        "jwt": ({"role": "ci"}, {"VAULT_JWT": signed}),
    }


@pytest.fixture
def as_login(vault, logins, monkeypatch):
    monkeypatch.setenv("VAULT_ADDR", vault.address)

    def use(method):
        settings, environment = logins[method]
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return connect(auth={"method": method, **settings})

    return use


METHODS = ["token", "approle", "userpass", "jwt"]


@pytest.mark.parametrize("method", METHODS)
def test_every_login_does_all_with_the_documented_policy(as_login, method, path):
    store = as_login(method)
    store.check(path, OURS)
    store.write(path, OURS, {"a": "1"})
    assert store.read(path).properties == {"a": "1"}
    store.remove(path, OURS, ["a"])
    assert store.read(path) is None


@pytest.mark.parametrize("method", ["approle", "userpass", "jwt"])
def test_a_token_that_died_is_replaced_by_one_login(as_login, root, method, path):
    store = as_login(method)
    store.write(path, OURS, {"a": "1"})
    root.auth.token.revoke(store._client._client.token)
    assert store.read(path).properties == {"a": "1"}


def test_a_token_that_died_is_a_problem_until_there_is_a_new_one(vault, root, monkeypatch, path, tmp_path):
    monkeypatch.setenv("VAULT_ADDR", vault.address)
    token_file = tmp_path / ".vault-token"
    token_file.write_text(root.auth.token.create()["auth"]["client_token"] + "\n")
    store = connect()
    assert store.read(path) is None
    root.auth.token.revoke(token_file.read_text().strip())
    with pytest.raises(Problem, match=r"expired.*Run vault login"):
        store.read(path)
    token_file.write_text(vault.token)
    assert store.read(path) is None


@pytest.mark.parametrize("method", ["approle", "userpass", "jwt"])
def test_a_login_that_vault_refuses_is_a_problem_without_the_secret(as_login, monkeypatch, path, method):
    store = as_login(method)
    for name in ("VAULT_SECRET_ID", "VAULT_PASSWORD", "VAULT_JWT"):
        monkeypatch.setenv(name, "shh-1")
    with pytest.raises(Problem, match=f"refused the login {method}") as caught:
        store.read(path)
    assert "shh-1" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("auth", "names"),
    [
        ({"method": "token"}, "VAULT_TOKEN"),
        ({"method": "approle"}, "VAULT_ROLE_ID"),
        ({"method": "userpass", "username": "ci"}, "VAULT_PASSWORD"),
        ({"method": "jwt", "role": "ci"}, "VAULT_JWT or VAULT_JWT_FILE"),
        ({"method": "kubernetes", "role": "ci"}, "VAULT_JWT_FILE"),
    ],
)
def test_missing_credentials_are_named(vault, monkeypatch, path, auth, names):
    monkeypatch.setenv("VAULT_ADDR", vault.address)
    with pytest.raises(Problem) as caught:
        connect(auth=auth).read(path)
    assert names in str(caught.value)


@pytest.mark.parametrize("method", ["jwt", "kubernetes"])
def test_a_token_file_is_sent_to_the_mount_of_the_method_in_the_namespace(monkeypatch, tmp_path, path, method):
    asked = []

    def refuse(request):
        asked.append(request)
        return 400, {}, ""

    with answering(refuse) as url:
        (tmp_path / "jwt").write_text("signed\n")
        monkeypatch.setenv("VAULT_JWT_FILE", str(tmp_path / "jwt"))
        auth = {"method": method, "role": "ci", "mount": "cluster-1"}
        with pytest.raises(Problem):
            connect(address=url, namespace="admin/team", auth=auth).read(path)
    [login] = asked
    assert (login.method, login.path) == ("POST", "/v1/auth/cluster-1/login")
    assert json.loads(login.body) == {"role": "ci", "jwt": "signed"}
    assert login.headers["X-Vault-Namespace"] == "admin/team"


def test_a_preview_takes_a_readers_rights_and_a_write_says_before_it_what_is_missing(vault, root, monkeypatch, path):
    monkeypatch.setenv("VAULT_ADDR", vault.address)
    for part in ("metadata/*", "*"):
        root.sys.create_or_update_policy("reader", f'path "secret/{part}" {{ capabilities = ["read"] }}')
        monkeypatch.setenv("VAULT_TOKEN", root.auth.token.create(policies=["reader"])["auth"]["client_token"])
        connect().check(path, OURS)
        with pytest.raises(Problem) as caught:
            connect().check(path, OURS, to_write=True)
        assert f'path "secret/data/{path}" {{ capabilities = ["create", "read", "update"] }}' in caught.value.remedy
        lacks = connect().missing_rights(path)
        assert "preview" not in lacks
        assert f'path "secret/delete/{path}" {{ capabilities = ["update"] }}' in lacks["destroy"]


def test_permission_denied_names_path_and_policy(vault, root, policy, monkeypatch):
    monkeypatch.setenv("VAULT_ADDR", vault.address)
    monkeypatch.setenv("VAULT_TOKEN", root.auth.token.create(policies=[policy])["auth"]["client_token"])
    with pytest.raises(Problem) as caught:
        connect().read("elsewhere/twilio")
    assert "read on secret/data/elsewhere/twilio" in caught.value.what
    assert 'path "secret/data/elsewhere/twilio" { capabilities = ["read"] }' in caught.value.remedy


@pytest.fixture(scope="module")
def other_mounts(root):
    root.sys.enable_secrets_engine("kv", path="old", options={"version": "1"})
    root.sys.enable_secrets_engine("transit", path="transit")


@pytest.mark.parametrize(
    ("mount", "says"),
    [("old", "KV version 1"), ("transit", "not a KV"), ("sys", "not a KV"), ("nowhere", "no such mount")],
)
def test_a_mount_that_is_not_kv_version_2_is_refused_before_anything_is_written(
    vault_environment, other_mounts, path, mount, says
):
    for refused in (lambda s: s.check(path, OURS), lambda s: s.write(path, OURS, {"a": "1"}), lambda s: s.read(path)):
        with pytest.raises(Problem, match=says):
            refused(connect(mount=mount))


def test_metadata_that_was_marked_before_the_first_version_is_ours(vault_environment, root, path):
    mark = {"managed-by": "twilio-environments", "owner": OURS}
    root.secrets.kv.v2.update_metadata(path, custom_metadata=mark)
    assert connect().read(path) is None
    assert connect().write(path, OURS, {"a": "1"}) == "1"


def test_metadata_of_somebody_else_before_the_first_version_is_not_ours(vault_environment, root, path):
    root.secrets.kv.v2.update_metadata(path, custom_metadata={"team": "billing"})
    with pytest.raises(Problem, match="not created by"):
        connect().write(path, OURS, {"a": "1"})


def test_a_document_handed_over_by_the_command_in_the_remedy_is_ours(vault, vault_environment, root, path):
    root.secrets.kv.v2.create_or_update_secret(path, {"a": "1"})
    with pytest.raises(Problem) as caught:
        connect().write(path, OURS, {"b": "2"})
    command = caught.value.remedy.partition(": vault ")[2].split()
    subprocess.run([vault.binary, *command], check=True, stdout=subprocess.DEVNULL)
    connect().write(path, OURS, {"b": "2"})
    assert connect().read(path).properties == {"a": "1", "b": "2"}


def test_a_deleted_document_can_be_restored(vault_environment, root, path):
    connect().write(path, OURS, {"a": "1"})
    connect().remove(path, OURS, ["a"])
    versions = root.secrets.kv.v2.read_secret_metadata(path)["data"]["versions"]
    assert not any(version["destroyed"] for version in versions.values())


def test_a_destroyed_version_counts_as_deleted(vault_environment, root, path):
    version = connect().write(path, OURS, {"a": "1"})
    root.secrets.kv.v2.destroy_secret_versions(path, versions=[int(version)])
    assert connect().read(path) is None
    connect().write(path, OURS, {"b": "2"})
    assert connect().read(path).properties == {"b": "2"}


def test_tls_with_the_named_ca_works_and_without_it_says_which_setting_to_use(monkeypatch, path):
    with vault_server(tls=True) as vault:
        monkeypatch.setenv("VAULT_TOKEN", vault.token)
        assert connect(address=vault.address, ca_cert=vault.ca_cert).read(path) is None
        with pytest.raises(Problem, match=r"certificate.*vault\.ca_cert"):
            connect(address=vault.address, ca_cert=certifi.where()).read(path)
        with pytest.raises(Problem, match=r"vault\.ca_cert"):
            connect(address=vault.address, ca_cert="not-there.pem").read(path)


def test_a_sealed_vault_is_told_at_once(root, monkeypatch, path):
    with vault_server() as vault:
        monkeypatch.setenv("VAULT_TOKEN", vault.token)
        client = type(root)(url=vault.address, token=vault.token)
        client.sys.seal()
        with pytest.raises(Problem, match="is sealed"):
            connect(address=vault.address).read(path)
        client.sys.submit_unseal_key(vault.unseal_key)


def test_nobody_listening_is_a_problem(no_waiting, monkeypatch, path):
    with answering(lambda _: (200, {}, "{}")) as url:
        pass
    monkeypatch.setenv("VAULT_TOKEN", "t")
    with pytest.raises(Problem, match="could not be reached"):
        connect(address=url).read(path)


BODY = json.dumps({"errors": ["shh-1"], "data": "shh-1"})
STATUSES = [200, 301, 307, 400, 401, 403, 404, 405, 412, 429, 472, 473, 500, 501, 502, 503, 504]


@pytest.mark.parametrize("kind", ["application/json", "text/html"])
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize(
    "auth", [{"method": "token"}, {"method": "userpass", "username": "ci"}], ids=["token", "login"]
)
def test_whatever_the_server_answers_it_is_a_problem_that_repeats_nothing(no_waiting, monkeypatch, status, kind, auth):
    monkeypatch.setenv("VAULT_TOKEN", "shh-2")
    monkeypatch.setenv("VAULT_PASSWORD", "shh-2")
    headers = {"Content-Type": kind, "Location": "http://127.0.0.1:9/v1/x"}
    text = BODY if kind == "application/json" else "<html>shh-1</html>"
    with answering(lambda _: (status, headers, text)) as url:
        store = connect(address=url, auth=auth)
        for act in (
            lambda: store.read("a"),
            lambda: store.write("a", OURS, {"b": "c"}),
            lambda: store.check("a", OURS),
        ):
            with pytest.raises(Problem) as caught:
                act()
            assert "shh" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_the_token_is_not_carried_along_a_redirect(monkeypatch, status):
    monkeypatch.setenv("VAULT_TOKEN", "t")
    asked = []

    def record(request):
        asked.append(request)
        return 404, {}, ""

    with (
        answering(record) as elsewhere,
        answering(lambda _: (status, {"Location": elsewhere}, "")) as url,
        pytest.raises(Problem, match="active node"),
    ):
        connect(address=url).read("a")
    assert asked == []


@pytest.mark.parametrize("status", [429, 502, 503])
def test_what_passes_is_tried_again(no_waiting, vault, monkeypatch, path, status):
    answers = [status, status]

    def forward(request):
        if answers:
            return answers.pop(), {}, ""
        answer = requests.request(
            request.method, vault.address + request.path, headers=request.headers, data=request.body, timeout=5
        )
        return answer.status_code, {"Content-Type": "application/json"}, answer.text

    monkeypatch.setenv("VAULT_TOKEN", vault.token)
    with answering(forward) as url:
        assert connect(address=url).read(path) is None
    assert answers == []


def test_a_write_whose_answer_was_lost_is_one_version(no_waiting, vault_environment, vault, monkeypatch, path):
    connect().write(path, OURS, {"a": "1"})
    lost: list[int] = []

    def forward(request):
        answer = requests.request(
            request.method, vault.address + request.path, headers=request.headers, data=request.body, timeout=5
        )
        if request.method == "POST" and "/data/" in request.path and not lost:
            lost.append(answer.json()["data"]["version"])
            return 502, {}, ""
        return answer.status_code, {"Content-Type": "application/json"}, answer.text

    with answering(forward) as url:
        monkeypatch.setenv("VAULT_ADDR", url)
        version = connect().write(path, OURS, {"a": "2"})
    assert version == str(lost[0])
