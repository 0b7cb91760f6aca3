"""What is recorded and what is declared, out of Pulumi's own plain data: `stack export` and `preview --json`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from twilio_environments.kinds import (
    api_key,
    messaging_service,
    phone_number,
    secret_document,
    sender_pool,
    studio_flow,
    subaccount,
    verify_service,
)
from twilio_environments.kinds.declaration import plain
from twilio_environments.kinds.lifecycle import ACCOUNT, Kind
from twilio_environments.kinds.listed import ListedKind

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What `pulumi preview --json` writes for a value that is not known yet [Pulumi: sdk/go/common/resource/plugin]."""
_TYPE = "pulumi-python:dynamic/twilio:"
KINDS: Mapping[str, Kind[Any]] = {
    "Subaccount": subaccount.KIND,
    "ApiKey": api_key.KIND,
    "PhoneNumber": phone_number.KIND,
    "MessagingService": messaging_service.KIND,
    "SenderPool": sender_pool.KIND,
    "VerifyService": verify_service.KIND,
    "StudioFlow": studio_flow.KIND,
    "SecretDocument": secret_document.KIND,
}
"""By the name of the resource type. It stands in the state, so it never changes."""
LISTED: tuple[ListedKind[Any], ...] = (
    phone_number.KIND,
    messaging_service.KIND,
    verify_service.KIND,
    studio_flow.KIND,
    api_key.KIND,
)
"""The kinds that live in an account and can be there without a stack."""


@dataclass(frozen=True)
class Recorded:
    """One object as the stack recorded it."""

    urn: str
    place: str
    kind: Kind[Any]
    id: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]

    @property
    def sid(self) -> str:
        """Its SID at Twilio; the path of a document in a secret store."""
        return self.kind.object_id(self.id, self.outputs)

    @property
    def label(self) -> str:
        """What people know it by."""
        for name in ("phone_number", "friendly_name"):
            if self.outputs.get(name):
                return str(self.outputs[name])
        return self.place

    def plain(self, name: str) -> Any:
        """Return a recorded value in the form in which values are compared."""
        return plain(self.outputs.get(name))


def recorded(export: Mapping[str, Any]) -> list[Recorded]:
    """Return this library's objects of a state, sorted by place; `export` is what `pulumi stack export` prints.

    What is only waiting for its deletion is left out.
    """
    resources = (export.get("deployment") or {}).get("resources") or []
    return sorted(_recorded(one for one in resources if not one.get("delete")), key=lambda one: one.place)


def _recorded(resources: Iterable[Mapping[str, Any]]) -> Iterator[Recorded]:
    for one in resources:
        kind = _kind(str(one["type"]))
        if kind is not None:
            outputs, inputs = (
                {name: value for name, value in (one.get(side) or {}).items() if name != "__provider"}
                for side in ("outputs", "inputs")
            )
            outputs = kind.declaration.completed(outputs)
            yield Recorded(one["urn"], _place(one["urn"]), kind, str(one.get("id", "")), inputs, outputs)


def declared(preview: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the inputs that the program declares, by URN; `preview` is what `pulumi preview --json` prints."""
    return {
        step["urn"]: {name: value for name, value in (step["newState"].get("inputs") or {}).items() if name[:2] != "__"}
        for step in preview.get("steps") or []
        if step.get("newState") and _kind(step["newState"]["type"]) is not None and not step["op"].startswith("delete")
    }


def known(inputs: Mapping[str, Any], instead: Mapping[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """Return the inputs with what is recorded for those not known yet, and the names of these."""
    unknown = {name for name, value in inputs.items() if _unknown(value)}
    kept = {name: value for name, value in inputs.items() if name not in unknown}
    return kept | {name: instead[name] for name in unknown if name in instead}, unknown


def account_of(objects: Iterable[Recorded]) -> str | None:
    """Return the SID of the account that the environment lives in; None for the credentials' own."""
    objects = list(objects)
    for one in objects:
        if one.kind.section == "subaccount":
            return one.id
    return next((str(one.outputs[ACCOUNT]) for one in objects if one.outputs.get(ACCOUNT)), None)


def _kind(type_token: str) -> Kind[Any] | None:
    return KINDS.get(type_token.removeprefix(_TYPE)) if type_token.startswith(_TYPE) else None


def _place(urn: str) -> str:
    return urn.rpartition("::")[2]


def _unknown(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(_unknown(item) for item in value)
    return bool(value == UNKNOWN)
