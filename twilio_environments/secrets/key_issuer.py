"""The issuer of API keys: those with one name in one account, standard or restricted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from twilio_environments.lifecycle.absence import looks
from twilio_environments.lifecycle.listed import ListedKind
from twilio_environments.lifecycle.objects import Live
from twilio_environments.lifecycle.values import unordered
from twilio_environments.rest.errors import NotFound
from twilio_environments.rest.session import Account
from twilio_environments.secrets import key_calls


@dataclass(frozen=True)
class KeyIssuer:
    """See Issuer. `is_ours` tells which of the listed keys are meant; a new one gets `name` and `policy`."""

    kind: ListedKind[Any]
    account: Account
    is_ours: Callable[[Live], bool]
    name: str = ""
    policy: Sequence[str] = ()

    @property
    def noun(self) -> str:
        """See Issuer."""
        return self.kind.noun

    @property
    def account_sid(self) -> str:
        """See Issuer."""
        return self.account.sid

    def listed(self) -> frozenset[str]:
        """See Issuer."""
        return frozenset(live.id for live in self.kind.listed(self.account) if self.is_ours(live))

    def alive(self) -> frozenset[str]:
        """See Issuer."""
        self._forget_listing()
        return self.listed()

    def is_dead(self, sid: str) -> bool:
        """See Issuer."""
        if not re.fullmatch(r"SK[0-9a-f]{32}", sid):
            return False
        try:
            self.kind.fetched(self.account, sid)
        except NotFound:
            return True
        return False

    def create(self) -> tuple[str, str]:
        """See Issuer."""
        return key_calls.create(self.account, self.name, self.policy)

    def fits(self, sid: str) -> bool:
        """See Issuer."""
        return bool(key_calls.settled_policy_of(self.account, sid) == unordered(self.policy))

    def accepts(self, sid: str, secret: str) -> bool:
        """See Issuer; by one cheap GET with that key."""
        return self.account.accepts(sid, secret)

    def revoke(self, sid: str) -> None:
        """See Issuer."""
        self._forget_listing()
        key_calls.delete(self.account, sid)

    def require_right_clock(self) -> None:
        """See Issuer."""
        key_calls.require_right_clock(self.account)

    def looks(self) -> Iterator[None]:
        """See Issuer."""
        return looks(self.account)

    def _forget_listing(self) -> None:
        self.account.listings.drop(*self.kind.listing_key(self.account))
