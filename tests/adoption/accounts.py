"""Accounts as somebody may have made them over the years, at random, and what the emulator has of one."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.emulator.wire import Subaccount, Wire
from tests.kinds.case import Case
from tests.kinds.cases import (
    BY_SECTION,
    LISTED,
    api_key,
    messaging_service,
    phone_number,
    sender_pool,
    studio_flow,
    verify_service,
)
from tests.kinds.cases.studio_flow import flow
from tests.kinds.strategies import NAMES, Form, Some, form
from tests.kinds.world import application
from twilio_environments.emulator import Emulator

MESSAGING, VERIFY = "https://messaging.twilio.com/v1/Services", "https://verify.twilio.com/v2/Services"
STUDIO = "https://studio.twilio.com/v2/Flows"
NOT_KEPT = {"events", "number_searches"}


@dataclass(frozen=True)
class Number:
    form: Form
    voice: int | None = None
    """The flow that takes its calls."""
    pool: int | None = None
    """The Messaging Service that it sends for."""
    altered: Mapping[str, str] = field(default_factory=dict)
    """What a call cannot make it: hosted, or without a name."""


@dataclass(frozen=True)
class Flow:
    form: Form
    says: str
    mentions: Sequence[tuple[str, int]]
    """Whose SID or number stands in it: section and index, of what may come later too."""
    draft: bool = False
    """A draft lies on top of what runs."""


@dataclass(frozen=True)
class Verify:
    form: Form
    limits: Mapping[str, Sequence[int]]
    countries: Mapping[str, int]
    webhook: Form | None


@dataclass(frozen=True)
class Service:
    form: Form
    alphas: Sequence[str]


@dataclass(frozen=True)
class Description:
    """What is in an account."""

    services: Sequence[Service]
    flows: Sequence[Flow]
    numbers: Sequence[Number]
    verify: Sequence[Verify]
    keys: Sequence[Form]
    others: Mapping[str, Sequence[Form]] = field(default_factory=dict)
    """Of the kinds that refer to nobody and have no parts, by section."""


_TOGETHER = {"subaccount", "keys", "numbers", "messaging_services", "verify_services", "studio_flows"}
"""The sections that are put together here, by who refers to whom."""


def _account(case: Case) -> Some:
    assert case.account is not None, f"tests/kinds/cases: {case.name} has nothing in the accounts to adopt"
    return case.account


_service = st.builds(Service, _account(messaging_service.CASE), _account(sender_pool.CASE))
_flow = st.builds(
    Flow,
    _account(studio_flow.CASE),
    st.sampled_from(["Hello", "{{trigger.call.From}} ${{x}}", "${numbers.support.phone_number}", "Zoë 😀"]),
    st.lists(
        st.tuples(
            st.sampled_from(["numbers", "numbers.sid", "services", "verify", "flows", "account"]), st.integers(0, 3)
        ),
        max_size=4,
    ),
    st.booleans(),
)
_number = st.builds(
    Number,
    _account(phone_number.CASE),
    st.none() | st.integers(0, 3),
    st.none() | st.integers(0, 3),
    st.sampled_from([{}] * 8 + [{"origin": "hosted"}, {"friendly_name": ""}]),
)
_webhook = form(
    {"FriendlyName": NAMES, "WebhookUrl": st.just("https://hooks.acme.example.com/")}, {"Status": st.just("disabled")}
)
_verify = st.builds(
    Verify,
    _account(verify_service.CASE),
    st.dictionaries(
        st.from_regex(r"[a-z.]{1,9}", fullmatch=True), st.lists(st.integers(1, 90), unique=True, max_size=2), max_size=2
    ),
    st.dictionaries(st.sampled_from(["US", "GB", "all"]), st.integers(0, 3), max_size=2),
    st.none() | _webhook,
)
accounts = st.builds(
    Description,
    st.lists(_service, max_size=3),
    st.lists(_flow, max_size=3),
    st.lists(_number, max_size=4),
    st.lists(_verify, max_size=2),
    st.lists(_account(api_key.CASE), max_size=1),
    st.fixed_dictionaries(
        {case.name: st.lists(_account(case), max_size=2) for case in LISTED if case.name not in _TOGETHER}
    ),
)


@dataclass
class Built:
    """A subaccount that was filled as described, as far as Twilio takes it."""

    twilio: Emulator
    account: Subaccount
    sids: dict[str, list[str]] = field(default_factory=dict)

    @property
    def sid(self) -> str:
        return self.account.sid

    @property
    def base(self) -> str:
        return f"https://api.twilio.com/2010-04-01/Accounts/{self.sid}"

    def post(self, section: str, url: str, form: Form) -> str:
        """Make something; return its SID, "" where Twilio refuses it."""
        answer = self.account.wire.post(url, **form)
        if not answer.ok:
            return ""
        made = str(answer.json()["sid"])
        self.sids.setdefault(section, []).append(made)
        return made

    @property
    def all_sids(self) -> set[str]:
        return {one for sids in self.sids.values() for one in sids}

    def rows(self) -> dict[str, Any]:
        """All that Twilio has of it."""
        return {
            f"{name} {row_sid}": copy.deepcopy(row)
            for name, table in list(self.twilio.state._tables.items())
            for row_sid, row in table._rows.items()
            if name not in NOT_KEPT and self.sid in {row.get("account_sid"), row.get("_account_sid"), row.get("sid")}
        }

    def applications(self, *forms: Mapping[str, Any]) -> None:
        """Let the TwiML applications be there that numbers name."""
        for named in sorted({one[name] for one in forms for name in one if name.endswith("ApplicationSid")}):
            self.twilio.state.table("applications").put(named, application(named, self.sid))

    def writes(self) -> list[str]:
        """The calls that may have changed something."""
        return [
            f"{call.method} {call.path}"
            for call in self.twilio.calls
            if call.method != "GET" and not call.path.endswith("/Flows/Validate")
        ]


def build(twilio: Emulator, described: Description) -> Built:
    """Make an account as its people would have, one call after the other; what Twilio refuses is not there."""
    account = Wire(twilio).subaccount("Acme, since 2012")
    built = Built(twilio, account)
    built.applications(*(number.form for number in described.numbers))
    for service in described.services:
        _build_service(built, service)
    for verify in described.verify:
        _build_verify(built, verify)
    for section, forms in described.others.items():
        for sent in forms:
            built.post(section, BY_SECTION[section].operations[0].url(account.sid), sent)
    empty = {"Status": "draft", "Definition": flow("empty")}
    flows = [(one, built.post("flows", STUDIO, {**one.form, **empty})) for one in described.flows]
    for n, number in enumerate(described.numbers):
        _build_number(built, f"+1415555{100 + n:04}", number)
    for one, made in flows:
        if made:
            _write_flow(built, one, made)
    for key in described.keys:
        built.post("keys", f"{built.base}/Keys.json", key)
    return built


def _build_service(built: Built, one: Service) -> None:
    made = built.post("services", MESSAGING, one.form)
    for alpha in one.alphas if made else ():
        built.account.wire.post(f"{MESSAGING}/{made}/AlphaSenders", AlphaSender=alpha)


def _build_number(built: Built, e164: str, number: Number) -> None:
    form: dict[str, str] = {"PhoneNumber": e164, **number.form}
    if flow_sid := _pick(built, "flows", number.voice):
        form["VoiceUrl"] = f"https://webhooks.twilio.com/v1/Accounts/{built.sid}/Flows/{flow_sid}"
    made = built.post("numbers", f"{built.base}/IncomingPhoneNumbers.json", form)
    if made and number.altered:
        table = built.twilio.state.table("incoming_phone_numbers")
        table.put(made, {**(table.get(made) or {}), **number.altered})
    if made and (service := _pick(built, "services", number.pool)):
        built.account.wire.post(f"{MESSAGING}/{service}/PhoneNumbers", PhoneNumberSid=made)


def _pick(built: Built, section: str, index: int | None) -> str:
    those = built.sids.get(section, [])
    return those[index % len(those)] if those and index is not None else ""


def _build_verify(built: Built, one: Verify) -> None:
    made = built.post("verify", VERIFY, one.form)
    if not made:
        return
    wire, service = built.account.wire, f"{VERIFY}/{made}"
    for name, intervals in one.limits.items():
        limit = wire.post(f"{service}/RateLimits", UniqueName=name, Description=name).json()
        for interval in intervals:
            wire.post(f"{service}/RateLimits/{limit['sid']}/Buckets", Max="3", Interval=str(interval))
    for country, index in one.countries.items():
        if target := _pick(built, "services", index):
            wire.post(f"{service}/MessagingConfigurations", Country=country, MessagingServiceSid=target)
    if one.webhook:
        wire.post(f"{service}/Webhooks", EventTypes="*", **one.webhook)


def _write_flow(built: Built, one: Flow, made: str) -> None:
    """Give a flow its definition, now that all it may mention is there."""
    rows = built.twilio.state.table("incoming_phone_numbers")
    mentioned = []
    for section, index in one.mentions:
        found = built.sid if section == "account" else _pick(built, section.partition(".")[0], index)
        if section == "numbers" and found:
            found = str((rows.get(found) or {})["phone_number"])
        mentioned.append(found)
    definition = flow(one.says, description=" ".join(mentioned))
    wire = built.account.wire
    wire.post(f"{STUDIO}/{made}", Status=one.form.get("Status", "published"), Definition=definition)
    if one.draft:
        edited = json.loads(definition)
        edited["states"][1]["properties"]["say"] = "not yet"
        wire.post(f"{STUDIO}/{made}", Status="draft", Definition=json.dumps(edited))
