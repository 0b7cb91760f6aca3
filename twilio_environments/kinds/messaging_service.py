"""A Messaging Service: how an environment's messages are sent and received.

Twilio promises: every field can be updated, and the answer to a POST is the whole object. It does not promise unique
names, nor a filter by name. Without an inbound URL messages to its senders are silently dropped: neither delivered to
the number's webhook nor logged, so one of the two has to be chosen [Twilio: Services API, `InboundRequestUrl`]. Its
senders are a kind of their own (`sender_pool`), because Studio flows may name the service and numbers the flow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from twilio_environments.guard_rails import DELETE_REGISTRATIONS
from twilio_environments.kinds.phone_number import MESSAGES
from twilio_environments.kinds.sender_pool import Senders, begin
from twilio_environments.lifecycle.absence import account_of
from twilio_environments.lifecycle.adoption import Entries, Said
from twilio_environments.lifecycle.card import Carried
from twilio_environments.lifecycle.declaration import OURS, Child, Declaration, FriendlyName, Method, Url
from twilio_environments.lifecycle.listed import ListedKind
from twilio_environments.lifecycle.objects import ACCOUNT, Live
from twilio_environments.lifecycle.protection import ALLOWED, label, not_yet
from twilio_environments.lifecycle.review import Drawn
from twilio_environments.rest.errors import NotFound
from twilio_environments.rest.session import Account, Session


class MessagingService(Declaration):
    """A Messaging Service, all fields of Twilio's API."""

    friendly_name: FriendlyName = ""
    """Its name; default: the logical name."""
    inbound_request_url: Url = ""
    """The URL to which Twilio sends incoming messages of all its senders."""
    inbound_method: Method = "POST"
    """The HTTP method for `inbound_request_url`."""
    fallback_url: Url = ""
    """The URL that Twilio calls when the inbound URL fails."""
    fallback_method: Method = "POST"
    """The HTTP method for `fallback_url`."""
    use_inbound_webhook_on_number: bool = False
    """Each number's own `sms_url` takes precedence over the two URLs here."""
    status_callback: Url = ""
    """The URL to which Twilio reports the delivery of each message."""
    sticky_sender: bool = True
    """Whether a recipient always sees the same sender."""
    mms_converter: bool = True
    """Whether media are sent as a link to recipients who cannot receive them."""
    smart_encoding: bool = True
    """Whether characters that make a message longer are replaced by similar ones."""
    scan_message_content: Literal["inherit", "enable", "disable"] = "inherit"
    """Reserved by Twilio."""
    fallback_to_long_code: bool = True
    """Obsolete at Twilio, kept because its API still accepts it."""
    area_code_geomatch: bool = True
    """Whether a sender with the recipient's area code is preferred."""
    validity_period: Annotated[int, Field(ge=1, le=36000)] = 36000
    """How many seconds a message may wait to be sent."""
    synchronous_validation: bool = False
    """Reserved by Twilio."""
    usecase: Literal["notifications", "marketing", "verification", "discussion", "poll", "undeclared"] = "undeclared"
    """The purpose of its messages."""
    senders: Annotated[Senders | None, OURS, Child("senders", owner="service_sid")] = None
    """Its whole sender pool: an undeclared sender is removed. Omitted: the pool is not managed."""
    discard_inbound: Annotated[bool, OURS] = False
    """Confirm that incoming messages are discarded: required without a URL or the number's webhook."""

    @model_validator(mode="after")
    def _inbound_is_chosen(self) -> Self:
        chosen = [bool(self.inbound_request_url), self.use_inbound_webhook_on_number, self.discard_inbound]
        if not any(chosen):
            raise ValueError(
                "does not say where incoming messages go, and Twilio would discard them: set inbound_request_url, "
                "use_inbound_webhook_on_number: true, or discard_inbound: true"
            )
        return self


class MessagingServiceKind(ListedKind[MessagingService]):
    """Messaging Services, identified by their friendly name."""

    order = 30
    noun = "Messaging Service"
    resource = "MessagingService"
    described = "A Messaging Service; `id` is its SID."
    section = "messaging_services"
    component = "Messaging"
    path = "messaging.v1.services"
    prefix = "MG"
    gives = ("sid",)
    carried = Carried("messaging_service_sid")
    protection = DELETE_REGISTRATIONS
    closes_with_account = False  # what it carries is read before the account is closed
    declaration = MessagingService
    facts = {"sid": str, "us_app_to_person_registered": bool}
    console = "develop/sms/services/{sid}"
    drawn = Drawn("messaging_service", "Messaging Services", 30, "Messaging Service")

    def keeps(self, recorded: Mapping[str, Any]) -> bool:
        return self.registered(recorded)

    def said_to_adopt(self, stated: Mapping[str, Any], others: Entries) -> Mapping[str, Said]:
        """See Adoptable; reports messages that reach nobody, because they are left to numbers without a handler."""
        if not stated.get("use_inbound_webhook_on_number"):
            thrown_away = Said(True, "Twilio discards incoming messages")
            return {} if stated.get("inbound_request_url") else {"discard_inbound": thrown_away}
        members = stated.get("senders", {}).get("numbers", ())
        lost = [number for number in members if not others["numbers"][number].keys() & {*MESSAGES}]
        return {"discard_inbound": Said(True, f"those to {', '.join(lost)} reach nobody at Twilio")} if lost else {}

    def staying(self, live: Live) -> Mapping[str, str]:
        reason = "people vet it, and it is not one of the service's settings; it stays registered"
        return {"US A2P 10DLC campaign": reason} if self.registered(live.facts) else {}

    def registered(self, recorded: Mapping[str, Any]) -> bool:
        return bool(recorded.get("us_app_to_person_registered"))

    def guard_replacement(
        self, session: Session, inputs: Mapping[str, Any], recorded: Mapping[str, Any], names: Sequence[str]
    ) -> None:
        told = inputs.get(ALLOWED)
        if told and recorded.get(ALLOWED):
            return
        try:
            account = account_of(session, recorded.get(ACCOUNT), recorded)
        except NotFound:
            return
        if carried := self._registration(account, self.object_id(str(recorded.get("sid", "")), recorded)):
            raise DELETE_REGISTRATIONS.problem(
                f"The {self.noun} {label(recorded)} {carried} and would be replaced, "
                f"because {' and '.join(names)} changed",
                not_yet(DELETE_REGISTRATIONS, str(told or "")),
            )

    def guard_deletion(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> None:
        """See Kind; the registration is often added later by somebody else, so it is read from Twilio."""
        if not recorded.get(ALLOWED) and (carried := self._registration(account, object_id)):
            raise DELETE_REGISTRATIONS.problem(
                f"The {self.noun} {label(recorded)} ({object_id}) {carried}", not_yet(DELETE_REGISTRATIONS, "")
            )

    def _registration(self, account: Account, object_id: str) -> str:
        """Return what a service carries that would be lost with it, "" for nothing; a missing one carries nothing."""
        try:
            registered = self.registered(self.fetched(account, object_id).facts)
            campaigns = self.collection(account)(object_id).us_app_to_person.list(limit=1)
        except NotFound:
            return ""
        if campaigns:
            return f"carries the US A2P campaign {campaigns[0].sid} ({campaigns[0].campaign_status})"
        return "is registered for US A2P messaging" if registered else ""

    def create_object(self, account: Account, declared: MessagingService) -> Live:
        live = super().create_object(account, declared)
        begin(account, live.id)
        return live


KIND = MessagingServiceKind()
