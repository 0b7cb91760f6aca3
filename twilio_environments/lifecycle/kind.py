"""What all kinds have in common: find before creating, resolve unknown outcomes, read by listing, compare.

The promises, whatever the kind:

- `read` and `diff` never change anything.
- `create` finds before it makes: an object of that identity is taken over when it is provably ours, and said aloud;
  two of them, or a stranger's, is an error that names it. Otherwise it makes one object with one POST.
- After a POST whose outcome is unknown the object is looked up by its identity, and not created a second time.
- Once Twilio has committed, `create` no longer raises: what could not be finished is returned as `incomplete`.
- A listing may lag: what it does not show is confirmed by one GET before it is called gone, what it shows otherwise
  than recorded before it is called changed, and what it shows by that name before it is taken over.
- Deleting what is already gone counts as success.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from pydantic import ValidationError

from twilio_environments.lifecycle.absence import account_of, looks, require_same_credentials
from twilio_environments.lifecycle.card import D
from twilio_environments.lifecycle.census import Census
from twilio_environments.lifecycle.hooks import Hooks
from twilio_environments.lifecycle.objects import ACCOUNT, INCOMPLETE, MOVED, Difference, Live, Outcome, different, seen
from twilio_environments.lifecycle.protection import ALLOWED
from twilio_environments.lifecycle.purchases import Purchases
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import NotFound, OutcomeUnknown
from twilio_environments.rest.session import Account, Session


class Kind(Hooks[D]):
    """One kind of object, with the verbs that are the same for every kind."""

    def create(
        self,
        session: Session,
        inputs: Mapping[str, Any],
        purchases: Purchases | None = None,
        census: Census | None = None,
    ) -> Outcome:
        """Find or create the declared object; see the module's promises. Raise Problem when nothing was created.

        `purchases` are those of this run, and their limits; none where left out. `census` knows what else the run
        declares: what another resource has is not taken over.
        """
        declared = self.read_inputs(inputs)
        account = session.account(inputs.get(ACCOUNT))
        notes = []
        live = self.find(account, declared)
        if live is not None:
            if census is not None:
                census.require_free(self, live.id)
            live = self.adopted(account, live, declared)
            if not declared.moved:
                notes.append(f"took over the existing {self.noun} {self.identity(declared)!r} ({live.id})")
        else:
            self.guard_purchase(session, inputs, purchases or Purchases())
            try:
                live = self.create_object(account, declared)
                self.wrote(account, live)
            except OutcomeUnknown:
                live = self._made_after_all(session, account, declared)
                if live is None:
                    raise
                live = self.adopted(account, live, declared)
                notes.append(f"the answer to its creation was lost; {live.id} had been created and is used")
        outcome = self.settle(account, live, declared)
        return replace(outcome, live=seen(session, outcome.live), notes=notes)

    def _made_after_all(self, session: Session, account: Account, declared: D) -> Live | None:
        """Look for what an unanswered POST may have created, for as long as a listing may lag behind."""
        for _ in looks(session):
            account.listings.drop(*self.listing_key(account))
            live = self.find(account, declared, made=True)
            if live is not None:
                return live
        return None

    def update(
        self, session: Session, inputs: Mapping[str, Any], recorded: Mapping[str, Any], resource_id: str
    ) -> Outcome:
        """Update the recorded object to match the declaration. Raise Problem on failure; the record then stays."""
        declared = self.read_inputs(inputs)
        account = session.account(inputs.get(ACCOUNT))
        live = self.recorded(self.object_id(resource_id, recorded), recorded)
        outcome = self.settle(account, live, declared, strict=True)
        return replace(outcome, live=seen(session, outcome.live))

    def settle(self, account: Account, live: Live, declared: D, *, strict: bool = False) -> Outcome:
        """Update what still differs, and check that it took effect; `strict` raises what else is `incomplete`."""
        desired = self.desired(declared)
        try:
            names = different(desired, live.values)
            if names:
                try:
                    live = self.update_object(account, live, declared, names)
                    self.wrote(account, live)
                except Problem:
                    if "friendly_name" in names:  # a creation in this run must not find it under its old name
                        account.listings.drop(*self.listing_key(account))
                    raise
                names = different(desired, live.values)
        except Problem as problem:
            if strict:
                raise
            return Outcome(live, incomplete=[str(problem)])
        left = [f"Twilio did not keep {name} as declared." for name in sorted(names)]
        return Outcome(live, incomplete=left)

    def read(self, session: Session, recorded: Mapping[str, Any], resource_id: str) -> Live | None:
        """Return the object as Twilio has it now, None when it is provably gone; raise Problem if that is unknown."""
        object_id = self.object_id(resource_id, recorded)
        try:
            account = account_of(session, recorded.get(ACCOUNT), recorded)
            return seen(session, self.observe(account, object_id, recorded))
        except NotFound:
            require_same_credentials(session, f"{self.noun} {object_id}", recorded)
            return None

    def delete(self, session: Session, recorded: Mapping[str, Any], resource_id: str) -> Sequence[str]:
        """Delete the object, and return what to say about it; one that is already gone counts as success."""
        object_id = self.object_id(resource_id, recorded)
        self.before_deletion(session, recorded, object_id)
        account = None
        if not recorded.get(ACCOUNT):
            require_same_credentials(session, f"{self.noun} {object_id}", recorded)
        try:
            account = account_of(session, recorded.get(ACCOUNT), recorded)
        except NotFound:
            require_same_credentials(session, f"{self.noun} {object_id}", recorded)
        if account is not None:
            self.guard_deletion(account, object_id, recorded)
        notes = self.withdraw(account, recorded, object_id)
        if account is None:
            return notes
        try:
            self.delete_object(account, object_id, recorded)
        except NotFound:
            require_same_credentials(session, f"{self.noun} {object_id}", recorded)
            return [*notes, *self.not_there(account, object_id, recorded)]
        self.deleted(account, object_id)
        return notes

    def diff(self, inputs: Mapping[str, Any], recorded: Mapping[str, Any]) -> Difference:
        """Compare what is declared with what is recorded; nothing is read from Twilio."""
        try:
            declared = self.read_inputs(inputs)
        except ValidationError:  # a refresh took over what a person set, which need not be valid
            declared = cast("D", self.declaration.model_construct(None, **self._fields(inputs)))
        names = different(self.desired(declared), recorded) | self._used_up_differently(declared, recorded)
        replaces = [name for name in names - {*self.statuses} if self.declaration.table()[name].replaces]
        delete_first = bool(replaces) and self.is_same(declared, self.recorded("", recorded))
        if recorded.get(ACCOUNT, "") != inputs.get(ACCOUNT, ""):
            replaces.append(ACCOUNT)
            delete_first = False
        if declared.moved and not self.identifies(inputs, recorded):
            replaces.append(MOVED)
            delete_first = False
        if recorded.get(INCOMPLETE):
            names.add(INCOMPLETE)
        if self.protection and declared.allowed is not None and declared.allowed != (recorded.get(ALLOWED) or ""):
            names.add(ALLOWED)  # an update records it
        return Difference(sorted(names | set(replaces)), sorted(replaces), delete_first=delete_first)

    def _used_up_differently(self, declared: D, recorded: Mapping[str, Any]) -> set[str]:
        once = {name: twilio for name, twilio in declared.table().items() if twilio.once}
        return {
            name
            for name, twilio in once.items()
            if (value := getattr(declared, name)) is not None
            and twilio.normalise(value) != twilio.normalise(recorded.get(name))
        }
