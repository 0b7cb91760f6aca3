"""The lifecycle of what an owner can move to another account: it is searched for there before it is called gone.

Its location is recorded (`held_by`). The move may have been intended, so it is only brought back when the stack file
says so, by `transfer_from`; until then a preview says where it is, and nothing is created in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from twilio_environments.lifecycle.absence import looks
from twilio_environments.lifecycle.card import D
from twilio_environments.lifecycle.listed import ListedKind
from twilio_environments.lifecycle.objects import ACCOUNT, Difference, Live, Outcome, seen
from twilio_environments.lifecycle.review import Elsewhere, Level, Severity
from twilio_environments.numbers.transfer import HELD_BY, NumberPlace, at, brought, elsewhere
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import AccountClosed, NotFound, OutcomeUnknown
from twilio_environments.rest.session import Account, Session

_REGULATED = {"address_sid", "bundle_sid", "identity_sid"}
"""What some countries ask for before the gaining account may have a number."""

_NOT_HERE = Elsewhere("It is in another account.", "Revert it, or remove it from the stack file and its pool yourself.")


class TransferableKind(ListedKind[D]):
    """A kind that an update moves between the accounts of one owner: phone numbers, identified by their E.164."""

    statuses = (HELD_BY,)
    event_names = {HELD_BY: ACCOUNT}

    def object_id(self, resource_id: str, recorded: Mapping[str, Any]) -> str:
        return str(recorded.get("sid") or resource_id)  # a transfer may change it

    def desired(self, declared: D) -> dict[str, Any]:
        return super().desired(declared) | {HELD_BY: ""}

    def observe(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> Live:
        """See Kind; a number that its owner has moved to another account is read there, and `held_by` records it."""
        try:
            live = super().observe(account, object_id, recorded)
        except AccountClosed:
            raise
        except NotFound:
            place = elsewhere(account, object_id, str(recorded.get("phone_number", "")))
            if place is None:
                raise
            return self._at(account, place)
        return live if HELD_BY not in recorded else replace(live, values={**live.values, HELD_BY: ""})

    def not_there(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> Sequence[str]:
        place = elsewhere(account, object_id, str(recorded.get("phone_number", "")))
        if place is None:
            return ()
        return (f"the phone number {place.phone_number} was not released: it is {place}, and is billed there",)

    def severity(self, name: str, recorded: Any, live: Any) -> Severity:
        if name != HELD_BY:
            return super().severity(name, recorded, live)
        reason = f"it is in the account {live}, which receives its calls and messages and pays for it"
        return Severity(Level.BEHAVIOUR, reason)

    def before_reverting(self, name: str, live: Any, facts: Mapping[str, Any]) -> str:
        if name != HELD_BY:
            return super().before_reverting(name, live, facts)
        return f"that it should be moved back (transfer_from: {live})"

    def accepted_elsewhere(self, name: str) -> Elsewhere | None:
        return _NOT_HERE if name == HELD_BY else super().accepted_elsewhere(name)

    def find(self, account: Account, declared: Any, *, made: bool = False) -> Live | None:
        """See Kind; where `transfer_from` names an account, the number may be there."""
        live = super().find(account, declared, made=made)
        if live is not None or not declared.transfer_from:
            return live
        found = [
            live
            for sid, number in at(account, declared.transfer_from)
            if not declared.phone_number or number == declared.phone_number
            if self.is_same(declared, live := self._at(account, NumberPlace(declared.transfer_from, "", sid, number)))
        ]
        if len(found) > 1:
            sids = " and ".join(live.id for live in found)
            raise Problem(
                f"There are {len(found)} phone numbers {declared.friendly_name!r} in {declared.transfer_from}: {sids}.",
                "Declare the one you mean by its phone_number.",
            )
        return found[0] if found else None

    def adopted(self, account: Account, live: Live, declared: Any) -> Live:
        return self._brought(account, live, declared) if live.values.get(HELD_BY) else live

    def foreseen(self, session: Session, inputs: Mapping[str, Any], unknown: AbstractSet[str]) -> Sequence[str]:
        """See Kind; a number that comes from another account is not bought, and the preview says so."""
        said = super().foreseen(session, inputs, unknown)
        if said or not inputs.get("transfer_from") or ACCOUNT in unknown:
            return said
        live = self.find(session.account(inputs.get(ACCOUNT)), self.read_inputs(inputs))
        if live is None or not live.values.get(HELD_BY):
            return said
        return (f"brings the {self.noun} {live.facts['phone_number']} ({live.id}) here from {live.values[HELD_BY]}",)

    def diff(self, inputs: Mapping[str, Any], recorded: Mapping[str, Any]) -> Difference:
        """See Kind; a number that comes from the named account is moved, not bought again."""
        difference = super().diff(inputs, recorded)
        held_by = self._held_by(inputs, recorded)
        if not held_by or inputs.get("transfer_from") != held_by:
            return difference
        moved = f"the phone number {recorded.get('phone_number')} is brought here from the account {held_by}"
        replaces = [name for name in difference.replaces if name != ACCOUNT]
        return replace(difference, replaces=replaces, reasons=[*difference.reasons, moved])

    def guard_change(self, account: Account, inputs: Mapping[str, Any], recorded: Mapping[str, Any]) -> None:
        held_by = self._held_by(inputs, recorded)
        if held_by and inputs.get("transfer_from") != held_by:
            place = elsewhere(account, self.object_id("", recorded), str(recorded.get("phone_number", "")))
            if place is not None:
                raise _moved_away(place)

    def update(
        self, session: Session, inputs: Mapping[str, Any], recorded: Mapping[str, Any], resource_id: str
    ) -> Outcome:
        """See Kind; a number held by another account is moved here first, if that account is the declared one."""
        account, held_by = session.account(inputs.get(ACCOUNT)), self._held_by(inputs, recorded)
        object_id, number = self.object_id(resource_id, recorded), str(recorded.get("phone_number", ""))
        if held_by:
            self.guard_change(account, inputs, recorded)
            declared = self.read_inputs(inputs)
            live = self._brought(account, self._at(account, NumberPlace(held_by, "", object_id, number)), declared)
            self.wrote(account, live)
            outcome = self.settle(account, live, declared, strict=True)
            return replace(outcome, live=seen(session, outcome.live))
        try:
            return super().update(session, inputs, recorded, resource_id)
        except NotFound:
            place = elsewhere(account, object_id, number)
            if place is None:
                raise
            raise _moved_away(place) from None

    def _held_by(self, inputs: Mapping[str, Any], recorded: Mapping[str, Any]) -> str:
        """Return the account that holds the number, "" if it is the declared one."""
        declared, held_by = inputs.get(ACCOUNT), recorded.get(HELD_BY) or recorded.get(ACCOUNT)
        return str(held_by) if declared and held_by and held_by != declared else ""

    def _at(self, account: Account, place: NumberPlace) -> Live:
        numbers = account.parent.api.v2010.accounts(place.account_sid).incoming_phone_numbers
        live = self.live(numbers(place.sid).fetch())
        return replace(live, values={**live.values, HELD_BY: place.account_sid})

    def _brought(self, account: Account, live: Live, declared: Any) -> Live:
        place = NumberPlace(str(live.values[HELD_BY]), "", live.id, str(live.facts["phone_number"]))
        needed = {name: value for name, value in declared.parameters(_REGULATED).items() if value}
        try:
            return self.live(brought(account, place, needed))
        except (NotFound, OutcomeUnknown):  # it may already be here
            for _ in looks(account):
                account.listings.drop(*self.listing_key(account))
                here = [one for one in self.listed(account) if one.facts["phone_number"] == place.phone_number]
                if here:
                    return here[0]
            raise

    def require_not_next_door(self, account: Account, number: str) -> None:
        """Raise Problem when a number that is not for sale belongs to another account of the same owner."""
        try:
            place = elsewhere(account, "", number)
        except Problem:  # then Twilio's own refusal says it all
            return
        if place is not None:
            raise Problem(
                f"The phone number {number} is {place}, so it is not for sale.",
                f"Set transfer_from: {place.account_sid} on the number to bring it here.",
            )


def _moved_away(place: NumberPlace) -> Problem:
    return Problem(
        f"The phone number {place.phone_number} is not gone: it is {place}. Nothing is bought instead.",
        f"Set transfer_from: {place.account_sid} on the number to bring it back, then run pulumi up --refresh. To give "
        "it up, remove it from the stack file: nothing is released there.",
    )
