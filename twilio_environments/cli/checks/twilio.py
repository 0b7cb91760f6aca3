"""Credentials, their permissions, the endpoints, and the clock, by read-only calls with the run's own credentials."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from twilio_environments.cli.checks.finding import Finding, failed, passed
from twilio_environments.rest.endpoint import HOME_REGION
from twilio_environments.rest.errors import TwilioError
from twilio_environments.rest.session import Session
from twilio_environments.settings import Settings

# AWS refuses a signature that is 5 minutes off, and logins by OIDC are less patient [AWS: Signature Version 4].
_CLOCK_FAILS = timedelta(minutes=5)
_CLOCK_WARNS = timedelta(seconds=30)
_LISTS: dict[str, Callable[[Any], object]] = {
    "messaging": lambda client: client.messaging.v1.services.list(limit=1, page_size=1),
    "verify": lambda client: client.verify.v2.services.list(limit=1, page_size=1),
    "studio": lambda client: client.studio.v2.flows.list(limit=1, page_size=1),
    "monitor": lambda client: client.monitor.v1.events.list(limit=1, page_size=1),
    "iam": lambda client: client.iam.v1.get_api_keys.list(account_sid=client.account_sid, limit=1, page_size=1),
}
"""One cheap read-only call for each product host that this library uses."""


def look(session: Session, settings: Settings | None) -> Iterator[Finding]:
    """Yield the lines about Twilio; `settings` say what the stack needs, None if the stack file has mistakes."""
    kind = {"auth_token": "the Auth Token", "api_key": "an API key"}[session.credentials.kind]
    where = session.endpoint.url or session.endpoint.host("api")
    region = session.endpoint.region or HOME_REGION
    yield passed("credentials", f"{kind} of {session.own.sid}, from {session.source}, for {where} (region {region})")
    may = _permissions(session, settings)
    yield may
    if may.state == "fail" and may.status in {0, HTTPStatus.UNAUTHORIZED} and not _answered(session):
        return  # each product would only repeat it
    yield _clock(session.own.clock_skew)
    for product in _LISTS:
        if session.endpoint.has(product):
            yield _reached(product, session.own.client)


def _answered(session: Session) -> bool:
    """Return whether Twilio accepted any call."""
    return any(HTTPStatus.OK <= call.status < HTTPStatus.MULTIPLE_CHOICES for call in session.recent_calls())


def _permissions(session: Session, settings: Settings | None) -> Finding:
    """Check whether Twilio accepts the credentials, and whether they suffice for what the stack declares."""
    try:
        return (_token if session.credentials.kind == "auth_token" else _key)(session, settings)
    except TwilioError as error:
        return failed("permissions", error)


def _needs_subaccount(session: Session, settings: Settings | None) -> bool:
    return settings is not None and settings.subaccount.sid != session.own.sid


def _token(session: Session, settings: Settings | None) -> Finding:
    account = session.own.parent.api.v2010.accounts(session.own.sid).fetch()
    if str(account.status) != "active":
        what = f"the account is {account.status}"
        return Finding("permissions", "fail", what, "Find out why in the Console, and have it reactivated.")
    if account.owner_account_sid == session.own.sid:
        trial = " (a trial account, which can have one subaccount)" if str(account.type) == "Trial" else ""
        return passed("permissions", f"may create subaccounts and keys{trial}")
    if _needs_subaccount(session, settings):
        what = "this is the Auth Token of a subaccount, which cannot have subaccounts"
        return Finding("permissions", "fail", what, "Use the main account's, or set twilio:subaccount sid.")
    return passed("permissions", "the subaccount's own Auth Token: may do everything in it")


def _key(session: Session, settings: Settings | None) -> Finding:
    remedy = "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN of the main account instead."
    if not session.own.accepts(session.credentials.username, session.credentials.password):
        what = "Twilio does not accept this API key: it was revoked, is for another region, or has a different secret"
        return Finding("permissions", "fail", what, "Create a new one, or use the Auth Token.", 20003, 401)
    if _needs_subaccount(session, settings):
        what = "an API key can neither create a subaccount nor act for one, and the stack lives in one"
        return Finding("permissions", "fail", what, remedy)
    if settings is not None and (settings.keys or (settings.secrets and settings.secrets.auth_token)):
        what = "an API key cannot create keys or read the Auth Token, and the stack declares them"
        return Finding("permissions", "fail", what, remedy)
    return passed("permissions", "accepted; an API key can create neither subaccounts nor keys")


def _reached(product: str, client: Any) -> Finding:
    check = f"endpoint {product}"
    try:
        _LISTS[product](client)
    except TwilioError as error:
        # It answered. That it denies something to this credential may be intended.
        refused = error.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
        return failed(check, error, "warn" if refused else "fail")
    return passed(check, "answers")


def _clock(skew: timedelta) -> Finding:
    off = abs(skew)
    direction = "ahead of" if skew > timedelta() else "behind"
    if off < _CLOCK_WARNS:
        return passed("clock", "agrees with Twilio's")
    what = f"this machine's clock is {round(off.total_seconds())} s {direction} Twilio's"
    remedy = "Synchronize it with NTP; OIDC logins, AWS signatures and key ages depend on it."
    return Finding("clock", "fail" if off >= _CLOCK_FAILS else "warn", what, remedy)
