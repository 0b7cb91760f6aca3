"""Made from twilio_environments/kinds/api_key.py by `make generated`: edit that instead."""

from typing import Any, ClassVar, Literal, Required, TypedDict, Unpack

import pulumi

from twilio_environments.kinds import api_key
from twilio_environments.resources.adapter import Adapter
from twilio_environments.resources.arguments import (
    DeliveryArgs,
)
from twilio_environments.resources.resource import TwilioResource


class ApiKeyProvider(Adapter):
    kind: ClassVar = api_key.KIND


class ApiKeyArgs(TypedDict, total=False):
    adopt: pulumi.Input[bool]
    """Take over an existing object of this identity, although this stack did not make it."""
    mark: pulumi.Input[str]
    """What the end of a friendly name proves this stack's work by, such as [acme/prod]; in no stack file."""
    allowed: pulumi.Input[str]
    """Why it may be lost for good, "" for not at all; a stack file says it in `twilio:allow`."""
    friendly_name: pulumi.Input[str]
    """Its name (default: the logical name). The stack's mark is added."""
    type: pulumi.Input[Literal["standard", "restricted"]]
    """What it may do: everything except accounts and keys, or what its policy lists. A change is a rotation."""
    policy: pulumi.Input[list[pulumi.Input[str]]]
    """What a restricted key may do, such as /twilio/messaging/services/list; at most 100 permissions."""
    rotate_every: pulumi.Input[str]
    """The age at which it is rotated, such as 90d; default: never."""
    overlap: pulumi.Input[str]
    """How long the old key stays valid after a rotation, such as 24h; 0s revokes it at once."""
    validation_url: pulumi.Input[str]
    """Called before a new key is promoted, with the document and the pending property, never the secret."""
    delivery: Required[pulumi.Input[DeliveryArgs]]
    """Where its SID and secret go."""
    rotation: pulumi.Input[str]
    """Names a rotation on demand; a name other than the recorded one requests one."""
    account_sid: pulumi.Input[str]
    """The subaccount that it is in; the credentials' own account where left out."""
    local: pulumi.Input[bool]
    """Webhooks may be http and private: the program never meets the real Twilio."""


class ApiKey(TwilioResource, module="twilio", name="ApiKey"):
    """An API key; its secret is in the store, and `sid` changes with a rotation."""

    adapter = ApiKeyProvider

    sid: pulumi.Output[str]
    version: pulumi.Output[str]
    fingerprint: pulumi.Output[str]
    created: pulumi.Output[str]
    previous: pulumi.Output[list[dict[str, str]]]
    rotated: pulumi.Output[str]
    secret_status: pulumi.Output[str]
    adopt: pulumi.Output[bool]
    mark: pulumi.Output[str]
    allowed: pulumi.Output[str | None]
    friendly_name: pulumi.Output[str]
    type: pulumi.Output[str]
    policy: pulumi.Output[list[str]]
    rotate_every: pulumi.Output[str | None]
    overlap: pulumi.Output[str]
    validation_url: pulumi.Output[str]
    delivery: pulumi.Output[dict[str, Any]]
    rotation: pulumi.Output[str]

    def __init__(
        self, resource_name: str, opts: pulumi.ResourceOptions | None = None, **inputs: Unpack[ApiKeyArgs]
    ) -> None:
        super().__init__(resource_name, opts, **inputs)
