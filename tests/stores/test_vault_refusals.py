"""What Vault, its login, its mount, its certificate or something on the way to it refuses, each in its own words."""

import json
import ssl
import subprocess
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

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
PARTS = ("data", "metadata")
STANDBY = {"errors": ["local node not active but active cluster node not found"]}
UPGRADING = {"errors": ["Upgrading from non-versioned to versioned data. This backend will be unavailable"]}


def connect(**settings):
    return VaultStore(VaultSettings.model_validate(settings).resolved())


@pytest.fixture(autouse=True)
def _address(vault, monkeypatch):
    monkeypatch.setenv("VAULT_ADDR", vault.address)


def forwarded(vault, instead):
    """Answer by Vault, and `instead` of it as long as there is something."""

    def forward(request):
        if instead:
            status, body = instead.pop()
            return status, {"Content-Type": "application/json"}, json.dumps(body) if body else ""
        answer = requests.request(
            request.method, vault.address + request.path, headers=request.headers, data=request.body, timeout=5
        )
        return answer.status_code, {"Content-Type": "application/json"}, answer.text

    return forward


PASSING = {"standby": (500, STANDBY), "behind": (412, None), "gateway": (504, None), "upgrading": (400, UPGRADING)}


@pytest.mark.usefixtures("no_waiting", "vault_environment")
@pytest.mark.parametrize("what", PASSING)
def test_what_passes_is_asked_again(vault, monkeypatch, path, what):
    instead = [PASSING[what]] * 2
    with answering(forwarded(vault, instead)) as url:
        monkeypatch.setenv("VAULT_ADDR", url)
        assert connect().read(path) is None
        assert instead == []
        instead += [PASSING[what]] * 2
        connect().write(path, OURS, {"a": "1"})
        assert connect().read(path).properties == {"a": "1"}


WORDS = {
    407: "a proxy that requires its own login",
    412: "has not yet caught up",
    413: "too large",
    429: "too many requests",
    472: "disaster recovery secondary",
    473: "performance standby",
    501: "is not initialised",
}


@pytest.mark.parametrize("status", WORDS)
def test_a_status_has_its_own_words(no_waiting, vault_environment, monkeypatch, path, status):
    with answering(lambda _: (status, {"Content-Type": "application/json"}, '{"errors": []}')) as url:
        monkeypatch.setenv("VAULT_ADDR", url)
        with pytest.raises(Problem, match=WORDS[status]):
            connect().read(path)


def test_a_token_without_the_policy_default_is_not_called_expired(vault, root, monkeypatch, path):
    lines = [f'path "secret/{part}/{path}" {{ capabilities = ["create", "read", "update"] }}' for part in ("data", "*")]
    root.sys.create_or_update_policy("bare", lines[0])
    token = root.auth.token.create(policies=["bare"], no_default_policy=True)["auth"]["client_token"]
    monkeypatch.setenv("VAULT_TOKEN", token)
    with pytest.raises(Problem, match=f"does not allow read on secret/metadata/{path}") as caught:
        connect().check(path, OURS)
    assert "expired" not in str(caught.value)
    root.auth.token.revoke(token)
    with pytest.raises(Problem, match="expired"):
        connect().check(path, OURS)


KEY, STRANGER = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
NOW = int(time.time())
GOOD: dict[str, object] = {
    "aud": "vault",
    "sub": "ci",
    "iss": "https://issuer.example",
    "ref": "main",
    "iat": NOW,
    "exp": NOW + 600,
}
REFUSED: dict[str, tuple[dict[str, object], str]] = {
    "audience": ({"aud": "elsewhere"}, "for another audience"),
    "expired": ({"iat": NOW - 7200, "exp": NOW - 3600}, "has expired"),
    "not yet": ({"nbf": NOW + 3600, "iat": NOW + 3600, "exp": NOW + 7200}, "not valid yet"),
    "issuer": ({"iss": "https://other.example"}, "another issuer"),
    "subject": ({"sub": "somebody"}, "another subject"),
    "claim": ({"ref": "shh-1"}, "the JWT's claim ref"),
    "no claim": ({"ref": None}, "the JWT's claim ref"),
}


@pytest.fixture(scope="module")
def jwt_logins(root):
    pem = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    root.sys.enable_auth_method("jwt", path="refusals")
    root.auth.jwt.configure(jwt_validation_pubkeys=[pem.decode()], bound_issuer=GOOD["iss"], path="refusals")
    role = {"role_type": "jwt", "bound_audiences": ["vault"], "user_claim": "sub", "allowed_redirect_uris": []}
    bounds = {"bound_claims": {"ref": "main"}, "bound_subject": "ci"}
    root.auth.jwt.create_role("ci", **role, **bounds, token_policies=["default"], path="refusals")


@pytest.fixture
def sent(monkeypatch, jwt_logins, path):
    def send(token, role="ci"):
        monkeypatch.setenv("VAULT_JWT", token)
        with pytest.raises(Problem) as caught:
            connect(auth={"method": "jwt", "role": role, "mount": "refusals"}).read(path)
        assert "shh-1" not in "".join(traceback.format_exception(caught.value))
        return str(caught.value)

    return send


@pytest.mark.parametrize("what", REFUSED)
def test_a_jwt_is_refused_with_the_cause(sent, what):
    changed, words = REFUSED[what]
    claims = {name: value for name, value in (GOOD | changed).items() if value is not None}
    assert words in sent(jwt.encode(claims, KEY, algorithm="ES256"))


def test_a_jwt_of_another_key_of_no_role_or_that_is_none_is_refused_with_the_cause(sent):
    good = jwt.encode(GOOD, KEY, algorithm="ES256")
    assert "does not allow read" in sent(good), "it is let in"
    assert "no such role" in sent(good, role="nobody")
    assert "signature" in sent(jwt.encode(GOOD, STRANGER, algorithm="ES256"))
    assert "is not a JWT" in sent("shh-1.shh-1.shh-1")


@pytest.mark.parametrize(("limits", "words"), [({"num_uses": 16}, "uses left"), ({"ttl": "8s"}, "expires in")])
def test_a_token_that_will_not_do_for_a_run_is_refused_before_it(root, monkeypatch, path, limits, words):
    monkeypatch.setenv("VAULT_TOKEN", root.auth.token.create(**limits)["auth"]["client_token"])
    store = connect()
    for _ in range(2):
        with pytest.raises(Problem, match=words):
            store.check(path, OURS)


def test_a_namespace_on_a_vault_that_has_none_is_refused_before_anything_lands_in_the_root(
    vault_environment, monkeypatch, path
):
    monkeypatch.setenv("VAULT_NAMESPACE", "admin/team")
    for act in (lambda s: s.check(path, OURS), lambda s: s.write(path, OURS, {"a": "1"}), lambda s: s.read(path)):
        with pytest.raises(Problem, match="has no namespaces"):
            act(connect())
    monkeypatch.delenv("VAULT_NAMESPACE")
    assert connect().read(path) is None


def test_a_server_that_knows_its_namespaces_is_served(vault, vault_environment, monkeypatch, path):
    def within(request):
        if request.headers.get("X-Vault-Namespace") != "admin/team":
            return 404, {"Content-Type": "application/json"}, '{"errors": ["no handler for route"]}'
        return forwarded(vault, [])(request)

    with answering(within) as url:
        monkeypatch.setenv("VAULT_ADDR", url)
        monkeypatch.setenv("VAULT_NAMESPACE", "admin/team")
        assert connect().read(path) is None


@pytest.mark.parametrize("end", ["/v1", "/v1/", "/ui", "/ui/"])
def test_an_address_with_what_is_added_to_it_is_a_mistake(vault_environment, vault, monkeypatch, path, end):
    monkeypatch.setenv("VAULT_ADDR", vault.address + end)
    with pytest.raises(Problem, match="must not end with /v1 or /ui"):
        connect().read(path)


def test_cas_of_a_folder_hold_without_hashed_names_and_no_others_do(monkeypatch, tmp_path, path):
    with vault_server(tls=True) as vault:
        monkeypatch.setenv("VAULT_ADDR", vault.address)
        monkeypatch.setenv("VAULT_TOKEN", vault.token)
        folder = tmp_path / "cas"
        folder.mkdir()
        monkeypatch.setenv("VAULT_CAPATH", str(folder))
        with pytest.raises(Problem, match="VAULT_CAPATH"):
            connect().read(path)
        (folder / "our ca.pem").write_text(Path(str(vault.ca_cert)).read_text(encoding="ascii"))
        assert connect().read(path) is None
        with vault_server(tls=True) as stranger:
            monkeypatch.setenv("VAULT_ADDR", stranger.address)
            with pytest.raises(Problem, match="could not be verified"):
                connect().read(path)


def test_a_ca_that_is_not_there_is_named(vault_environment, monkeypatch, path):
    monkeypatch.setenv("VAULT_CACERT", "not-there.pem")
    with pytest.raises(Problem, match=r"not-there\.pem, which does not exist"):
        connect().read(path)


def test_http_to_https_and_https_to_http_say_so(no_waiting, vault, vault_environment, monkeypatch, path):
    with vault_server(tls=True) as secure:
        monkeypatch.setenv("VAULT_ADDR", secure.address.replace("https", "http"))
        with pytest.raises(Problem, match="speaks https, but the address says http"):
            connect().read(path)
    monkeypatch.setenv("VAULT_ADDR", vault.address.replace("http", "https"))
    with pytest.raises(Problem, match="does not speak TLS there"):
        connect().read(path)


def test_a_client_certificate_that_is_wanted_is_asked_for_and_shown(
    vault, vault_environment, monkeypatch, tmp_path, path
):
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, *names],
        check=True,
        capture_output=True,
    )
    forward = forwarded(vault, [])

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.method, self.body = "GET", ""
            status, headers, text = forward(self)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    context.load_verify_locations(cert)
    context.verify_mode = ssl.CERT_REQUIRED
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setenv("VAULT_ADDR", f"https://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("VAULT_CACERT", str(cert))
    try:
        with pytest.raises(Problem, match=r"requires? a client certificate.*VAULT_CLIENT_CERT"):
            connect().read(path)
        monkeypatch.setenv("VAULT_CLIENT_CERT", str(cert))
        with pytest.raises(Problem, match="VAULT_CLIENT_KEY does not name a file"):
            connect().read(path)
        monkeypatch.setenv("VAULT_CLIENT_KEY", str(key))
        assert connect().read(path) is None
    finally:
        server.shutdown()
        server.server_close()


def after(seconds, root, path, *, mount):
    if mount:
        root.secrets.kv.v2.configure(delete_version_after=seconds, max_versions=10)
    else:
        root.adapter.post(f"/v1/secret/metadata/{path}", json={"delete_version_after": seconds})


@pytest.mark.parametrize("mount", [False, True], ids=["document", "mount"])
def test_a_document_that_vault_will_delete_by_itself_is_refused(vault_environment, root, path, mount):
    if not mount:
        connect().write(path, OURS, {"b": "2"})
    after("1h", root, path, mount=mount)
    try:
        with pytest.raises(Problem, match="by itself"):
            connect().write(path, OURS, {"a": "1"}, drop=["b"])
        with pytest.raises(Problem, match=r"by itself.*delete_version_after"):
            connect().check(path, OURS)
    finally:
        after("0s", root, path, mount=mount)
    connect().write(path, OURS, {"a": "1"})
    connect().check(path, OURS)
    assert connect().read(path).properties == {"a": "1"}


def test_living_keys_in_a_document_that_will_vanish_are_told_of_and_the_remedy_keeps_them(
    vault, vault_environment, root, path
):
    after("1h", root, path, mount=True)
    try:
        claimed = connect()
        with pytest.raises(Problem):
            claimed.write(path, OURS, {"a": "1"})
        root.secrets.kv.v2.create_or_update_secret(path, {"a": "1"})
    finally:
        after("0s", root, path, mount=True)
    root.adapter.post(
        f"/v1/secret/metadata/{path}", json={"custom_metadata": {"managed-by": "twilio-environments", "owner": OURS}}
    )
    with pytest.raises(Problem) as caught:
        connect().check(path, OURS)
    command = caught.value.remedy.partition("what exists: ")[2].split()
    subprocess.run([vault.binary, *command[1:]], check=True, stdout=subprocess.DEVNULL)
    connect().check(path, OURS)
    assert connect().read(path).properties == {"a": "1"}


@pytest.mark.parametrize("may_ask", [False, True], ids=["tried", "asked"])
@pytest.mark.parametrize("uses", [0, 1, 5])
def test_a_secret_id_that_lets_in_once_is_told_apart_in_the_preview(root, monkeypatch, path, uses, may_ask):
    if "once/" not in root.sys.list_auth_methods()["data"]:
        root.sys.enable_auth_method("approle", path="once")
    approle, mount = root.auth.approle, {"mount_point": "once"}
    lines = [f'path "secret/{part}/{path}" {{ capabilities = ["create", "read", "update"] }}' for part in PARTS]
    lines += ['path "auth/once/role/ci/secret-id/lookup" { capabilities = ["update"] }'] if may_ask else []
    root.sys.create_or_update_policy("once", "\n".join(lines))
    approle.create_or_update_approle("ci", token_policies=["once"], secret_id_num_uses=uses, **mount)
    monkeypatch.setenv("VAULT_ROLE_ID", approle.read_role_id("ci", **mount)["data"]["role_id"])
    monkeypatch.setenv("VAULT_SECRET_ID", approle.generate_secret_id("ci", **mount)["data"]["secret_id"])
    auth = {"method": "approle", "mount": "once"}
    store = connect(auth=auth)
    store.require_another_login()
    store.check(path, OURS)
    for _ in range(2 if uses == 1 else 0):
        with pytest.raises(Problem, match=r"used up by this preview.*secret_id_num_uses=0"):
            store.require_another_login()
    if uses != 1:
        store.require_another_login()
        connect(auth=auth).check(path, OURS)
