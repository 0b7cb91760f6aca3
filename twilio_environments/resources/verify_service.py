"""Made from twilio_environments/kinds/verify_service.py by `make generated`: edit that instead."""

from typing import Any, ClassVar, Literal, Required, TypedDict, Unpack

import pulumi

from twilio_environments.kinds import verify_service
from twilio_environments.resources.adapter import Adapter
from twilio_environments.resources.resource import TwilioResource


class VerifyServiceProvider(Adapter):
    kind: ClassVar = verify_service.KIND


class BucketArgs(TypedDict, total=False):
    max: Required[pulumi.Input[int]]
    """How many verifications may be started, such as 4."""
    interval: Required[pulumi.Input[int]]
    """The interval in seconds, such as 60; one bucket per interval."""


class RateLimitArgs(TypedDict, total=False):
    description: pulumi.Input[str]
    """Its purpose."""
    buckets: pulumi.Input[list[pulumi.Input[BucketArgs]]]
    """How many verifications are allowed per interval; all buckets apply."""


class WebhookArgs(TypedDict, total=False):
    webhook_url: Required[pulumi.Input[str]]
    """The URL to which Twilio reports, such as https://example.com/verify."""
    event_types: pulumi.Input[list[pulumi.Input[str]]]
    """The events, such as factor.verified or challenge.denied; `*` means all."""
    status: pulumi.Input[Literal["enabled", "disabled"]]
    """Whether it is called at all."""
    version: pulumi.Input[Literal["v1", "v2"]]
    """The version of the report format; v1 is Twilio's legacy."""


class VerifyServiceArgs(TypedDict, total=False):
    adopt: pulumi.Input[bool]
    """Take over an existing object of this identity, although this stack did not make it."""
    mark: pulumi.Input[str]
    """What the end of a friendly name proves this stack's work by, such as [acme/prod]; in no stack file."""
    allowed: pulumi.Input[str]
    """Why it may be lost for good, "" for not at all; a stack file says it in `twilio:allow`."""
    friendly_name: pulumi.Input[str]
    """The name in the message: letters, digits, spaces, - and _, at most four digits; default: the logical name."""
    code_length: pulumi.Input[int]
    """How many digits a code has, 4 to 10."""
    lookup_enabled: pulumi.Input[bool]
    """Whether each number is looked up and its type reported; each lookup is billed."""
    skip_sms_to_landlines: pulumi.Input[bool]
    """Needs `lookup_enabled`."""
    dtmf_input_required: pulumi.Input[bool]
    """Whether the person called has to press a key before the code is spoken."""
    tts_name: pulumi.Input[str]
    """A different text-to-speech service for calls."""
    psd2_enabled: pulumi.Input[bool]
    """Whether payee and amount are in the message, as PSD2 requires."""
    do_not_share_warning_enabled: pulumi.Input[bool]
    """Whether text messages end with a warning not to share the code."""
    custom_code_enabled: pulumi.Input[bool]
    """Whether a verification may supply its own code."""
    default_template_sid: pulumi.Input[str]
    """The default template for text messages."""
    verify_event_subscription_enabled: pulumi.Input[bool]
    """Whether verifications go to the account's Event Streams."""
    push_include_date: pulumi.Input[bool]
    """Whether responses to push challenges include a date; deprecated by Twilio."""
    push_apn_credential_sid: pulumi.Input[str]
    """The Credential for push to iOS."""
    push_fcm_credential_sid: pulumi.Input[str]
    """The Credential for push to Android."""
    totp_issuer: pulumi.Input[str]
    """The issuer shown by authenticator apps; default: the friendly name."""
    totp_time_step: pulumi.Input[int]
    """How many seconds a TOTP code stays current, 20 to 60."""
    totp_code_length: pulumi.Input[int]
    """How many digits a TOTP code has, 3 to 8."""
    totp_skew: pulumi.Input[int]
    """How many steps before and after the current one are accepted, 0 to 2."""
    whatsapp_msg_service_sid: pulumi.Input[str]
    """The Messaging Service with the WhatsApp sender, by SID."""
    whatsapp_from: pulumi.Input[str]
    """The WhatsApp sender of that service, such as "+15005550006"."""
    passkeys_relying_party_id: pulumi.Input[str]
    """The domain that passkeys are for, such as example.com."""
    passkeys_relying_party_name: pulumi.Input[str]
    """The name that people see when they create a passkey."""
    passkeys_relying_party_origins: pulumi.Input[str]
    """Comma-separated, such as login.example.com,www.example.com."""
    passkeys_authenticator_attachment: pulumi.Input[Literal["", "platform", "cross-platform", "any"]]
    """Which authenticators may be used: built in, separate, or any."""
    passkeys_discoverable_credentials: pulumi.Input[Literal["", "required", "preferred", "discouraged"]]
    """Whether a passkey can be found without a user name."""
    passkeys_user_verification: pulumi.Input[Literal["", "required", "preferred", "discouraged"]]
    """Whether the authenticator verifies the user."""
    rate_limits: pulumi.Input[dict[str, pulumi.Input[RateLimitArgs]]]
    """By unique name."""
    messaging_configurations: pulumi.Input[dict[str, pulumi.Input[str]]]
    """By country (`all` for every other): the Messaging Service to send with, by logical name or SID."""
    webhooks: pulumi.Input[dict[str, pulumi.Input[WebhookArgs]]]
    """By friendly name."""
    account_sid: pulumi.Input[str]
    """The subaccount that it is in; the credentials' own account where left out."""
    local: pulumi.Input[bool]
    """Webhooks may be http and private: the program never meets the real Twilio."""


class VerifyService(TwilioResource, module="twilio", name="VerifyService"):
    """A Verify service with its rate limits, messaging configurations and webhooks; `id` is its SID."""

    adapter = VerifyServiceProvider

    sid: pulumi.Output[str]
    adopt: pulumi.Output[bool]
    mark: pulumi.Output[str]
    allowed: pulumi.Output[str | None]
    friendly_name: pulumi.Output[str]
    code_length: pulumi.Output[int]
    lookup_enabled: pulumi.Output[bool]
    skip_sms_to_landlines: pulumi.Output[bool]
    dtmf_input_required: pulumi.Output[bool]
    tts_name: pulumi.Output[str]
    psd2_enabled: pulumi.Output[bool]
    do_not_share_warning_enabled: pulumi.Output[bool]
    custom_code_enabled: pulumi.Output[bool]
    default_template_sid: pulumi.Output[str]
    verify_event_subscription_enabled: pulumi.Output[bool]
    push_include_date: pulumi.Output[bool]
    push_apn_credential_sid: pulumi.Output[str]
    push_fcm_credential_sid: pulumi.Output[str]
    totp_issuer: pulumi.Output[str]
    totp_time_step: pulumi.Output[int]
    totp_code_length: pulumi.Output[int]
    totp_skew: pulumi.Output[int]
    whatsapp_msg_service_sid: pulumi.Output[str]
    whatsapp_from: pulumi.Output[str]
    passkeys_relying_party_id: pulumi.Output[str]
    passkeys_relying_party_name: pulumi.Output[str]
    passkeys_relying_party_origins: pulumi.Output[str]
    passkeys_authenticator_attachment: pulumi.Output[str]
    passkeys_discoverable_credentials: pulumi.Output[str]
    passkeys_user_verification: pulumi.Output[str]
    rate_limits: pulumi.Output[dict[str, dict[str, Any]]]
    messaging_configurations: pulumi.Output[dict[str, str]]
    webhooks: pulumi.Output[dict[str, dict[str, Any]]]

    def __init__(
        self, resource_name: str, opts: pulumi.ResourceOptions | None = None, **inputs: Unpack[VerifyServiceArgs]
    ) -> None:
        super().__init__(resource_name, opts, **inputs)
