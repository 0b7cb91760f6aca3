"""A Verify service: how an environment checks that a person owns a number, an address or a factor.

Twilio promises: every field can be updated. It does not promise unique names, and it allows at most four digits in one
(60200), so a name cannot be marked with a hash or date. A rate limit's unique name and a configuration's country cannot
be changed, and a rate limit has at most one bucket per interval (60211); neither these nor webhooks are in the
service's own answer [Twilio: Verify v2 Service, RateLimit, Bucket, MessagingConfiguration, Webhook resources].
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from twilio_environments.lifecycle.card import Carried
from twilio_environments.lifecycle.copying import Copying
from twilio_environments.lifecycle.declaration import Declaration, Declared, To, Twilio, Url, sid_of
from twilio_environments.lifecycle.forms import form
from twilio_environments.lifecycle.listed import ListedKind
from twilio_environments.lifecycle.objects import Live
from twilio_environments.lifecycle.parts import Part
from twilio_environments.lifecycle.review import Drawn, Level, Severity, Trail
from twilio_environments.lifecycle.values import unordered
from twilio_environments.rest.session import Account

_MOST_DIGITS = 4


def _at(*answer: str) -> Twilio:
    return Twilio(answer=answer)


def _origins(value: Any) -> str:
    return value if isinstance(value, str) else ",".join(value or [])


UniqueName = Annotated[
    str, StringConstraints(pattern=form(r"^[A-Za-z0-9_.-]{1,64}$", "1 to 64 letters, digits, _, . or -", "end-user-ip"))
]
Country = Annotated[
    str, StringConstraints(pattern=form(r"^([A-Z]{2}|all)$", "a country's two capital letters, or all", "US"))
]


class Bucket(Declared):
    """At most `max` verifications in `interval` seconds."""

    max: Annotated[int, Field(ge=1, examples=[4])]
    """How many verifications may be started, such as 4."""
    interval: Annotated[int, Field(ge=1, examples=[60])]
    """The interval in seconds, such as 60; one bucket per interval."""


class RateLimit(Declared):
    """A rate limit of the application's own key, such as the user's address."""

    description: Annotated[str, StringConstraints(max_length=256)] = ""
    """Its purpose."""
    buckets: Annotated[list[Bucket], Part(key="interval")] = []
    """How many verifications are allowed per interval; all buckets apply."""

    @field_validator("buckets")
    @classmethod
    def _one_bucket_an_interval(cls, buckets: list[Bucket]) -> list[Bucket]:
        if len({bucket.interval for bucket in buckets}) < len(buckets):
            raise ValueError("has two buckets with the same interval, which Twilio refuses (60211)")
        return sorted(buckets, key=lambda bucket: bucket.interval)


class Webhook(Declared):
    """Where Verify reports factor and challenge events."""

    webhook_url: Annotated[Url, Field(min_length=1, examples=["https://example.com/verify"])]
    """The URL to which Twilio reports, such as https://example.com/verify."""
    event_types: Annotated[list[str], Field(min_length=1), Twilio(normalise=unordered)] = ["*"]
    """The events, such as factor.verified or challenge.denied; `*` means all."""
    status: Literal["enabled", "disabled"] = "enabled"
    """Whether it is called at all."""
    version: Annotated[Literal["v1", "v2"], Twilio(parameter="resource_version")] = "v2"
    """The version of the report format; v1 is Twilio's legacy."""

    @field_validator("event_types")
    @classmethod
    def _order_means_nothing(cls, event_types: list[str]) -> list[str]:
        return sorted(set(event_types))


class VerifyService(Declaration):
    """A Verify service, all fields of Twilio's API."""

    friendly_name: Annotated[
        str,
        StringConstraints(
            max_length=30, pattern=form(r"^[A-Za-z0-9 _-]*$", "letters, digits, spaces, - and _ only", "Acme Login")
        ),
    ] = ""
    """The name in the message: letters, digits, spaces, - and _, at most four digits; default: the logical name."""
    code_length: Annotated[int, Field(ge=4, le=10)] = 6
    """How many digits a code has, 4 to 10."""
    lookup_enabled: bool = False
    """Whether each number is looked up and its type reported; each lookup is billed."""
    skip_sms_to_landlines: bool = False
    """Needs `lookup_enabled`."""
    dtmf_input_required: bool = True
    """Whether the person called has to press a key before the code is spoken."""
    tts_name: str = ""
    """A different text-to-speech service for calls."""
    psd2_enabled: bool = False
    """Whether payee and amount are in the message, as PSD2 requires."""
    do_not_share_warning_enabled: bool = False
    """Whether text messages end with a warning not to share the code."""
    custom_code_enabled: bool = False
    """Whether a verification may supply its own code."""
    default_template_sid: Annotated[str, sid_of("HJ")] = ""
    """The default template for text messages."""
    verify_event_subscription_enabled: bool = False
    """Whether verifications go to the account's Event Streams."""
    push_include_date: Annotated[bool, _at("push", "include_date")] = False
    """Whether responses to push challenges include a date; deprecated by Twilio."""
    push_apn_credential_sid: Annotated[str, sid_of("CR"), _at("push", "apn_credential_sid")] = ""
    """The Credential for push to iOS."""
    push_fcm_credential_sid: Annotated[str, sid_of("CR"), _at("push", "fcm_credential_sid")] = ""
    """The Credential for push to Android."""
    totp_issuer: Annotated[str, _at("totp", "issuer")] = ""
    """The issuer shown by authenticator apps; default: the friendly name."""
    totp_time_step: Annotated[int, Field(ge=20, le=60), _at("totp", "time_step")] = 30
    """How many seconds a TOTP code stays current, 20 to 60."""
    totp_code_length: Annotated[int, Field(ge=3, le=8), _at("totp", "code_length")] = 6
    """How many digits a TOTP code has, 3 to 8."""
    totp_skew: Annotated[int, Field(ge=0, le=2), _at("totp", "skew")] = 1
    """How many steps before and after the current one are accepted, 0 to 2."""
    whatsapp_msg_service_sid: Annotated[str, sid_of("MG"), _at("whatsapp", "msg_service_sid")] = ""
    """The Messaging Service with the WhatsApp sender, by SID."""
    whatsapp_from: Annotated[str, _at("whatsapp", "from")] = ""
    """The WhatsApp sender of that service, such as "+15005550006"."""
    passkeys_relying_party_id: Annotated[str, _at("passkeys", "relying_party", "id")] = ""
    """The domain that passkeys are for, such as example.com."""
    passkeys_relying_party_name: Annotated[str, _at("passkeys", "relying_party", "name")] = ""
    """The name that people see when they create a passkey."""
    passkeys_relying_party_origins: Annotated[
        str, Twilio(answer=("passkeys", "relying_party", "origins"), normalise=_origins)
    ] = ""
    """Comma-separated, such as login.example.com,www.example.com."""
    passkeys_authenticator_attachment: Annotated[
        Literal["", "platform", "cross-platform", "any"], _at("passkeys", "authenticator_attachment")
    ] = ""
    """Which authenticators may be used: built in, separate, or any."""
    passkeys_discoverable_credentials: Annotated[
        Literal["", "required", "preferred", "discouraged"], _at("passkeys", "discoverable_credentials")
    ] = ""
    """Whether a passkey can be found without a user name."""
    passkeys_user_verification: Annotated[
        Literal["", "required", "preferred", "discouraged"], _at("passkeys", "user_verification")
    ] = ""
    """Whether the authenticator verifies the user."""
    rate_limits: Annotated[
        dict[UniqueName, RateLimit], Part(key="unique_name", there_already=frozenset({60208, 60211}))  # it, a bucket
    ] = {}
    """By unique name."""
    messaging_configurations: Annotated[
        dict[Country, str],
        Part(key="country", id="country", value="messaging_service_sid", there_already=frozenset({60213})),
        To("messaging_services", prefix="MG"),
    ] = {}
    """By country (`all` for every other): the Messaging Service to send with, by logical name or SID."""
    webhooks: Annotated[dict[str, Webhook], Part(key="friendly_name")] = {}
    """By friendly name."""

    @field_validator("friendly_name")
    @classmethod
    def _few_digits(cls, name: str) -> str:
        if sum(character.isdigit() for character in name) > _MOST_DIGITS:
            raise ValueError(f"has more than {_MOST_DIGITS} digits, so Twilio considers it a phone number (60200)")
        return name

    @model_validator(mode="after")
    def _landlines_need_lookup(self) -> Self:
        if self.skip_sms_to_landlines and not self.lookup_enabled:
            raise ValueError("has skip_sms_to_landlines: true, which also requires lookup_enabled: true")
        return self


class VerifyServiceKind(ListedKind[VerifyService]):
    """Verify services, identified by their friendly name."""

    order = 50
    noun = "Verify service"
    resource = "VerifyService"
    described = "A Verify service with its rate limits, messaging configurations and webhooks; `id` is its SID."
    section = "verify_services"
    component = "Verification"
    path = "verify.v2.services"
    prefix = "VA"
    gives = ("sid",)
    carried = Carried("verify_service_sid")
    declaration = VerifyService
    facts = {"sid": str}
    bears_mark = False  # at most four digits, and no brackets
    derived = {"totp_issuer": ("friendly_name",)}
    console = "develop/verify/services/{sid}"
    drawn = Drawn("verify_service", "Verify services", 40, "Verify service")
    copying = Copying(asked=("friendly_name",))  # not every name is allowed, and people see it
    wording = ("friendly_name", "totp_issuer", "tts_name")

    def at_home_only(self, declared: Any) -> bool:  # noqa: ARG002 - see Card
        return True

    def desired(self, declared: VerifyService) -> dict[str, Any]:
        return super().desired(declared) | {"totp_issuer": declared.totp_issuer or declared.friendly_name}

    def inputs_of(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        inputs = super().inputs_of(outputs)
        if inputs.get("totp_issuer") == inputs.get("friendly_name"):
            inputs.pop("totp_issuer", None)  # which is its default
        return inputs

    def severity(self, name: str, recorded: Any, live: Any) -> Severity:
        if name == "friendly_name":  # which appears in the messages
            return Severity(Level.BEHAVIOUR, "")
        if name == "rate_limits" and _but_descriptions(live) == _but_descriptions(recorded):
            return Severity(Level.COSMETIC, "only a description differs")
        return super().severity(name, recorded, live)

    def trail(self, sid: str, recorded: Mapping[str, Any], differing: Mapping[str, Any]) -> Trail:  # noqa: ARG002
        return Trail(reason="Twilio keeps no events for Verify services.")

    def update_object(self, account: Account, live: Live, declared: VerifyService, names: set[str]) -> Live:
        issued = declared.model_copy(update={"totp_issuer": self.desired(declared)["totp_issuer"]})
        return super().update_object(account, live, issued, names)


def _but_descriptions(limits: Mapping[str, Any]) -> Any:
    return {name: {key: value for key, value in one.items() if key != "description"} for name, one in limits.items()}


KIND = VerifyServiceKind()
