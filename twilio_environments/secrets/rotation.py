"""Rotation of an API key without an outage: every step can be repeated, and any of them may be the last before a kill.

    intent    claim the rotation in the document, by compare-and-set: from now on only this run may go on. The claim
              lists the keys that are alive, so that a later run knows those that this one made and never stored
    create    make the new key
    pending   put it into the document beside the current one
    prove     authenticate with it, and ask the consumer's validation URL, if there is one
    promote   make it the current one, in one write
    overlap   the old key lives on until its time is over
    revoke    delete it, provided that the store names another one

A run that is overtaken stops at its next write and deletes the key that only it knew. What the store calls current has
always been proven, and is never revoked.

No key is revoked because something is absent, for somebody may be using it: the document may have been lost, or another
store may answer. It takes a reading that says otherwise: the store names a key that works, or a claim proves that
nobody has the secret. So at most two keys of one name are alive, and more only while the store names none that works.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from twilio_environments import trust
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import OutcomeUnknown
from twilio_environments.rest.session import Account
from twilio_environments.secrets.delivery import Delivery
from twilio_environments.secrets.stores import Unsettled

_VALIDATION_SECONDS = 10


@dataclass(frozen=True)
class Keys:
    """What a rotation may do with keys: list those of ours that are alive, and make, judge and delete one.

    `alive` lists them anew at every call.
    """

    alive: Callable[[], frozenset[str]]
    create: Callable[[], tuple[str, str]]
    fits: Callable[[str], bool]
    revoke: Callable[[str], None]
    looks: Callable[[], Iterator[None]]


@dataclass(frozen=True)
class Promoted:
    """The key that is current after a rotation, and the one that it took over from, if that is alive."""

    sid: str
    secret: str
    version: str
    before: str = ""

    def __repr__(self) -> str:
        return f"Promoted({self.sid}, version {self.version}, before {self.before})"


def claim(alive: Collection[str]) -> str:
    """Return the claim of a run that found these keys alive."""
    return f"{uuid.uuid4().hex}/{','.join(sorted(alive))}"


def lost(delivery: Delivery, properties: Mapping[str, str], alive: Collection[str]) -> set[str]:
    """Return the keys that were made under the claim in a document and are not in it: nobody has their secret.

    `alive` has to be read after the document, and what is done about them to come after a write that takes the claim
    away: then the run that holds it cannot store them any more.
    """
    pending_sid, _, name = delivery.transient
    _, listed, sids = properties.get(name, "").partition("/")
    known = {*sids.split(","), properties.get(delivery.sid_property), properties.get(pending_sid)}
    return set(alive) - known if listed else set()


def stored(write: Callable[[], str], revoke: Callable[[], object]) -> str:
    """Store the secret of a new key by `write`; revoke the key when it is certain that it was not stored."""
    try:
        return write()
    except Unsettled:
        raise
    except Problem:
        revoke()
        raise


def rotate(
    account: Account, delivery: Delivery, keys: Keys, *, recorded: str, previous: set[str], validation_url: str
) -> Promoted:
    """Take a key through all steps up to `promote`; raise Problem when it stops, with the current key untouched.

    `recorded` is the SID in the state, `previous` are those that were current before it. If the store names another
    key of ours that works, an interrupted run has promoted it, and it is taken as it is.
    """
    store, path, owner = delivery.open(), delivery.path, delivery.owner
    pending_sid, pending_secret, claimed = delivery.transient
    document = delivery.read()
    found: Mapping[str, str] = document.properties if document else {}
    # After the read and before the claim: whatever is listed and not in the document is of a run that the claim
    # overtakes, so nothing that is deleted here can become the current key.
    alive = keys.alive()
    current, secret = (found.get(name, "") for name in delivery.names)
    works = current in alive and bool(secret) and account.accepts(current, secret)
    seen = {name: found.get(name) for name in (*delivery.names, pending_sid, claimed)}
    before = recorded if recorded in alive else ""
    if works and current not in {recorded, *previous} and keys.fits(current):
        version = store.write(path, owner, {}, drop=delivery.transient, expect=seen)
        _revoke(keys, alive - {current, before})
        return Promoted(current, secret, version, before)
    kept = current if works else before

    mine = claim(alive | {recorded, *previous})
    store.write(path, owner, {claimed: mine}, expect=seen)
    sid, fresh = found.get(pending_sid, ""), found.get(pending_secret, "")
    goes_on = sid in alive and bool(fresh) and account.accepts(sid, fresh) and keys.fits(sid)
    staying = {kept, sid} if goes_on else {kept}
    useless = (alive if works else lost(delivery, found, alive)) - staying
    _revoke(keys, useless)
    if not goes_on:
        unchanged = {name: seen[name] for name in delivery.names}
        try:
            sid, fresh = keys.create()
        except OutcomeUnknown:
            for _ in keys.looks():
                if made := keys.alive() - alive:
                    # Listed while the claim is still this run's: none of them is a key that another run goes on with.
                    store.write(path, owner, {}, drop=[claimed], expect={claimed: mine} | unchanged)
                    _revoke(keys, made)
                    break
            raise  # the claim stays where nothing was found: by it a refresh notices a key that turns up later
        except Problem:
            with suppress(Problem):
                store.write(path, owner, {}, drop=delivery.transient, expect={claimed: mine} | unchanged)
            raise
        pending = {pending_sid: sid, pending_secret: fresh}
        stored(lambda: store.write(path, owner, pending, expect={claimed: mine}), lambda: keys.revoke(sid))
    _prove(account, sid, fresh, validation_url, {"document": path, "property": pending_secret, "key": sid})
    version = store.write(
        path,
        owner,
        delivery.properties(account.sid, sid, fresh),
        drop=delivery.transient,
        expect={claimed: mine, pending_sid: sid},
    )
    _revoke(keys, alive - useless - {sid, kept})
    # A document that was restored by hand may have the recorded key as the pending one.
    return Promoted(sid, fresh, version, kept if kept != sid else "")


def _revoke(keys: Keys, sids: Collection[str]) -> None:
    for sid in sorted(sids):
        keys.revoke(sid)


def _prove(account: Account, sid: str, secret: str, validation_url: str, told: Mapping[str, Any]) -> None:
    if not account.accepts(sid, secret):
        raise Problem(
            f"Twilio does not let the new key {sid} in yet, so the old one stays the current one.",
            "Run pulumi up --refresh: the new key is tried once more, and replaced if it still fails.",
        )
    if not validation_url:
        return
    trust.require_origin(validation_url)
    import requests  # noqa: PLC0415  takes a while, and few keys have a validation URL

    try:
        # What it is told holds no secret: the consumer reads the pending property from the store itself.
        with requests.post(
            validation_url,
            json=dict(told),
            timeout=_VALIDATION_SECONDS,
            allow_redirects=False,
            stream=True,  # the status says it all, and a body may never end
        ) as answer:
            accepted, reason = answer.ok and not answer.is_redirect, f"answered HTTP {answer.status_code}"
    except requests.RequestException as error:
        accepted, reason = False, f"did not answer ({type(error).__name__})"
    if not accepted:
        raise Problem(
            f"The validation URL {reason}, so the key {sid} stays pending and the old one stays the current one.",
            "Let the consumer accept the pending key, then run pulumi up --refresh.",
        )
