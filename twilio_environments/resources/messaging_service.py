"""Made from twilio_environments/kinds/messaging_service.py by `make generated`: edit that instead."""

from typing import ClassVar, Literal, TypedDict, Unpack

import pulumi

from twilio_environments.kinds import messaging_service
from twilio_environments.resources.adapter import Adapter
from twilio_environments.resources.resource import TwilioResource


class MessagingServiceProvider(Adapter):
    kind: ClassVar = messaging_service.KIND


class MessagingServiceArgs(TypedDict, total=False):
    adopt: pulumi.Input[bool]
    """Take over an existing object of this identity, although this stack did not make it."""
    mark: pulumi.Input[str]
    """What the end of a friendly name proves this stack's work by; the program sets it, people do not."""
    allowed: pulumi.Input[str]
    """Why it may be lost for good, "" for not at all; the program sets it from `twilio:allow`, people do not."""
    friendly_name: pulumi.Input[str]
    """Its name; the logical name where left out."""
    inbound_request_url: pulumi.Input[str]
    """Where Twilio sends incoming messages of all its senders."""
    inbound_method: pulumi.Input[Literal["GET", "POST"]]
    """How it asks `inbound_request_url`."""
    fallback_url: pulumi.Input[str]
    """Where Twilio turns when the inbound URL fails."""
    fallback_method: pulumi.Input[Literal["GET", "POST"]]
    """How it asks `fallback_url`."""
    use_inbound_webhook_on_number: pulumi.Input[bool]
    """Each number's own `sms_url` takes precedence over the two URLs here."""
    status_callback: pulumi.Input[str]
    """Where Twilio reports the delivery of each message."""
    sticky_sender: pulumi.Input[bool]
    """Whether a recipient always sees the same sender."""
    mms_converter: pulumi.Input[bool]
    """Whether media go as a link to those who cannot get them."""
    smart_encoding: pulumi.Input[bool]
    """Whether characters that make a message longer are replaced by similar ones."""
    scan_message_content: pulumi.Input[Literal["inherit", "enable", "disable"]]
    """Reserved by Twilio."""
    fallback_to_long_code: pulumi.Input[bool]
    """Obsolete at Twilio, kept because its API still takes it."""
    area_code_geomatch: pulumi.Input[bool]
    """Whether a sender of the recipient's area code is preferred."""
    validity_period: pulumi.Input[int]
    """For how many seconds a message may wait to be sent."""
    synchronous_validation: pulumi.Input[bool]
    """Reserved by Twilio."""
    usecase: pulumi.Input[Literal["notifications", "marketing", "verification", "discussion", "poll", "undeclared"]]
    """What its messages are for."""
    discard_inbound: pulumi.Input[bool]
    """Say that incoming messages are to be thrown away: needed when there is neither URL nor webhook on the number."""
    account_sid: pulumi.Input[str]
    """The subaccount that it is in; the credentials' own account where left out."""
    local: pulumi.Input[bool]
    """Webhooks may be http and private: the program never meets the real Twilio."""


class MessagingService(TwilioResource, module="twilio", name="MessagingService"):
    """A Messaging Service; `id` is its SID."""

    adapter = MessagingServiceProvider

    sid: pulumi.Output[str]
    us_app_to_person_registered: pulumi.Output[bool]

    def __init__(
        self, resource_name: str, opts: pulumi.ResourceOptions | None = None, **inputs: Unpack[MessagingServiceArgs]
    ) -> None:
        super().__init__(resource_name, opts, **inputs)
