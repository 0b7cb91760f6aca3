"""Rotation of an account's Auth Token: store both tokens, then promote; each step is repeatable.

Twilio promises: the secondary token authenticates alongside the primary until it is promoted, then the old primary is
invalid at once; webhooks are signed only with the primary. It does not show a secondary token again, so a lost one is
deleted and created again (70002 says that there is one) [Twilio: SecondaryAuthToken, AuthTokenPromotion].

So `begin` stores both tokens, and receivers accept signatures by either. `promote` first makes the new one, which
already authenticates, the stored token, then promotes it, then removes the old one from the store.
"""

from __future__ import annotations

from dataclasses import dataclass

from twilio_environments.problems import Problem
from twilio_environments.rest.errors import NotFound, TwilioError
from twilio_environments.rest.session import Session
from twilio_environments.secrets.delivery import DocumentReference, secondary
from twilio_environments.secrets.issuing import stored

_THERE_IS_ONE = 70002


@dataclass(frozen=True)
class TokenDelivery:
    """The account, and the document and property that its Auth Token is delivered to."""

    account_sid: str
    document: DocumentReference
    property_name: str

    @property
    def secondary(self) -> str:
        """The property that carries the other token while a rotation is under way."""
        return secondary(self.property_name)


def begin(session: Session, delivery: TokenDelivery) -> None:
    """Create a secondary token, if there is none, and store it alongside the primary; raise Problem."""
    account = session.account(delivery.account_sid)
    there = _stored(delivery)
    if _other(session, delivery, there):
        return
    tokens = account.client.accounts.v1.secondary_auth_token()
    try:
        made = tokens.create()
    except TwilioError as error:
        if error.code != _THERE_IS_ONE:
            raise
        tokens.delete()  # no store has its value, so nobody can be using it
        made = tokens.create()
    put = {delivery.property_name: account.auth_token, delivery.secondary: str(made.secondary_auth_token)}
    stored(lambda: delivery.document.write(put), tokens.delete)


def promote(session: Session, delivery: TokenDelivery) -> None:
    """Make the secondary token the primary, in the store too; raise Problem when `begin` has to come first."""
    document = delivery.document
    primary = session.account(delivery.account_sid).auth_token
    there = _stored(delivery)
    other = _other(session, delivery, there)
    if not other:
        if there.get(delivery.property_name) == primary:
            if delivery.secondary in there:  # promoted by a run that was interrupted before it could clean up
                document.write({}, [delivery.secondary])
                return
            raise Problem("There is no secondary Auth Token in the store.", "Run the rotation without --promote first.")
        raise Problem(
            f"The Auth Token in {document.path} is not the account's, and neither is any other one there.",
            "Run pulumi up --refresh, which delivers it again.",
        )
    expected = {delivery.property_name: there.get(delivery.property_name)}
    document.write({delivery.property_name: other, delivery.secondary: primary}, expect=expected)
    session.account(delivery.account_sid).client.accounts.v1.auth_token_promotion().update()
    session.forget(delivery.account_sid)
    document.write({}, [delivery.secondary])


def abort(session: Session, delivery: TokenDelivery) -> None:
    """Delete the secondary token, and leave only the primary in the store; raise Problem."""
    account, document = session.account(delivery.account_sid), delivery.document
    put = {delivery.property_name: account.auth_token}
    document.write(put, [delivery.secondary])
    try:
        account.client.accounts.v1.secondary_auth_token().delete()
    except NotFound:
        return


def _stored(delivery: TokenDelivery) -> dict[str, str]:
    document = delivery.document.read()
    return dict(document.properties) if document else {}


def _other(session: Session, delivery: TokenDelivery, there: dict[str, str]) -> str:
    """Return the stored token that authenticates but is not the primary, "" if there is none."""
    account = session.account(delivery.account_sid)
    for token in (there.get(delivery.secondary, ""), there.get(delivery.property_name, "")):
        if token and token != account.auth_token and account.accepts(account.sid, token):
            return token
    return ""
