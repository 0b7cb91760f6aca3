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
    """What the end of a friendly name proves this stack's work by, such as [acme/prod]; in no stack file."""
    allowed: pulumi.Input[str]
    """Why it may be lost for good, "" for not at all; a stack file says it in `twilio:allow`."""
    friendly_name: pulumi.Input[str]
    """Its name; default: the logical name."""
    inbound_request_url: pulumi.Input[str]
    """The URL to which Twilio sends incoming messages of all its senders."""
    inbound_method: pulumi.Input[Literal["GET", "POST"]]
    """The HTTP method for `inbound_request_url`."""
    fallback_url: pulumi.Input[str]
    """The URL that Twilio calls when the inbound URL fails."""
    fallback_method: pulumi.Input[Literal["GET", "POST"]]
    """The HTTP method for `fallback_url`."""
    use_inbound_webhook_on_number: pulumi.Input[bool]
    """Each number's own `sms_url` takes precedence over the two URLs here."""
    status_callback: pulumi.Input[str]
    """The URL to which Twilio reports the delivery of each message."""
    sticky_sender: pulumi.Input[bool]
    """Whether a recipient always sees the same sender."""
    mms_converter: pulumi.Input[bool]
    """Whether media are sent as a link to recipients who cannot receive them."""
    smart_encoding: pulumi.Input[bool]
    """Whether characters that make a message longer are replaced by similar ones."""
    scan_message_content: pulumi.Input[Literal["inherit", "enable", "disable"]]
    """Reserved by Twilio."""
    fallback_to_long_code: pulumi.Input[bool]
    """Obsolete at Twilio, kept because its API still accepts it."""
    area_code_geomatch: pulumi.Input[bool]
    """Whether a sender with the recipient's area code is preferred."""
    validity_period: pulumi.Input[int]
    """How many seconds a message may wait to be sent."""
    synchronous_validation: pulumi.Input[bool]
    """Reserved by Twilio."""
    usecase: pulumi.Input[Literal["notifications", "marketing", "verification", "discussion", "poll", "undeclared"]]
    """The purpose of its messages."""
    discard_inbound: pulumi.Input[bool]
    """Confirm that incoming messages are discarded: required without a URL or the number's webhook."""
    account_sid: pulumi.Input[str]
    """The subaccount that it is in; the credentials' own account where left out."""
    local: pulumi.Input[bool]
    """Webhooks may be http and private: the program never meets the real Twilio."""


class MessagingService(TwilioResource, module="twilio", name="MessagingService"):
    """A Messaging Service; `id` is its SID."""

    adapter = MessagingServiceProvider

    sid: pulumi.Output[str]
    us_app_to_person_registered: pulumi.Output[bool]
    adopt: pulumi.Output[bool]
    mark: pulumi.Output[str]
    allowed: pulumi.Output[str | None]
    friendly_name: pulumi.Output[str]
    inbound_request_url: pulumi.Output[str]
    inbound_method: pulumi.Output[str]
    fallback_url: pulumi.Output[str]
    fallback_method: pulumi.Output[str]
    use_inbound_webhook_on_number: pulumi.Output[bool]
    status_callback: pulumi.Output[str]
    sticky_sender: pulumi.Output[bool]
    mms_converter: pulumi.Output[bool]
    smart_encoding: pulumi.Output[bool]
    scan_message_content: pulumi.Output[str]
    fallback_to_long_code: pulumi.Output[bool]
    area_code_geomatch: pulumi.Output[bool]
    validity_period: pulumi.Output[int]
    synchronous_validation: pulumi.Output[bool]
    usecase: pulumi.Output[str]
    discard_inbound: pulumi.Output[bool]

    def __init__(
        self, resource_name: str, opts: pulumi.ResourceOptions | None = None, **inputs: Unpack[MessagingServiceArgs]
    ) -> None:
        super().__init__(resource_name, opts, **inputs)
