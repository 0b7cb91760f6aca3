"""A TwiML application: one set of webhooks that numbers, Voice SDK access tokens and calls refer to by its SID.

Twilio promises: every field can be updated, the listing filters by exact name, and a number that names an application
uses it instead of its own URLs of that kind; a deleted application is removed from the numbers that named it. It does
not promise unique names. An access token names an application by SID, so a recreated one breaks every client until its
back end knows the new SID. `SmsStatusCallback` is the old name of `MessageStatusCallback` [Twilio: Applications
resource; Voice SDK, "Access Tokens"].
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, model_validator

from twilio_environments.kinds import phone_number
from twilio_environments.lifecycle.card import Carried
from twilio_environments.lifecycle.declaration import OURS, ApiVersion, Declaration, FriendlyName, Method, Url
from twilio_environments.lifecycle.listed import ListedKind
from twilio_environments.lifecycle.review import Drawn, Level, Severity
from twilio_environments.problems import Problem
from twilio_environments.rest.session import Account


class Application(Declaration):
    """A TwiML application, all fields of Twilio's API but `SmsStatusCallback`."""

    friendly_name: FriendlyName = ""
    """Its name; default: the logical name."""
    voice_url: Url = ""
    """The URL that Twilio calls for a call, such as https://example.com/voice."""
    voice_method: Method = "POST"
    """The HTTP method for `voice_url`."""
    voice_fallback_url: Url = ""
    """The URL that Twilio calls when `voice_url` fails."""
    voice_fallback_method: Method = "POST"
    """The HTTP method for `voice_fallback_url`."""
    voice_caller_id_lookup: bool = False
    """Whether the caller's name is looked up (CNAM); each lookup is billed."""
    status_callback: Url = ""
    """The URL to which Twilio reports the status of a call."""
    status_callback_method: Method = "POST"
    """The HTTP method for `status_callback`."""
    sms_url: Url = ""
    """The URL that Twilio calls for a message, such as https://example.com/sms."""
    sms_method: Method = "POST"
    """The HTTP method for `sms_url`."""
    sms_fallback_url: Url = ""
    """The URL that Twilio calls when `sms_url` fails."""
    sms_fallback_method: Method = "POST"
    """The HTTP method for `sms_fallback_url`."""
    message_status_callback: Url = ""
    """The URL to which Twilio reports the delivery of each message that names the application."""
    public_application_connect_enabled: bool = False
    """Whether other Twilio accounts may dial it with `<Dial><Application>`; requires `public_reason`."""
    public_reason: Annotated[
        str | None,
        OURS,
        StringConstraints(min_length=10),
        Field(examples=["the partner's account dials our support line"]),
    ] = None
    """Why other accounts may dial it."""
    api_version: ApiVersion = "2010-04-01"
    """The version of Twilio's API for calls to it; in quotes."""

    @model_validator(mode="after")
    def _public_for_a_reason(self) -> Self:
        if self.public_application_connect_enabled and not self.public_reason:
            raise ValueError(
                "has public_application_connect_enabled: true, so every Twilio account may dial it: say why in "
                "public_reason"
            )
        return self


class ApplicationKind(ListedKind[Application]):
    """TwiML applications, identified by their friendly name."""

    order = 25
    noun = "TwiML application"
    resource = "Application"
    described = "A TwiML application; `id` is its SID."
    section = "applications"
    component = "Applications"
    path = "api.v2010.account.applications"
    prefix = "AP"
    gives = ("sid",)
    carried = Carried("twiml_app_sid")
    declaration = Application
    facts = {"sid": str}
    console = "develop/voice/manage/twiml-apps/{sid}"
    drawn = Drawn("application", "TwiML applications", 15, "TwiML application")

    def severity(self, name: str, recorded: Any, live: Any) -> Severity:
        if name == "public_application_connect_enabled" and live:
            return Severity(Level.SECURITY, "every Twilio account may dial it")
        return super().severity(name, recorded, live)

    def guard_deletion(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> None:
        """Refuse to delete one that numbers name: they would be left without a handler."""
        super().guard_deletion(account, object_id, recorded)
        namers = [to.into for to in phone_number.PhoneNumber.naming().values() if to and to.section == self.section]
        numbers = phone_number.KIND.listed(account)
        named_by = [str(one.facts["phone_number"]) for one in numbers if object_id in [one.values[it] for it in namers]]
        if named_by:
            raise Problem(
                f"The {self.noun} {recorded.get('friendly_name')!r} ({object_id}) takes the calls or messages of "
                f"{', '.join(sorted(named_by))}, which nobody would handle without it.",
                "Set another handler on these numbers first, then run again.",
            )


KIND = ApplicationKind()
