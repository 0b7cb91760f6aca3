"""Proof of absence: what has to hold before an object is called gone.

A 404 proves little by itself. Reads lag behind a creation, so listing and GET have to agree. And the answer depends on
the account: credentials other than those that last saw an object do not find it either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, TypeVar

from twilio_environments.problems import Problem
from twilio_environments.rest.endpoint import HOME_REGION
from twilio_environments.rest.errors import AccountClosed, NotFound
from twilio_environments.rest.session import Account, Session

T = TypeVar("T")
SEEN_BY = "seen_by"
"""The output that names the account whose credentials last saw an object, and their region if it is not us1."""
# Seconds before each attempt to read what may not be shown yet. Twilio does not promise how soon a listing shows a new
# object (Studio's is known to lag), and a second number costs more than half a minute.
_LOOKS = (0, 1, 2, 4, 8, 16)


class Waits(Protocol):
    """What can wait: a session or an account."""

    @property
    def wait(self) -> Callable[[float], None]:
        """Wait for so many seconds."""
        ...


def looks(waits: Waits) -> Iterator[None]:
    """Yield each time it makes sense to look again for what Twilio may not show yet."""
    for pause in _LOOKS:
        waits.wait(pause)
        yield


def proven(
    waits: Waits, what: str, read: Callable[[], T], is_listed: Callable[[], bool], forget: Callable[[], None]
) -> T:
    """Return what `read` returns; raise its NotFound when the listing does not have the object either.

    While the two disagree, both are repeated: `forget` makes the next `is_listed` read the listing again. `what` names
    the object in the Problem that is raised if they never agree.
    """
    for _ in looks(waits):
        try:
            return read()
        except AccountClosed:
            raise
        except NotFound:
            if not is_listed():
                raise
        forget()
    raise Problem(
        f"Twilio lists the {what}, but answers that it does not exist when it is read.",
        "Reads sometimes lag behind changes: run again in a minute. If it persists, contact Twilio's support.",
    )


def account_of(session: Session, sid: str | None, recorded: Mapping[str, Any]) -> Account:
    """Return the account of `sid` that an object is recorded in.

    Raise NotFound if that account is provably gone, and the object with it; Problem if that is unknown.
    """
    try:
        return proven(
            session, f"account {sid}", lambda: session.account(sid), lambda: session.lists(str(sid)), lambda: None
        )
    except AccountClosed:
        raise
    except NotFound:
        if not recorded.get(SEEN_BY):  # recorded before that was: Twilio deletes closed accounts after 30 days
            raise Problem(
                f"The credentials of {session.own.sid} do not reach the account {sid}, and whether it "
                "is gone or belongs to another main account cannot be determined.",
                "Run with the credentials of the main account that it belongs to. If it was closed more than 30 days "
                "ago, remove its objects from the state: pulumi state delete URN.",
            ) from None
        raise


def seeing(session: Session) -> str:
    """Return whose credentials a run reads with: their account, and the region if it is not us1."""
    region = session.endpoint.region or HOME_REGION
    return session.own.sid if region == HOME_REGION else f"{session.own.sid} in {region}"


def require_same_credentials(session: Session, what: str, recorded: Mapping[str, Any]) -> None:
    """Raise Problem unless the credentials are of the account and region that last saw the object.

    Regions share nothing but phone numbers and accounts, so what is in one is not found in another.
    """
    seen_by, now = recorded.get(SEEN_BY), seeing(session)
    if not seen_by and recorded.get("owner_account_sid"):
        seen_by, now = recorded["owner_account_sid"], session.own.sid
    if seen_by and seen_by != now:
        raise Problem(
            f"The {what} was last seen with the credentials of the account {seen_by}. That those of {now} do not find "
            "it does not mean that it is gone.",
            f"Run with the credentials of {seen_by}.",
        )
