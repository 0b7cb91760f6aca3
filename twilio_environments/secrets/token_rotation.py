"""Rotation of an account's Auth Token: both tokens first, then the promotion, each step repeatable.

Twilio promises: the secondary token authenticates beside the primary until it is promoted, then the old primary is dead
at once; webhooks are signed with the primary alone. It does not show a secondary token again, so one that was lost is
deleted and made anew (70002 says that there is one) [Twilio: SecondaryAuthToken, AuthTokenPromotion].

So `begin` stores both tokens, and receivers accept signatures of either. `promote` first makes the new one the stored
token, which authenticates already, then promotes it, then takes the old one out of the store.
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
    """Make a secondary token, if there is none, and store it beside the primary; raise Problem."""
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
        tokens.delete()  # its value is in no store, so nobody can be using it
        made = tokens.create()
    put = {delivery.property_name: account.auth_token, delivery.secondary: str(made.secondary_auth_token)}
    stored(lambda: delivery.document.write(put), tokens.delete)


def promote(session: Session, delivery: TokenDelivery) -> None:
    """Make the secondary token the primary, and the store say so; raise Problem when `begin` has to come first."""
    document = delivery.document
    primary = session.account(delivery.account_sid).auth_token
    there = _stored(delivery)
    other = _other(session, delivery, there)
    if not other:
        if there.get(delivery.property_name) == primary:
            if delivery.secondary in there:  # promoted by a run that was interrupted before it could tidy up
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
    """Delete the secondary token, and let the store hold the primary alone; raise Problem."""
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
    """Return the stored token that authenticates and is not the primary, "" if there is none."""
    account = session.account(delivery.account_sid)
    for token in (there.get(delivery.secondary, ""), there.get(delivery.property_name, "")):
        if token and token != account.auth_token and account.accepts(account.sid, token):
            return token
    return ""
