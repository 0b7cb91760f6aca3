"""The accounts that a run works in, each with a client that uses that account's own credentials.

The parent's credentials reach a subaccount on the api host only; the product hosts (messaging, verify, studio, iam,
monitor, accounts) want the subaccount's own [Twilio: "REST API: Subaccounts"]. So a subaccount's Auth Token is read
with the parent's, kept in memory and nowhere else.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from twilio_environments.problems import Problem
from twilio_environments.rest.budget import DEFAULT
from twilio_environments.rest.credentials import Credentials, account_sid
from twilio_environments.rest.endpoint import Endpoint
from twilio_environments.rest.errors import AccountClosed, AccountSuspended, TwilioError
from twilio_environments.rest.listings import Listings
from twilio_environments.rest.progress import Progress, silent

if TYPE_CHECKING:  # `twilio.rest` takes a while to import: only callers of Twilio pay for it
    from twilio.rest import Client
    from twilio.rest.api.v2010.account import AccountInstance

    from twilio_environments.rest.transport import Attempt, Transport


_NOT_PERMITTED = 70051


@dataclass(frozen=True, eq=False)
class Account:
    """An account and its clients.

    `client` acts with this account's own credentials, on v2010 paths of this account and on every product host.
    `parent` is the client of the session's own credentials: to create, read, suspend or close subaccounts.
    `listings` is shared by the session.
    """

    sid: str
    client: "Client"
    parent: "Client" = field(repr=False)
    listings: Listings = field(repr=False)

    def accepts(self, key_sid: str, secret: str) -> bool:
        """Return whether Twilio accepts an API key of this account, by one cheap GET with that key.

        A restricted key may be accepted but denied the numbers (70051), which proves it just as well. Raises
        TwilioError when Twilio gives no answer to that question.
        """
        from twilio.rest import Client  # noqa: PLC0415  see above

        client = Client(  # type: ignore[no-untyped-call]  # its constructor has no annotations
            key_sid, secret, self.sid, http_client=self.client.http_client, environment={"": ""}
        )
        try:
            client.api.v2010.account.incoming_phone_numbers.list(limit=1)
        except TwilioError as error:
            if error.code == _NOT_PERMITTED:
                return True
            if error.status == HTTPStatus.UNAUTHORIZED:
                return False
            raise
        return True

    def has(self, product: str) -> bool:
        """Return whether the region of this run has a product: only us1 has iam, and with it restricted keys."""
        return self._transport.endpoint.has(product)

    @property
    def progress(self) -> Progress:
        """Reports progress of long work."""
        return self._transport.progress

    @property
    def at_once(self) -> int:
        """The maximum number of concurrent calls of the account; the transport makes the others wait."""
        return self._transport.concurrency

    @property
    def wait(self) -> Callable[[float], None]:
        """Wait for that many seconds, as the calls of this run do."""
        return self._transport.wait

    @property
    def clock_skew(self) -> timedelta:
        """How far this machine's clock was ahead of Twilio's at the last answer, in seconds; 0 before any."""
        return self._transport.clock_skew

    @property
    def _transport(self) -> "Transport":
        return cast("Transport", self.client.http_client)

    @property
    def auth_token(self) -> str:
        """Return the account's Auth Token, from memory; raise Problem if the credentials are an API key."""
        if self.client.username != self.sid:
            raise Problem(
                f"The Auth Token of {self.sid} is not known: the credentials are an API key.",
                "Set TWILIO_AUTH_TOKEN (with TWILIO_ACCOUNT_SID), or remove the Auth Token from the document.",
            )
        return str(self.client.password)


class Session:
    """The credentials of a run, one transport, and the accounts they reach; thread-safe."""

    def __init__(
        self,
        credentials: Credentials,
        endpoint: Endpoint | None = None,
        *,
        source: str = "",
        concurrency: int = DEFAULT,
        timeouts: tuple[float, float] = (5.0, 30.0),
        deadline: float = 120.0,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        say: Callable[[str], None] = silent,
    ) -> None:
        """Take the transport's arguments: concurrent calls per account, (connect, read) and whole-call time-outs in s.

        `say` gets progress messages. `source` says where the credentials come from, for the messages of calls whose
        credentials Twilio rejects.
        """
        from twilio_environments.rest.transport import Transport  # noqa: PLC0415  brings `requests`: see above

        self.credentials = credentials
        self.endpoint = endpoint or Endpoint()
        self.listings = Listings()
        self.wait = sleep
        self.resuming: set[str] = set()
        """The suspended accounts that this run sets to active; their objects are checked once they are."""
        self._transport = Transport(
            self.endpoint,
            concurrency=concurrency,
            timeouts=timeouts,
            deadline=deadline,
            sleep=sleep,
            clock=clock,
            say=say,
        )
        self.source = source
        if source:
            self._transport.sources[credentials.username] = source
        client = self._client(credentials)
        self.own = Account(credentials.account_sid, client, client, self.listings)
        self._children = Listings()  # lists of one: they share the single fetch, and errors are not kept

    def operation(self, *seconds: float) -> AbstractContextManager[None]:
        """Within, the calls of this thread share one deadline, of `seconds` if given: see the transport."""
        return self._transport.operation(*seconds)

    def account(self, sid: str | None = None) -> Account:
        """Return the account of `sid`: the credentials' own for None, otherwise one of its subaccounts.

        Raises AccountClosed for a closed one, NotFound for someone else's, AccountSuspended for a suspended one, and
        Problem when the credentials are an API key. Costs one GET, once per process.
        """
        if sid is None or sid == self.own.sid:
            return self.own
        account_sid(sid, "The subaccount's SID")
        self.require_auth_token()
        return self._children.get((sid,), lambda: [self._open(self._read(sid))])[0]

    def lists(self, sid: str) -> bool:
        """Return whether the credentials' account lists the account of `sid` as not closed, by a fresh listing."""
        accounts = self.own.parent.api.v2010.accounts.stream(page_size=1000)
        return any(one.sid == sid and str(one.status) != "closed" for one in accounts)

    def forget(self, sid: str) -> None:
        """Read the token of this account again at its next use: it was rotated, or the status changed."""
        self._children.drop(sid)
        self.listings.drop(*account_key(self.own.sid, sid))

    def recent_calls(self) -> "list[Attempt]":
        """Return the last attempts of all accounts of this session, oldest first."""
        return list(self._transport.recent)

    @property
    def _from(self) -> str:
        return f" of {self.source}" if self.source else ""

    def require_auth_token(self) -> None:
        """Raise Problem when the credentials are an API key, which reaches no other account."""
        if self.credentials.kind == "api_key":
            raise Problem(
                f"The credentials are an API key{self._from}, and no API key can create a subaccount or act for one.",
                "Set TWILIO_AUTH_TOKEN (with TWILIO_ACCOUNT_SID) to the Auth Token of the main account.",
            )

    def _read(self, sid: str) -> "AccountInstance":
        accounts = self.own.parent.api.v2010.accounts
        return self.listings.get(account_key(self.own.sid, sid), lambda: [accounts(sid).fetch()])[0]

    def _open(self, account: "AccountInstance") -> Account:
        sid, token, status = str(account.sid), account.auth_token, str(account.status)
        if status == "closed":
            raise AccountClosed("GET api /2010-04-01/Accounts/{sid}.json", status=200)
        if status == "suspended":
            raise AccountSuspended(sid)
        if not token:
            raise Problem(
                f"Twilio did not return the Auth Token of subaccount {sid}.",
                "Use the main account's Auth Token, not a key: only it can read the tokens of subaccounts.",
            )
        client = self._client(Credentials(account_sid=sid, username=sid, password=token))
        return Account(sid, client, self.own.parent, self.listings)

    def _client(self, credentials: Credentials) -> "Client":
        from twilio.rest import Client  # noqa: PLC0415  see above

        return Client(  # type: ignore[no-untyped-call]  # its constructor has no annotations
            credentials.username,
            credentials.password,
            credentials.account_sid,
            http_client=self._transport,
            user_agent_extensions=["twilio-environments"],
        )


def account_key(parent_sid: str, sid: str) -> tuple[str, str, str]:
    """Return the key under which the listings hold an account as its parent sees it, token and all: a list of one.

    Never log or print it, or keep it elsewhere.
    """
    return parent_sid, "Account", sid
