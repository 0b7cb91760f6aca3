"""Made from twilio_environments/kinds/secret_document.py by `make generated`: edit that instead."""

from typing import ClassVar, Literal, Required, TypedDict, Unpack

import pulumi

from twilio_environments.kinds import secret_document
from twilio_environments.resources.adapter import Adapter
from twilio_environments.resources.resource import TwilioResource


class SecretDocumentProvider(Adapter):
    kind: ClassVar = secret_document.KIND


class VaultAuthArgs(TypedDict, total=False):
    method: pulumi.Input[Literal["token", "approle", "jwt", "userpass", "kubernetes"]]
    role: pulumi.Input[str]
    mount: pulumi.Input[str]
    username: pulumi.Input[str]


class VaultSettingsArgs(TypedDict, total=False):
    address: pulumi.Input[str]
    namespace: pulumi.Input[str]
    mount: pulumi.Input[str]
    ca_cert: pulumi.Input[str]
    auth: pulumi.Input[VaultAuthArgs]


class AwsSettingsArgs(TypedDict, total=False):
    region: pulumi.Input[str]
    role_arn: pulumi.Input[str]
    kms_key_id: pulumi.Input[str]
    recovery_window_days: pulumi.Input[int]


class StoreSettingsArgs(TypedDict, total=False):
    vault: pulumi.Input[VaultSettingsArgs]
    aws: pulumi.Input[AwsSettingsArgs]


class DocumentReferenceArgs(TypedDict, total=False):
    store: Required[pulumi.Input[StoreSettingsArgs]]
    """The store that it is in."""
    path: Required[pulumi.Input[str]]
    """Where in the store it is."""
    owner: Required[pulumi.Input[str]]
    """The mark that says whose the document is: the stack's."""


class SecretDocumentArgs(TypedDict, total=False):
    adopt: pulumi.Input[bool]
    """Take over an existing object of this identity, although this stack did not make it."""
    mark: pulumi.Input[str]
    """What the end of a friendly name proves this stack's work by; the program sets it, people do not."""
    allowed: pulumi.Input[str]
    """Why it may be lost for good, "" for not at all; the program sets it from `twilio:allow`, people do not."""
    document: Required[pulumi.Input[DocumentReferenceArgs]]
    """Where it is, and whose."""
    properties: Required[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """SIDs and numbers by property name; no secrets."""
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

    def __init__(
        self, resource_name: str, opts: pulumi.ResourceOptions | None = None, **inputs: Unpack[SecretDocumentArgs]
    ) -> None:
        super().__init__(resource_name, opts, **inputs)
