"""Clients that nobody here wrote, through the CONNECT proxy, believing that they talk to Twilio."""

import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys

import pytest

from twilio_environments.emulator import Emulator

OFFICIAL = """
import json
from twilio.rest import Client
parent = Client()
sub = parent.api.v2010.accounts.create(friendly_name="through the proxy")
own = Client(sub.sid, sub.auth_token)
key = own.iam.v1.new_api_key.create(account_sid=sub.sid, friendly_name="k")
events = own.monitor.v1.events.list(page_size=1)
print(json.dumps([sub.friendly_name, key.sid[:2], sorted(event.event_type for event in events)]))
"""

NODE = """
const http = require('http'), https = require('https');
const proxy = new URL(process.env.HTTPS_PROXY);
http.request({host: proxy.hostname, port: proxy.port, method: 'CONNECT', path: 'api.twilio.com:443'})
  .on('connect', (_, socket) => https.get({
    host: 'api.twilio.com', path: '/2010-04-01/Accounts.json', socket, agent: false, servername: 'api.twilio.com',
    auth: process.env.TWILIO_ACCOUNT_SID + ':' + process.env.TWILIO_AUTH_TOKEN,
  }, answer => { answer.pipe(process.stdout); }))
  .end();
"""


@pytest.fixture
def proxied():
    with Emulator(proxy_port=0) as twilio:
        yield twilio


@pytest.fixture
def environment(proxied):
    at = proxied.addresses
    kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    return kept | {
        "HTTPS_PROXY": at.proxy,
        "HTTP_PROXY": at.proxy,
        "http_proxy": at.proxy,  # curl reads the lower-case one only
        "REQUESTS_CA_BUNDLE": str(at.ca_file),
        "CURL_CA_BUNDLE": str(at.ca_file),
        "NODE_EXTRA_CA_CERTS": str(at.ca_file),
        "TWILIO_ACCOUNT_SID": proxied.account_sid,
        "TWILIO_AUTH_TOKEN": proxied.auth_token,
    }


def run(*command: str, environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_twilios_python_client_needs_only_the_environment(proxied, environment):
    told = json.loads(run(sys.executable, "-c", OFFICIAL, environment=environment))

    assert told == ["through the proxy", "SK", ["account-api-keys.created", "account.created"]]
    assert {call.product for call in proxied.calls} == {"api", "iam", "monitor"}


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not on PATH")
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_curl_reaches_it(proxied, environment, scheme):
    user = f"{proxied.account_sid}:{proxied.auth_token}"
    out = run("curl", "-sS", "-u", user, f"{scheme}://api.twilio.com/2010-04-01/Accounts.json", environment=environment)

    assert json.loads(out)["accounts"][0]["sid"] == proxied.account_sid


@pytest.mark.skipif(not shutil.which("node"), reason="node is not on PATH")
def test_node_reaches_it(proxied, environment):
    out = run("node", "-e", NODE, environment=environment)

    assert json.loads(out)["accounts"][0]["sid"] == proxied.account_sid


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("CONNECT", "example.org:443"),
        ("CONNECT", "api.twilio.com:22"),
        ("CONNECT", "api.twilio.com.example.org:443"),
        ("GET", "http://example.org/"),
        ("GET", "/no-host"),
        ("CONNECT", ""),
    ],
)
def test_the_proxy_reaches_nothing_else(proxied, method, target):
    port = int(proxied.addresses.proxy.rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest(method, target or "x", skip_host=True)
    connection.endheaders()
    answer = connection.getresponse()

    assert answer.status == 403
    assert b"*.twilio.com only" in answer.read()


@pytest.mark.parametrize("host", ["verify.twilio.com", "api.dublin.ie1.twilio.com", "api.us1.twilio.com", "127.0.0.1"])
def test_the_certificate_covers_every_host_name(proxied, host):
    context = ssl.create_default_context(cafile=str(proxied.addresses.ca_file))
    port = int(proxied.addresses.tls_endpoint.rpartition(":")[2])
    plain = socket.create_connection(("127.0.0.1", port), timeout=10)
    with context.wrap_socket(plain, server_hostname=host) as secure:
        assert (secure.version() or "").startswith("TLS")


def test_the_ca_is_in_the_state_folder_and_its_key_is_not(tmp_path):
    with Emulator(tmp_path, tls_port=0) as twilio:
        assert twilio.addresses.ca_file == tmp_path / "ca.pem"
        assert twilio.addresses.proxy is None
        files = [file.read_bytes() for file in tmp_path.iterdir()]

    assert not any(b"PRIVATE KEY" in file for file in files)
