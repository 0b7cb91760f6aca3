"""Made from twilio_environments/kinds/sender_pool.py by `make generated`: edit that instead."""

from typing import ClassVar, Required, TypedDict, Unpack

import pulumi

from twilio_environments.kinds import sender_pool
from twilio_environments.resources.adapter import Adapter
from twilio_environments.resources.resource import TwilioResource


class SenderPoolProvider(Adapter):
    kind: ClassVar = sender_pool.KIND


class SenderPoolArgs(TypedDict, total=False):
    adopt: pulumi.Input[bool]
    """Take over an existing object of this identity, although this stack did not make it."""
    mark: pulumi.Input[str]
    """What the end of a friendly name proves this stack's work by, such as [acme/prod]; in no stack file."""
    allowed: pulumi.Input[str]
    """Why it may be lost for good, "" for not at all; a stack file says it in `twilio:allow`."""
    short_codes: pulumi.Input[list[pulumi.Input[str]]]
    """SIDs of short codes."""
    alpha_senders: pulumi.Input[list[pulumi.Input[str]]]
    """Names shown as the sender: at most 11 letters, digits, spaces and + & _ -, not only digits."""
    channel_senders: pulumi.Input[list[pulumi.Input[str]]]
    """SIDs of WhatsApp and other channel senders."""
    service_sid: Required[pulumi.Input[str]]
    """The service whose pool it is."""
    phone_numbers: pulumi.Input[list[pulumi.Input[str]]]
    """SIDs of phone numbers."""
    account_sid: pulumi.Input[str]
    """The subaccount that it is in; the credentials' own account where left out."""
    local: pulumi.Input[bool]
    """Webhooks may be http and private: the program never meets the real Twilio."""


class SenderPool(TwilioResource, module="twilio", name="SenderPool"):
    """A Messaging Service's senders, whole; `id` is the service's SID."""

    adapter = SenderPoolProvider

    service_sid: pulumi.Output[str]
    adopt: pulumi.Output[bool]
    mark: pulumi.Output[str]
    allowed: pulumi.Output[str | None]
    short_codes: pulumi.Output[list[str]]
    alpha_senders: pulumi.Output[list[str]]
    channel_senders: pulumi.Output[list[str]]
    phone_numbers: pulumi.Output[list[str]]

    def __init__(
        self, resource_name: str, opts: pulumi.ResourceOptions | None = None, **inputs: Unpack[SenderPoolArgs]
    ) -> None:
        super().__init__(resource_name, opts, **inputs)
