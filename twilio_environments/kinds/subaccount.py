"""A subaccount: the account that an environment lives in.

Twilio promises: the listing filters by exact name and holds closed accounts for 30 days; names are not unique. It does
not promise a delete: an account is only ever closed, which is for good and releases all its numbers. Only the parent's
Account SID with Auth Token may create one and read its token [Twilio: Accounts API, "Subaccounts"].
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, StringConstraints

from twilio_environments.kinds.declaration import OURS, Declaration, FriendlyName, sid_of
from twilio_environments.kinds.lifecycle import Live
from twilio_environments.kinds.listed import PAGE, ListedKind
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import AccountClosed, TwilioError
from twilio_environments.rest.session import Account, Session, account_key

if TYPE_CHECKING:
    from twilio.rest.api.v2010.account import AccountInstance

_CLOSED_ALREADY = 21479
_MOMENT = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$"


def _moment(text: str) -> str:
    try:
        datetime.fromisoformat(text or "2000-01-01T00:00:00Z")
    except ValueError:
        raise ValueError("is no such time, give one such as 2027-01-31T18:00:00Z") from None
    return text


class Subaccount(Declaration):
    """The environment's subaccount: made under a name, or an existing one by its SID."""

    sid: Annotated[str, sid_of("AC"), OURS] = ""
    """Use this existing account instead of making one; the stack then never suspends or closes it."""
    friendly_name: FriendlyName = ""
    """Its name; the stack's mark is added, by which a later run knows it again."""
    expires: Annotated[str, AfterValidator(_moment), StringConstraints(pattern=_MOMENT), OURS] = ""
    """When its time is up: from then on `twilio-env sweep` destroys the stack; in quotes, in UTC."""
    status: Literal["active", "suspended"] = "active"
    """`suspended` stops all traffic; its numbers stay, and are billed."""


class SubaccountKind(ListedKind[Subaccount]):
    """Subaccounts, told apart by the stack's mark in their name."""

    noun = "subaccount"
    section = "subaccount"
    declaration = Subaccount
    facts = ("owner_account_sid",)

    def check(
        self,
        session: Session,
        inputs: Mapping[str, Any],
        before: Mapping[str, Any] | None = None,  # noqa: ARG002 - for kinds that need it
    ) -> None:
        session.require_auth_token()
        self.named(session.own, self.read_inputs(inputs))

    def collection(self, account: Account) -> Any:
        return account.parent.api.v2010.accounts

    def named(self, account: Account, declared: Subaccount) -> list[Live]:
        name = declared.friendly_name
        lives: list[Live] = account.listings.get(
            (*self.listing_key(account), name),
            lambda: [self.live(one) for one in self.collection(account).list(friendly_name=name, page_size=PAGE)],
        )
        return [live for live in lives if live.id != account.sid and live.values["status"] != "closed"]

    def wrote(self, account: Account, live: Live) -> None:  # noqa: ARG002 - what is kept of accounts is not one list
        account.listings.drop(*self.listing_key(account))

    def look(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> Live:  # noqa: ARG002
        # By one GET, which also opens the account: its parent may have thousands, and a stack has one.
        def read() -> Live:
            key = account_key(account.sid, object_id)
            return self._alive(account.listings.get(key, lambda: [self._fetched(account, object_id)])[0])

        return self._proven(account, object_id, read)

    def is_listed(self, account: Account, object_id: str) -> bool:
        return any(live.id == object_id and live.values["status"] != "closed" for live in self.listed(account))

    def fetch(self, account: Account, object_id: str) -> Live:
        return self._alive(self._fetched(account, object_id))

    def _fetched(self, account: Account, object_id: str) -> AccountInstance:
        return account.parent.api.v2010.accounts(object_id).fetch()

    def _alive(self, answer: AccountInstance) -> Live:
        if str(answer.status) == "closed":
            raise AccountClosed("GET api /2010-04-01/Accounts/{sid}.json", status=200)
        return self.live(answer)

    def make(self, account: Account, declared: Subaccount) -> Live:
        # Twilio takes no status at creation: a suspended one is settled by an update.
        answer = account.parent.api.v2010.accounts.create(friendly_name=declared.friendly_name)
        made = str(answer.sid)
        account.listings.get(account_key(account.sid, made), lambda: [answer])  # its objects will ask for its token
        account.listings.begin(made)
        return self.live(answer)

    def change(self, account: Account, live: Live, declared: Subaccount, names: set[str]) -> Live:
        account.listings.drop(*account_key(account.sid, live.id))  # whoever opens it next must see its new status
        return self.live(account.parent.api.v2010.accounts(live.id).update(**declared.parameters(names)))

    def remove(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> None:  # noqa: ARG002
        account.listings.drop(*account_key(account.sid, object_id))
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
