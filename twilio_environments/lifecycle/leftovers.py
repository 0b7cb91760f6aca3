"""What an interrupted run leaves behind: objects that are provably a stack's but in none of its records.

A kill between Twilio's answer and the record leaves one; so does a request that Twilio carried out after the next run
had looked. In an account of the stack's own a second object of a recorded one's identity is such a leftover, and
elsewhere whatever bears the stack's mark.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from http import HTTPStatus
from typing import Any

from twilio_environments.lifecycle.listed import ListedKind, bears
from twilio_environments.lifecycle.objects import Live
from twilio_environments.rest.errors import NotFound, TwilioError
from twilio_environments.rest.session import Account

_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def shown(kind: ListedKind[Any], live: Live) -> str:
    """Return what people know an object by, and its SID."""
    return f"{kind.noun} {kind.label({**live.values, **live.facts}, live.id)} ({live.id})"


def marked(account: Account, kinds: Collection[ListedKind[Any]], mark: str) -> Iterator[str]:
    """Yield what bears the stack's mark in an account, as `shown`; a GET confirms each.

    What the credentials may not list is left out, and so is what cannot bear a mark.
    """
    for kind in kinds:
        if not kind.bears_mark:
            continue
        try:
            lives = kind.listed(account)
        except TwilioError as error:
            if error.status in _REFUSED:
                continue
            raise
        for live in lives:
            if bears(live.values.get("friendly_name"), mark) and is_alive(kind, account, live):
                yield shown(kind, live)


def is_alive(kind: ListedKind[Any], account: Account, live: Live) -> bool:
    """Return whether an object that a listing shows exists: a listing may be stale."""
    try:
        kind.fetch(account, live.id)
    except NotFound:
        return False
    return True
