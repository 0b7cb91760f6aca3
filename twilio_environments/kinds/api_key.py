"""An API key, whose secret goes to the secret store and nowhere else.

Twilio promises: the secret is in the answer to the creation and never again, so a key whose secret was not stored is
worthless and is deleted. Names are not unique and carry this stack's mark. Standard keys come from the v2010 API, which
takes no policy and would silently make a full key of a restricted one; restricted keys come from IAM v1 and are read
back. Listings show neither secret nor policy. A Standard key may not create keys: that takes an Auth Token
[Twilio: Keys v2010 and IAM v1].
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from twilio_environments import trust
from twilio_environments.lifecycle.card import Places, Program
from twilio_environments.lifecycle.declaration import (
    APART,
    OURS,
    Declaration,
    FriendlyName,
    Twilio,
    Url,
    plain,
    unordered,
)
from twilio_environments.lifecycle.forms import form
from twilio_environments.lifecycle.listed import ListedKind, bears
from twilio_environments.lifecycle.objects import ACCOUNT, Difference, Live, Outcome, seen
from twilio_environments.lifecycle.review import (
    Drawn,
    Gone,
    Level,
    Notice,
    Reading,
    Severity,
    Stray,
    Surroundings,
    Trail,
)
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import NotFound
from twilio_environments.rest.session import Account, Session
from twilio_environments.secrets import issuing, key_calls, reviewed, rotation, schedule
from twilio_environments.secrets.delivery import STORED, Delivery, DocumentPath
from twilio_environments.secrets.held import Held
from twilio_environments.secrets.key_issuer import KeyIssuer
from twilio_environments.secrets.shapes import KeyProperties, Shape

_BY_HAND = Severity(Level.SECURITY, "whoever has its secret can act for the whole account")
_HEALED = "Make a new key and deliver it; the old one lives on for its overlap."
Permission = Annotated[
    str,
    StringConstraints(
        pattern=form(r"^/twilio/[a-z0-9./*-]+$", "one of Twilio's permissions", "/twilio/messaging/services/list")
    ),
]


class ApiKey(Declaration):
    """An API key: standard, or restricted to the permissions of a policy."""

    friendly_name: FriendlyName = ""
    """Its name; the logical name where left out. The stack's mark is added."""
    type: Annotated[Literal["standard", "restricted"], Twilio(sent=False)] = "standard"
    """What it may do: everything but accounts and keys, or what its policy lists. Another type is a rotation."""
    policy: Annotated[list[Permission], Field(max_length=100), Twilio(sent=False, normalise=unordered)] = []
    """What a restricted key may do, such as /twilio/messaging/services/list; at most 100 permissions."""

    rotate_every: Annotated[schedule.Duration | None, OURS] = None
    """The age at which it is replaced, such as 90d; never by itself where left out."""
    overlap: Annotated[schedule.Duration, OURS] = "24h"
    """For how long the old key lives on after a rotation, such as 24h; 0s revokes it at once."""
    validation_url: Annotated[Url, OURS] = ""
    """Asked before a new key becomes the current one; told the document and the pending property, never the secret."""

    @model_validator(mode="after")
    def _overlap_is_shorter(self) -> Self:
        if self.rotate_every and schedule.duration(self.rotate_every) <= schedule.duration(self.overlap):
            raise ValueError(
                "has an overlap that is not shorter than rotate_every, so more than two keys would be alive"
            )
        return self

    @model_validator(mode="after")
    def _policy_goes_with_restricted(self) -> Self:
        if self.type == "restricted" and not self.policy:
            raise ValueError(
                "is restricted and has no policy: list its permissions, such as /twilio/messaging/services/list"
            )
        if self.type == "standard" and self.policy:
            raise ValueError("has a policy, which Twilio would ignore on a standard key: set type: restricted")
        return self


class Key(ApiKey):
    """An API key and where its secret is delivered to."""

    shape: Shape | None = None
    """How the properties are named; as in `secrets.shape` where left out."""

    document: DocumentPath | None = None
    """The document's path in the secret store; the environment's document where left out."""
    properties: KeyProperties | None = None
    """By the shape where left out: a key called api gives api_key and api_secret in the default shape."""


class DeliveredKey(ApiKey):
    """An API key with the place its secret is delivered to."""

    delivery: Annotated[Delivery, APART]
    """Where its SID and its secret go."""
    rotation: Annotated[str, OURS] = ""
    """Names a rotation on demand; another name than the recorded one asks for one."""


class ApiKeyKind(ListedKind[DeliveredKey]):
    """API keys, told apart by the stack's mark in their name."""

    order = 10
    noun = "API key"
    resource = "ApiKey"
    described = "An API key; its secret is in the store, and `sid` changes with a rotation."
    section = "keys"
    component = "Access"
    prefix = "SK"
    declaration = DeliveredKey
    stack_file = Key
    facts = {"sid": str, "version": str, "fingerprint": str, "created": str, "previous": list, "rotated": str}
    always_marked = True
    closes_with_account = False  # its properties have to leave the store
    statuses = ("secret_status",)
    # The pair of a key is in its own properties of the store; what another key has there is not looked for.
    takes_over = False
    surest = 2
    console = "account/keys-credentials/api-keys"
    drawn = Drawn("key", "Keys and documents", 90, leads=False)
    delivered = statuses
    of_time = ("rotated", "previous")
    grave = ("policy", "secret_status")
    gone = Gone(Severity(Level.BEHAVIOUR, "whoever uses the key is refused"))
    stray = Stray(
        _BY_HAND,
        "key_by_hand",
        "Revoke it in the Console once nobody uses it; a rotation by somebody else may be under way.",
        shared=_BY_HAND,
    )

    def __init__(self, clock: schedule.Clock = lambda: datetime.now(UTC)) -> None:
        """Take the clock by which keys come of age."""
        self._clock = clock

    def resource_inputs(self, name: str, program: Program) -> dict[str, Any]:
        asked = schedule.asked_for(name, os.environ)
        return self.identifying_inputs(name, program) | ({"rotation": asked} if asked else {})

    def identifying_inputs(self, name: str, program: Program) -> dict[str, Any]:
        return {"delivery": program.delivery(name)}

    def exported(self, declared: Key, output: Callable[[str], Any], places: Places) -> dict[str, Any]:
        return {"sid": output("sid"), "type": declared.type, "document": places.document_path(declared.document)}

    def desired(self, declared: DeliveredKey) -> dict[str, Any]:
        return super().desired(declared) | {"secret_status": STORED}

    def check(self, session: Session, inputs: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> None:
        super().check(session, inputs, before)
        if inputs.get("validation_url"):
            trust.require_origin(inputs["validation_url"])
        declared = Delivery.model_validate(inputs["delivery"])
        declared.check(Delivery.model_validate(before["delivery"]) if before else None)

    def resource_id(self, live: Live) -> str:
        # A rotation replaces the key and keeps the resource, so the resource is known by the name.
        return str(live.values["friendly_name"])

    def object_id(self, resource_id: str, recorded: Mapping[str, Any]) -> str:
        return str(recorded.get("sid", resource_id))

    def twins(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> Sequence[Live]:  # noqa: ARG002
        """See Kind; a key that nobody knows the secret of is a rotation that was begun, and `secret_status` says so."""
        return ()

    def identifies(self, inputs: Mapping[str, Any], recorded: Mapping[str, Any]) -> int:
        """See Kind; the properties of the store come first, for they are what consumers know the key by."""
        here, there = (Delivery.model_validate(values["delivery"]) for values in (inputs, recorded))
        same_place = (here.store, here.path, here.names) == (there.store, there.path, there.names)
        return 2 if same_place else super().identifies(inputs, recorded)

    def collection(self, account: Account) -> Any:
        return key_calls.Listing(account)

    def listed_as(self, answer: Any) -> Live:
        return _live(answer)

    def fetch(self, account: Account, object_id: str) -> Live:
        answer = key_calls.fetch(account, object_id)
        return _live(answer)

    def find(self, account: Account, declared: DeliveredKey, *, made: bool = False) -> Live | None:
        """Return the key of ours that the store has with a secret that works.

        Nobody can use one whose secret the store does not have, and yet it is not deleted for that: see `issuing`.
        """
        issuer = self._issuer(account, declared)
        if not made and not issuer.listed():
            return None
        held = Held.read(declared.delivery)
        found = {live.id: live for live in self.listed(account) if self.is_same(declared, live)}
        if found and not (made or self.ours(declared, next(iter(found.values())))):
            raise Problem(
                f"There is an API key {declared.friendly_name!r} already ({next(iter(found))}), this stack did not "
                "make it, and its secret cannot be had.",
                "Choose another friendly_name.",
            )
        sid = issuing.working(issuer, held.current, found)
        if made:
            issuing.discard_lost(issuer, held, found)
        return found.get(sid)

    def detailed(self, account: Account, live: Live, recorded: Mapping[str, Any]) -> Live:
        delivery = Delivery.model_validate(recorded["delivery"])
        values = dict(live.values) | {"type": recorded["type"], "delivery": recorded["delivery"], "policy": []}
        if recorded["type"] == "restricted":
            values["policy"] = key_calls.policy_of(account, live.id)
        issuer = self._bearing(account, recorded)
        values["secret_status"] = issuing.status_of(issuer, delivery, {**recorded, "sid": live.id})
        return Live(live.id, values, {name: recorded.get(name, "") for name in self.facts} | {"sid": live.id})

    def adopted(self, account: Account, live: Live, declared: DeliveredKey) -> Live:
        """Complete a key found again after a kill: its secret is in the store, so only the record was lost.

        What it may do is read: the settings may have changed since. If it is of another type, the next run rotates it.
        """
        issued = issuing.take_over(self._issuer(account, declared), declared.delivery, live.id)
        found = self._recorded(issued, declared)
        policy = key_calls.settled_policy_of(account, live.id)
        kept = {"type": "restricted" if policy else "standard", "policy": policy}
        return self._revoked(account, replace(found, values=dict(found.values) | kept))

    def create_object(self, account: Account, declared: DeliveredKey) -> Live:
        issued = issuing.issue(self._issuer(account, declared), declared.delivery)
        return self._revoked(account, self._recorded(issued, declared))

    def also_ours(self, recorded: Mapping[str, Any]) -> set[str]:
        return schedule.previous(recorded)  # they live on after a rotation, until their overlap is over

    def findings(self, reading: Reading, around: Surroundings) -> Iterator[Notice]:  # noqa: ARG002 - see Reviewable
        """See Reviewable; what is due because time went by, by the record alone."""
        difference = self.diff(reading.inputs, dict(reading.recorded) | {"secret_status": STORED})
        if difference.reasons and {*self.of_time} & {*difference.changed}:
            yield Notice(
                "overdue",
                ". ".join(difference.reasons),
                Severity(Level.SECURITY, "the longer a secret lives, the more places it has leaked to"),
                _HEALED,
                by_hand=False,
                trail=Trail(reason="Nobody did: time went by."),
            )

    def severity(self, name: str, recorded: Any, live: Any) -> Severity:
        if name in self.delivered:
            return reviewed.severity(str(live))
        if name != "policy":
            return super().severity(name, recorded, live)
        added = sorted({*(live or [])} - {*(recorded or [])})
        if added:
            return Severity(Level.SECURITY, f"the key may do more than declared: {', '.join(added)}")
        return Severity(Level.BEHAVIOUR, "the key may do less than declared, and its users are refused")

    def trail(self, sid: str, recorded: Mapping[str, Any], differing: Mapping[str, Any]) -> Trail:
        return reviewed.OF_STORE if {*self.delivered} & differing.keys() else super().trail(sid, recorded, differing)

    def reverted(self, names: Sequence[str]) -> str:
        return _HEALED if {*self.delivered} & {*names} else super().reverted(names)

    def unadoptable(self, values: Mapping[str, Any]) -> Problem | None:  # noqa: ARG002 - see Reviewable
        return Problem("Its secret cannot be had.", "Declare a key of your own, and revoke this one.")

    def diff(self, inputs: Mapping[str, Any], recorded: Mapping[str, Any]) -> Difference:
        difference = super().diff(inputs, recorded)
        reasons = schedule.due(inputs, recorded, self._clock())
        ended = [
            f"the overlap of {sid} is over, it is revoked" for sid in sorted(schedule.ended(recorded, self._clock()))
        ]
        changed = {*difference.changed, *(["rotated"] if reasons else []), *(["previous"] if ended else [])}
        return replace(difference, changed=sorted(changed), reasons=[*reasons, *ended])

    def update(
        self, session: Session, inputs: Mapping[str, Any], recorded: Mapping[str, Any], resource_id: str
    ) -> Outcome:
        """Rotate if that is due, revoke what has outlived its overlap, then bring the rest to what is declared."""
        declared = self.read_inputs(inputs)
        account = session.account(inputs.get(ACCOUNT))
        live = self._taken_over(self.recorded(self.object_id(resource_id, recorded), recorded), declared)
        if schedule.due(inputs, recorded, self._clock()):
            live = self._rotated(account, live, declared)
        live = self._revoked(account, live)
        outcome = self.settle(account, live, declared, strict=True)
        return replace(outcome, live=seen(session, outcome.live))

    def update_object(self, account: Account, live: Live, declared: DeliveredKey, names: set[str]) -> Live:
        values, facts = dict(live.values), dict(live.facts)
        if "policy" in names and "type" not in names:  # a key of another type is replaced by a rotation, not changed
            policy = key_calls.restrict(account, live.id, declared.friendly_name, declared.policy)
            values |= {"policy": policy, "friendly_name": declared.friendly_name}
        elif "friendly_name" in names:
            key_calls.rename(account, live.id, declared.friendly_name)
            values["friendly_name"] = declared.friendly_name
        if "delivery" in names:
            old = Delivery.model_validate(live.values["delivery"])
            facts["version"] = old.move(declared.delivery, account.sid, {"sid": live.id, **facts})
            values["delivery"] = plain(declared.delivery)
        return Live(live.id, values, facts)

    def _taken_over(self, live: Live, declared: DeliveredKey) -> Live:
        """Return the key as delivered to the same document under the stack's new name, if the stack was renamed."""
        delivery = live.values["delivery"]
        if declared.delivery.take_over(Delivery.model_validate(delivery)):
            delivery = delivery | {"owner": declared.delivery.owner}
        return replace(live, values=dict(live.values) | {"delivery": delivery})

    def _rotated(self, account: Account, live: Live, declared: DeliveredKey) -> Live:
        previous = schedule.previous(live.facts)
        bears_name = _bearing({declared.friendly_name, live.values.get("friendly_name")}, declared.mark)
        issuer = replace(
            self._issuer(account, declared),
            is_ours=lambda one: one.id in {live.id, *previous} or bears_name(one),
        )
        issued = rotation.rotate(
            issuer,
            declared.delivery,
            recorded=live.id,
            previous=previous,
            validation_url=declared.validation_url,
        )
        if (old := live.values.get("delivery")) and old != plain(declared.delivery):
            Delivery.model_validate(old).withdraw({live.id})
        return self._recorded(issued, declared)

    def _revoked(self, account: Account, live: Live) -> Live:
        """Revoke the keys whose overlap is over."""
        # What an update of this very run moves is still at the old place.
        delivery = Delivery.model_validate(live.values["delivery"])
        issuer = self._bearing(account, live.values)
        facts = issuing.revoke_ended(issuer, delivery, {**live.facts, "sid": live.id}, self._clock())
        return replace(live, facts=facts)

    def withdraw(self, account: Account | None, recorded: Mapping[str, Any], object_id: str) -> Sequence[str]:
        return Delivery.model_validate(recorded["delivery"]).withdraw(self._whole(account, object_id, recorded))

    def delete_object(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> None:
        others = self._whole(account, object_id, recorded) - {object_id}
        issuing.revoke(self._bearing(account, recorded), others)
        key_calls.remove(account, object_id)

    def _whole(self, account: Account | None, object_id: str, recorded: Mapping[str, Any]) -> set[str]:
        """Return all keys that go with one: those of its overlap, and those that no completed run has recorded."""
        known = {object_id} | schedule.previous(recorded)
        if account is None:
            return known
        try:
            return known | self._bearing(account, recorded).listed()
        except NotFound:
            return known

    def _issuer(self, account: Account, declared: DeliveredKey) -> KeyIssuer:
        is_ours = partial(self.is_same, declared)
        return KeyIssuer(self, account, is_ours, declared.friendly_name, declared.policy)

    def _bearing(self, account: Account, recorded: Mapping[str, Any]) -> KeyIssuer:
        """Return the issuer of the keys that bear the recorded name and the stack's mark."""
        return KeyIssuer(self, account, _bearing({recorded.get("friendly_name")}, str(recorded.get("mark", ""))))

    def _recorded(self, issued: issuing.Issued, declared: DeliveredKey) -> Live:
        facts = issued.facts(self._clock(), schedule.duration(declared.overlap), declared.rotation)
        return Live(issued.sid, self.desired(declared), facts)


def _live(answer: Any) -> Live:
    sid = str(answer.sid)
    return Live(sid, {"friendly_name": answer.friendly_name or ""}, {"sid": sid})


def _bearing(names: Collection[Any], mark: str) -> Callable[[Live], bool]:
    """Return what tells the keys that bear one of `names` and the stack's mark."""
    return lambda live: live.values["friendly_name"] in names and bears(live.values["friendly_name"], mark)


KIND = ApiKeyKind()
