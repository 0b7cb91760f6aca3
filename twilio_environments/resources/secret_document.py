"""Made from twilio_environments/kinds/secret_document.py by `make generated`: edit that instead."""

from typing import Any, ClassVar, Required, TypedDict, Unpack

import pulumi

from twilio_environments.kinds import secret_document
from twilio_environments.resources.adapter import Adapter
from twilio_environments.resources.arguments import DocumentReferenceArgs
from twilio_environments.resources.resource import TwilioResource


class SecretDocumentProvider(Adapter):
    kind: ClassVar = secret_document.KIND


class SecretDocumentArgs(TypedDict, total=False):
    adopt: pulumi.Input[bool]
    """Take over an existing object of this identity, although this stack did not make it."""
    mark: pulumi.Input[str]
    """What the end of a friendly name proves this stack's work by, such as [acme/prod]; in no stack file."""
    allowed: pulumi.Input[str]
    """Why it may be lost for good, "" for not at all; a stack file says it in `twilio:allow`."""
    document: Required[pulumi.Input[DocumentReferenceArgs]]
    """Where it is, and who owns it."""
    properties: Required[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """SIDs and numbers by property name; not secrets."""
    auth_token_property: pulumi.Input[str]
    """The property that carries the account's Auth Token, if any."""
    account_sid: pulumi.Input[str]
    """The subaccount that it is in; the credentials' own account where left out."""
    local: pulumi.Input[bool]
    """Webhooks may be http and private: the program never meets the real Twilio."""


class SecretDocument(TwilioResource, module="twilio", name="SecretDocument"):
    """The environment's document in the secret store; `id` is its path."""

    adapter = SecretDocumentProvider

    path: pulumi.Output[str]
    version: pulumi.Output[str]
    fingerprint: pulumi.Output[str]
    auth_token_status: pulumi.Output[str]
    adopt: pulumi.Output[bool]
    mark: pulumi.Output[str]
    allowed: pulumi.Output[str | None]
    document: pulumi.Output[dict[str, Any]]
    properties: pulumi.Output[dict[str, str]]
    auth_token_property: pulumi.Output[str]

    def __init__(
        self, resource_name: str, opts: pulumi.ResourceOptions | None = None, **inputs: Unpack[SecretDocumentArgs]
    ) -> None:
        super().__init__(resource_name, opts, **inputs)
