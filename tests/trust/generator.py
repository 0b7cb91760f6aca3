"""Hostile stack files, records and flow files, by a seed: what a pull request that changes only data could try."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

THIEF, ACCOUNT = "thief.example.net", "666666666666"
ROLE, NAMESPACE = f"arn:aws:iam::{ACCOUNT}:role/thief", "thief-space"
VAULT, TRUSTED = "https://vault.example.com:8200", "https://trusted.example.com"
_FORMS = (
    "https://{}",
    "https://{}:8200/",
    "HTTPS://{}",
    "http://{}",
    "https://vault.example.com@{}",
    "https://vault.example.com:8200@{}:8200",
    "https://{}\\@vault.example.com:8200",
    "https://vault.example.com\\.{}",
    "https://api.twilio.com.{}",
    "https://127.0.0.1.{}",
    "https://localhost.{}/",
    "https://{}/?https://vault.example.com:8200",
    "https://{}#@vault.example.com:8200",
    "https://{}%2f@vault.example.com",
    " https://{}",
    "https://\t{}",
    "//{}",
    "{}",
    "{}:443",
    "ftp://{}",
)
_OTHERS = (
    "https://203.0.113.7",
    "https://[2001:db8::7]:8200",
    "https://0xcb007107",
    "https://3405803783",
    "https://[::1%25x]",
)
_PATHS = ("../../sys", "github", "..", "a/../../b", "/", "auth\x00", "a b", "%2e%2e/sys", "cluster-1", "")
_METHODS = ("token", "approle", "jwt", "userpass", "kubernetes", "ldap")


@dataclass(frozen=True)
class Case:
    """A stack file with the record of an earlier run and other files, and the environment of the run that meets it."""

    config: dict[str, Any]
    store: dict[str, Any]
    text: str = ""
    """The stack file's text, where it is not the configuration as YAML."""
    environment: dict[str, str] = field(default_factory=dict)

    def names(self, host: str) -> bool:
        """Say whether the environment names a host; worked out from the rules as they are written, not by the code."""
        named = {urlsplit(VAULT).hostname} if "VAULT_ADDR" in self.environment else set()
        named |= {urlsplit(TRUSTED).hostname} if "TWILIO_ENVIRONMENTS_TRUSTED" in self.environment else set()
        if endpoint := self.environment.get("TWILIO_ENDPOINT"):
            named.add(urlsplit(endpoint).hostname)
        is_production = str(self.config.get("production")).lower() == "true"
        if not is_production:  # a file may mean this machine
            named |= {"twilio.here"} | ({"vault.here"} if "VAULT_ADDR" not in self.environment else set())
        return host in named or host.endswith((".twilio.com", ".amazonaws.com"))


class Generator:
    """Makes cases; `ports` are those of servers on this machine that stand for somebody else's Twilio and Vault."""

    def __init__(self, seed: int, ports: Mapping[str, int], ca_cert: str) -> None:
        self._random = random.Random(seed)
        self._ports = ports
        self._ca = ca_cert

    def case(self) -> Case:
        """Make a case that is harmless but for a few things, so that these are reached."""
        some = self._random
        config: dict[str, Any] = {
            "subaccount": {"friendly_name": "Acme"},
            "keys": {"api": {}},
            "secrets": {"vault": {}},
        }
        store: dict[str, Any] = {"vault": {}}
        for what in some.sample(
            ["endpoint", "endpoint", "region", "secrets", "secrets", "record", "switch", "key", "other"], 2
        ):
            match what:
                case "endpoint":
                    config["endpoint"] = self._address("twilio.here")
                case "region":
                    region = some.choice(["ie1", f"ie1.{THIEF}/", "us1"])
                    config |= {"region": region, "edge": some.choice(["dublin", f"x.{THIEF}#"])}
                case "secrets":
                    config["secrets"] = self._store()
                case "record":
                    store = self._store()
                case "switch":
                    config["production"] = some.choice([True, False, "true", "false", "True", 1])
                    config["local"] = some.choice([True, "true", False])
                case "key":
                    url, path = self._address("twilio.here"), some.choice(_PATHS)
                    config["keys"] = {"api": {"validation_url": url, "document": path}}
                case _:
                    config[some.choice(["vault_addr", "auth_token", "concurrency"])] = self._address("twilio.here")
        text = self._broken(config) if some.random() < 0.1 else ""
        return Case(config, store, text, self._environment())

    def _environment(self) -> dict[str, str]:
        some = self._random
        chances = {
            "VAULT_ADDR": VAULT,
            "VAULT_NAMESPACE": "admin",
            "AWS_REGION": "eu-west-1",
            "TWILIO_ENVIRONMENTS_TRUSTED": f"{TRUSTED}, arn:aws:iam::123456789012:role/ours",
            "TWILIO_ENDPOINT": "https://twilio.example.com",
        }
        return {name: value for name, value in chances.items() if some.random() < 0.65}

    def _store(self) -> dict[str, Any]:
        some = self._random
        if some.random() < 0.25:
            region = some.choice(["eu-west-1", f"{THIEF}/", f"x.{THIEF}", "cn-north-1", "us-iso-east-1", ""])
            return {"aws": {"region": region} | ({"role_arn": ROLE} if some.random() < 0.6 else {})}
        auth = {
            "method": some.choice(_METHODS),
            "role": "ci",
            "mount": some.choice(_PATHS),
            "username": some.choice(_PATHS),
        }
        vault = {
            "address": self._address("vault.here"),
            "namespace": some.choice([NAMESPACE, "admin", f"admin/{NAMESPACE}", "../x"]),
            "ca_cert": self._ca,
            "auth": {name: one for name, one in auth.items() if name == "method" or some.random() < 0.4},
            "mount": some.choice(["secret", "../sys"]),
        }
        return {"vault": {name: vault[name] for name in some.sample(sorted(vault), some.randint(1, 3))}}

    def _address(self, here: str) -> str:
        some = self._random
        if some.random() < 0.2:
            return f"http://{some.choice(['127.0.0.1', 'localhost'])}:{self._ports[here]}"
        if some.random() < 0.15:
            return some.choice([VAULT, TRUSTED, f"{VAULT}/", "https://vault.example.com:8300"])
        if some.random() < 0.15:
            return some.choice(_OTHERS)
        return some.choice(_FORMS).format(some.choice([THIEF, THIEF.upper(), f"{THIEF}.", "xn--thef-0qa.example.net"]))

    def _broken(self, config: Mapping[str, Any]) -> str:
        """Return a stack file that is odd as a text: other namespaces, aliases, keys that are no texts, half a file."""
        some = self._random
        lines = [f"  twilio:{name}: {json.dumps(value)}" for name, value in config.items()]
        lines += some.sample(
            [
                f'  vault:address: "https://{THIEF}"',
                f'  aws:endpoint: "https://{THIEF}"',
                "  1: 2",
                "  ? [a]\n  : b",
                "  twilio:values: {1: 2, null: x, true: y}",
                "  twilio:values: &a {b: *a}",
                "  twilio:numbers: {a: &a {b: 1}, c: *a, d: [*a, *a]}",
                "  twilio:values: {a: 2026-13-45}",
                "  twilio:values: !!python/object/apply:os.system [id]",
                "  twilio:subaccount: !!binary aGk=",
                "  <<: {twilio:endpoint: " + json.dumps(f"https://{THIEF}") + "}",
            ],
            some.randint(1, 3),
        )
        some.shuffle(lines)
        text = (
            "config:\n"
            + "\n".join(lines)
            + f'\nenvironment: {{values: {{environmentVariables: {{VAULT_ADDR: "https://{THIEF}"}}}}}}\n'
        )
        return text[: some.randint(0, len(text))] if some.random() < 0.3 else text


_WIDGETS = (
    "make-http-request",
    "add-twiml-redirect",
    "run-function",
    "record-voicemail",
    "fork-stream",
    "say-play",
    "widget-to-come",
)
_FIELDS = (
    "url",
    "play",
    "media_url",
    "waitUrl",
    "stream_url",
    "recording_status_callback",
    "sip_endpoint",
    "handler",
    "deep",
    "twiml",
)
_SCHEMES = (
    "https://{}",
    "http://{}/x",
    "wss://{}",
    "ws://u:p@{}:8443/",
    "sip:a@{}",
    "sips:{};transport=tls",
    "HTTPS:\\\\{}",
    "sip:a:b@{}?x=y",
)
_FIELD_FORMS = ("//{}/x", "{}/x", "a@{}", "a:b@{}:5061")
"""What only a field that has to be an address is read as."""


def flows(seed: int, count: int) -> Iterator[str]:
    """Yield flow files, each with one address that leads to THIEF, among harmless ones."""
    some = random.Random(seed)
    for _ in range(count):
        states = [_widget(some, f"w{number}", "hooks.example.com") for number in range(some.randint(0, 4))]
        states.insert(
            some.randint(0, len(states)), _widget(some, "hostile", some.choice([THIEF, THIEF.upper(), f"{THIEF}."]))
        )
        yield json.dumps(
            {"states": states, "initial_state": states[0]["name"], "flags": {}}, ensure_ascii=some.random() < 0.5
        )


def _widget(some: random.Random, name: str, host: str) -> dict[str, Any]:
    leaf = some.choice(_FIELDS)
    forms = _SCHEMES + _FIELD_FORMS if leaf not in {"handler", "deep", "twiml"} else _SCHEMES
    value: Any = some.choice(forms).format(host)
    if some.random() < 0.2:
        value = some.choice(['{{{{ "{}" }}}}', "{{% if a %}}{}{{% endif %}}", "  {}", "{}\n"]).format(value)
    if leaf == "deep":
        value = [{"key": "a", "value": {"b": [value]}}]
    elif leaf == "twiml":
        value = f"<Response><Redirect>{value}</Redirect></Response>"
    return {
        "name": name,
        "type": some.choice(_WIDGETS),
        "properties": {leaf: value, "offset": {"x": 0, "y": 0}},
        "transitions": [],
    }
