"""A credential whose secret is shown once, from its creation to its end, whoever issues it and wherever it is stored.

The issuer knows its credentials by their SIDs, and nothing of stores; a store knows properties, and nothing of issuers.
What is done when stands here and in `rotation`, and is the same for all of them.

No credential is revoked because something is absent, for somebody may be using it: the document may have been lost, or
another store may answer. It takes a reading that says otherwise: the store names one that works, or a claim proves that
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
    """Who makes and ends the credentials of one declaration at Twilio. Every method raises Problem."""

    @property
    def noun(self) -> str:
        """What one is called, such as `API key`."""
        ...

    @property
    def name(self) -> str:
        """The name that they bear at Twilio."""
        ...

    @property
    def account_sid(self) -> str:
        """The account that they are of."""
        ...

    def listed(self) -> frozenset[str]:
        """Return those that are alive, by the listing that the run shares."""
        ...

    def alive(self) -> frozenset[str]:
        """Return those that are alive, by a listing that is read anew."""
        ...

    def is_dead(self, sid: str) -> bool:
        """Say whether this is the SID of one that was, and is not any more."""
        ...

    def create(self) -> tuple[str, str]:
        """Make one, and return its SID and secret; raise OutcomeUnknown when it may have been made all the same."""
        ...

    def fits(self, sid: str) -> bool:
        """Say whether one may do what is declared."""
        ...

    def accepts(self, sid: str, secret: str) -> bool:
        """Say whether a secret is that of `sid`, and lets in."""
        ...

    def revoke(self, sid: str) -> None:
        """Delete one; that it is gone already is success."""
        ...

    def require_right_clock(self) -> None:
        """Raise Problem when this machine's clock, by which they are rotated and revoked, is not Twilio's."""
        ...

    def looks(self) -> Iterator[None]:
        """Yield when it is time to look again for what Twilio may not list yet, as often as that makes sense."""
        ...


@dataclass(frozen=True)
class Issued:
    """The credential that is current in the store, and those beside it that are alive."""

    sid: str
    secret: str = field(repr=False)
    version: str
    beside: frozenset[str] = frozenset()

    def facts(self, now: datetime, overlap: timedelta, rotation: str) -> dict[str, Any]:
        """Return what is recorded of it: those beside it live on for the overlap, as somebody may be using them."""
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
    """Make the first one, and store it; raise Problem.

    The document is claimed first, as for a rotation, so that a later run knows what this one left.
    """
    held = Held.read(delivery)  # before anything is made: the store answers, and the document is ours
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
    """Store a new secret by `write`; revoke what it opens when it is certain that it was not stored."""
    try:
        return write()
    except Unsettled:
        raise
    except Problem:
        revoke()
        raise


def take_over(issuer: Issuer, delivery: Delivery, sid: str) -> Issued:
    """Return the current one, whose record was lost after a kill, and tidy up what that run had under way."""
    held = Held.read(delivery)
    version, others = held.version, issuer.listed() - {sid}
    if held.is_rotating:
        version = held.end_rotation()
        useless = held.lost(others) | {held.pending[0]} & others
        revoke(issuer, useless)
        others -= useless
    return Issued(sid, held.current[1], version, others)


def working(issuer: Issuer, pair: tuple[str, str], alive: Collection[str]) -> str:
    """Return the SID of a pair that lets in and is among those alive, else ""."""
    sid, secret = pair
    return sid if sid in alive and secret and issuer.accepts(sid, secret) else ""


def discard_lost(issuer: Issuer, held: Held, alive: Collection[str]) -> None:
    """Delete what a creation without an answer made, by the claim that it left; raise the Problem that says so."""
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
    """Revoke those whose overlap is over, provided that the store has the recorded one with a secret that works.

    Return the facts without them.
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
    """Say how the store stands to what is recorded: stored, missing, altered, or a rotation that is unfinished."""
    held = Held.of(delivery, delivery.open().read(delivery.path))
    current, secret = held.current
    sid = str(recorded["sid"])
    unknown = issuer.listed() - {sid, *schedule.previous(recorded)}
    lost = {one for one in unknown if not issuer.is_dead(one)}  # a listing may lag behind a deletion
    if current in lost:
        return UNFINISHED  # promoted, and not recorded
    if (found := status(secret, sid, recorded)) != STORED or current != sid:
        return found if found != STORED else ALTERED
    return UNFINISHED if lost or held.is_rotating else STORED


def _require_free(issuer: Issuer, held: Held, ours: Collection[str]) -> None:
    """Raise Problem when what our properties hold is somebody's; a dead one is taken for one of ours."""
    names = [name for name in held.delivery.names if name in held.properties]
    sid, _ = held.current
    if names and sid not in ours and not issuer.is_dead(sid):
        raise Problem(
            f"{held.delivery.path} in {held.delivery.open().address} has {' and '.join(names)} already, but not from a "
            "key of this stack; it was left as it is.",
            "Remove it there, or use other properties for the key.",
        )
