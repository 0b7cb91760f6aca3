"""What somebody may change behind our back, at random, and exactly what a review has to say of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any, get_args

from tests.drift.estate import Estate
from tests.kinds.case import Case
from tests.kinds.cases import CASES, LISTED
from tests.kinds.strategies import BOUNDS
from tests.kinds.world import MARK, sid

Found = tuple[str, str, str]
"""Place, kind of finding, field ("" for a finding without fields)."""
MESSAGING, VERIFY = "https://messaging.twilio.com/v1/Services", "https://verify.twilio.com/v2/Services"
KNOWN, FOREIGN = "https://hooks.acme.example.com", "https://else.example.net"
_ELSEWHERE = [
    ("play", f"{FOREIGN}/tone.mp3"),
    ("stream_url", "wss://else.example.net/media"),
    ("to", "sip:somebody@else.example.net"),
    ("sip_endpoint", "somebody@else.example.net"),
    ("recording_status_callback", "{{flow.data.callback}}"),
]
"""Where a widget may lead: a field and what stands in it."""
PREFIXES = {
    "trunk_sid": "TK",
    "bundle_sid": "BU",
    "identity_sid": "RI",
    "address_sid": "AD",
    "sms_application_sid": "AP",
}
NAMES = ("Help desk", "<b>Support</b>", "a|b `c`", "Zoë ☎", "tab\there", "[x](https://else.example.net)", "${values.x}")

WRITTEN_HERE = {"subaccount", "keys", "senders", "studio_flows", "secrets"}
"""Sections whose changes are more than another value of a field; of the others the kinds' cases have them."""


@dataclass(frozen=True)
class Mutation:
    """One change: the places it has to do with, what does it, and what is then to be found."""

    places: frozenset[str]
    act: Callable[[], Any]
    expected: frozenset[Found] = frozenset()
    of_new: Callable[[Any], Found] | None = None
    """What is to be found of an object that `act` makes, by its answer."""
    last: bool = False
    """After it the account's credentials are others."""


@dataclass
class Meddler:
    """Somebody who changes an estate at random."""

    estate: Estate
    random: Random
    made: int = field(default=0)

    def round(self, most: int = 16) -> list[Mutation]:
        """Choose a few changes of different objects."""
        chosen: list[Mutation] = []
        options = list(self._options())
        self.random.shuffle(options)
        for make in options[: self.random.randint(1, most)]:
            mutation = make()
            if not any(mutation.places & other.places for other in chosen):
                chosen.append(mutation)
        return sorted(chosen, key=lambda one: one.last)

    def _options(self) -> Iterator[Callable[[], Mutation]]:
        for case in CASES:
            for place, names in case.altered.items():
                yield from (partial(self._field, case, place, name) for name in names)
        often = {
            self._part: 4,
            self._pool: 8,
            self._flow: 6,
            self._key: 6,
            self._stored: 4,
            self._new: 8,
            self._gone: 8,
        }
        for make, times in {**often, self._account: 2}.items():
            yield from [make] * times

    # -- one field -------------------------------------------------------------------------------------------------

    def _field(self, case: Case, place: str, name: str) -> Mutation:
        value = self._other(case, place, name)
        foreign = isinstance(value, str) and value.startswith(FOREIGN)
        kind = "webhook_host" if foreign else "changed"
        form = {case.parameter(name): str(value).lower() if isinstance(value, bool) else str(value)}
        url = self.estate.url(place)
        found = {(place, kind, name)}
        if name == "friendly_name" and place == "verify_services.login":
            found.add((place, kind, "totp_issuer"))  # it is the service's name as long as nobody sets one
        named = {other for other, one in self.estate.objects.items() if one.object_id == value}
        return Mutation(frozenset({place, *named}), lambda: self.estate.post(url, **form), frozenset(found))

    def _other(self, case: Case, place: str, name: str) -> Any:
        """Choose another value that Twilio takes for a field."""
        choices: list[Any]
        before = self.estate.objects[place].recorded.get(name)
        annotation = case.kind.declaration.model_fields[name].annotation
        if name in BOUNDS:
            choices = [BOUNDS[name][0], BOUNDS[name][1], sum(BOUNDS[name]) // 2]
        elif annotation is bool:
            choices = [not before]
        elif get_args(annotation):
            choices = list(get_args(annotation))
        elif name == "api_version":
            choices = ["2008-08-01"]
        elif name.endswith("_sid"):
            choices = (
                [sid(PREFIXES[name], 2)]
                if name in PREFIXES
                else [one.value for one in case.changes if one.name == name]
            )
            # Of what the environment has itself it takes one of its own: others would be strangers.
            own = [one.object_id for one in self.estate.objects.values() if one.kind.prefix == choices[0][:2]]
            choices = own or choices
        elif "url" in name or "callback" in name:
            choices = [f"{KNOWN}/else", f"{FOREIGN}/x?y=1", *([""] if "fallback" in name else [])]
        elif place == "verify_services.login":
            choices = ["Elses Login", "Login-2", "A_b"]
        elif name == "friendly_name":
            choices = list(NAMES)
        else:
            choices = [one.value for one in case.changes if one.name == name]
        return self.random.choice([one for one in choices if one != (before or "")])

    # -- parts, pools, flows, keys, secrets ------------------------------------------------------------------------

    def _part(self) -> Mutation:
        place = "verify_services.login"
        service = f"{VERIFY}/{self.estate.sid(place)}"
        wire = self.estate.world.wire

        def first(what: str, url: str) -> str:
            return f"{url}/{wire.get(url).json()[what][0]['sid']}"

        limit = first("rate_limits", f"{service}/RateLimits")
        hook = first("webhooks", f"{service}/Webhooks")
        country = f"{service}/MessagingConfigurations"
        name, act, kind = self.random.choice(
            [
                ("rate_limits", lambda: self.estate.post(limit, Description="else"), "changed"),
                ("rate_limits", lambda: self.estate.post(first("buckets", f"{limit}/Buckets"), Max="99"), "changed"),
                ("rate_limits", lambda: self.estate.post(f"{limit}/Buckets", Max="9", Interval="7200"), "changed"),
                ("rate_limits", lambda: self.estate.post(f"{service}/RateLimits", UniqueName="else"), "changed"),
                ("rate_limits", lambda: self.estate.delete(limit), "changed"),
                ("webhooks", lambda: self.estate.delete(hook), "changed"),
                ("webhooks", lambda: self.estate.post(hook, Status="disabled"), "changed"),
                ("webhooks", lambda: self.estate.post(hook, WebhookUrl=f"{FOREIGN}/v"), "webhook_host"),
                ("messaging_configurations", lambda: self.estate.delete(f"{country}/US"), "changed"),
                (
                    "messaging_configurations",
                    lambda: self.estate.post(
                        country, Country="GB", MessagingServiceSid=self.estate.sid("messaging_services.marketing")
                    ),
                    "changed",
                ),
            ]
        )
        return Mutation(frozenset({place}), act, frozenset({(place, kind, name)}))

    def _pool(self) -> Mutation:
        place = "messaging_services.alerts.senders"
        service = f"{MESSAGING}/{self.estate.sid('messaging_services.alerts')}"
        support = self.estate.sid("numbers.support")
        member = self.estate.sid("numbers.alerts-1")
        changed = frozenset({(place, "changed", "phone_numbers")})
        return self.random.choice(
            [
                Mutation(
                    frozenset({place}),
                    lambda: self.estate.post(f"{service}/AlphaSenders", AlphaSender="ELSE"),
                    frozenset({(place, "changed", "alpha_senders")}),
                ),
                Mutation(
                    frozenset({place}),
                    lambda: self.estate.post(f"{service}/ShortCodes", ShortCodeSid=sid("SC")),
                    frozenset({(place, "changed", "short_codes")}),
                ),
                Mutation(frozenset({place}), lambda: self.estate.delete(f"{service}/PhoneNumbers/{member}"), changed),
                Mutation(  # its messages go to the service from now on
                    frozenset({place, "numbers.support", "messaging_services.alerts"}),
                    lambda: self.estate.post(f"{service}/PhoneNumbers", PhoneNumberSid=support),
                    changed | {("numbers.support", "shadowed", "")},
                ),
                Mutation(
                    frozenset({place, "numbers.alerts-1", "messaging_services.alerts"}),
                    lambda: self.estate.post(self.estate.url("numbers.alerts-1"), SmsUrl=f"{KNOWN}/sms"),
                    frozenset({("numbers.alerts-1", "changed", "sms_url"), ("numbers.alerts-1", "shadowed", "")}),
                ),
            ]
        )

    def _flow(self) -> Mutation:
        place = self.random.choice(["studio_flows.ivr", "studio_flows.autoreply"])
        url = self.estate.url(place)
        definition = self.estate.world.wire.get(url).json()["definition"]
        edited, moved, called = (json.loads(json.dumps(definition)) for _ in range(3))
        edited["states"][1]["properties"]["say"] = f"Edited {self.random.random()}"
        moved["states"][1]["properties"]["offset"] = {"x": self.random.randint(1, 99), "y": 2}
        field, address = self.random.choice(_ELSEWHERE)
        called["states"][1]["properties"][field] = address
        form, kind, name = self.random.choice(
            [
                ({"Definition": edited}, "changed", "definition"),
                ({"Definition": edited, "Status": "draft"}, "draft", ""),
                ({"Definition": moved}, "layout", ""),
                ({"Definition": called}, "webhook_host", "definition"),
                ({"CommitMessage": "nothing"}, "layout", ""),
                ({"FriendlyName": "somebody's"}, "changed", "friendly_name"),
            ]
        )
        sent = {"Status": "published"} | {
            key: value if isinstance(value, str) else json.dumps(value) for key, value in form.items()
        }
        return Mutation(frozenset({place}), lambda: self.estate.post(url, **sent), frozenset({(place, kind, name)}))

    def _key(self) -> Mutation:
        restricted = f"https://iam.twilio.com/v1/Keys/{self.estate.sid('keys.reporting')}"
        allow = self.random.choice([["/twilio/messaging/services/read"], ["/twilio/studio/flows/list"]])
        return self.random.choice(
            [
                Mutation(
                    frozenset({"keys.reporting"}),
                    lambda: self.estate.post(restricted, Policy=json.dumps({"allow": allow})),
                    frozenset({("keys.reporting", "changed", "policy")}),
                ),
                Mutation(
                    frozenset({"keys.api"}),
                    lambda: self.estate.post(self.estate.url("keys.api"), FriendlyName="somebody's"),
                    frozenset({("keys.api", "changed", "friendly_name")}),
                ),
            ]
        )

    def _stored(self) -> Mutation:
        path = self.estate.world.path
        tokens = "https://accounts.twilio.com/v1/AuthTokens"

        def reset() -> None:
            self.estate.post(f"{tokens}/Secondary")
            self.estate.post(f"{tokens}/Promote")

        def write(**properties: str) -> Callable[[], None]:
            return lambda: self.estate.write(path, properties)

        drop = lambda: self.estate.world.store.write(path, "acme/staging", {}, drop={"reporting_secret"})  # noqa: E731
        place, act, name = self.random.choice(
            [
                ("keys.api", write(api_secret="0" * 32), "secret_status"),
                ("keys.api", write(api_key=sid("SK")), "secret_status"),
                ("keys.reporting", drop, "secret_status"),
                ("secrets", write(account_sid=sid("AC")), "properties"),
                ("secrets", write(auth_token="0" * 32), "auth_token_status"),
                ("secrets", reset, "auth_token_status"),
            ]
        )
        kind = "changed" if name == "properties" else "secret"
        return Mutation(frozenset({place}), act, frozenset({(place, kind, name)}), last=act is reset)

    # -- objects ---------------------------------------------------------------------------------------------------

    def _new(self) -> Mutation:
        self.made += 1
        world = self.estate.world
        case = self.random.choice([one for one in LISTED if one.kind.by_name])
        section, form = case.name, {name: value.removesuffix(f" {MARK}") for name, value in case.form.items()}
        if section == "numbers":
            form = {"PhoneNumber": f"+141555501{self.made % 90 + 10}", "FriendlyName": self.random.choice(NAMES)}
        kind = "key_by_hand" if section == "keys" else "unmanaged"
        return Mutation(
            frozenset({f"new {section}"}),
            lambda: self.estate.post(world.address(section), **form),
            of_new=lambda answer: (f"{section}.{answer['sid']}", kind, ""),
        )

    def _gone(self) -> Mutation:
        places: dict[str, frozenset[str]] = {
            "numbers.office": frozenset(),
            "numbers.support": frozenset(),
            "numbers.alerts-1": frozenset({"messaging_services.alerts.senders"}),
            "messaging_services.marketing": frozenset({"verify_services.login"}),
            "verify_services.login": frozenset(),
            "studio_flows.autoreply": frozenset(),
            "keys.api": frozenset(),
            "keys.reporting": frozenset(),
        }
        places |= {f"{case.name}.{name}": frozenset() for case in CASES for name in case.estate}
        place = self.random.choice(sorted(places))
        expected = {(place, "missing", "")}
        if place == "numbers.alerts-1":
            expected.add(("messaging_services.alerts.senders", "changed", "phone_numbers"))
        return Mutation(
            places[place] | {place, "messaging_services.alerts"}
            if place == "numbers.support"
            else places[place] | {place},
            lambda: self.estate.delete(self.estate.url(place)),
            frozenset(expected),
        )

    def _account(self) -> Mutation:
        parent = self.estate.world.parent
        url = parent.accounts(f"/{self.estate.world.account_sid}")
        return Mutation(
            frozenset({"subaccount"}),
            lambda: parent.post(url, FriendlyName="somebody's"),
            frozenset({("subaccount", "changed", "friendly_name")}),
        )
