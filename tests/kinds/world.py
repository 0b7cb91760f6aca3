"""One environment's account at the emulator and its secret store, and a resource in it as Pulumi drives one."""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from tests.emulator.wire import Subaccount, Wire
from tests.kinds.case import MARK, OWNER, sid
from tests.kinds.cases import BY_SECTION, CASES
from tests.rest.scripted import Clock
from twilio_environments.emulator import Emulator
from twilio_environments.lifecycle.kind import Kind
from twilio_environments.lifecycle.objects import ACCOUNT, INCOMPLETE, Difference, Outcome
from twilio_environments.rest.credentials import Credentials
from twilio_environments.rest.endpoint import Endpoint
from twilio_environments.rest.session import Session
from twilio_environments.secrets.stores import Store, StoreSettings, connect

__all__ = ["COLLECTIONS", "MARK", "OWNER", "Resource", "World", "accepts", "sid", "through_pulumi"]

COLLECTIONS = "|".join(
    re.sub(r"\\{.*?\\}", r"\\w+", re.escape(one.paths[0])) + "$"
    for case in CASES
    for one in case.operations
    if one.is_of_account
)
"""Where objects of the listed kinds are made and listed."""


def accepts(model: type[BaseModel], fields: Mapping[str, Any]) -> bool:
    """Whether a stack that meets the real Twilio may declare this."""
    try:
        model.model_validate(fields, context={"local": False})
    except ValidationError:
        return False
    return True


_paths = itertools.count()


@dataclass
class World:
    """The emulator with one subaccount, and a store with one path in it that no other test uses."""

    twilio: Emulator
    store_settings: Mapping[str, Any]
    path: str = ""
    environment: Subaccount = field(init=False)

    def __post_init__(self) -> None:
        self.path = self.path or f"kinds/{next(_paths)}"
        self.environment = Wire(self.twilio).subaccount("Acme")
        self._seed()
        self.twilio.journal.clear()

    @property
    def account_sid(self) -> str:
        return self.environment.sid

    @property
    def wire(self) -> Wire:
        """Bare calls with the subaccount's own credentials: what somebody does by hand."""
        return self.environment.wire

    @property
    def parent(self) -> Wire:
        return Wire(self.twilio)

    @property
    def store(self) -> Store:
        return connect(StoreSettings.model_validate(self.store_settings))

    def run(self) -> Session:
        """Another process: no listing, no token in memory. Its time passes only where it waits between two attempts."""
        clock = Clock()
        credentials = Credentials(self.twilio.account_sid, self.twilio.account_sid, self.twilio.auth_token)
        return Session(credentials, Endpoint(url=self.twilio.endpoint), sleep=clock.sleep, clock=clock)

    def methods(self) -> Counter[str]:
        """How many calls of each method Twilio has had since `journal.clear`; those that only validate do not count."""
        return Counter(call.method for call in self.twilio.calls if not call.path.endswith("/Validate"))

    def secret(self, name: str) -> str:
        document = self.store.read(self.path)
        return document.properties.get(name, "") if document else ""

    def key_rows(self) -> list[dict[str, Any]]:
        return self.twilio.state.table("keys").rows(_account_sid=self.account_sid)

    def sids_of_keys(self) -> list[str]:
        return [row["sid"] for row in self.key_rows()]

    def opens(self, path: str | None = None, *, key: str = "api_key", secret: str = "api_secret") -> bool:
        """Whether what a consumer reads in the store lets it in at Twilio."""
        document = self.store.read(path or self.path)
        if document is None:
            return False
        account = self.run().account(self.account_sid)
        return account.accepts(document.properties[key], document.properties[secret])

    def row(self, table: str, object_id: str) -> dict[str, Any]:
        """An object as the emulator keeps it."""
        row = self.twilio.state.table(table).get(object_id)
        assert row is not None
        return row

    def events(self) -> int:
        """How many changes Monitor has seen: a way to tell that nothing was changed."""
        return len(self.twilio.state.table("events").rows())

    def reference(self, path: str | None = None) -> dict[str, Any]:
        return {"store": dict(self.store_settings), "path": path or self.path, "owner": OWNER}

    def delivery(self, path: str | None = None, **names: str) -> dict[str, Any]:
        return self.reference(path) | {"sid_property": "api_key", "secret_property": "api_secret"} | names

    def address(self, section: str, object_id: str = "") -> str:
        """The URL of a kind's collection, or of an object in it."""
        return BY_SECTION[section].operations[0].url(self.account_sid, object_id)

    def close(self) -> None:
        self.parent.post(self.parent.accounts(f"/{self.account_sid}"), Status="closed")

    def _seed(self) -> None:
        """What Twilio leases out by hand or another product makes: it is there under SIDs that cases can name."""
        own = {"account_sid": self.account_sid}
        capabilities = dict.fromkeys(("voice", "sms", "mms", "fax"), True)
        rows: dict[str, list[dict[str, Any]]] = {
            "applications": [application(sid("AP", n), "") for n in (1, 2, 3)],
            "addresses": [{"sid": sid("AD", n), "iso_country": "US"} for n in (1, 2, 3)],
            "short_codes": [{"sid": sid("SC", n), "short_code": f"1234{n}"} for n in (1, 2)],
            "messaging_services": [
                {"sid": sid("MG", n), "friendly_name": f"seeded {n}", "date_created": None} for n in (1, 2)
            ],
            "incoming_phone_numbers": [
                {
                    "sid": sid("PN", n),
                    "phone_number": f"+1212555010{n}",
                    "friendly_name": f"seeded {n}",
                    "capabilities": capabilities,
                }
                for n in (1, 2, 3)
            ],
        }
        for table, seeded in rows.items():
            for row in seeded:
                self.twilio.state.table(table).put(row["sid"], row | own)


def application(object_id: str, account_sid: str) -> dict[str, Any]:
    """A TwiML application as it is when nobody has said anything of it."""
    urls = ("voice_url", "voice_fallback_url", "sms_url", "sms_fallback_url", "status_callback")
    methods = ("voice_method", "voice_fallback_method", "sms_method", "sms_fallback_method", "status_callback_method")
    flags = ("voice_caller_id_lookup", "public_application_connect_enabled")
    return {
        "sid": object_id,
        "account_sid": account_sid,
        "friendly_name": f"Application {object_id[-1]}",
        "api_version": "2010-04-01",
        **dict.fromkeys((*urls, "message_status_callback", "sms_status_callback")),
        **dict.fromkeys(methods, "POST"),
        **dict.fromkeys(flags, False),
    }


def through_pulumi(value: Any) -> Any:
    """What Pulumi's state makes of a value: numbers are floats, null in an object is not there, the rest is JSON."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return float(value)
    if isinstance(value, Mapping):
        return {name: through_pulumi(item) for name, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [through_pulumi(item) for item in value]
    return json.loads(json.dumps(value))


class Resource:
    """A declared object with its inputs, its id and its recorded outputs, each operation in a run of its own."""

    def __init__(self, world: World, kind: Kind[Any], **inputs: Any) -> None:
        self.world, self.kind = world, kind
        self.id = ""
        self.state: dict[str, Any] = {}
        self.recorded: dict[str, Any] = {}  # the state, completed as the adapter does
        self.declare(**inputs)

    def declare(self, **inputs: Any) -> Resource:
        """Declare it so from now on; checked and completed as the adapter does."""
        kind = self.kind
        for name, given in (("delivery", self.world.delivery()), ("document", self.world.reference())):
            if name in kind.declaration.model_fields:
                inputs.setdefault(name, given)
        declared = kind.declaration.model_validate(inputs, context={"local": False})
        account = {} if kind.section == "subaccount" else {ACCOUNT: self.world.account_sid}
        self.inputs = through_pulumi(declared.minimal() | account)
        return self

    @property
    def object_id(self) -> str:
        return str(self.kind.object_id(self.id, self.recorded))

    def create(self, session: Session | None = None) -> Outcome:
        outcome = self.kind.create(session or self.world.run(), self.inputs)
        self.id = self.kind.resource_id(outcome.live)
        self._record(self.inputs, outcome)
        return outcome

    def update(self, session: Session | None = None) -> Outcome:
        outcome = self.kind.update(session or self.world.run(), self.inputs, self.recorded, self.id)
        self._record(self.inputs, outcome)
        return outcome

    def refresh(self, session: Session | None = None) -> bool:
        """Record what is there, with the inputs that would declare it; False when it is gone."""
        live = self.kind.read(session or self.world.run(), self.recorded, self.id)
        if live is None:
            return False
        self._record(self.recorded, Outcome(live, incomplete=self.recorded.get(INCOMPLETE, ())))
        return True

    def delete(self, session: Session | None = None) -> None:
        self.kind.delete(session or self.world.run(), self.recorded, self.id)

    def difference(self) -> Difference:
        return self.kind.diff(self.inputs, self.recorded)

    def diff(self) -> list[str]:
        return list(self.difference().changed)

    def refreshed_diff(self) -> list[str]:
        assert self.refresh()
        return self.diff()

    def _record(self, kept: Mapping[str, Any], outcome: Outcome) -> None:
        outputs = {name: value for name, value in kept.items() if name != INCOMPLETE}
        outputs |= {**outcome.live.values, **outcome.live.facts}
        outputs |= {INCOMPLETE: list(outcome.incomplete)} if outcome.incomplete else {}
        self.state = through_pulumi(self.kind.declaration.compact(outputs))
        self.recorded = self.kind.declaration.completed(self.state)
