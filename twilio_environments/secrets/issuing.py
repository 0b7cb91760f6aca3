"""A credential whose secret is shown once, from creation to revocation, whoever issues it and wherever it is stored.

The issuer knows its credentials by SID, and nothing about stores; a store knows properties, and nothing about issuers.
The order of steps is defined here and in `rotation`, and is the same for all of them.

No credential is revoked because something is missing, since somebody may be using it: the document may have been lost,
or another store may answer. Revoking takes positive evidence: the store names one that works, or a claim proves that
nobody has the secret.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from twilio_environments.problems import Problem
from twilio_environments.rest.errors import OutcomeUnknown
from twilio_environments.secrets import schedule
from twilio_environments.secrets.delivery import ALTERED, STORED, UNFINISHED, Delivery, status
from twilio_environments.secrets.held import Held
from twilio_environments.secrets.stores import Unsettled, fingerprint


class Issuer(Protocol):
    """Creates and deletes the credentials of one declaration at Twilio. Every method raises Problem."""

    @property
    def noun(self) -> str:
        """What one is called, such as `API key`."""
        ...

    @property
    def name(self) -> str:
        """Their name at Twilio."""
        ...

    @property
    def account_sid(self) -> str:
        """The account that they belong to."""
        ...

    def listed(self) -> frozenset[str]:
        """Return the live ones, by the listing that the run shares."""
        ...

    def alive(self) -> frozenset[str]:
        """Return the live ones, by a fresh listing."""
        ...

    def is_dead(self, sid: str) -> bool:
        """Return whether this is the SID of one that no longer exists."""
        ...

    def create(self) -> tuple[str, str]:
        """Create one, and return its SID and secret; raise OutcomeUnknown when it may exist nevertheless."""
        ...

    def fits(self, sid: str) -> bool:
        """Return whether one has the declared permissions."""
        ...

    def accepts(self, sid: str, secret: str) -> bool:
        """Return whether a secret belongs to `sid` and authenticates."""
        ...

    def revoke(self, sid: str) -> None:
        """Delete one; one that is already gone counts as success."""
        ...

    def require_right_clock(self) -> None:
        """Raise Problem when this machine's clock, by which they are rotated and revoked, is not Twilio's."""
        ...

    def looks(self) -> Iterator[None]:
        """Yield each time it makes sense to look again for what Twilio may not list yet."""
        ...


@dataclass(frozen=True)
class Issued:
    """The credential that is current in the store, and the others that are still alive."""

    sid: str
    secret: str = field(repr=False)
    version: str
    beside: frozenset[str] = frozenset()

    def facts(self, now: datetime, overlap: timedelta, rotation: str) -> dict[str, Any]:
        """Return what is recorded of it: the others live on for the overlap, as somebody may be using them."""
        until = schedule.stamp(now + overlap)
        return {
            "sid": self.sid,
            "version": self.version,
            "fingerprint": fingerprint(self.secret, self.sid),
            "created": schedule.stamp(now),
            "rotated": rotation,
            "previous": [{"sid": sid, "until": until} for sid in sorted(self.beside)],
        }


def issue(issuer: Issuer, delivery: Delivery) -> Issued:
    """Create the first one, and store it; raise Problem.

    The document is claimed first, as in a rotation, so that a later run knows what this one left behind.
    """
    held = Held.read(delivery)  # before anything is created: the store answers, and the document is ours
    others = issuer.listed()
    _require_free(issuer, held, others)
    issuer.require_right_clock()
    claim = held.claim(others)
    useless = held.lost(others)
    revoke(issuer, useless)
    try:
        sid, secret = issuer.create()
    except OutcomeUnknown:
        raise  # the claim stays: by it what was made is known for one that nobody has the secret of
    except Problem:
        with suppress(Problem):
            claim.end_rotation()
        raise
    version = stored(lambda: claim.promote(issuer.account_sid, sid, secret), lambda: issuer.revoke(sid))
    return Issued(sid, secret, version, others - useless)


def stored(write: Callable[[], str], revoke: Callable[[], object]) -> str:
    """Store a new secret by `write`; revoke its credential when it was certainly not stored."""
    try:
        return write()
    except Unsettled:
        raise
    except Problem:
        revoke()
        raise


def take_over(issuer: Issuer, delivery: Delivery, sid: str) -> Issued:
    """Return the current one, whose record was lost after a kill, and clean up what that run left unfinished."""
    held = Held.read(delivery)
    version, others = held.version, issuer.listed() - {sid}
    if held.is_rotating:
        version = held.end_rotation()
        useless = held.lost(others) | {held.pending[0]} & others
        revoke(issuer, useless)
        others -= useless
    return Issued(sid, held.current[1], version, others)


def working(issuer: Issuer, pair: tuple[str, str], alive: Collection[str]) -> str:
    """Return the SID of a pair that authenticates and is alive, else ""."""
    sid, secret = pair
    return sid if sid in alive and secret and issuer.accepts(sid, secret) else ""


def discard_lost(issuer: Issuer, held: Held, alive: Collection[str]) -> None:
    """Delete what an unanswered creation made, by the claim that it left; raise the Problem that says so."""
    lost = held.lost(alive)
    if lost:
        held.end_rotation()
        revoke(issuer, lost)
        raise Problem(
            f"The answer to the creation of the {issuer.noun} {issuer.name!r} was lost, and with it the secret of "
            f"{' and '.join(sorted(lost))}, so it was deleted again.",
            "Run again to create another one.",
        )


def revoke(issuer: Issuer, sids: Collection[str]) -> None:
    """Delete these."""
    for sid in sorted(sids):
        issuer.revoke(sid)


def revoke_ended(issuer: Issuer, delivery: Delivery, facts: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Revoke those whose overlap has ended, provided that the store has the recorded one with a working secret.

    Return the facts without these.
    """
    ended = schedule.ended(facts, now)
    if not ended:
        return dict(facts)
    current, secret = Held.read(delivery).current
    if current != facts["sid"] or not issuer.accepts(current, secret):
        raise Problem(
            f"The store does not have {facts['sid']} with a working secret, so no old key was revoked.",
            "Run pulumi up --refresh, which repairs the store.",
        )
    issuer.require_right_clock()
    revoke(issuer, ended - {current})
    return dict(facts) | {"previous": [old for old in facts["previous"] if old["sid"] not in ended]}


def status_of(issuer: Issuer, delivery: Delivery, recorded: Mapping[str, Any]) -> str:
    """Return how the store compares with the record: stored, missing, altered, or with an unfinished rotation."""
    held = Held.of(delivery, delivery.open().read(delivery.path))
    current, secret = held.current
    sid = str(recorded["sid"])
    unknown = issuer.listed() - {sid, *schedule.previous(recorded)}
    lost = {one for one in unknown if not issuer.is_dead(one)}  # a listing may lag behind a deletion
    if current in lost:
        return UNFINISHED  # promoted but not recorded
    if (found := status(secret, sid, recorded)) != STORED or current != sid:
        return found if found != STORED else ALTERED
    return UNFINISHED if lost or held.is_rotating else STORED


def _require_free(issuer: Issuer, held: Held, ours: Collection[str]) -> None:
    """Raise Problem when our properties hold somebody else's credential; a dead one counts as ours."""
    names = [name for name in held.delivery.names if name in held.properties]
    sid, _ = held.current
    if names and sid not in ours and not issuer.is_dead(sid):
        raise Problem(
            f"{held.delivery.path} in {held.delivery.open().address} has {' and '.join(names)} already, but not from a "
            "key of this stack; it was left as it is.",
            "Remove it there, or use other properties for the key.",
        )
