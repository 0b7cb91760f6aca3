"""Which webhook URLs may be declared."""

import json
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, ValidationError

from tests.settings.fields import Place, places, planted
from twilio_environments.lifecycle.declaration import Url
from twilio_environments.lifecycle.webhooks import check
from twilio_environments.settings import SettingsProblem, load


class Hook(BaseModel):
    url: Url


def refused(url: str, *, local: bool) -> str:
    """What is wrong with a URL; nothing when it may be declared."""
    try:
        Hook.model_validate({"url": url}, context={"local": local})
    except ValidationError as error:
        return str(error.errors()[0]["msg"])
    return ""


@dataclass(frozen=True)
class Rule:
    """A URL, whether a local stack and any other may declare it, and why."""

    url: str
    local: bool
    anywhere: bool
    reason: str


NEVER, LOCALLY, ALWAYS = (False, False), (True, False), (True, True)
RULES = [
    Rule(url, *allowed, reason)
    for allowed, urls in {
        ALWAYS: {
            "": "it clears the field",
            "https://example.com": "a host alone",
            "https://example.com/voice?a=b#c": "a path, a query and a fragment",
            "https://example.com:8443/voice": "a port",
            "https://EXAMPLE.com/": "capitals",
            "https://example.com./": "a host from the root",
            "https://8.8.8.8/": "a public address",
            "https://[2606:4700:4700::1111]/": "a public IPv6 address",
            "https://münchen.example/": "a host in letters of its own",
            "https://xn--mnchen-3ya.example/": "the same in ASCII",
            "https://internal.example.com/": "a name that only sounds private",
            "https://r3---sn-a.example.com/": "hyphens within a label",
            f"https://{'a' * 63}.example.com/": "a label as long as DNS has them",
            "https://1-800.example.com/": "a label of digits and a hyphen",
            "https://[2606:4700:4700::1111]:8443/": "a public IPv6 address and a port",
        },
        LOCALLY: {
            "http://example.com/": "not encrypted",
            "https://localhost/": "this machine",
            "https://voice/": "a name of the local network",
            "https://voice.local/": "multicast DNS",
            "https://voice.internal/": "a private zone",
            "https://voice.corp.INTERNAL./": "the same in capitals, from the root",
            "https://router.home.arpa/": "RFC 8375",
            "https://127.0.0.1/": "loopback",
            "https://[::1]/": "loopback in IPv6",
            "https://10.1.2.3/": "RFC 1918",
            "https://172.16.0.1/": "RFC 1918",
            "https://192.168.0.1/": "RFC 1918",
            "https://169.254.169.254/": "link-local: a cloud's metadata",
            "https://100.64.0.1/": "RFC 6598",
            "https://[fd00::1]/": "unique local",
            "https://0.0.0.0/": "no address",
            "https://127.1/": "loopback in short",
            "https://10.1/": "a private address in short",
            "https://10.0.0x1/": "the same with a hexadecimal digit",
            "https://my_app.example.com/": "an underscore, as containers have it",
        },
        NEVER: {
            "example.com/voice": "no scheme",
            "ftp://example.com/": "another scheme",
            "HTTPS://": "no host",
            "https:///voice": "no host",
            "https://example.com:port/": "no port",
            "https://example.com:99999/": "no port",
            "https://[::1/": "half a bracket",
            "https://a..example.com/": "an empty label",
            "https://.example.com/": "an empty label in front",
            "https://example.com../": "two roots",
            "https://./": "the root alone",
            "https://-bad.example.com/": "a hyphen in front",
            "https://x-.example.com/": "a hyphen at the end",
            "https://a.-/": "a hyphen alone",
            f"https://{'a' * 64}.example.com/": "a label longer than DNS has them",
            f"https://{'abcdefg.' * 31}example.com/": "a name longer than DNS has them",
            f"https://{'ü' * 60}.example.com/": "a label longer than DNS has them, once it is in ASCII",
            "https://xn--.example.com/": "no encoded label",
            "https://xn--99999999.example.com/": "no encoded label",
            "https://stra\u00dfe.example/": "another name in each of the two standards",
            "https://example\u3002com/": "a full stop that is none to all",
            "https://exa%6dple.com/": "an encoded letter",
            "https://exam$ple.com/": "a character that no name has",
            "https://example.com\\@example.net/": "a slash to some",
            "https://[example.com]/": "a name in brackets",
            "https://[v1.fe80]/": "an address of the future",
            "https://[2606:4700:4700::1111]example.com/": "more than an address",
            "https://[2606:4700:4700::1111%25eth0]/": "a zone",
            "https://exam ple.com/": "a blank",
            " https://example.com/": "a blank before it",
            "https://example.com/\n": "a line end",
            "https://example.com/\tvoice": "a tab",
            "https://user:password@example.com/": "credentials",
            "https://user@example.com/": "half of them",
            "https://:@example.com/": "none of them, yet the place for them",
        },
    }.items()
    for url, reason in urls.items()
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.url!r}")
def test_a_webhook_is_public_and_encrypted_unless_the_stack_is_local(rule: Rule):
    assert bool(refused(rule.url, local=False)) is not rule.anywhere, rule.reason
    assert bool(refused(rule.url, local=True)) is not rule.local, rule.reason


def test_a_refusal_says_what_to_write_and_never_the_credentials():
    found = refused("https://user:hunter2@example.com/", local=False)
    assert "hunter2" not in found
    assert "X-Twilio-Signature" in found
    assert "https://example.com/voice" in refused("http://example.com/", local=False)
    assert "twilio:local: true" in refused("http://example.com/", local=False)


def validators(place: Place) -> list[object]:
    return [note.func for note in place.field.metadata if isinstance(note, AfterValidator)]


@pytest.mark.parametrize("place", [one for one in places() if check in validators(one)], ids=str)
@pytest.mark.parametrize("host", ["a..example.com", "-bad.example.com", "x-.example.com"])
def test_every_url_of_a_stack_file_has_a_host_that_dns_may_have(place, host, tmp_path):
    (tmp_path / "flow.json").write_text("{}")
    config = {
        f"twilio:{name}": json.dumps(value) for name, value in planted(place.steps, f"https://{host}/voice").items()
    }
    with pytest.raises(SettingsProblem, match="a host with") as caught:
        load(config, project="acme", stack="test", root=tmp_path)
    assert [one.path for one in caught.value.mistakes if "a host with" in one.what] == [str(place)]


@settings(deadline=None)
@given(st.text(max_size=40), st.booleans())
def test_any_text_is_a_url_or_refused_in_words(text, local):
    refused(text, local=local)


@settings(deadline=None)
@given(st.ip_addresses())
def test_an_address_is_public_exactly_when_it_is_global(address):
    host = f"[{address}]" if address.version == 6 else str(address)
    assert (not refused(f"https://{host}/", local=False)) == address.is_global
