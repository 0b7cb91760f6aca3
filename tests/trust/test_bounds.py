"""What comes from outside is bounded, and what is too large is refused in one sentence."""

import gzip
import json
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml
from pulumi.dynamic import ConfigureRequest
from pulumi.dynamic.config import Config

from tests.servers import answering
from tests.settings.stack_file import ACCOUNT, as_pulumi
from twilio_environments import bounds
from twilio_environments.cli import project, pulumi
from twilio_environments.drift.review import ignore
from twilio_environments.problems import Problem
from twilio_environments.resources import host
from twilio_environments.resources.api_key import ApiKeyProvider
from twilio_environments.rest.answers import Call, Failure, judge
from twilio_environments.rest.budget import budget_from
from twilio_environments.rest.credentials import Credentials
from twilio_environments.rest.endpoint import Endpoint
from twilio_environments.rest.session import Session
from twilio_environments.secrets.stores.aws.settings import AwsSettings
from twilio_environments.secrets.stores.aws.store import AwsStore
from twilio_environments.secrets.stores.vault.settings import VaultSettings
from twilio_environments.secrets.stores.vault.store import VaultStore
from twilio_environments.settings import load
from twilio_environments.stackfile import Edit, StackFile

SID = "AC" + "0" * 31 + "1"
_SECONDS = 60  # what hung would go on for hours


def nested_aliases(levels=9, width=10):
    rows = [f"  twilio:a{level}: &a{level} [{','.join([f'*a{level - 1}'] * width)}]" for level in range(1, levels)]
    return "\n".join(["config:", "  twilio:a0: &a0 [x]", *rows])


TEXTS = {
    "nested aliases": (nested_aliases(), "values, with its aliases expanded"),
    "an alias of what it is in": ("config: &a {twilio:keys: [*a]}", "alias that contains itself"),
    "deep": ("config: " + "[" * 100_000, "nested more than"),
    "many values": ("config: [" + "1," * 300_000 + "]", "values, with its aliases"),
    "large": ("# " + "x" * bounds.FILE, "larger than 1 MiB"),
    "a number of 5,000 digits": ("config: {twilio:concurrency: " + "9" * 5000 + "}", "number or a date"),
    "a date that there is not": ("config: {twilio:values: {a: 2026-13-45}}", "number or a date"),
    "another encoding": ("config:\n  twilio:local: true\n".encode("utf-16"), "cannot be read"),
}


@pytest.mark.parametrize(("text", "words"), TEXTS.values(), ids=TEXTS)
def test_a_stack_file_is_bounded_for_every_command(tmp_path, text, words):
    (tmp_path / "Pulumi.yaml").write_text("name: acme\n")
    file = tmp_path / "Pulumi.qa.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    began = time.monotonic()
    with pytest.raises(Problem, match=words) as caught:
        project.opened("qa", tmp_path)
    assert "Pulumi.qa.yaml" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert time.monotonic() - began < _SECONDS


def test_so_are_ignore_rules_the_project_s_file_and_edits(tmp_path):
    with pytest.raises(Problem, match=r"drift-ignore\.yaml has more than"):
        ignore.rules(nested_aliases())
    (tmp_path / "Pulumi.yaml").write_text(nested_aliases())
    with pytest.raises(Problem, match=r"Pulumi\.yaml has more than"):
        project.name(tmp_path)
    with pytest.raises(Problem, match="values, with its aliases"):
        StackFile("Pulumi.qa.yaml", nested_aliases()).edited([Edit(("config", "twilio:local"), True)])


def test_what_is_no_file_is_not_read(tmp_path):
    with pytest.raises(Problem, match="is not a file"):
        project.read(tmp_path)


def refused(config, root):
    began = time.monotonic()
    with pytest.raises(Problem) as caught:
        load(config, project="acme", stack="qa", root=root)
    assert time.monotonic() - began < _SECONDS
    assert len(str(caught.value)) < 1_000_000
    return str(caught.value)


def test_20_000_unknown_placeholders_are_told_as_many(tmp_path):
    states = [{"name": "a", "type": "say-play", "properties": {"say": " ".join(f"${{v.{n}}}" for n in range(20_000))}}]
    (tmp_path / "ivr.json").write_text(json.dumps({"states": states}))
    values = "twilio:values: {" + ", ".join(f"v{n}: x" for n in range(2000)) + "}\n"
    said = refused(as_pulumi(ACCOUNT + values + "twilio:studio_flows: {ivr: {file: ivr.json}}"), tmp_path)
    assert "has more than 100 mistakes, such as" in said
    assert "known: " in said
    assert " and 1904 more" in said


@pytest.mark.parametrize(
    "config",
    [
        {
            "twilio:numbers": json.dumps(
                {f"n{n}": {"phone_number": "+15005550006", "voice_flow": f"f{n}"} for n in range(9000)}
            )
        },
        {"twilio:numbers": json.dumps({f"n{n}": {"phone_numbre": 1} for n in range(20_000)})},
        {"twilio:numbers": json.dumps({f"n{n}": n for n in range(20_000)})},
        {f"twilio:unknown{n}": "x" for n in range(20_000)},
        {"twilio:values": json.dumps({f"n {n}": 1 for n in range(20_000)})},
        {"twilio:values": json.dumps({f"n{n}": "\u0007" for n in range(20_000)})},
    ],
    ids=["references", "unknown fields", "wrong types", "unknown keys", "names", "invisible"],
)
def test_as_many_mistakes_of_any_kind_are_told_in_time(tmp_path, config):
    said = refused(as_pulumi(ACCOUNT) | config, tmp_path)
    assert "has more than 100 mistakes, such as" in said


def test_a_configuration_of_too_many_values_or_levels_is_one_mistake(tmp_path):
    assert "values" in refused({"twilio:numbers": json.dumps({f"n{n}": 1 for n in range(300_000)})}, tmp_path)
    deep = json.loads("[" * 200 + "]" * 200)
    assert "nested more than" in refused({"twilio:numbers": deep}, tmp_path)


@pytest.mark.parametrize("digits", ["9" * 5000, "\u0663", "-1", "1e3"])
def test_concurrency_is_a_number_of_few_digits(tmp_path, digits):
    assert "concurrency" in refused(as_pulumi(ACCOUNT) | {"twilio:concurrency": digits}, tmp_path)
    with pytest.raises(Problem, match="concurrency"):
        budget_from({"concurrency": digits}, {})


@pytest.mark.parametrize("limits", ["[" * 100_000, '{"purchases": ' + "9" * 5000 + "}", '{"purchases": 1e999}'])
def test_limits_that_are_none_are_one_sentence(limits):
    with pytest.raises(host.HostError, match="twilio:limits is not valid"):
        ApiKeyProvider().configure(ConfigureRequest(Config({"twilio:limits": limits}, "acme")))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"states": [' + "[" * 500 + "]" * 500 + "]}", "nested more than"),
        ('{"states": ' + "9" * 5000 + "}", "a number that no flow has"),
        ('{"states": 1e999}', "a number that no flow has"),
        ('{"states": [' + "1," * 300_000 + "1]}", "more than 250000 values"),
        ('{"states": "' + "x" * bounds.FILE + '"}', "larger than 1 MiB"),
    ],
)
def test_a_flow_file_is_bounded(tmp_path, content, words):
    (tmp_path / "ivr.json").write_text(content)
    assert words in refused(as_pulumi(ACCOUNT + "twilio:studio_flows: {ivr: {file: ivr.json}}"), tmp_path)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig", "latin-1"])
def test_an_answer_in_another_encoding_than_utf_8_is_unreadable(encoding):
    body = json.dumps({"sid": SID, "friendly_name": "Ä"}, ensure_ascii=False).encode(encoding)
    failure = judge(Call("GET", "api", "/2010-04-01/Accounts/x.json"), 200, {}, body)
    assert isinstance(failure, Failure)
    assert "could not be read" in str(failure.error)
    judge(Call("GET", "api", "/2010-04-01/Accounts/x.json"), 404, {}, body)


@contextmanager
def gigabyte(*, compressed: bool = True) -> Iterator[str]:
    """A server that answers everything with a gigabyte, which is small on its way if that is wanted; gives its URL."""
    sixteen = b" " * 16 * 1024**2
    sixteen = gzip.compress(sixteen, 1) if compressed else sixteen

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            for name, value in {
                "Type": "application/json",
                "Encoding": "gzip",
                "Length": str(64 * len(sixteen)),
            }.items():
                self.send_header(f"Content-{name}", value)
            self.end_headers()
            for _ in range(64):
                self.wfile.write(sixteen)

        do_PUT = do_POST = do_GET  # noqa: N815 - the names of the base class

        def log_message(self, *args: object) -> None:
            pass

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def little_memory():
    """What a test takes at once stays far below a gigabyte."""
    tracemalloc.start(1)
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * bounds.ANSWER


def test_a_gigabyte_from_twilio_is_not_taken_in(little_memory):
    with gigabyte() as url:
        session = Session(Credentials(SID, SID, "x" * 32), Endpoint(url=url), sleep=lambda _: None)
        with pytest.raises(Problem, match="larger than 64 MiB"):
            session.own.parent.api.v2010.accounts(SID).fetch()


def test_a_list_that_leads_back_to_its_own_page_is_not_read_for_ever():
    following = "https://messaging.twilio.com/v1/Services?PageSize=50&Page=1&PageToken=x"
    page = json.dumps({"meta": {"key": "services", "next_page_url": following}, "services": []})
    with answering(lambda _: (200, {"Content-Type": "application/json"}, page)) as url:
        session = Session(Credentials(SID, SID, "x" * 32), Endpoint(url=url), sleep=lambda _: None)
        with pytest.raises(Problem, match="links back to the requested page"):
            session.own.client.messaging.v1.services.list()


def test_a_gigabyte_from_vault_is_not_taken_in(little_memory, monkeypatch):
    monkeypatch.delenv("VAULT_ADDR", raising=False)
    monkeypatch.setenv("VAULT_TOKEN", "x" * 20)
    with gigabyte() as url:
        store = VaultStore(VaultSettings(address=url).resolved())
        with pytest.raises(Problem, match="more than 64 MiB"):
            store.read("qa/twilio")


@pytest.mark.parametrize("compressed", [True, False])
def test_a_gigabyte_from_aws_is_not_taken_in(little_memory, monkeypatch, compressed):
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _seconds: None)
    monkeypatch.setattr(bounds, "ANSWER", 4 * 1024**2)  # it is read again a few times
    with gigabyte(compressed=compressed) as url:
        for name, value in {"ENDPOINT_URL": url, "ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "x"}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        store = AwsStore(AwsSettings(region="eu-west-1").resolved())
        with pytest.raises(Problem, match="does not answer as AWS does"):
            store.read("qa/twilio")


def test_what_pulumi_prints_is_bounded_and_may_be_anything(tmp_path, monkeypatch):
    program = tmp_path / "pulumi"
    program.write_text(f"#!{sys.executable}\nimport sys\nsys.stdout.buffer.write(eval(sys.argv[1]))\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert pulumi.output(["b'\\xff\\xfe'"]) == "\ufffd\ufffd"
    monkeypatch.setattr(bounds, "PRINTED", 1024**2)
    began = time.monotonic()
    with pytest.raises(Problem, match=r"printed more than 1 MiB"):
        pulumi.output(["b'x' * 3 * 1024**2"])
    assert time.monotonic() - began < _SECONDS


def test_the_yaml_reader_in_c_is_never_given_what_crashes_it():
    code = "from twilio_environments.bounds import yaml_of\nyaml_of('x', '[' * 500_000)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Problem: x is nested more than 60 levels deep." in done.stderr


def test_what_is_within_bounds_is_read_as_it_was():
    text = "config:\n  a: &a {b: [1, two, 3.5, true, null]}\n  c: *a\n  d: {<<: *a, e: 2026-01-31}\n"
    assert bounds.yaml_of("x", text) == yaml.safe_load(text)
