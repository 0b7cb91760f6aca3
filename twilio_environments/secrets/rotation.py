"""Rotation of a credential without an outage: every step can be repeated, and each may be the last before a kill.

    intent    claim the rotation in the document, by compare-and-set: from now on only this run may continue. The claim
              lists the live keys, so that a later run knows those that this one made and never stored
    create    make the new key
    pending   put it into the document alongside the current one
    prove     authenticate with it, and ask the consumer's validation URL, if there is one
    promote   make it the current one, in one write
    overlap   the old key stays valid until its time is up
    revoke    delete it, provided that the store names another one

A run that is overtaken stops at its next write and deletes the key that only it knew. Whatever is current in the store
has been proven, and is never revoked.

So at most two keys of one name are alive, and more only while the store names none that works: see `issuing` for what
may be revoked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress

from twilio_environments import trust
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import OutcomeUnknown
from twilio_environments.secrets.delivery import Delivery
from twilio_environments.secrets.held import Claim, Held
from twilio_environments.secrets.issuing import Issued, Issuer, revoke, stored, working

_VALIDATION_SECONDS = 10


def rotate(
    issuer: Issuer, delivery: Delivery, *, recorded: str, previous: Collection[str], validation_url: str
) -> Issued:
    """Take a credential through all steps up to `promote`; raise Problem when it stops, with the current one untouched.

    `recorded` is the SID in the state, `previous` are those that were current before it. If the store names another
    working one of ours, an interrupted run has promoted it, and it is used as it is.
    """
    held = Held.read(delivery)
    # After the read and before the claim: whatever is listed but not in the document belongs to a run that the claim
    # overtakes, so nothing deleted here can become the current one.
    alive = issuer.alive()
    issuer.require_right_clock()
    current = working(issuer, held.current, alive)
    before = recorded if recorded in alive else ""
    if current and current not in {recorded, *previous} and issuer.fits(current):
        version = held.end_rotation()
        revoke(issuer, alive - {current, before})
        return Issued(current, held.current[1], version, frozenset({before} - {""}))
    kept = current or before

    claim = held.claim(alive | {recorded, *previous})
    sid, secret = held.pending
    goes_on = bool(working(issuer, held.pending, alive)) and issuer.fits(sid)
    useless = (alive if current else held.lost(alive)) - ({kept, sid} if goes_on else {kept})
    revoke(issuer, useless)
    if not goes_on:
        sid, secret = _created(issuer, claim, alive)
        stored(lambda: claim.put_pending(sid, secret), lambda: issuer.revoke(sid))
    told = {"document": delivery.path, "property": delivery.transient[1], "key": sid}
    _prove(issuer, sid, secret, validation_url, told)
    version = claim.promote(issuer.account_sid, sid, secret, pending=True)
    revoke(issuer, alive - useless - {sid, kept})
    # A document that a person restored may have the recorded one as the pending one.
    return Issued(sid, secret, version, frozenset({kept} - {sid, ""}))


def _created(issuer: Issuer, claim: Claim, alive: Collection[str]) -> tuple[str, str]:
    """Create the new one; what an unanswered call may have created is found and deleted."""
    try:
        return issuer.create()
    except OutcomeUnknown:
        for _ in issuer.looks():
            if made := issuer.alive() - {*alive}:
                # Listed while the claim is still this run's: none of them belongs to a run that continues.
                claim.release()
                revoke(issuer, made)
                break
        raise  # the claim stays where nothing was found: by it a refresh notices one that turns up later
    except Problem:
        with suppress(Problem):
            claim.end_rotation()
        raise


def _prove(issuer: Issuer, sid: str, secret: str, validation_url: str, told: Mapping[str, str]) -> None:
    if not issuer.accepts(sid, secret):
        raise Problem(
            f"Twilio does not accept the new key {sid} yet, so the old one stays current.",
            "Run pulumi up --refresh: it tries the new key once more, and replaces it if it still fails.",
        )
    if not validation_url:
        return
    trust.require_origin(validation_url)
    import requests  # noqa: PLC0415  takes a while, and few keys have a validation URL

    try:
        # The request holds no secret: the consumer reads the pending property from the store itself.
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
            f"The validation URL {reason}, so the key {sid} stays pending and the old one stays current.",
            "Make the consumer accept the pending key, then run pulumi up --refresh.",
        )
