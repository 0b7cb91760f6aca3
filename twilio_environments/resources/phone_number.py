"""Made from twilio_environments/kinds/phone_number.py by `make generated`: edit that instead."""

from typing import Any, ClassVar, Literal, TypedDict, Unpack

import pulumi

from twilio_environments.kinds import phone_number
from twilio_environments.resources.adapter import Adapter
from twilio_environments.resources.arguments import NumberSearchArgs
from twilio_environments.resources.resource import TwilioResource


class PhoneNumberProvider(Adapter):
    kind: ClassVar = phone_number.KIND


class PhoneNumberArgs(TypedDict, total=False):
    adopt: pulumi.Input[bool]
    """Take over an existing object of this identity, although this stack did not make it."""
    mark: pulumi.Input[str]
    """What the end of a friendly name proves this stack's work by, such as [acme/prod]; in no stack file."""
    allowed: pulumi.Input[str]
    """Why it may be lost for good, "" for not at all; a stack file says it in `twilio:allow`."""
    phone_number: pulumi.Input[str]
    """The number in E.164, such as +15005550006; either this or `search`."""
    search: pulumi.Input[NumberSearchArgs]
    """The search that finds the number to buy; a changed search means another number."""
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
    voice_application_sid: pulumi.Input[str]
    """The same for an application that the stack file does not declare, by its SID."""
    voice_caller_id_lookup: pulumi.Input[bool]
    """Whether the caller's name is looked up (CNAM); each lookup is billed."""
    voice_receive_mode: pulumi.Input[Literal["voice", "fax"]]
    """Whether incoming calls are treated as voice or fax."""
    sms_url: pulumi.Input[str]
    """The URL that Twilio calls for a message, such as https://example.com/sms."""
    sms_method: pulumi.Input[Literal["GET", "POST"]]
    """The HTTP method for `sms_url`."""
    sms_fallback_url: pulumi.Input[str]
    """The URL that Twilio calls when `sms_url` fails."""
    sms_fallback_method: pulumi.Input[Literal["GET", "POST"]]
    """The HTTP method for `sms_fallback_url`."""
    sms_application_sid: pulumi.Input[str]
    """The same for an application that the stack file does not declare, by its SID."""
    status_callback: pulumi.Input[str]
    """The URL to which Twilio reports the status of a call."""
    status_callback_method: pulumi.Input[Literal["GET", "POST"]]
    """The HTTP method for `status_callback`."""
    trunk_sid: pulumi.Input[str]
    """The SIP trunk that takes calls; excludes a voice application."""
    address_sid: pulumi.Input[str]
    """The Address that some countries' regulations require."""
    bundle_sid: pulumi.Input[str]
    """The regulatory Bundle that some countries require."""
    identity_sid: pulumi.Input[str]
    """The Identity that some countries' regulations require."""
    emergency_status: pulumi.Input[Literal["Active", "Inactive"]]
    """Whether emergency calls may be made from it; Active is billed monthly."""
    emergency_address_sid: pulumi.Input[str]
    """The address for emergency calls; requires `emergency_status: Active`."""
    api_version: pulumi.Input[str]
    """The version of Twilio's API for calls to it; in quotes."""
    transfer_from: pulumi.Input[str]
    """The account of the same owner from which to transfer the number, if it is there; nothing is bought."""
    account_sid: pulumi.Input[str]
    """The subaccount that it is in; the credentials' own account where left out."""
    local: pulumi.Input[bool]
    """Webhooks may be http and private: the program never meets the real Twilio."""


class PhoneNumber(TwilioResource, module="twilio", name="PhoneNumber"):
    """A phone number; `id` is its SID."""

    adapter = PhoneNumberProvider

    sid: pulumi.Output[str]
    phone_number: pulumi.Output[str]
    capabilities: pulumi.Output[dict[str, Any]]
    address_requirements: pulumi.Output[str]
    emergency_address_status: pulumi.Output[str]
    held_by: pulumi.Output[str]
    adopt: pulumi.Output[bool]
    mark: pulumi.Output[str]
    allowed: pulumi.Output[str | None]
    search: pulumi.Output[dict[str, Any] | None]
    friendly_name: pulumi.Output[str]
    voice_url: pulumi.Output[str]
    voice_method: pulumi.Output[str]
    voice_fallback_url: pulumi.Output[str]
    voice_fallback_method: pulumi.Output[str]
    voice_application_sid: pulumi.Output[str]
    voice_caller_id_lookup: pulumi.Output[bool]
    voice_receive_mode: pulumi.Output[str]
    sms_url: pulumi.Output[str]
    sms_method: pulumi.Output[str]
    sms_fallback_url: pulumi.Output[str]
    sms_fallback_method: pulumi.Output[str]
    sms_application_sid: pulumi.Output[str]
    status_callback: pulumi.Output[str]
    status_callback_method: pulumi.Output[str]
    trunk_sid: pulumi.Output[str]
    address_sid: pulumi.Output[str]
    bundle_sid: pulumi.Output[str]
    identity_sid: pulumi.Output[str]
    emergency_status: pulumi.Output[str]
    emergency_address_sid: pulumi.Output[str]
    api_version: pulumi.Output[str]
    transfer_from: pulumi.Output[str]

    def __init__(
        self, resource_name: str, opts: pulumi.ResourceOptions | None = None, **inputs: Unpack[PhoneNumberArgs]
    ) -> None:
        super().__init__(resource_name, opts, **inputs)
