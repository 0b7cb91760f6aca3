"""What is recorded and what is declared, out of Pulumi's own plain data: `stack export` and `preview --json`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from twilio_environments.kinds.registry import KINDS
from twilio_environments.lifecycle.kind import Kind
from twilio_environments.lifecycle.objects import ACCOUNT
from twilio_environments.lifecycle.values import plain
from twilio_environments.problems import Problem
from twilio_environments.visible import HIDDEN, original

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What `pulumi preview --json` writes for a value that is not known yet [Pulumi: sdk/go/common/resource/plugin]."""
_SIGNATURE = ("4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270")
"""The key and value that mark an object in a state as a secret [Pulumi: sdk/go/common/resource/sig]."""
_TYPE = "pulumi-python:dynamic/twilio:"


@dataclass(frozen=True)
class RecordedObject:
    """One object as the stack recorded it."""

    urn: str
    place: str
    kind: Kind[Any]
    id: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    secret: frozenset[str] = frozenset()
    """The names of inputs and outputs that the state keeps encrypted; here they are in clear, and are shown nowhere."""

    @property
    def sid(self) -> str:
        """Its SID at Twilio; the path of a document in a secret store."""
        return self.kind.object_id(self.id, self.outputs)

    @property
    def label(self) -> str:
        """The name by which people know it."""
        sid = "" if "sid" in self.secret else str(self.outputs.get("sid", ""))
        return self.kind.label(self.outputs, sid or self.place, self.secret)

    def plain(self, name: str) -> Any:
        """Return a recorded value in the form used for comparison."""
        return plain(self.outputs.get(name))


def holds_secrets(export: Mapping[str, Any]) -> bool:
    """Return whether one of this library's objects contains a secret, so that comparing it takes `--show-secrets`."""
    return any(
        _is_secret(value)
        for one in _resources(export)
        if _kind(str(one["type"]))
        for side in ("inputs", "outputs")
        for value in (one.get(side) or {}).values()
    )


def recorded(export: Mapping[str, Any]) -> list[RecordedObject]:
    """Return this library's objects of a state, sorted by place; `export` is what `pulumi stack export` prints.

    Objects pending deletion are left out. Raise Problem for a secret that is still encrypted.
    """
    resources = _resources(export)
    return sorted(_recorded(one for one in resources if not one.get("delete")), key=lambda one: one.place)


def _recorded(resources: Iterable[Mapping[str, Any]]) -> Iterator[RecordedObject]:
    for one in resources:
        kind = _kind(str(one["type"]))
        if kind is not None:
            place = _place(one["urn"])
            sides = [
                {name: value for name, value in (one.get(side) or {}).items() if name != "__provider"}
                for side in ("outputs", "inputs")
            ]
            secret = frozenset(name for side in sides for name, value in side.items() if _is_secret(value))
            outputs, inputs = (original(_in_clear(side, place)) for side in sides)
            outputs = kind.declaration.completed(outputs)
            yield RecordedObject(one["urn"], place, kind, str(one.get("id", "")), inputs, outputs, secret)


def declared(preview: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the inputs that the program declares, by URN; `preview` is what `pulumi preview --json` prints."""
    return {
        step["urn"]: {
            name: original(value)
            for name, value in (step["newState"].get("inputs") or {}).items()
            if not name.startswith("__")
        }
        for step in preview.get("steps") or []
        if step.get("newState") and _kind(step["newState"]["type"]) is not None and not step["op"].startswith("delete")
    }


def known(inputs: Mapping[str, Any], instead: Mapping[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """Return the inputs, using recorded values for those not known yet and for secrets, and the names of these."""
    unknown = {name for name, value in inputs.items() if _unknown(value)}
    kept = {name: value for name, value in inputs.items() if name not in unknown}
    return kept | {name: instead[name] for name in unknown if name in instead}, unknown


def own_account(objects: Iterable[RecordedObject]) -> RecordedObject | None:
    """Return the subaccount that the stack created; None if its objects live in an existing account."""
    return next((one for one in objects if one.kind.is_stacks_own(one.outputs)), None)


def account_of(objects: Iterable[RecordedObject]) -> str | None:
    """Return the SID of the account that the environment lives in; None for the credentials' own."""
    objects = list(objects)
    for one in objects:
        if one.kind.is_account:
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
    return value in (UNKNOWN, HIDDEN)


def _resources(export: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return (export.get("deployment") or {}).get("resources") or []


def _is_secret(value: Any) -> bool:
    if isinstance(value, Mapping):
        return value.get(_SIGNATURE[0]) == _SIGNATURE[1] or any(map(_is_secret, value.values()))
    return isinstance(value, list) and any(map(_is_secret, value))


def _in_clear(value: Any, place: str) -> Any:
    if isinstance(value, list):
        return [_in_clear(item, place) for item in value]
    if not isinstance(value, Mapping):
        return value
    if value.get(_SIGNATURE[0]) != _SIGNATURE[1]:
        return {name: _in_clear(item, place) for name, item in value.items()}
    if "plaintext" not in value:
        raise Problem(
            f"{place} has a secret in its state that was not decrypted.",
            "Run this where the stack's passphrase or key is available.",
        )
    return _in_clear(json.loads(value["plaintext"]), place)
