"""What a stack file may say about secrets: where they go, and by which names consumers find them there."""

from __future__ import annotations

from typing import Literal

from twilio_environments.kinds.api_key import ApiKey
from twilio_environments.lifecycle.declaration import Declared
from twilio_environments.secrets.delivery import DocumentPath, PropertyName
from twilio_environments.secrets.stores import StoreSettings

Shape = Literal["default", "environment_variables", "aws_managed"]


class KeyProperties(Declared):
    """The properties of the document that a key is delivered to."""

    sid: PropertyName
    """The property that carries the key's SID, such as api_key."""
    secret: PropertyName
    """The property that carries its secret, such as api_secret."""


class Key(ApiKey):
    """An API key and where its secret is delivered to."""

    shape: Shape | None = None
    """How the properties are named; as in `secrets.shape` where left out."""

    document: DocumentPath | None = None
    """The document's path in the secret store; the environment's document where left out."""
    properties: KeyProperties | None = None
    """By the shape where left out: a key called api gives api_key and api_secret in the default shape."""


class Secrets(StoreSettings):
    """Where the generated secrets go: one of Vault and AWS Secrets Manager."""

    document: DocumentPath | None = None
    """The path of the environment's document; `<stack>/twilio` where left out."""
    shape: Shape = "default"
    """How properties are named. `default`: account_sid, api_key. `environment_variables`: TWILIO_ACCOUNT_SID,
    TWILIO_API_KEY. `aws_managed`: accountSid, apiKeySid, apiKeySecret, as AWS's managed external secrets have it; each
    key then needs a document of its own."""
    auth_token: PropertyName | None = None
    """Deliver the subaccount's Auth Token too, under this property: receivers of webhooks check signatures with it."""

    @property
    def store(self) -> StoreSettings:
        """Return the store alone."""
        return StoreSettings.model_validate({self.name: self.backend})


def shaped(shape: Shape, name: str) -> str:
    """Return a property's name in a shape; `name` is the one in the default shape."""
    if shape == "environment_variables":
        return f"TWILIO_{name.upper()}"
    if shape == "aws_managed":
        head, *rest = name.split("_")
        return head + "".join(word.capitalize() for word in rest)
    return name


def snake(name: str) -> str:
    """Return a logical name as a part of a property's name: without capitals and hyphens."""
    return name.lower().replace("-", "_")


def properties_of(shape: Shape, key: str) -> KeyProperties:
    """Return the properties of a key that names none, by its logical name."""
    if shape == "aws_managed":
        return KeyProperties(sid="apiKeySid", secret="apiKeySecret")  # noqa: S106 - the name of a property
    stem = snake(key)
    return KeyProperties(sid=shaped(shape, f"{stem}_key"), secret=shaped(shape, f"{stem}_secret"))
