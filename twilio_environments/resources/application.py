"""Made from twilio_environments/kinds/application.py by `make generated`: edit that instead."""

from typing import ClassVar, Literal, TypedDict, Unpack

import pulumi

from twilio_environments.kinds import application
from twilio_environments.resources.adapter import Adapter
from twilio_environments.resources.resource import TwilioResource


class ApplicationProvider(Adapter):
    kind: ClassVar = application.KIND


class ApplicationArgs(TypedDict, total=False):
    adopt: pulumi.Input[bool]
    """Take over an existing object of this identity, although this stack did not make it."""
    mark: pulumi.Input[str]
    """What the end of a friendly name proves this stack's work by, such as [acme/prod]; in no stack file."""
    allowed: pulumi.Input[str]
    """Why it may be lost for good, "" for not at all; a stack file says it in `twilio:allow`."""
    friendly_name: pulumi.Input[str]
    """Its name; default: the logical name."""
    voice_url: pulumi.Input[str]
    """The URL that Twilio calls for a call, such as https://example.com/voice."""
    voice_method: pulumi.Input[Literal["GET", "POST"]]
    """The HTTP method for `voice_url`."""
    voice_fallback_url: pulumi.Input[str]
    """The URL that Twilio calls when `voice_url` fails."""
    voice_fallback_method: pulumi.Input[Literal["GET", "POST"]]
    """The HTTP method for `voice_fallback_url`."""
    voice_caller_id_lookup: pulumi.Input[bool]
    """Whether the caller's name is looked up (CNAM); each lookup is billed."""
    status_callback: pulumi.Input[str]
    """The URL to which Twilio reports the status of a call."""
    status_callback_method: pulumi.Input[Literal["GET", "POST"]]
    """The HTTP method for `status_callback`."""
    sms_url: pulumi.Input[str]
    """The URL that Twilio calls for a message, such as https://example.com/sms."""
    sms_method: pulumi.Input[Literal["GET", "POST"]]
    """The HTTP method for `sms_url`."""
    sms_fallback_url: pulumi.Input[str]
    """The URL that Twilio calls when `sms_url` fails."""
    sms_fallback_method: pulumi.Input[Literal["GET", "POST"]]
    """The HTTP method for `sms_fallback_url`."""
    message_status_callback: pulumi.Input[str]
    """The URL to which Twilio reports the delivery of each message that names the application."""
    public_application_connect_enabled: pulumi.Input[bool]
    """Whether other Twilio accounts may dial it with `<Dial><Application>`; requires `public_reason`."""
    public_reason: pulumi.Input[str]
    """Why other accounts may dial it."""
    api_version: pulumi.Input[str]
    """The version of Twilio's API for calls to it; in quotes."""
    account_sid: pulumi.Input[str]
    """The subaccount that it is in; the credentials' own account where left out."""
    local: pulumi.Input[bool]
    """Webhooks may be http and private: the program never meets the real Twilio."""


class Application(TwilioResource, module="twilio", name="Application"):
    """A TwiML application; `id` is its SID."""

    adapter = ApplicationProvider

    sid: pulumi.Output[str]
    adopt: pulumi.Output[bool]
    mark: pulumi.Output[str]
    allowed: pulumi.Output[str | None]
    friendly_name: pulumi.Output[str]
    voice_url: pulumi.Output[str]
    voice_method: pulumi.Output[str]
    voice_fallback_url: pulumi.Output[str]
    voice_fallback_method: pulumi.Output[str]
    voice_caller_id_lookup: pulumi.Output[bool]
    status_callback: pulumi.Output[str]
    status_callback_method: pulumi.Output[str]
    sms_url: pulumi.Output[str]
    sms_method: pulumi.Output[str]
    sms_fallback_url: pulumi.Output[str]
    sms_fallback_method: pulumi.Output[str]
    message_status_callback: pulumi.Output[str]
    public_application_connect_enabled: pulumi.Output[bool]
    public_reason: pulumi.Output[str | None]
    api_version: pulumi.Output[str]

    def __init__(
        self, resource_name: str, opts: pulumi.ResourceOptions | None = None, **inputs: Unpack[ApplicationArgs]
    ) -> None:
        super().__init__(resource_name, opts, **inputs)
