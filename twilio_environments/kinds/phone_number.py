"""A phone number: bought once, then only ever configured.

Twilio promises: buying a number by E.164 that the account already owns is an update, so that can be repeated; it does
not promise this for a purchase by area code, so that is never sent: a number is searched for, chosen, and then bought
by its E.164. Each search may find a different number. A release cannot be undone, and fails while an emergency address
is registered. An application shadows the URLs of its kind; a trunk erases a voice application, and vice versa [Twilio:
IncomingPhoneNumbers, AvailablePhoneNumber resources; error 20500].
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, Literal, Self

from pydantic import ValidationError, model_validator

from twilio_environments.guard_rails import RELEASE_NUMBERS
from twilio_environments.kinds import sender_pool
from twilio_environments.lifecycle.adoption import Entries
from twilio_environments.lifecycle.card import Carried
from twilio_environments.lifecycle.copying import CopyChange, Copying
from twilio_environments.lifecycle.declaration import (
    E164,
    FIXED,
    ONCE,
    OURS,
    ApiVersion,
    Declaration,
    FriendlyName,
    LogicalName,
    Method,
    To,
    Url,
    at_most_one,
    exactly_one,
    sid_of,
)
from twilio_environments.lifecycle.objects import ACCOUNT, Live
from twilio_environments.lifecycle.purchases import Purchases
from twilio_environments.lifecycle.review import (
    Drawn,
    Gone,
    Level,
    Notice,
    Reading,
    Recreation,
    Severity,
    Surroundings,
)
from twilio_environments.numbers import copies, pricing, shadows
from twilio_environments.numbers.choice import TAKEN, Choice
from twilio_environments.numbers.number_search import NumberSearch, effective, require_type
from twilio_environments.numbers.transferable import TransferableKind
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import TwilioError
from twilio_environments.rest.listings import PAGE
from twilio_environments.rest.session import Account, Session

CALLS = ("voice_flow", "voice_application", "voice_application_sid", "trunk_sid", "voice_url")
"""The fields that say who takes calls, of which one may."""
MESSAGES = ("sms_flow", "sms_application", "sms_application_sid", "sms_url")
"""The fields that say who takes messages, of which one may."""
_IDENTITY = ("phone_number", "search", "friendly_name", "adopt", "mark", "transfer_from")


class PhoneNumber(Declaration):
    """A phone number with all fields of Twilio's API: an explicit one, or one that is searched for once."""

    phone_number: Annotated[E164 | None, FIXED] = None
    """The number in E.164, such as +15005550006; either this or `search`."""
    search: Annotated[NumberSearch | None, replace(ONCE, normalise=effective)] = None
    """The search that finds the number to buy; a changed search means another number."""
    friendly_name: FriendlyName = ""
    """Its name; default: the logical name."""
    voice_flow: Annotated[LogicalName | None, OURS, To("studio_flows", "webhook_url", into="voice_url")] = None
    """The Studio flow that takes calls, by its logical name; instead of `voice_url` or an application."""
    voice_url: Url = ""
    """The URL that Twilio calls for a call, such as https://example.com/voice."""
    voice_method: Method = "POST"
    """The HTTP method for `voice_url`."""
    voice_fallback_url: Url = ""
    """The URL that Twilio calls when `voice_url` fails."""
    voice_fallback_method: Method = "POST"
    """The HTTP method for `voice_fallback_url`."""
    voice_application: Annotated[LogicalName | None, OURS, To("applications", into="voice_application_sid")] = None
    """The TwiML application that takes calls, by its logical name; the voice URLs are then ignored by Twilio."""
    voice_application_sid: Annotated[str, sid_of("AP")] = ""
    """The same for an application that the stack file does not declare, by its SID."""
    voice_caller_id_lookup: bool = False
    """Whether the caller's name is looked up (CNAM); each lookup is billed."""
    voice_receive_mode: Literal["voice", "fax"] = "voice"
    """Whether incoming calls are treated as voice or fax."""
    sms_flow: Annotated[LogicalName | None, OURS, To("studio_flows", "webhook_url", into="sms_url")] = None
    """The Studio flow that takes messages, by its logical name; instead of `sms_url` or an application."""
    sms_url: Url = ""
    """The URL that Twilio calls for a message, such as https://example.com/sms."""
    sms_method: Method = "POST"
    """The HTTP method for `sms_url`."""
    sms_fallback_url: Url = ""
    """The URL that Twilio calls when `sms_url` fails."""
    sms_fallback_method: Method = "POST"
    """The HTTP method for `sms_fallback_url`."""
    sms_application: Annotated[LogicalName | None, OURS, To("applications", into="sms_application_sid")] = None
    """The TwiML application that takes messages, by its logical name; the SMS URLs are then ignored by Twilio."""
    sms_application_sid: Annotated[str, sid_of("AP")] = ""
    """The same for an application that the stack file does not declare, by its SID."""
    status_callback: Url = ""
    """The URL to which Twilio reports the status of a call."""
    status_callback_method: Method = "POST"
    """The HTTP method for `status_callback`."""
    trunk_sid: Annotated[str, sid_of("TK")] = ""
    """The SIP trunk that takes calls; excludes a voice application."""
    address_sid: Annotated[str, sid_of("AD")] = ""
    """The Address that some countries' regulations require."""
    bundle_sid: Annotated[str, sid_of("BU")] = ""
    """The regulatory Bundle that some countries require."""
    identity_sid: Annotated[str, sid_of("RI")] = ""
    """The Identity that some countries' regulations require."""
    emergency_status: Literal["Active", "Inactive"] = "Inactive"
    """Whether emergency calls may be made from it; Active is billed monthly."""
    emergency_address_sid: Annotated[str, sid_of("AD")] = ""
    """The address for emergency calls; requires `emergency_status: Active`."""
    api_version: ApiVersion = "2010-04-01"
    """The version of Twilio's API for calls to it; in quotes."""
    transfer_from: Annotated[str, sid_of("AC"), OURS] = ""
    """The account of the same owner from which to transfer the number, if it is there; nothing is bought."""

    @model_validator(mode="after")
    def _one_way_each(self) -> Self:
        exactly_one(self, "phone_number", "search", example="phone_number: '+15005550006'")
        at_most_one(self, *CALLS)
        at_most_one(self, *MESSAGES)
        for kind in ("voice", "sms"):
            primary = getattr(self, f"{kind}_url") or getattr(self, f"{kind}_flow")
            if getattr(self, f"{kind}_fallback_url") and not primary:
                raise ValueError(f"has {kind}_fallback_url without {kind}_url, which Twilio refuses (21405, 21406)")
        if self.emergency_address_sid and self.emergency_status != "Active":
            raise ValueError("has emergency_address_sid without emergency_status: Active")
        return self


class PhoneNumberKind(TransferableKind[PhoneNumber]):
    """Phone numbers: explicit ones identified by their E.164, searched ones by their friendly name."""

    order = 20
    noun = "phone number"
    resource = "PhoneNumber"
    described = "A phone number; `id` is its SID."
    section = "numbers"
    component = "Numbers"
    known_by = "phone_number"
    path = "api.v2010.account.incoming_phone_numbers"
    prefix = "PN"
    gives = ("sid", "phone_number")
    carried = Carried("phone_number", "phone_number")
    shown = "phone_number"
    protection = RELEASE_NUMBERS
    declaration = PhoneNumber
    facts = {
        "sid": str,
        "phone_number": str,
        "capabilities": dict,
        "address_requirements": str,
        "emergency_address_status": str,
    }
    console = "develop/phone-numbers/manage/incoming/{sid}/configure"
    labels = ("phone_number", "friendly_name")
    drawn = Drawn("number", "Numbers", 10)
    bought = True
    copying = Copying(kept=("search", "phone_number"), beside={"emergency_address_sid": "emergency_status"})
    gone = Gone(Severity(Level.BEHAVIOUR, "calls and messages to it fail, and Twilio may assign it to somebody else"))

    def __init__(self) -> None:
        """Start with no number chosen."""
        self._choice = Choice()

    def identity(self, declared: PhoneNumber) -> str:
        return declared.phone_number or declared.friendly_name

    def is_same(self, declared: PhoneNumber, live: Live) -> bool:
        if declared.phone_number:
            return bool(live.facts["phone_number"] == declared.phone_number)
        return super().is_same(declared, live)

    def twins(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> Sequence[Live]:
        """See Kind; only one that was searched for can exist twice."""
        return super().twins(account, object_id, recorded) if recorded.get("search") else ()

    def identifies(self, inputs: Mapping[str, Any], recorded: Mapping[str, Any]) -> int:
        if number := inputs.get("phone_number"):
            return int(number == recorded.get("phone_number"))
        return super().identifies(inputs, recorded)

    def inputs_of(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        inputs = super().inputs_of(outputs)
        if "search" in inputs:
            inputs.pop("phone_number", None)  # it was found, not declared
        return inputs

    def not_to_adopt(self, account: Account, lives: Sequence[Live]) -> Mapping[str, Problem]:  # noqa: ARG002
        """See Adoptable; no stack records the origin, since nothing can change it."""
        hosted = Problem(
            "It is a hosted number, which Twilio's support moves.", "A stack can neither buy nor create it."
        )
        return {str(one.sid): hosted for one in self.collection(account).list(origin="hosted", page_size=PAGE)}

    def look_beside(self, account: Account, listed: Mapping[str, Sequence[Live]]) -> shadows.Pools:
        """See ListedKind; the pools of all services, if a number has a handler that they may shadow."""
        pools = {}
        if any(shadows.answered_by(live.values, MESSAGES) for live in listed[self.section]):
            for service in listed[shadows.SERVICES]:
                with suppress(Problem):  # what is known of the others is reported nevertheless
                    members = sender_pool.KIND.observe(account, service.id, {}).values
                    pools[service.id] = tuple(members["phone_numbers"])
        return pools

    def findings(self, reading: Reading, around: Surroundings) -> Iterator[Notice]:
        return shadows.found(reading, around, MESSAGES, sender_pool.KIND.event_words)

    def copied(self, name: str, entries: Entries, before: str) -> Iterator[CopyChange]:
        return copies.searched(name, entries, before)

    def monthly_price(self, session: Session, live: Live) -> str:
        return pricing.shown(session.own, str(live.facts["phone_number"]))

    def recreated(self, inputs: Mapping[str, Any]) -> Recreation:
        searched = " It will be a different number, since it was found by a search." if inputs.get("search") else ""
        text = f"Buy it again.{searched} The next pulumi up updates what refers to it."
        return Recreation(text, buys=self.bought)

    def check_creation(self, session: Session, account: Account | None, inputs: Mapping[str, Any]) -> None:
        declared = self._identified(inputs)
        if declared is None or declared.search is None:
            return
        try:
            require_type(session.own, declared.search)
        except Problem:
            if account is None or self.find(account, declared) is None:
                raise

    def guard_creation(
        self, session: Session, account: Account | None, inputs: Mapping[str, Any], purchases: Purchases
    ) -> None:
        declared = self._identified(inputs) if purchases.limited else None
        if declared is None or (account is not None and self.find(account, declared) is not None):
            return  # it exists, and is taken over
        self.guard_purchase(session, inputs, purchases)

    def guard_purchase(self, session: Session, inputs: Mapping[str, Any], purchases: Purchases) -> None:
        declared = self._identified(inputs) if purchases.limited else None
        if declared is None:
            return
        place = (str(inputs.get(ACCOUNT, "")), declared.friendly_name, json.dumps(effective(declared.search)))
        number = (declared.phone_number,) if declared.phone_number else place
        price = partial(pricing.monthly_price, session.own, declared.phone_number, declared.search)
        purchases.add(number, declared.friendly_name, price)

    def _identified(self, inputs: Mapping[str, Any]) -> PhoneNumber | None:
        """Return what is known of a number's identity, None if that does not identify it."""
        known = {name: inputs[name] for name in _IDENTITY if name in inputs}
        try:
            return self.read_inputs(known)
        except ValidationError:
            return None

    def create_object(self, account: Account, declared: PhoneNumber) -> Live:
        numbers = self.collection(account)
        if declared.search is None:
            try:
                return self.live(numbers.create(**declared.parameters()))
            except TwilioError as error:
                if error.code == TAKEN:
                    self.require_not_next_door(account, str(declared.phone_number))
                raise
        return self._choice.bought(
            account,
            declared.search,
            lambda: [live.facts["phone_number"] for live in self.listed(account)],
            lambda number: self.live(numbers.create(**declared.parameters() | {"phone_number": number})),
        )

    def delete_object(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> None:
        number = self.collection(account)(object_id)
        if recorded.get("emergency_address_sid"):
            number.update(emergency_status="Inactive", emergency_address_sid="")
        number.delete()


KIND = PhoneNumberKind()
