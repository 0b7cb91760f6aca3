"""Stack files at random: all kinds, most of their fields, and references between them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.drift.mutations import BOUNDS
from tests.kinds.cases import LIST_SERVICES, READ_SERVICES, flow
from tests.kinds.services import MESSAGING, VERIFY
from tests.kinds.world import sid

Config = dict[str, Any]
Some = st.SearchStrategy[Any]
URL, OTHER = "https://hooks.acme.example.com/a", "https://hooks.acme.example.net/b?x=1"
REVIEWED = 1000
"""Whatever revision somebody makes of a flow by hand may be overwritten."""
NAMES = ("main", "second-1", "Third_2")
FRIENDLY = (
    "Help desk",
    "<b>Support</b>",
    "Zoë ☎",
    "Zürich, 1. Stock",
    "[x](https://else.example.net)",
    "a|b `c`",
    "{{x}}",
)
SEARCHES: tuple[Config, ...] = (
    {"country": "US"},
    {"country": "US", "area_code": 212, "sms_enabled": True},
    {"country": "US", "type": "toll_free", "voice_enabled": True},
    {"country": "CA", "type": "local", "mms_enabled": True},
)
_BOOLEANS = st.booleans()
_METHODS = st.sampled_from(["GET", "POST"])
_URLS = st.sampled_from([URL, OTHER])


@dataclass(frozen=True)
class Generated:
    """A stack file's `config`, given without the namespace, and its flow files by path."""

    config: Config
    files: Mapping[str, str]

    def write(self, root: Path) -> None:
        for path, text in self.files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")


def _some(fields: Mapping[str, Some]) -> st.SearchStrategy[Config]:
    """Any of these fields, or none."""
    return st.fixed_dictionaries({}, optional=dict(fields))


def _subset(names: Sequence[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), unique=True, max_size=3) if names else st.just([])


def _maybe(names: Sequence[str]) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(names) if names else st.none()


def _bounded(name: str) -> st.SearchStrategy[int]:
    return st.integers(*BOUNDS[name])


def _way_in(kind: str, flows: Sequence[str]) -> st.SearchStrategy[Config]:
    """Where a number's calls or messages go."""
    urls = st.fixed_dictionaries({f"{kind}_url": _URLS}, optional={f"{kind}_fallback_url": _URLS})
    ways = [st.just({}), urls]
    if flows:
        ways.append(st.fixed_dictionaries({f"{kind}_flow": st.sampled_from(flows)}))
    if kind == "voice":
        ways.append(st.just({"trunk_sid": sid("TK")}))
    return st.one_of(ways)


def _friendly(index: int) -> st.SearchStrategy[Config]:
    return st.just({}) | st.sampled_from(FRIENDLY).map(lambda name: {"friendly_name": f"{name} {index}"})


@st.composite
def _number(draw: st.DrawFn, index: int, flows: Sequence[str]) -> Config:
    methods = [f"{what}_method" for what in ("voice", "voice_fallback", "sms", "sms_fallback", "status_callback")]
    identity = st.just({"phone_number": f"+1415555{100 + index:04}"}) | st.sampled_from(SEARCHES).map(
        lambda search: {"search": search}
    )
    others = {
        "status_callback": _URLS,
        "voice_caller_id_lookup": _BOOLEANS,
        "voice_receive_mode": st.sampled_from(["voice", "fax"]),
        "bundle_sid": st.just(sid("BU")),
        "identity_sid": st.just(sid("RI")),
        "api_version": st.sampled_from(["2008-08-01", "2010-04-01"]),
    }
    parts = (
        identity,
        _friendly(index),
        _way_in("voice", flows),
        _way_in("sms", flows),
        _some(dict.fromkeys(methods, _METHODS) | others),
    )
    return {name: value for part in parts for name, value in draw(part).items()}


@st.composite
def _service(draw: st.DrawFn, index: int, numbers: Sequence[str]) -> Config:
    fields: dict[str, Some] = {
        name: st.just(value) for name, value in MESSAGING.full[0].items() if isinstance(value, bool)
    }
    fields |= {"inbound_method": _METHODS, "fallback_method": _METHODS}
    fields |= {"status_callback": _URLS, "fallback_url": _URLS, "validity_period": _bounded("validity_period")}
    fields["usecase"] = st.sampled_from(["notifications", "marketing", "poll"])
    inbound: Some = st.sampled_from(
        [{"inbound_request_url": URL}, {"use_inbound_webhook_on_number": True}, {"discard_inbound": True}]
    )
    service: Config = {**draw(_some(fields)), **draw(inbound), **draw(_friendly(index))}
    alpha = st.lists(st.sampled_from(["ACME", f"Acme {index}", "A_b-1"]), unique=True, max_size=2)
    pool = _some({"numbers": st.just(list(numbers)), "alpha_senders": alpha})
    if draw(_BOOLEANS) or numbers:
        service["senders"] = draw(pool)
    if service.get("use_inbound_webhook_on_number") and numbers:
        service["discard_inbound"] = True  # the numbers may have no webhook
    return service


@st.composite
def _verify(draw: st.DrawFn, index: int, services: Sequence[str]) -> Config:
    left = {"friendly_name", "skip_sms_to_landlines", "whatsapp_msg_service_sid", "whatsapp_from", *BOUNDS}
    left |= {"rate_limits", "messaging_configurations", "webhooks"}
    fields = {name: st.just(value) for name, value in VERIFY.full[0].items() if name not in left}
    bounded = {name: _bounded(name) for name in BOUNDS if name != "validity_period"}
    buckets = st.lists(
        st.fixed_dictionaries({"max": st.integers(1, 9), "interval": st.sampled_from([60, 600, 3600])}),
        unique_by=lambda bucket: bucket["interval"],
        max_size=3,
    )
    limit = _some({"description": st.sampled_from(["", "by address"]), "buckets": buckets})
    hook = st.fixed_dictionaries(
        {"webhook_url": _URLS}, optional={"event_types": st.just(["factor.*", "challenge.approved"])}
    )
    parts: dict[str, Some] = {
        "rate_limits": st.dictionaries(st.sampled_from(["ip", "user.id"]), limit, max_size=2),
        "webhooks": st.dictionaries(st.sampled_from(["events", "more events"]), hook, max_size=1),
    }
    if services:
        countries = st.dictionaries(st.sampled_from(["US", "GB", "all"]), st.sampled_from(services), max_size=3)
        parts["messaging_configurations"] = countries
    names = st.sampled_from(["Acme Login", "Log-in"])
    named: Some = st.just({}) | names.map(lambda name: {"friendly_name": f"{name} {index}"})
    return {**draw(_some(fields | bounded)), **draw(_some(parts)), **draw(named)}


@st.composite
def _definition(draw: st.DrawFn, placeholders: Sequence[str]) -> str:
    """A flow that says whatever the placeholders stand for."""
    said = " ".join(f"${{{name}}}" for name in draw(_subset(placeholders)))
    greeting = draw(st.sampled_from(["Hello", "Call {{trigger.call.To}}", "costs $5 $${values.greeting}"]))
    return flow(f"{greeting} {said}".strip(), description=draw(st.sampled_from(["A greeting", "${values.greeting}"])))


@st.composite
def _keys(draw: st.DrawFn) -> dict[str, Config]:
    standard = _some({"rotate_every": st.sampled_from(["30d", "90d"]), "overlap": st.just("1h")})
    restricted = st.sampled_from([[LIST_SERVICES], [READ_SERVICES, LIST_SERVICES]]).map(
        lambda policy: {"type": "restricted", "policy": policy}
    )
    keys = {name: draw(standard | restricted) for name in draw(_subset(("api", "reporting", "ci-2")))}
    for name, key in keys.items():
        if draw(_BOOLEANS):
            key["document"] = f"DOCUMENT/{name}"
    return keys


@st.composite
def stacks(draw: st.DrawFn, *, rich: bool = False) -> Generated:
    """A stack that may be declared; a rich one has something of each kind.

    `DOCUMENT` stands for the path of its document in the secret store, `STORE` for the store, and `ACCOUNT` for an
    account that is there already and that it shares.
    """
    least = 1 if rich else 0

    def some(names: Sequence[str] = NAMES) -> list[str]:
        return draw(st.lists(st.sampled_from(names), unique=True, min_size=least, max_size=2))

    numbers, services, verifies, flows = some(), some(), some(NAMES[:2]), some()
    before_flows = [name for name in numbers if draw(_BOOLEANS)]  # flows name these, and these name no flow
    known = ["values.greeting", "environment.name", "account.sid"]
    known += [f"messaging_services.{name}.sid" for name in services]
    known += [f"verify_services.{name}.sid" for name in verifies]
    known += [f"numbers.{name}.{what}" for name in before_flows for what in ("sid", "phone_number")]
    files = {}
    for name in flows:
        files[f"studio/{name}.json"] = draw(_definition(known))
        known.append(f"studio_flows.{name}.sid")
    pools = {name: draw(_maybe(services)) for name in numbers}
    config: Config = {
        "subaccount": draw(st.sampled_from([{"friendly_name": "Acme random"}, {}, {"sid": "ACCOUNT"}])),
        "secrets": {"vault": "STORE", "document": "DOCUMENT"} | draw(_some({"auth_token": st.just("auth_token")})),
        "allow": {"release_numbers": "these are a test's alone", "close_subaccount": "this is a test's alone"},
        "values": {"greeting": draw(st.sampled_from(["Hello", 'Say "yes" \\ or {{no}}']))},
        "keys": draw(_keys()),
        "numbers": {
            name: draw(_number(index, [] if name in before_flows else flows)) for index, name in enumerate(numbers)
        },
        "messaging_services": {
            name: draw(_service(index, [number for number, pool in pools.items() if pool == name]))
            for index, name in enumerate(services)
        },
        "verify_services": {name: draw(_verify(index, services)) for index, name in enumerate(verifies)},
        "studio_flows": {
            name: {"file": f"studio/{name}.json", "reviewed": 1000}  # whatever is edited by hand may be set back
            | draw(_some({"status": st.sampled_from(["draft", "published"]), "commit_message": st.just("first")}))
            for name in flows
        },
    }
    return Generated({name: value for name, value in config.items() if value or name == "subaccount"}, files)


def placed(generated: Generated, *, store: Mapping[str, Any], document: str, account: str) -> Config:
    """The settings, with what the placeholders stand for."""
    text = json.dumps(generated.config)
    for name, value in (("DOCUMENT", document), ("ACCOUNT", account)):
        text = text.replace(name, value)
    config: Config = json.loads(text)
    config["secrets"]["vault"] = store["vault"]
    return config
