"""Rotations of an account's Auth Token, swept like any other operation."""

from __future__ import annotations

from collections.abc import Iterator

from tests.kinds.cases.secret_document import CASE as DOCUMENTS
from tests.kinds.world import World
from tests.sweep.ones import one
from tests.sweep.stage import Scenario
from twilio_environments.problems import Problem
from twilio_environments.rest.session import Session
from twilio_environments.secrets import token_rotation
from twilio_environments.secrets.delivery import DocumentReference


def scenarios() -> Iterator[Scenario]:
    """Begin, promote, abort."""
    document = one(DOCUMENTS, DOCUMENTS.full[0])
    yield Scenario("token-begin", before=(document,), instead=_begin, also=_wrong_pair)
    yield Scenario("token-promote", before=(document,), by_hand=_begun, instead=_promote, also=_wrong_token)
    yield Scenario("token-abort", before=(document,), by_hand=_begun, instead=_abort, also=_wrong_token)


def _delivery(world: World) -> token_rotation.TokenDelivery:
    reference = DocumentReference.model_validate(world.reference())
    return token_rotation.TokenDelivery(world.account_sid, reference, "auth_token")


def _begin(world: World, session: Session) -> None:
    token_rotation.begin(session, _delivery(world))


def _promote(world: World, session: Session) -> None:
    try:
        token_rotation.promote(session, _delivery(world))
    except Problem as problem:
        if "no secondary" not in str(problem) or _wrong_token(world):
            raise  # else the run that was interrupted had promoted it and tidied up


def _abort(world: World, session: Session) -> None:
    token_rotation.abort(session, _delivery(world))


def _begun(world: World) -> None:
    _begin(world, world.run())


def _tokens(world: World) -> set[str]:
    row = world.twilio.state.table("accounts").get(world.account_sid)
    assert row is not None
    return {token for token in (row["auth_token"], row.get("_secondary_auth_token")) if token}


def _wrong_pair(world: World) -> list[str]:
    stored = {world.secret("auth_token"), world.secret("auth_token_secondary")}
    return [] if stored == _tokens(world) else ["I3: the store does not hold both tokens"]


def _wrong_token(world: World) -> list[str]:
    alone = _tokens(world) == {world.secret("auth_token")} and not world.secret("auth_token_secondary")
    return [] if alone else ["I3: the store does not hold the token, or another one beside it"]
