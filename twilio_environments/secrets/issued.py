"""The lifecycle of a kind whose secret Twilio shows once: it is delivered to a store, proven, rotated and revoked.

The kind says who issues it and what is declared of its secret. When something is due, what happens then and how a
review sees it are the same for all of them; `issuing` and `rotation` do it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, ClassVar

from twilio_environments import trust
from twilio_environments.lifecycle.card import D
from twilio_environments.lifecycle.listed import ListedKind, bears
from twilio_environments.lifecycle.objects import ACCOUNT, Difference, Live, Outcome, seen
from twilio_environments.lifecycle.review import Level, Notice, Reading, Severity, Surroundings, Trail
from twilio_environments.lifecycle.values import plain
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import NotFound
from twilio_environments.rest.session import Account, Session
from twilio_environments.secrets import issuing, reviewed, rotation, schedule
from twilio_environments.secrets.delivery import STORED, Delivery
from twilio_environments.secrets.held import Held

_HEALED = "Create a new key and deliver it; the old one stays valid for its overlap."


@dataclass(frozen=True)
class Terms:
    """What is declared of a secret: where it goes, how long its predecessor is valid, and how a new one is proven."""

    delivery: Delivery
    overlap: timedelta
    rotation: str
    validation_url: str


class IssuedKind(ListedKind[D]):
    """A kind whose secret is shown once. Objects are identified by the stack's mark in their name."""

    facts = {"sid": str, "version": str, "fingerprint": str, "created": str, "previous": list, "rotated": str}
    always_marked = True
    id_is_sid = False  # a rotation replaces the object and keeps the resource
    closes_with_account = False  # its properties have to leave the store
    statuses = ("secret_status",)
    adoptable = False
    delivers_by = "delivery"
    # Its pair is in its own properties of the store; those of another one are not searched.
    takes_over = False
    surest = 2
    delivered = statuses
    of_time: ClassVar = ("rotated", "previous")

    def __init__(self, clock: schedule.Clock = lambda: datetime.now(UTC)) -> None:
        """Take the clock by which secrets come of age."""
        self._clock = clock

    # -- what a kind says --------------------------------------------------------------------------------------------

    @abstractmethod
    def terms(self, declared: D) -> Terms:
        """Return what is declared of the secret."""

    @abstractmethod
    def issuer(self, account: Account, is_ours: Callable[[Live], bool], declared: D | None = None) -> issuing.Issuer:
        """Return the issuer of those that `is_ours` selects; nothing is created where nothing is declared."""

    def remade_for(self, inputs: Mapping[str, Any], recorded: Mapping[str, Any]) -> Sequence[str]:  # noqa: ARG002
        """Return, in words, which changes need a new one."""
        return ()

    def as_made(self, account: Account, sid: str) -> Mapping[str, Any]:  # noqa: ARG002 - for kinds that can tell
        """Return what one with a lost record turns out to be: the settings may have changed since its creation."""
        return {}

    # -- the verbs ---------------------------------------------------------------------------------------------------

    def desired(self, declared: D) -> dict[str, Any]:
        return super().desired(declared) | {"secret_status": STORED}

    def check(self, session: Session, inputs: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> None:
        super().check(session, inputs, before)
        if inputs.get("validation_url"):
            trust.require_origin(inputs["validation_url"])
        declared = Delivery.model_validate(inputs["delivery"])
        declared.check(Delivery.model_validate(before["delivery"]) if before else None)

    def resource_id(self, live: Live) -> str:
        return str(live.values["friendly_name"])

    def object_id(self, resource_id: str, recorded: Mapping[str, Any]) -> str:
        return str(recorded.get("sid", resource_id))

    def twins(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> Sequence[Live]:  # noqa: ARG002
        """See Kind; one whose secret nobody knows is an unfinished rotation, and `secret_status` says so."""
        return ()

    def identifies(self, inputs: Mapping[str, Any], recorded: Mapping[str, Any]) -> int:
        """See Kind; the properties in the store come first, since consumers know it by them."""
        here, there = (Delivery.model_validate(values["delivery"]) for values in (inputs, recorded))
        same_place = (here.store, here.path, here.names) == (there.store, there.path, there.names)
        return 2 if same_place else super().identifies(inputs, recorded)

    def find(self, account: Account, declared: D, *, made: bool = False) -> Live | None:
        """Return the one of ours that the store has with a working secret.

        Nobody can use one whose secret is not in the store, yet that is no reason to delete it: see `issuing`.
        """
        issuer = self._declared(account, declared)
        if not made and not issuer.listed():
            return None
        held = Held.read(self.terms(declared).delivery)
        found = {live.id: live for live in self.listed(account) if self.is_same(declared, live)}
        if found and not (made or self.ours(declared, next(iter(found.values())))):
            article = "an" if self.noun[0] in "AEIOU" else "a"
            raise Problem(
                f"There is {article} {self.noun} {self.identity(declared)!r} already ({next(iter(found))}), this stack "
                "did not create it, and Twilio never shows its secret again.",
                "Choose another friendly_name.",
            )
        sid = issuing.working(issuer, held.current, found)
        if made:
            issuing.discard_lost(issuer, held, found)
        return found.get(sid)

    def detailed(self, account: Account, live: Live, recorded: Mapping[str, Any]) -> Live:
        delivery = Delivery.model_validate(recorded["delivery"])
        stored = issuing.status_of(self._known(account, recorded), delivery, {**recorded, "sid": live.id})
        values = dict(live.values) | {"delivery": recorded["delivery"], "secret_status": stored}
        return Live(live.id, values, {name: recorded.get(name, "") for name in self.facts} | {"sid": live.id})

    def adopted(self, account: Account, live: Live, declared: D) -> Live:
        """Complete one found again after a kill: its secret is in the store, so only the record was lost."""
        issued = issuing.take_over(self._declared(account, declared), self.terms(declared).delivery, live.id)
        found = self._recorded(issued, declared)
        kept = self.as_made(account, live.id)
        return self._without_ended(account, replace(found, values={**found.values, **kept}))

    def create_object(self, account: Account, declared: D) -> Live:
        issued = issuing.issue(self._declared(account, declared), self.terms(declared).delivery)
        return self._without_ended(account, self._recorded(issued, declared))

    def diff(self, inputs: Mapping[str, Any], recorded: Mapping[str, Any]) -> Difference:
        difference = super().diff(inputs, recorded)
        reasons = self._due(inputs, recorded)
        ended = [
            f"the overlap of {sid} is over, so it is revoked" for sid in sorted(schedule.ended(recorded, self._clock()))
        ]
        changed = {*difference.changed, *(["rotated"] if reasons else []), *(["previous"] if ended else [])}
        return replace(difference, changed=sorted(changed), reasons=[*reasons, *ended])

    def update(
        self, session: Session, inputs: Mapping[str, Any], recorded: Mapping[str, Any], resource_id: str
    ) -> Outcome:
        """Rotate if due, revoke what has outlived its overlap, then update the rest to match the declaration."""
        declared = self.read_inputs(inputs)
        account = session.account(inputs.get(ACCOUNT))
        live = self._handed_over(self.recorded(self.object_id(resource_id, recorded), recorded), declared)
        if self._due(inputs, recorded):
            live = self._rotated(account, live, declared)
        live = self._without_ended(account, live)
        outcome = self.settle(account, live, declared, strict=True)
        return replace(outcome, live=seen(session, outcome.live))

    def update_object(self, account: Account, live: Live, declared: D, names: set[str]) -> Live:
        if "delivery" not in names:
            return live
        old, new = Delivery.model_validate(live.values["delivery"]), self.terms(declared).delivery
        version = old.move(new, account.sid, {"sid": live.id, **live.facts})
        return Live(live.id, {**live.values, "delivery": plain(new)}, {**live.facts, "version": version})

    def withdraw(self, account: Account | None, recorded: Mapping[str, Any], object_id: str) -> Sequence[str]:
        return Delivery.model_validate(recorded["delivery"]).withdraw(self._whole(account, object_id, recorded))

    def delivered_names(self, recorded: Mapping[str, Any]) -> set[str]:
        return {*Delivery.model_validate(recorded[self.delivers_by]).all_names}

    def delete_object(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> None:
        others = self._whole(account, object_id, recorded) - {object_id}
        issuing.revoke(self._known(account, recorded), others)
        self.remove(account, object_id)

    @abstractmethod
    def remove(self, account: Account, object_id: str) -> None:
        """Delete one; raise NotFound when it is already gone."""

    def _due(self, inputs: Mapping[str, Any], recorded: Mapping[str, Any]) -> list[str]:
        return schedule.due(inputs, recorded, self._clock(), self.remade_for(inputs, recorded))

    def _handed_over(self, live: Live, declared: D) -> Live:
        """Return it as delivered to the same document under the stack's new name, if the stack was renamed."""
        delivery, new = live.values["delivery"], self.terms(declared).delivery
        if new.take_over(Delivery.model_validate(delivery)):
            delivery = delivery | {"owner": new.owner}
        return replace(live, values={**live.values, "delivery": delivery})

    def _rotated(self, account: Account, live: Live, declared: D) -> Live:
        terms, previous = self.terms(declared), schedule.previous(live.facts)
        names = {self.identity(declared), live.values.get("friendly_name")}

        def is_ours(one: Live) -> bool:
            return one.id in {live.id, *previous} or _bears(one, names, declared.mark)

        issued = rotation.rotate(
            self.issuer(account, is_ours, declared),
            terms.delivery,
            recorded=live.id,
            previous=previous,
            validation_url=terms.validation_url,
        )
        if (old := live.values.get("delivery")) and old != plain(terms.delivery):
            Delivery.model_validate(old).withdraw({live.id})
        return self._recorded(issued, declared)

    def _without_ended(self, account: Account, live: Live) -> Live:
        """Revoke those whose overlap has ended."""
        # What an update in this very run moves is still in the old place.
        delivery = Delivery.model_validate(live.values["delivery"])
        facts = issuing.revoke_ended(
            self._known(account, live.values), delivery, {**live.facts, "sid": live.id}, self._clock()
        )
        return replace(live, facts=facts)

    def _whole(self, account: Account | None, object_id: str, recorded: Mapping[str, Any]) -> set[str]:
        """Return all that end with one: those in its overlap, and those that no completed run has recorded."""
        known = {object_id} | schedule.previous(recorded)
        if account is None:
            return known
        try:
            return known | self._known(account, recorded).listed()
        except NotFound:
            return known

    def _declared(self, account: Account, declared: D) -> issuing.Issuer:
        return self.issuer(account, partial(self.is_same, declared), declared)

    def _known(self, account: Account, recorded: Mapping[str, Any]) -> issuing.Issuer:
        """Return the issuer of those that bear the recorded name and the stack's mark."""
        names, mark = {recorded.get("friendly_name")}, str(recorded.get("mark", ""))
        return self.issuer(account, lambda live: _bears(live, names, mark))

    def _recorded(self, issued: issuing.Issued, declared: D) -> Live:
        terms = self.terms(declared)
        return Live(issued.sid, self.desired(declared), issued.facts(self._clock(), terms.overlap, terms.rotation))

    # -- the review --------------------------------------------------------------------------------------------------

    def also_ours(self, recorded: Mapping[str, Any]) -> set[str]:
        return schedule.previous(recorded)  # they stay valid after a rotation until their overlap ends

    def findings(self, reading: Reading, around: Surroundings) -> Iterator[Notice]:  # noqa: ARG002 - see Reviewable
        """See Reviewable; what has become due over time, by the record alone."""
        difference = self.diff(reading.inputs, dict(reading.recorded) | {"secret_status": STORED})
        if difference.reasons and {*self.of_time} & {*difference.changed}:
            yield Notice(
                "overdue",
                ". ".join(difference.reasons),
                Severity(Level.SECURITY, "the longer a secret lives, the more places it has leaked to"),
                _HEALED,
                by_hand=False,
                trail=Trail(reason="Nobody: it became due."),
            )

    def severity(self, name: str, recorded: Any, live: Any) -> Severity:
        return reviewed.severity(str(live)) if name in self.delivered else super().severity(name, recorded, live)

    def trail(self, sid: str, recorded: Mapping[str, Any], differing: Mapping[str, Any]) -> Trail:
        return reviewed.OF_STORE if {*self.delivered} & differing.keys() else super().trail(sid, recorded, differing)

    def reverted(self, names: Sequence[str]) -> str:
        return _HEALED if {*self.delivered} & {*names} else super().reverted(names)

    def not_to_adopt(self, account: Account, lives: Sequence[Live]) -> Mapping[str, Problem]:  # noqa: ARG002
        reason = Problem(
            "Its secret is shown only once, when it is created.",
            "Declare a key of your own, and revoke this one when nobody uses it any more.",
        )
        return dict.fromkeys((live.id for live in lives), reason)

    def unadoptable(self, values: Mapping[str, Any]) -> Problem | None:  # noqa: ARG002 - see Adoptable
        return Problem("Its secret cannot be read.", "Declare a key of your own, and revoke this one.")


def _bears(live: Live, names: set[Any], mark: str) -> bool:
    """Return whether one bears one of `names` and the stack's mark."""
    return live.values["friendly_name"] in names and bears(live.values["friendly_name"], mark)
