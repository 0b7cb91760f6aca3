"""An API key, whose secret goes to the secret store and nowhere else.

Twilio promises: the secret is in the answer to the creation and never again, so a key whose secret was not stored is
worthless and is deleted. Names are not unique and carry this stack's mark. Standard keys come from the v2010 API, which
takes no policy and would silently turn a restricted key into a full one; restricted keys come from IAM v1 and are read
back. Listings show neither secret nor policy. A Standard key may not create keys: that needs an Auth Token [Twilio:
Keys v2010 and IAM v1].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from twilio_environments.lifecycle.card import Places, Program
from twilio_environments.lifecycle.copying import Copying
from twilio_environments.lifecycle.declaration import APART, OURS, Declaration, FriendlyName, Twilio, Url
from twilio_environments.lifecycle.forms import form
from twilio_environments.lifecycle.objects import Live
from twilio_environments.lifecycle.review import Drawn, Gone, Level, Severity, Stray
from twilio_environments.lifecycle.values import unordered
from twilio_environments.rest.session import Account
from twilio_environments.secrets import key_calls, schedule
from twilio_environments.secrets.delivery import Delivery, DocumentPath
from twilio_environments.secrets.issued import IssuedKind, Terms
from twilio_environments.secrets.key_issuer import KeyIssuer
from twilio_environments.secrets.shapes import KeyProperties, Shape, properties_of

_BY_HAND = Severity(Level.SECURITY, "whoever has its secret can act for the whole account")
Permission = Annotated[
    str,
    StringConstraints(
        pattern=form(r"^/twilio/[a-z0-9./*-]+$", "one of Twilio's permissions", "/twilio/messaging/services/list")
    ),
]


class ApiKey(Declaration):
    """An API key: standard, or restricted to the permissions of a policy."""

    friendly_name: FriendlyName = ""
    """Its name (default: the logical name). The stack's mark is added."""
    type: Annotated[Literal["standard", "restricted"], Twilio(sent=False)] = "standard"
    """What it may do: everything except accounts and keys, or what its policy lists. A change is a rotation."""
    policy: Annotated[list[Permission], Field(max_length=100), Twilio(sent=False, normalise=unordered)] = []
    """What a restricted key may do, such as /twilio/messaging/services/list; at most 100 permissions."""

    rotate_every: Annotated[schedule.Duration | None, OURS] = None
    """The age at which it is rotated, such as 90d; default: never."""
    overlap: Annotated[schedule.Duration, OURS] = "24h"
    """How long the old key stays valid after a rotation, such as 24h; 0s revokes it at once."""
    validation_url: Annotated[Url, OURS] = ""
    """Called before a new key is promoted, with the document and the pending property, never the secret."""

    @model_validator(mode="after")
    def _overlap_is_shorter(self) -> Self:
        if self.rotate_every and schedule.duration(self.rotate_every) <= schedule.duration(self.overlap):
            raise ValueError(
                "has an overlap that is not shorter than rotate_every, so more than two keys would be valid"
            )
        return self

    @model_validator(mode="after")
    def _policy_goes_with_restricted(self) -> Self:
        if self.type == "restricted" and not self.policy:
            raise ValueError(
                "is restricted but has no policy: list its permissions, such as /twilio/messaging/services/list"
            )
        if self.type == "standard" and self.policy:
            raise ValueError("has a policy, which Twilio would ignore on a standard key: set type: restricted")
        return self


class Key(ApiKey):
    """An API key and where its secret is delivered to."""

    shape: Shape | None = None
    """How the properties are named; default: as in `secrets.shape`."""

    document: DocumentPath | None = None
    """The document's path in the secret store; default: the environment's document."""
    properties: KeyProperties | None = None
    """Default: by the shape; a key called api has api_key and api_secret in the default shape."""


class DeliveredKey(ApiKey):
    """An API key with the place its secret is delivered to."""

    delivery: Annotated[Delivery, APART]
    """Where its SID and secret go."""
    rotation: Annotated[str, OURS] = ""
    """Names a rotation on demand; a name other than the recorded one requests one."""


class ApiKeyKind(IssuedKind[DeliveredKey]):
    """API keys, identified by the stack's mark in their name."""

    order = 10
    noun = "API key"
    resource = "ApiKey"
    described = "An API key; its secret is in the store, and `sid` changes with a rotation."
    section = "keys"
    component = "Access"
    prefix = "SK"
    declaration = DeliveredKey
    stack_file = Key
    console = "account/keys-credentials/api-keys"
    drawn = Drawn("key", "Keys and documents", 90, leads=False)
    copying = Copying(documents=("document",))
    grave = ("policy", "secret_status")
    gone = Gone(Severity(Level.BEHAVIOUR, "everything that uses the key is refused"))
    stray = Stray(
        _BY_HAND,
        "key_by_hand",
        "Revoke it in the Console once nobody uses it; somebody else's rotation may be in progress.",
        shared=_BY_HAND,
    )

    def terms(self, declared: DeliveredKey) -> Terms:
        overlap = schedule.duration(declared.overlap)
        return Terms(declared.delivery, overlap, declared.rotation, declared.validation_url)

    def issuer(
        self, account: Account, is_ours: Callable[[Live], bool], declared: DeliveredKey | None = None
    ) -> KeyIssuer:
        made = (declared.friendly_name, declared.policy) if declared else ()
        return KeyIssuer(self, account, is_ours, *made)

    def remade_for(self, inputs: Mapping[str, Any], recorded: Mapping[str, Any]) -> Sequence[str]:
        changes = inputs.get("type", "standard") != recorded.get("type")
        return ["its type changes, so a new key is created"] if changes else []

    def as_made(self, account: Account, sid: str) -> Mapping[str, Any]:
        """See IssuedKind; if it turns out to be of a different type, the next run rotates it."""
        policy = key_calls.settled_policy_of(account, sid)
        return {"type": "restricted" if policy else "standard", "policy": policy}

    def resource_inputs(self, name: str, program: Program) -> dict[str, Any]:
        return self.identifying_inputs(name, program)

    def asked_inputs(self, resource_name: str, environ: Mapping[str, str]) -> dict[str, Any]:
        rotation = schedule.asked_for(resource_name.removeprefix(f"{self.section}."), environ)
        return {"rotation": rotation} if rotation else {}

    def identifying_inputs(self, name: str, program: Program) -> dict[str, Any]:
        return {"delivery": program.delivery(name)}

    def follows_from_name(self, declared: Key, name: str, places: Places) -> dict[str, Any]:
        properties = properties_of(declared.shape or places.shape_of(), name)
        return super().follows_from_name(declared, name, places) | {"properties": properties.minimal()}

    def followed_from_name(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        delivery = inputs["delivery"]
        properties = KeyProperties(sid=delivery["sid_property"], secret=delivery["secret_property"])
        return super().followed_from_name(inputs) | {"properties": properties.minimal()}

    def at_home_only(self, declared: Key) -> bool:
        return declared.type == "restricted"

    def exported(self, declared: Key, output: Callable[[str], Any], places: Places) -> dict[str, Any]:
        return {"sid": output("sid"), "type": declared.type, "document": places.document_path(declared.document)}

    def collection(self, account: Account) -> Any:
        return key_calls.Listing(account)

    def listed_as(self, answer: Any) -> Live:
        sid = str(answer.sid)
        return Live(sid, {"friendly_name": answer.friendly_name or ""}, {"sid": sid})

    def fetch(self, account: Account, object_id: str) -> Live:
        return self.listed_as(key_calls.fetch(account, object_id))

    def remove(self, account: Account, object_id: str) -> None:
        key_calls.remove(account, object_id)

    def detailed(self, account: Account, live: Live, recorded: Mapping[str, Any]) -> Live:
        restricted = recorded["type"] == "restricted"
        what = {"type": recorded["type"], "policy": key_calls.policy_of(account, live.id) if restricted else []}
        return super().detailed(account, replace(live, values={**live.values, **what}), recorded)

    def update_object(self, account: Account, live: Live, declared: DeliveredKey, names: set[str]) -> Live:
        changed: dict[str, Any] = {}
        if "policy" in names and "type" not in names:  # a key of another type is replaced by a rotation, not changed
            changed["policy"] = key_calls.restrict(account, live.id, declared.friendly_name, declared.policy)
            changed["friendly_name"] = declared.friendly_name
        elif "friendly_name" in names:
            key_calls.rename(account, live.id, declared.friendly_name)
            changed["friendly_name"] = declared.friendly_name
        return super().update_object(account, replace(live, values={**live.values, **changed}), declared, names)

    def severity(self, name: str, recorded: Any, live: Any) -> Severity:
        if name != "policy":
            return super().severity(name, recorded, live)
        added = sorted({*(live or [])} - {*(recorded or [])})
        if added:
            return Severity(Level.SECURITY, f"the key may do more than declared: {', '.join(added)}")
        return Severity(Level.BEHAVIOUR, "the key may do less than declared, and its users are refused")


KIND = ApiKeyKind()
