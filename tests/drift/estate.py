"""A whole environment at the emulator, made by the kinds from a stack file, and recorded as Pulumi would record it."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.kinds.cases import LISTED
from tests.kinds.world import OWNER, Resource, World
from twilio_environments.drift.model import Review
from twilio_environments.drift.review.ignore import IgnoreRule
from twilio_environments.drift.review.project import Project
from twilio_environments.drift.review.run import Request, Reviewed, reviewed
from twilio_environments.drift.review.state import RecordedObject
from twilio_environments.kinds.registry import KINDS
from twilio_environments.lifecycle.values import plain
from twilio_environments.settings import load
from twilio_environments.settings.references import Name, References
from twilio_environments.stackfile import StackFile
from twilio_environments.studio import flow_template

PROJECT, STACK = OWNER.split("/")
TYPES = {kind.section: name for name, kind in KINDS.items()}
PERSON = "US" + "0" * 31 + "1"


class Quiet(World):
    """A world whose account has nothing in it that a stack could own."""

    def _seed(self) -> None:
        super()._seed()
        for case in LISTED:
            for row in self.twilio.state.table(case.table).rows(account_sid=self.account_sid):
                self.twilio.state.table(case.table).delete(row["sid"])


@dataclass
class Estate:
    """The environment of one stack file: every declared object is there, and recorded."""

    world: World
    text: str
    root: Path
    objects: dict[str, Resource] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.file = StackFile(f"Pulumi.{STACK}.yaml", self.text)
        config = yaml.safe_load(self.text)["config"]
        self.settings = load(config, project=PROJECT, stack=STACK, root=self.root)
        _Build(self).all()
        self._rows = {name: copy.deepcopy(table._rows) for name, table in self.world.twilio.state._tables.items()}
        self._documents = {path: self._properties(path) for path in self._paths()}

    def restore(self) -> None:
        """Put everything back as it was when the environment had just been made."""
        twilio = self.world.twilio
        twilio.faults.clear()
        twilio.clock.offset = timedelta()
        with twilio.state.lock:
            for name, table in twilio.state._tables.items():
                table._rows = copy.deepcopy(self._rows.get(name, {}))
        for path, properties in self._documents.items():
            if (now := self._properties(path)) != properties:
                self.world.store.write(path, OWNER, properties, drop=set(now) - set(properties))

    def recorded(self) -> list[RecordedObject]:
        return [
            RecordedObject(
                f"urn:pulumi:{STACK}::{PROJECT}::pulumi-python:dynamic/twilio:{TYPES[one.kind.section]}::{place}",
                place,
                one.kind,
                one.id,
                one.inputs,
                one.recorded,
            )
            for place, one in sorted(self.objects.items())
        ]

    def reviewed(self, *, rules: tuple[IgnoreRule, ...] = (), **options: Any) -> Reviewed:
        recorded = self.recorded()
        declared: Mapping[str, Any] | None = {one.urn: one.inputs for one in recorded}
        project = Project(PROJECT, STACK, self.root, self.file)
        request = Request(
            project,
            recorded,
            options.pop("declared", declared),
            options.pop("now", self.world.twilio.clock()),
            rules=rules,
            **options,
        )
        return reviewed(self.world.run(), request)

    def review(self, **options: Any) -> Review:
        return self.reviewed(**options).review

    def sid(self, place: str) -> str:
        return self.objects[place].object_id

    def url(self, place: str) -> str:
        section = place.partition(".")[0]
        return self.world.address(section, self.sid(place))

    def post(self, url: str, person: str = "", **form: str) -> Any:
        """Change something as somebody else: a person in the Console, or a program where no person is named."""
        headers = {"Emulator-Console-User": person} if person else {}
        answer = self.world.wire.call("POST", url, form=form, headers=headers)
        assert answer.ok, answer.text
        return answer.json()

    def delete(self, url: str) -> None:
        answer = self.world.wire.delete(url)
        assert answer.ok, answer.text

    def write(self, path: str, properties: Mapping[str, str]) -> None:
        self.world.store.write(path, OWNER, properties)

    def _paths(self) -> list[str]:
        return sorted({self.settings.document_path(key.document) for key in self.settings.keys.values()})

    def _properties(self, path: str) -> dict[str, str]:
        document = self.world.store.read(path)
        return dict(document.properties) if document else {}


class _Build:
    """What `components/` does, without Pulumi."""

    def __init__(self, estate: Estate) -> None:
        self.estate, self.world, self.settings = estate, estate.world, estate.settings
        self.references = References(estate.settings)
        self.session = estate.world.run()

    def all(self) -> None:
        name = self.settings.subaccount_name
        self.world.parent.post(self.world.parent.accounts(f"/{self.world.account_sid}"), FriendlyName=name)
        self.make("subaccount", "Subaccount", friendly_name=name, adopt=True, mark=self.settings.mark)
        assert self.estate.objects["subaccount"].id == self.world.account_sid
        for place in self.references.order():
            getattr(self, place.section, self.others)(place)
        for name, service in self.settings.messaging_services.items():
            if service.senders is not None:
                fields = service.senders.minimal()
                numbers = [self.estate.sid(f"numbers.{number}") for number in fields.pop("numbers", [])]
                sid = self.estate.sid(f"messaging_services.{name}")
                pool = f"messaging_services.{name}.senders"
                self.make(pool, "SenderPool", service_sid=sid, phone_numbers=numbers, **self.common(), **fields)
        if self.settings.secrets:
            self.secrets()

    def others(self, place: Name) -> None:
        self.make(str(place), TYPES[place.section], **self.fields(place))

    def keys(self, place: Name) -> None:
        key, names = self.settings.keys[place.name], self.settings.key_properties(place.name)
        delivery = self.world.reference(self.settings.document_path(key.document))
        fields = self.fields(place) | {
            "delivery": delivery | {"sid_property": names.sid, "secret_property": names.secret}
        }
        self.make(str(place), "ApiKey", **{name: fields[name] for name in fields if name not in ("document", "shape")})

    def numbers(self, place: Name) -> None:
        fields = self.fields(place)
        for reference, url in (("voice_flow", "voice_url"), ("sms_flow", "sms_url")):
            if (flow := fields.pop(reference, None)) is not None:
                fields[url] = self.estate.objects[f"studio_flows.{flow}"].recorded["webhook_url"]
        self.make(str(place), "PhoneNumber", **fields)

    def messaging_services(self, place: Name) -> None:
        fields = self.fields(place)
        fields.pop("senders", None)
        self.make(str(place), "MessagingService", **fields)

    def verify_services(self, place: Name) -> None:
        fields = self.fields(place)
        services = fields.get("messaging_configurations", {})
        if services:
            fields["messaging_configurations"] = {
                country: self.estate.sid(f"messaging_services.{name}") for country, name in services.items()
            }
        self.make(str(place), "VerifyService", **fields)

    def studio_flows(self, place: Name) -> None:
        definition = self.settings.definitions[str(place)]
        fields = self.fields(place)
        fields.pop("file")
        values = {name: self.value(name) for name in flow_template.placeholders(definition)}
        self.make(str(place), "StudioFlow", definition=json.dumps(definition), placeholders=values, **fields)

    def secrets(self) -> None:
        assert self.settings.secrets
        properties = {
            carried: self.attribute(Name(section, name), attribute)
            for carried, (section, name, attribute) in self.settings.document_properties().items()
        }
        document = self.world.reference(self.settings.document_path())
        token = {"auth_token_property": self.settings.secrets.auth_token} if self.settings.secrets.auth_token else {}
        self.make("secrets", "SecretDocument", document=document, properties=properties, **self.common(), **token)

    def value(self, placeholder: str) -> str:
        reference = self.references.placeholder(placeholder)
        return reference.text if reference.target is None else self.attribute(reference.target, reference.attribute)

    def attribute(self, place: Name, attribute: str) -> str:
        if place.section == "subaccount":
            return self.world.account_sid
        one = self.estate.objects[str(place)]
        return str(one.object_id if attribute == "sid" else one.recorded[attribute])

    def fields(self, place: Name) -> dict[str, Any]:
        declared = getattr(self.settings, place.section)[place.name]
        name = self.settings.friendly_name(place.section, place.name)
        return dict(plain(declared.minimal())) | {"friendly_name": name} | self.common()

    def common(self) -> dict[str, Any]:
        return {"adopt": True, "mark": self.settings.mark}

    def make(self, place: str, kind: str, **fields: Any) -> None:
        made = Resource(self.world, KINDS[kind], **fields)
        outcome = made.create(self.session)
        assert not outcome.incomplete, outcome.incomplete
        self.estate.objects[place] = made
