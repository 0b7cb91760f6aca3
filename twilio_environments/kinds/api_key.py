"""An API key, whose secret goes to the secret store and nowhere else.

Twilio promises: the secret is in the answer to the creation and never again, so a key whose secret was not stored is
worthless and is deleted. Names are not unique and carry this stack's mark. Standard keys come from the v2010 API, which
takes no policy and would silently make a full key of a restricted one; restricted keys come from IAM v1 and are read
back. Listings show neither secret nor policy. A Standard key may not create keys: that takes an Auth Token
[Twilio: Keys v2010 and IAM v1].
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from twilio_environments import trust
from twilio_environments.lifecycle.absence import looks
from twilio_environments.lifecycle.declaration import (
    OURS,
    PART,
    Declaration,
    FriendlyName,
    Twilio,
    Url,
    plain,
    unordered,
)
from twilio_environments.lifecycle.kind import ACCOUNT, Difference, Live, Outcome, seen
from twilio_environments.lifecycle.listed import ListedKind, bears
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import NotFound, OutcomeUnknown
from twilio_environments.rest.session import Account, Session
from twilio_environments.secrets import key_calls, rotation, schedule
from twilio_environments.secrets.delivery import ALTERED, STORED, UNFINISHED, Delivery, status
from twilio_environments.secrets.stores import fingerprint

Permission = Annotated[str, StringConstraints(pattern=r"^/twilio/[a-z0-9./*-]+$")]


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


class DeliveredKey(ApiKey):
    """An API key with the place its secret is delivered to."""

    delivery: Annotated[Delivery, PART]
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
    facts = {"sid": str, "version": str, "fingerprint": str, "created": str, "previous": dict, "rotated": str}
    always_marked = True
    closes_with_account = False  # its properties have to leave the store
    statuses = ("secret_status",)
    # The pair of a key is in its own properties of the store; what another key has there is not looked for.
    takes_over = False
    surest = 2

    def __init__(self, clock: schedule.Clock = lambda: datetime.now(UTC)) -> None:
        """Take the clock by which keys come of age."""
        self._clock = clock

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
        return self._live(str(answer.sid), answer.friendly_name)

    def fetch(self, account: Account, object_id: str) -> Live:
        answer = key_calls.fetch(account, object_id)
        return self._live(str(answer.sid), answer.friendly_name)

    def find(self, account: Account, declared: DeliveredKey, *, made: bool = False) -> Live | None:
        """Return the key of ours that the store has with a secret that works.

        Nobody can use one whose secret the store does not have, and yet it is not deleted for that: see `rotation`.
        """
        delivery = declared.delivery
        if not made and not any(self.is_same(declared, live) for live in self.listed(account)):
            return None
        properties = self._stored(delivery)
        found = [live for live in self.listed(account) if self.is_same(declared, live)]
        if found and not (made or self.ours(declared, found[0])):
            raise Problem(
                f"There is an API key {declared.friendly_name!r} already ({found[0].id}), this stack did not make it, "
                "and its secret cannot be had.",
                "Choose another friendly_name.",
            )
        sid, secret = (properties.get(name, "") for name in delivery.names)
        works = secret and any(live.id == sid for live in found) and account.accepts(sid, secret)
        lost = rotation.lost(delivery, properties, {live.id for live in found})
        if made and lost:
            self._give_back(delivery, properties)
            self._revoke_all(account, lost)
            raise Problem(
                f"The answer to the creation of the API key {declared.friendly_name!r} was lost, and with it the "
                f"secret of {' and '.join(sorted(lost))}, so that was deleted again.",
                "Run again: another one is made.",
            )
        return next((live for live in found if works and live.id == sid), None)

    def detailed(self, account: Account, live: Live, recorded: Mapping[str, Any]) -> Live:
        delivery = Delivery.model_validate(recorded["delivery"])
        values = dict(live.values) | {"type": recorded["type"], "delivery": recorded["delivery"], "policy": []}
        if recorded["type"] == "restricted":
            values["policy"] = key_calls.policy_of(account, live.id)
        values["secret_status"] = self._secret_status(account, delivery, live.id, recorded)
        return Live(live.id, values, {name: recorded.get(name, "") for name in self.facts} | {"sid": live.id})

    def adopted(self, account: Account, live: Live, declared: DeliveredKey) -> Live:
        """Complete a key found again after a kill: its secret is in the store, so only the record was lost.

        What it may do is read: the settings may have changed since. If it is of another type, the next run rotates it.
        """
        delivery = declared.delivery
        document = delivery.read()
        assert document is not None  # `find` took the key by it
        properties, version = document.properties, document.version
        others = {one.id for one in self.listed(account) if self.is_same(declared, one)} - {live.id}
        if properties.keys() & set(delivery.transient):  # of a rotation that was interrupted
            version = self._give_back(delivery, properties)
            useless = rotation.lost(delivery, properties, others) | {properties.get(delivery.transient[0], "")} & others
            self._revoke_all(account, useless)
            others -= useless
        found = self._delivered(live.id, declared, properties[delivery.secret_property], version)
        policy = key_calls.settled_policy_of(account, live.id)
        kept = {"type": "restricted" if policy else "standard", "policy": policy}
        found = Live(found.id, dict(found.values) | kept, found.facts)
        return self._revoked(account, self._beside(found, declared, others))

    def create_object(self, account: Account, declared: DeliveredKey) -> Live:
        """See Kind. The document is claimed first, as for a rotation, so that a later run knows what this one left."""
        delivery, store = declared.delivery, declared.delivery.open()
        properties = self._stored(delivery)  # before anything is made: the store answers, and the document is ours
        others = {live.id for live in self.listed(account) if self.is_same(declared, live)}
        self._require_free(account, delivery, properties, others)
        key_calls.require_right_clock(account)
        name, mine = delivery.transient[2], rotation.claim(others)
        seen = {name: properties.get(name) for name in (*delivery.names, *delivery.transient)}
        store.write(delivery.path, delivery.owner, {name: mine}, expect=seen)
        useless = rotation.lost(delivery, properties, others)
        self._revoke_all(account, useless)
        try:
            sid, secret = key_calls.create(account, declared.friendly_name, declared.policy)
        except OutcomeUnknown:
            raise  # the claim stays: by it what was made is known for a key that nobody has the secret of
        except Problem:
            with suppress(Problem):
                self._give_back(delivery, seen | {name: mine})
            raise
        put, drop = delivery.properties(account.sid, sid, secret), delivery.transient
        version = rotation.stored(
            lambda: store.write(delivery.path, delivery.owner, put, drop, expect={name: mine}),
            lambda: self._revoke(account, sid),
        )
        made = self._delivered(sid, declared, secret, version)
        return self._revoked(account, self._beside(made, declared, others - useless))

    def _stored(self, delivery: Delivery) -> Mapping[str, str]:
        document = delivery.read()
        return document.properties if document else {}

    def _give_back(self, delivery: Delivery, seen: Mapping[str, str | None]) -> str:
        """End the rotation that is under way in a document, provided that it still is as it was seen."""
        expected = {name: seen.get(name) for name in delivery.all_names}
        return delivery.open().write(delivery.path, delivery.owner, {}, drop=delivery.transient, expect=expected)

    def _beside(self, live: Live, declared: DeliveredKey, others: Collection[str]) -> Live:
        """Let other keys of ours live on for the overlap: somebody may be using them."""
        until = schedule.stamp(self._clock() + schedule.duration(declared.overlap))
        previous = [{"sid": sid, "until": until} for sid in sorted(others)]
        return Live(live.id, live.values, dict(live.facts) | {"previous": previous})

    def _require_free(
        self, account: Account, delivery: Delivery, properties: Mapping[str, str], ours: Collection[str]
    ) -> None:
        """Raise Problem when what our properties hold is somebody's; a dead key is taken for one of ours."""
        held = [name for name in delivery.names if name in properties]
        sid = properties.get(delivery.sid_property, "")
        dead = re.fullmatch(r"SK[0-9a-f]{32}", sid) and not self._is_alive(account, sid)
        if held and not dead and sid not in ours:
            raise Problem(
                f"{delivery.path} in {delivery.open().address} has {' and '.join(held)} already, and not of a key of "
                "this stack's; it was left as it is.",
                "Remove it there, or give the key other properties.",
            )

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
            live = self._rotated(session, account, live, declared)
        live = self._revoked(account, live)
        outcome = self.settle(account, live, declared, strict=True)
        return replace(outcome, live=seen(session, outcome.live))

    def update_object(self, account: Account, live: Live, declared: DeliveredKey, names: set[str]) -> Live:
        values, facts = dict(live.values), dict(live.facts)
        if "policy" in names and "type" not in names:  # a key of another type is replaced by a rotation, not changed
            account.client.iam.v1.api_key(live.id).update(
                friendly_name=declared.friendly_name, policy={"allow": sorted(declared.policy)}
            )
            values |= {"policy": key_calls.settled_policy_of(account, live.id), "friendly_name": declared.friendly_name}
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

    def _rotated(self, session: Session, account: Account, live: Live, declared: DeliveredKey) -> Live:
        previous = schedule.previous(live.facts)
        names = {declared.friendly_name, live.values.get("friendly_name")}

        def alive() -> frozenset[str]:
            account.listings.drop(*self.listing_key(account))
            listed = {key.id for key in self.listed(account)}
            key_calls.require_right_clock(account)
            return frozenset(listed & (self._ours(account, names, declared.mark) | previous | {live.id}))

        keys = rotation.Keys(
            alive=alive,
            create=lambda: key_calls.create(account, declared.friendly_name, declared.policy),
            fits=lambda sid: key_calls.settled_policy_of(account, sid) == unordered(declared.policy),
            revoke=lambda sid: self._revoke(account, sid),
            looks=lambda: looks(session),
        )
        promoted = rotation.rotate(
            account,
            declared.delivery,
            keys,
            recorded=live.id,
            previous=previous,
            validation_url=declared.validation_url,
        )
        if (old := live.values.get("delivery")) and old != plain(declared.delivery):
            Delivery.model_validate(old).withdraw({live.id})
        made = self._delivered(promoted.sid, declared, promoted.secret, promoted.version)
        return self._beside(made, declared, {promoted.before} - {""})

    def _revoked(self, account: Account, live: Live) -> Live:
        ended = schedule.ended(live.facts, self._clock())
        if not ended:
            return live
        # What an update of this very run moves is still at the old place.
        delivery = Delivery.model_validate(live.values["delivery"])
        document = delivery.read()
        current, secret = (document.properties.get(name, "") if document else "" for name in delivery.names)
        if current != live.id or not account.accepts(current, secret):
            raise Problem(
                f"The store does not have {live.id} with a secret that works, so no old key was revoked.",
                "Run pulumi up --refresh, which makes the store right again.",
            )
        key_calls.require_right_clock(account)
        self._revoke_all(account, ended - {current})
        left = [old for old in live.facts["previous"] if old["sid"] not in ended]
        return Live(live.id, live.values, dict(live.facts) | {"previous": left})

    def withdraw(self, account: Account | None, recorded: Mapping[str, Any], object_id: str) -> Sequence[str]:
        return Delivery.model_validate(recorded["delivery"]).withdraw(self._whole(account, object_id, recorded))

    def delete_object(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> None:
        self._revoke_all(account, self._whole(account, object_id, recorded) - {object_id})
        key_calls.remove(account, object_id)

    def _whole(self, account: Account | None, object_id: str, recorded: Mapping[str, Any]) -> set[str]:
        """Return all keys that go with one: those of its overlap, and those that no completed run has recorded."""
        known = {object_id} | schedule.previous(recorded)
        if account is None:
            return known
        try:
            return known | self._ours(account, {recorded.get("friendly_name")}, str(recorded.get("mark", "")))
        except NotFound:
            return known

    def _live(self, sid: str, friendly_name: str | None) -> Live:
        return Live(sid, {"friendly_name": friendly_name or ""}, {"sid": sid})

    def _delivered(self, sid: str, declared: DeliveredKey, secret: str, version: str) -> Live:
        facts = {
            "sid": sid,
            "version": version,
            "fingerprint": fingerprint(secret, sid),
            "created": schedule.stamp(self._clock()),
            "rotated": declared.rotation,
            "previous": [],
        }
        return Live(sid, self.desired(declared), facts)

    def _secret_status(self, account: Account, delivery: Delivery, sid: str, recorded: Mapping[str, Any]) -> str:
        document = delivery.open().read(delivery.path)
        properties = document.properties if document else {}
        current, secret = (properties.get(name, "") for name in delivery.names)
        known = {sid, *schedule.previous(recorded)}
        lost = self._ours(account, {recorded["friendly_name"]}, str(recorded.get("mark", ""))) - known
        lost = {one for one in lost if self._is_alive(account, one)}  # a listing may lag behind a deletion
        if current in lost:
            return UNFINISHED  # promoted, and not recorded
        if (found := status(secret, sid, recorded)) != STORED or current != sid:
            return found if found != STORED else ALTERED
        return UNFINISHED if lost or properties.keys() & set(delivery.transient) else STORED

    def _ours(self, account: Account, names: Collection[Any], mark: str) -> set[str]:
        """Return the keys alive that bear one of `names` and the stack's mark."""
        listed = ((live.id, live.values["friendly_name"]) for live in self.listed(account))
        return {sid for sid, name in listed if name in names and bears(name, mark)}

    def _is_alive(self, account: Account, sid: str) -> bool:
        try:
            self.fetched(account, sid)
        except NotFound:
            return False
        return True

    def _revoke_all(self, account: Account, sids: Collection[str]) -> None:
        for sid in sorted(sids):
            self._revoke(account, sid)

    def _revoke(self, account: Account, sid: str) -> None:
        account.listings.drop(*self.listing_key(account))
        key_calls.delete(account, sid)


KIND = ApiKeyKind()
