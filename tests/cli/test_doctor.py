"""`twilio-env doctor`, line by line and as it is typed: it names what is wrong, changes nothing, tells no secret."""

import json
import secrets
import socket
import ssl
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hvac
import pytest
import trustme

from tests.emulator.wire import Wire
from tests.rest.scripted import Clock
from tests.servers import ROOT
from tests.stacks.conftest import moto_url, new_stack, twilio, vault_server_  # noqa: F401 - fixtures
from twilio_environments.cli import answers
from twilio_environments.cli.checks import engine, webhooks
from twilio_environments.cli.checks import twilio as lines
from twilio_environments.cli.checks.bundle import bundle
from twilio_environments.cli.checks.finding import Finding, failed, tried
from twilio_environments.cli.checks.webhooks import Network
from twilio_environments.emulator import Fault
from twilio_environments.problems import Problem
from twilio_environments.rest.credentials import Credentials
from twilio_environments.rest.endpoint import Endpoint
from twilio_environments.rest.session import Session
from twilio_environments.settings import load

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def settings(root, **sections):
    values = {f"twilio:{name}": json.dumps(one) for name, one in ({"subaccount": {}} | sections).items()}
    return load(values, project="acme", stack="staging", root=root)


def session(emulator, *auth, account=None, **more):
    clock = Clock()
    user, password = auth or (emulator.account_sid, emulator.auth_token)
    credentials = Credentials(account or emulator.account_sid, user, password)
    endpoint = Endpoint(**{"url": emulator.endpoint, **more})
    return Session(credentials, endpoint, source="the environment (X)", sleep=clock.sleep, clock=clock)


def key(emulator, wire=None, account=None):
    wire = wire or Wire(emulator)
    made = wire.post(wire.accounts(f"/{account or emulator.account_sid}/Keys"), FriendlyName="ci").json()
    return made["sid"], made["secret"]


def seen(findings):
    return [(one.check, one.state) for one in findings]


def one_of(findings, check):
    (found,) = [one for one in findings if one.check == check]
    return found


# -- Twilio ------------------------------------------------------------------------------------------------------------


def test_the_main_accounts_token_passes_everything_by_reading_alone(twilio, tmp_path):  # noqa: F811
    found = list(lines.look(session(twilio), settings(tmp_path)))
    products = ["endpoint messaging", "endpoint verify", "endpoint studio", "endpoint monitor", "endpoint iam"]
    assert seen(found) == [(one, "pass") for one in ("credentials", "permissions", "clock", *products)]
    assert twilio.account_sid in found[0].what
    assert "the environment (X)" in found[0].what
    assert "region us1" in found[0].what
    assert {call.method for call in twilio.calls} == {"GET"}


def test_a_wrong_token_is_said_once_with_twilios_code_and_not_for_every_product(twilio, tmp_path):  # noqa: F811
    found = list(lines.look(session(twilio, twilio.account_sid, "0" * 32), settings(tmp_path)))
    assert seen(found) == [("credentials", "pass"), ("permissions", "fail")]
    assert (found[1].code, found[1].status) == (20003, 401)
    assert found[1].request_id.startswith("RQ")


def test_twilio_out_of_reach_is_said_once(twilio, tmp_path):  # noqa: F811
    found = list(lines.look(session(twilio, url="http://127.0.0.1:9"), settings(tmp_path)))
    assert seen(found) == [("credentials", "pass"), ("permissions", "fail")]
    assert "No connection to Twilio could be established" in found[1].what


def test_an_api_key_is_let_in_and_not_enough_for_what_it_cannot_do(twilio, tmp_path):  # noqa: F811
    own = {"subaccount": {"sid": twilio.account_sid}}
    pair = key(twilio)
    plain = one_of(lines.look(session(twilio, *pair), settings(tmp_path, **own)), "permissions")
    assert plain.state == "pass"
    with_keys = settings(tmp_path, **own, secrets={"vault": {}}, keys={"api": {}})
    assert "cannot create keys" in one_of(lines.look(session(twilio, *pair), with_keys), "permissions").what
    elsewhere = one_of(lines.look(session(twilio, *pair), settings(tmp_path)), "permissions")
    assert (elsewhere.state, "the stack lives in one" in elsewhere.what) == ("fail", True)
    assert "TWILIO_AUTH_TOKEN" in elsewhere.remedy
    wrong = one_of(lines.look(session(twilio, pair[0], "0" * 32), settings(tmp_path, **own)), "permissions")
    assert (wrong.state, wrong.code) == ("fail", 20003)


def test_a_key_that_may_not_list_everything_is_a_warning_there(twilio, tmp_path):  # noqa: F811
    own = settings(tmp_path, subaccount={"sid": twilio.account_sid})
    found = list(lines.look(session(twilio, *key(twilio)), own))
    assert {one.check: one.state for one in found}["endpoint iam"] == "warn"
    assert {one.check: one.state for one in found}["endpoint messaging"] == "pass"


def test_a_subaccounts_token_cannot_have_subaccounts(twilio, tmp_path):  # noqa: F811
    child = Wire(twilio).subaccount()
    assert child.wire.auth
    ours = session(twilio, *child.wire.auth, account=child.sid)
    assert one_of(lines.look(ours, settings(tmp_path)), "permissions").state == "fail"
    own = settings(tmp_path, subaccount={"sid": child.sid})
    assert one_of(lines.look(ours, own), "permissions").state == "pass"


def test_a_product_that_fails_fails_its_line(twilio, tmp_path):  # noqa: F811
    twilio.faults.add(Fault("status", path="/v2/Flows", status=503))
    found = list(lines.look(session(twilio), settings(tmp_path)))
    assert [check for check, state in seen(found) if state == "fail"] == ["endpoint studio"]


@pytest.mark.parametrize(("seconds", "state"), [(0, "pass"), (45, "warn"), (-45, "warn"), (400, "fail")])
def test_a_clock_that_is_off_is_said(seconds, state, twilio, tmp_path):  # noqa: F811
    ours = session(twilio)
    ours._transport._wall_clock = lambda: datetime.now(UTC) + timedelta(seconds=seconds)
    found = one_of(lines.look(ours, settings(tmp_path)), "clock")
    assert found.state == state
    if seconds:
        assert ("ahead of" if seconds > 0 else "behind") in found.what


# -- webhooks ----------------------------------------------------------------------------------------------------------


@contextmanager
def tls_server(certificate=None):
    """A port on loopback that shakes hands, with that certificate; without one it takes connections and is silent."""
    listening = socket.create_server(("127.0.0.1", 0))
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)

    def serve():
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            try:
                if context:
                    context.wrap_socket(connection, server_side=True).close()
                else:
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                    connection.close()
            except OSError:
                connection.close()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)  # wakes the thread, which would hold the port open
        listening.close()


CA = trustme.CA()


def trusting():
    context = ssl.create_default_context()
    CA.configure_trust(context)
    return context


def network(**more):
    return Network(**{"trust": trusting, "now": lambda: datetime.now(UTC)} | more)


def webhook_line(tmp_path, url, **more):
    number = {"phone_number": "+12125550100", "voice_url": url}
    ours = settings(tmp_path, local=True, numbers={"support": number})
    (found,) = webhooks.look(ours, network(**more))
    return found


def test_a_host_that_shakes_hands_passes(tmp_path):
    with tls_server(CA.issue_cert("localhost")) as port:
        found = webhook_line(tmp_path, f"https://localhost:{port}/voice")
    assert (found.state, found.what) == ("pass", f"localhost:{port} answers over TLS")


def test_a_certificate_of_another_name_or_another_ca_fails(tmp_path):
    with tls_server(CA.issue_cert("other.example.com")) as port:
        assert "certificate is not accepted" in webhook_line(tmp_path, f"https://localhost:{port}/").what
    with tls_server(trustme.CA().issue_cert("localhost")) as port:
        assert webhook_line(tmp_path, f"https://localhost:{port}/").state == "fail"


def test_a_certificate_that_ends_soon_is_a_warning(tmp_path):
    with tls_server(CA.issue_cert("localhost", not_after=datetime.now(UTC) + timedelta(days=10))) as port:
        found = webhook_line(tmp_path, f"https://localhost:{port}/")
    assert found.state == "warn"
    assert "its certificate expires on" in found.what


def test_a_port_without_tls_and_a_closed_one_fail_with_twilios_codes(tmp_path):
    with tls_server() as port:
        assert "11220" in webhook_line(tmp_path, f"https://localhost:{port}/").remedy
        assert webhook_line(tmp_path, f"http://localhost:{port}/").state == "pass"
    assert "11205" in webhook_line(tmp_path, f"https://localhost:{port}/").remedy


def test_a_program_on_this_machine_that_does_not_run_yet_is_a_warning_to_a_local_stack_alone(tmp_path):
    with socket.socket() as held:  # bound, and not listening
        held.bind(("127.0.0.1", 0))
        number = {"phone_number": "+12125550110", "voice_url": f"http://localhost:{held.getsockname()[1]}/"}
        for local, state in ((True, "warn"), (False, "fail")):
            made = settings(tmp_path, local=True, numbers={"support": number})
            found = list(webhooks.look(made if local else made.model_copy(update={"local": False})))
            assert seen(found) == [("webhooks", state)]


def test_a_stack_that_make_up_brings_up_is_green(new_stack):  # noqa: F811
    done = run(new_stack("local"), "--json")
    checks = answers.Doctor.model_validate_json(done.stdout).checks
    assert [one for one in checks if one.state == "fail"] == []
    assert done.returncode == 0


def test_a_name_without_an_address_fails(tmp_path):
    def nowhere(_host, _port):
        raise socket.gaierror

    found = webhook_line(tmp_path, "https://hooks.example.com/", resolve=nowhere)
    assert (found.state, "11210" in found.remedy) == ("fail", True)


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1", "fd00::1"])
def test_a_public_name_with_a_private_address_fails_where_the_stack_is_not_local(address, tmp_path):
    ours = settings(tmp_path, messaging_services={"alerts": {"inbound_request_url": "https://hooks.example.com/"}})
    (found,) = webhooks.look(ours, network(resolve=lambda _host, _port: ["8.8.8.8", address]))
    assert (found.state, "private address" in found.what) == ("fail", True)


def test_every_declared_webhook_is_looked_at_and_each_host_once(tmp_path):
    ours = settings(
        tmp_path,
        secrets={"vault": {}},
        keys={"api": {"validation_url": "https://d.example.com/"}},
        numbers={"a": {"phone_number": "+12125550100", "voice_url": "https://a.example.com/1"}},
        messaging_services={"b": {"inbound_request_url": "https://a.example.com/2", "status_callback": ""}},
        verify_services={
            "c": {"webhooks": {"w": {"webhook_url": "https://c.example.com/", "event_types": ["factor.created"]}}}
        },
    )
    assert [place for place, _ in ours.webhooks()] == [
        "keys.api.validation_url",
        "numbers.a.voice_url",
        "messaging_services.b.inbound_request_url",
        "verify_services.c.webhooks.w.webhook_url",
    ]
    asked = []

    def nowhere(host, _port):
        asked.append(host)
        raise socket.gaierror

    assert len(list(webhooks.look(ours, network(resolve=nowhere)))) == 3
    assert sorted(asked) == ["a.example.com", "c.example.com", "d.example.com"]


# -- Pulumi ------------------------------------------------------------------------------------------------------------


def test_without_pulumi_it_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    (found,) = tried("pulumi", lambda: engine.look("staging", "acme"))
    assert (found.check, found.state, "pulumi is not on the PATH" in found.what) == ("pulumi", "fail", True)


def test_an_old_pulumi_fails(monkeypatch, tmp_path):
    program = tmp_path / "pulumi"
    program.write_text('#!/bin/sh\ncase "$1" in version) echo v3.200.0;; whoami) echo "{}";; *) echo "[]";; esac\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = list(engine.look("staging", "acme"))
    assert seen(found) == [("pulumi", "fail"), ("backend", "pass"), ("stack", "warn")]
    assert "3.238 or newer" in found[0].remedy


def test_a_backend_that_does_not_answer_is_said_as_the_backends(monkeypatch, tmp_path):
    program = tmp_path / "pulumi"
    program.write_text('#!/bin/sh\n[ "$1" = version ] && echo v3.259.0 && exit\necho "error: no login" >&2; exit 1\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = list(engine.look("staging", "acme"))
    assert seen(found) == [("pulumi", "pass"), ("backend", "fail")]
    assert "no login" in found[1].what


@pytest.mark.parametrize(
    ("plugins", "state"),
    [
        ("{}", "warn"),
        ("{providers: [{name: aws, path: x}]}", "warn"),
        ("{providers: [{name: pulumi-python, path: x}]}", "fail"),
        (f"{{providers: [{{name: pulumi-python, path: {ROOT}/twilio_environments/plugin}}]}}", "pass"),
    ],
)
def test_the_provider_host_of_a_project_is_looked_at(tmp_path, plugins, state):
    (tmp_path / "Pulumi.yaml").write_text(f"name: acme\nplugins: {plugins}\n")
    assert [one.state for one in tried("provider host", lambda: engine.host(tmp_path))] == [state]
    assert [one.state for one in engine.host(ROOT)] == ["pass"]


def test_what_cannot_be_looked_at_is_a_line_and_no_traceback():
    def broken():
        yield Finding("x", "pass", "well")
        raise ValueError("canary")

    first, second = tried("x", broken)
    assert (first.state, second.state) == ("pass", "fail")
    assert "canary" not in second.what


# -- the bundle --------------------------------------------------------------------------------------------------------


def test_the_bundle_has_results_codes_times_and_versions_and_no_text(twilio, tmp_path):  # noqa: F811
    canary = "canary" + secrets.token_hex(8)
    ours = session(twilio, twilio.account_sid, "0" * 32)
    found = list(lines.look(ours, settings(tmp_path)))
    found += [Finding("webhooks", "fail", canary, canary), failed("secret store", Problem(canary, canary))]
    made = bundle(found, ours)
    text = json.dumps(made)
    assert canary not in text
    assert twilio.account_sid not in text
    assert "127.0.0.1" not in text
    refused = next(one for one in made["findings"] if one["check"] == "permissions")
    assert refused == {
        "check": "permissions",
        "result": "fail",
        "code": 20003,
        "status": 401,
        "request_id": found[1].request_id,
    }
    (call,) = made["calls"]
    assert call["operation"] == "GET api /2010-04-01/Accounts/{sid}.json"
    assert (call["code"], call["status"], call["request_id"]) == (20003, 401, found[1].request_id)
    assert made["versions"]["twilio"].startswith("9.")


# -- as it is typed ----------------------------------------------------------------------------------------------------


def run(stack, *arguments, **environment):
    command = [sys.executable, "-m", "twilio_environments.cli", "doctor", "--stack", stack.name, *arguments]
    variables = stack.environment | environment
    return subprocess.run(
        command, cwd=stack.folder, env=variables, capture_output=True, text=True, timeout=120, check=False
    )


def test_a_stack_is_looked_at_from_end_to_end_and_nothing_changes_and_no_secret_is_told(new_stack, vault_server_):  # noqa: F811
    stack = new_stack("prod")
    with tls_server(CA.issue_cert("localhost")) as port:
        stack.edit(
            lambda config: config.update(
                production=False,
                limits={},
                local=True,
                numbers={"support": {"phone_number": "+12125550110", "voice_url": f"http://localhost:{port}/"}},
                messaging_services={},
                verify_services={},
                studio_flows={},
            )
        )
        before = {table: len(stack.twilio.state.table(table).rows()) for table in ("accounts", "events", "keys")}
        stack.twilio.journal.clear()
        file = stack.folder / "bundle.json"

        well = run(stack, "--bundle", str(file))

        assert (well.returncode, well.stderr) == (0, ""), well.stdout
        again = run(stack, "--json")
        told_ = answers.Doctor.model_validate_json(again.stdout)
        assert (again.returncode, again.stderr, told_.stack) == (0, "", stack.name)
        assert {one.state for one in told_.checks} == {"pass"}
        assert stack.twilio.auth_token not in again.stdout
        assert "\x1b" not in well.stdout, "there is no terminal"
        for check in ("stack file", "credentials", "permissions", "clock", "pulumi", "backend", "stack", "webhooks"):
            assert f"pass  {check} " in well.stdout
        assert "prod/twilio in vault" in well.stdout
        assert "prod/twilio-reporting in vault" in well.stdout
        assert " may be written" in well.stdout
        assert {call.method for call in stack.twilio.calls} == {"GET"}
        assert before == {table: len(stack.twilio.state.table(table).rows()) for table in before}
        assert stack.documents.paths() == []
        told = file.read_text()
        assert {one["result"] for one in json.loads(told)["findings"]} == {"pass"}

        root = hvac.Client(url=vault_server_.address, token=vault_server_.token)
        root.sys.create_or_update_policy("looker", 'path "secret/data/*" { capabilities = ["read"] }')
        token = root.auth.token.create(policies=["looker"])["auth"]["client_token"]
        ill = run(stack, "--bundle", str(file), VAULT_TOKEN=token, TWILIO_AUTH_TOKEN="0" * 31 + "1")

    assert ill.returncode == 1
    assert "fail  secret store" in ill.stdout
    assert 'path "secret/data/prod/twilio" { capabilities' in ill.stdout
    assert "fail  permissions" in ill.stdout
    everything = well.stdout + told + ill.stdout + ill.stderr + file.read_text()
    for secret in (stack.twilio.auth_token, vault_server_.token, token, "0" * 31 + "1"):
        assert secret not in everything
    for private in (stack.twilio.account_sid, "localhost", "prod/twilio", str(Path.home()), "+1212"):
        assert private not in told + file.read_text(), "the bundle names nothing"
