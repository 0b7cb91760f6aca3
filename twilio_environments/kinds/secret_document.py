"""The environment's document in the secret store: its SIDs and numbers, and the Auth Token on request.

It is not a Twilio object. The Auth Token goes from Twilio's answer to the store and is recorded by its fingerprint;
webhook receivers need it to check Twilio's signature, which is made with the token of the account that owns the number
[Twilio: webhook security].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from twilio_environments.lifecycle.declaration import APART, FIXED, Declaration, Twilio
from twilio_environments.lifecycle.kind import Kind
from twilio_environments.lifecycle.objects import ACCOUNT, Difference, Live
from twilio_environments.lifecycle.review import Drawn, Elsewhere, Gone, Level, Severity, Trail
from twilio_environments.lifecycle.values import plain
from twilio_environments.rest.errors import NotFound
from twilio_environments.rest.session import Account, Session
from twilio_environments.secrets import reviewed
from twilio_environments.secrets.delivery import (
    ALTERED,
    MISSING,
    STORED,
    DocumentPath,
    DocumentReference,
    PropertyName,
    secondary,
)
from twilio_environments.secrets.shapes import Shape
from twilio_environments.secrets.stores import StoreSettings, fingerprint


class Secrets(StoreSettings):
    """Where the generated secrets go: exactly one of the stores."""

    document: DocumentPath | None = None
    """The path of the environment's document; default: `<stack>/twilio`."""
    shape: Shape = "default"
    """How properties are named. `default`: account_sid, api_key. `environment_variables`: TWILIO_ACCOUNT_SID,
    TWILIO_API_KEY. `aws_managed`: accountSid, apiKeySid, apiKeySecret, as in AWS's managed external secrets; each key
    then needs its own document."""
    auth_token: PropertyName | None = None
    """Deliver the subaccount's Auth Token too, under this property: webhook receivers check signatures with it."""

    @property
    def store(self) -> StoreSettings:
        """Return the store alone."""
        return StoreSettings.model_validate({self.name: self.backend})


_RESET = "the stored Auth Token is not the account's: it was reset at Twilio, or altered in the store"


class SecretDocument(Declaration):
    """What of the environment its document carries."""

    document: Annotated[DocumentReference, FIXED]
    """Where it is, and who owns it."""
    properties: Annotated[dict[PropertyName, str], APART]
    """SIDs and numbers by property name; not secrets."""
    auth_token_property: Annotated[PropertyName, Twilio(sent=False)] = ""
    """The property that carries the account's Auth Token, if any."""


class SecretDocumentKind(Kind[SecretDocument]):
    """The environment's document, identified by its path."""

    order = 70
    noun = "secret document"
    resource = "SecretDocument"
    described = "The environment's document in the secret store; `id` is its path."
    section = "secrets"
    by_name = False
    component = "Access"
    declaration = SecretDocument
    stack_file = Secrets
    facts = {"path": str, "version": str, "fingerprint": str}
    derived = {"path": ("document",)}
    statuses = ("auth_token_status",)
    delivers_by = "document"
    drawn = Drawn("document", "Keys and documents", 90, leads=False)
    delivered = statuses
    grave = statuses
    gone = Gone(
        reviewed.UNDELIVERED,
        "secret",
        "the document was deleted from the secret store, or no longer has this stack's mark",
    )
    event_words = ("auth-token",)
    stated_as = {"auth_token_status": "auth_token"}

    def identity(self, declared: SecretDocument) -> str:
        return declared.document.path

    def identifies(self, inputs: Mapping[str, Any], recorded: Mapping[str, Any]) -> int:
        here, there = (DocumentReference.model_validate(values["document"]) for values in (inputs, recorded))
        return int(here.is_same_place(there))

    def desired(self, declared: SecretDocument) -> dict[str, Any]:
        return super().desired(declared) | {"auth_token_status": STORED if declared.auth_token_property else ""}

    def check(self, session: Session, inputs: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> None:
        super().check(session, inputs, before)
        declared = DocumentReference.model_validate(inputs["document"])
        declared.check(DocumentReference.model_validate(before["document"]) if before else None)

    def severity(self, name: str, recorded: Any, live: Any) -> Severity:  # noqa: ARG002 - see Reviewable
        if name not in self.delivered:
            return Severity(Level.BEHAVIOUR, "consumers read these properties and would use the wrong objects")
        return Severity(Level.SECURITY, _RESET) if live == ALTERED else reviewed.severity(str(live))

    def trail(self, sid: str, recorded: Mapping[str, Any], differing: Mapping[str, Any]) -> Trail:  # noqa: ARG002
        """See Reviewable; a token reset is logged under its account, which has other events of its own."""
        if not any(differing.get(name) == ALTERED for name in self.delivered):
            return reviewed.OF_STORE
        return Trail(str(recorded.get(ACCOUNT, "")), self.event_words)

    def accepted_elsewhere(self, name: str) -> Elsewhere:  # noqa: ARG002 - see Reviewable
        return Elsewhere("The document is written from the environment and declares nothing itself.", "Revert it.")

    def find(self, account: Account, declared: SecretDocument, *, made: bool = False) -> Live | None:  # noqa: ARG002
        return None  # writing the same properties changes nothing, so there is nothing to find first

    def observe(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> Live:
        reference = DocumentReference.model_validate(recorded["document"])
        document = reference.open().read(reference.path)
        if document is None or reference.owner not in (document.owner, document.former_owner):
            raise NotFound(f"read {reference.open().address} {object_id}", status=404)
        values = {name: recorded[name] for name in ("document", "auth_token_property") if name in recorded}
        names = recorded.get("properties", {})
        values["properties"] = {name: document.properties[name] for name in names if name in document.properties}
        token = str(recorded.get("auth_token_property", ""))
        values["auth_token_status"] = _status(document.properties.get(token, ""), account) if token else ""
        return Live(object_id, values, {name: recorded.get(name, "") for name in self.facts})

    def create_object(self, account: Account, declared: SecretDocument) -> Live:
        return self._write(account, declared, drop=set())

    def update_object(self, account: Account, live: Live, declared: SecretDocument, names: set[str]) -> Live:  # noqa: ARG002
        before = set(live.values.get("properties", {})) | {str(live.values.get("auth_token_property", ""))}
        recorded = DocumentReference.model_validate(live.values["document"])
        declared.document.take_over(recorded)
        made = self._write(account, declared, before - {"", *declared.properties, declared.auth_token_property})
        if not recorded.is_same_place(declared.document):
            self.withdraw(account, live.values, live.id)
        return made

    def diff(self, inputs: Mapping[str, Any], recorded: Mapping[str, Any]) -> Difference:
        """Replace the document only for another path: what consumers read never goes before the new one exists."""
        difference = super().diff(inputs, recorded)
        if plain(inputs["document"])["path"] != recorded["document"]["path"]:
            return difference
        return replace(difference, replaces=[], delete_first=False)

    def withdraw(
        self,
        account: Account | None,  # noqa: ARG002 - see Kind
        recorded: Mapping[str, Any],
        object_id: str,  # noqa: ARG002
    ) -> Sequence[str]:
        reference = DocumentReference.model_validate(recorded["document"])
        return reference.emptied(self.delivered_names(recorded))

    def delivered_names(self, recorded: Mapping[str, Any]) -> set[str]:
        token = str(recorded.get("auth_token_property", ""))
        return {*recorded.get("properties", {}), *((token, secondary(token)) if token else ())}

    def delete_object(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> None:
        """Nothing of it exists at Twilio."""

    def _write(self, account: Account, declared: SecretDocument, drop: set[str]) -> Live:
        token = account.auth_token if declared.auth_token_property else ""
        put = dict(declared.properties) | ({declared.auth_token_property: token} if token else {})
        version = declared.document.write(put, drop)
        facts = {
            "path": declared.document.path,
            "version": version,
            "fingerprint": fingerprint(token, account.sid) if token else "",
        }
        return Live(declared.document.path, self.desired(declared), facts)


def _status(stored: str, account: Account) -> str:
    # Compared with the live token, not with the record: this is how a rotated token is delivered.
    return MISSING if not stored else STORED if stored == account.auth_token else ALTERED


KIND = SecretDocumentKind()
