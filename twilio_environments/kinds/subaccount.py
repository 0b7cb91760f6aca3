"""A subaccount: the account that an environment lives in.

Twilio promises: the listing filters by exact name and holds closed accounts for 30 days; names are not unique. It does
not promise a delete: an account is only ever closed, which is for good and releases all its numbers. Only the parent's
Account SID with Auth Token may create one and read its token [Twilio: Accounts API, "Subaccounts"].
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from twilio_environments.kinds.declaration import OURS, Declaration, FriendlyName, sid_of
from twilio_environments.kinds.lifecycle import ListedKind, Live
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import AccountClosed, TwilioError
from twilio_environments.rest.session import Account, Session

_CLOSED_ALREADY = 21479


class Subaccount(Declaration):
    """The environment's subaccount: made under a name, or an existing one by its SID."""

    sid: Annotated[str, sid_of("AC"), OURS] = ""
    """Use this existing account instead of making one; the stack then never suspends or closes it."""
    friendly_name: FriendlyName = ""
    """Its name; the stack's mark is added, by which a later run knows it again."""
    status: Literal["active", "suspended"] = "active"
    """`suspended` stops all traffic; its numbers stay, and are billed."""


class SubaccountKind(ListedKind[Subaccount]):
    """Subaccounts, told apart by the stack's mark in their name."""

    noun = "subaccount"
    section = "subaccount"
    declaration = Subaccount
    facts = ("owner_account_sid",)

    def check(self, session: Session, inputs: Mapping[str, Any]) -> None:  # noqa: ARG002 - the account is yet to be made
        session.subaccounts()

    def listed(self, account: Account) -> list[Live]:
        accounts = account.listings.get(
            self.listing_key(account), lambda: account.parent.api.v2010.accounts.list(page_size=1000)
        )
        return [self.live(one) for one in accounts if one.sid != account.sid and str(one.status) != "closed"]

    def listing_key(self, account: Account) -> tuple[str, ...]:
        return (account.sid, "Accounts")

    def fetch(self, account: Account, object_id: str) -> Live:
        answer = account.parent.api.v2010.accounts(object_id).fetch()
        if str(answer.status) == "closed":
            raise AccountClosed("GET api /2010-04-01/Accounts/{sid}.json", status=200)
        return self.live(answer)

    def make(self, account: Account, declared: Subaccount) -> Live:
        # Twilio takes no status at creation: a suspended one is settled by an update.
        answer = account.parent.api.v2010.accounts.create(friendly_name=declared.friendly_name)
        account.listings.add(self.listing_key(account), answer)  # with its token, which its objects will ask for
        return self.live(answer)

    def change(self, account: Account, live: Live, declared: Subaccount, names: set[str]) -> Live:
        account.listings.drop(*self.listing_key(account))  # whoever opens the account next must see its new status
        return self.live(account.parent.api.v2010.accounts(live.id).update(**declared.parameters(names)))

    def remove(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> None:  # noqa: ARG002
        account.listings.drop(*self.listing_key(account))
        try:
            answer = account.parent.api.v2010.accounts(object_id).update(status="closed")
        except TwilioError as error:
            if error.code == _CLOSED_ALREADY:
                return
            raise
        if str(answer.status) != "closed":
            raise Problem(
                f"Twilio still calls subaccount {object_id} {answer.status} after it was closed.",
                "Look at it in the Console, then run again.",
            )


KIND = SubaccountKind()
