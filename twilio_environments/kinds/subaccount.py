"""A subaccount: the account that an environment lives in.

Twilio promises: the listing filters by exact name and holds closed accounts for 30 days; names are not unique. It does
not promise a delete: an account can only be closed, which is permanent and releases all its numbers. Only the parent's
Account SID and Auth Token may create one and read its token [Twilio: Accounts API, "Subaccounts"].
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, StringConstraints

from twilio_environments.guard_rails import CLOSE_SUBACCOUNT
from twilio_environments.lifecycle.declaration import APART, OURS, Declaration, FriendlyName, sid_of
from twilio_environments.lifecycle.forms import form
from twilio_environments.lifecycle.leftovers import is_alive, marked, shown
from twilio_environments.lifecycle.listed import ListedKind, bears
from twilio_environments.lifecycle.objects import Difference, Live
from twilio_environments.lifecycle.review import Drawn, Gone, Level, Recreation, Severity
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import AccountClosed, NotFound, TwilioError
from twilio_environments.rest.listings import PAGE
from twilio_environments.rest.session import Account, Session, account_key
from twilio_environments.secrets.delivery import DocumentReference, PropertyName

_CLOSED_ALREADY = 21479
_MOMENT = form(
    r"^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$", "a time in UTC, in quotes", '"2027-01-31T18:00:00Z"'
)


def _moment(text: str) -> str:
    try:
        datetime.fromisoformat(text or "2000-01-01T00:00:00Z")
    except ValueError:
        raise ValueError("is not a valid time: use one such as 2027-01-31T18:00:00Z") from None
    return text


class Subaccount(Declaration):
    """The environment's subaccount: made under a name, or an existing one by its SID."""

    sid: Annotated[str, sid_of("AC"), OURS] = ""
    """Use this existing account instead of creating one; the stack then never suspends or closes it."""
    friendly_name: FriendlyName = ""
    """Its name; the stack's mark is added, by which a later run recognizes it."""
    expires: Annotated[str, AfterValidator(_moment), StringConstraints(pattern=_MOMENT), OURS] = ""
    """When it expires: from then on `twilio-env sweep` destroys the stack; in UTC, in quotes."""
    status: Literal["active", "suspended"] = "active"
    """`suspended` stops all traffic; its numbers stay, and are still billed."""


class OwnedDocument(DocumentReference):
    """A document in the secret store, and the properties of it that are this stack's."""

    names: list[PropertyName]
    """All that a run may write, including during a rotation."""


class EnvironmentAccount(Subaccount):
    """The account with what a stack keeps elsewhere: the first that a run makes, and the last that it deletes."""

    documents: Annotated[list[OwnedDocument] | None, APART] = None
    """The documents in the secret store, by which a killed run's leftovers there are found."""


class SubaccountKind(ListedKind[EnvironmentAccount]):
    """Accounts of environments: created ones, identified by the stack's mark in their name, and existing ones by SID.

    An existing one is never changed. Every other object of the stack is created after it and deleted before it, so its
    deletion is the point where leftovers of an interrupted run are found.
    """

    order = 0
    noun = "subaccount"
    resource = "Subaccount"
    described = "A subaccount; `id` is its SID."
    section = "subaccount"
    by_name = False
    component = "Access"
    prefix = "AC"
    adoptable = False  # it is taken by its SID, and never changed
    protection = CLOSE_SUBACCOUNT
    declaration = EnvironmentAccount
    stack_file = Subaccount
    facts = {"owner_account_sid": str}
    always_marked = True
    is_account = True
    console = "account/manage-account/subaccounts/{sid}"
    drawn = Drawn("account", leads=False)
    gone = Gone(Severity(Level.BEHAVIOUR, "everything in it is gone too"), optional=False)

    def is_stacks_own(self, recorded: Mapping[str, Any]) -> bool:
        return not recorded.get("sid")

    def severity(self, name: str, recorded: Any, live: Any) -> Severity:
        if name == "friendly_name":
            return super().severity(name, recorded, live)
        return Severity(Level.BEHAVIOUR, f"the account is {live}, which stops all its traffic")

    def recreated(self, inputs: Mapping[str, Any]) -> Recreation:  # noqa: ARG002 - see Reviewable
        text = "Create a new account with everything in it; the closed account's numbers are gone."
        return Recreation(text, buys=True, replaces=True, whole=True)

    def check(
        self,
        session: Session,
        inputs: Mapping[str, Any],
        before: Mapping[str, Any] | None = None,
    ) -> None:
        declared = self.read_inputs(inputs)
        there = _recorded_documents(before or {})
        for owned in declared.documents or []:  # before anything is made: the store lets this run in, and they are ours
            owned.check(there.get(owned.path))
        if declared.sid:
            session.account(declared.sid)
            return
        session.require_auth_token()
        self.named(session.own, declared)

    def desired(self, declared: EnvironmentAccount) -> dict[str, Any]:
        desired = super().desired(declared)
        return {"documents": desired["documents"]} if declared.sid and "documents" in desired else desired

    def diff(self, inputs: Mapping[str, Any], recorded: Mapping[str, Any]) -> Difference:
        """See Kind; records of older releases have no documents, and that is not a change."""
        difference = super().diff(inputs, {"documents": inputs.get("documents")} | dict(recorded))
        if str(inputs.get("sid", "")) == str(recorded.get("sid", "")):
            return difference
        return replace(difference, changed=sorted({*difference.changed, "sid"}), replaces=["sid"], delete_first=False)

    def keeps(self, recorded: Mapping[str, Any]) -> bool:
        return not recorded.get("sid")  # an existing account is never closed

    def announce(
        self, session: Session, object_id: str, inputs: Mapping[str, Any], recorded: Mapping[str, Any]
    ) -> None:
        if recorded.get("status") == "suspended" and self.read_inputs(inputs).status == "active":
            session.resuming.add(object_id)

    def before_deletion(self, session: Session, recorded: Mapping[str, Any], object_id: str) -> None:
        """Raise Problem naming what an interrupted run left behind, if this deletion would leave it permanently."""
        left = [*self._left(session, recorded, object_id)]
        if recorded.get("sid"):
            left += self._left_in_store(recorded)
        if left:
            raise Problem(
                f"An interrupted run left behind what is not in the state: {'; '.join(left)}.",
                "twilio-env leftovers shows its cost, and with --remove removes it; then destroy again.",
            )

    def _left(self, session: Session, recorded: Mapping[str, Any], object_id: str) -> Iterator[str]:
        if not recorded.get("sid"):
            for live in self.twins(session.own, object_id, recorded):
                yield shown(self, live)
            return
        from twilio_environments.kinds.registry import LISTED  # noqa: PLC0415  which has this kind

        with suppress(NotFound):  # a closed account has nothing left in it
            yield from marked(session.account(object_id), LISTED, str(recorded.get("mark", "")))

    def _left_in_store(self, recorded: Mapping[str, Any]) -> Iterator[str]:
        for one in recorded.get("documents") or []:
            owned = OwnedDocument.model_validate(one)
            document = owned.open().read(owned.path)
            if document and document.owner == owned.owner and (names := document.properties.keys() & {*owned.names}):
                yield f"{', '.join(sorted(names))} in {owned.path} of {owned.open().address}"

    def withdraw(
        self,
        account: Account | None,  # noqa: ARG002 - see Kind
        recorded: Mapping[str, Any],
        object_id: str,  # noqa: ARG002
    ) -> Sequence[str]:
        """Remove what a killed run delivered from the store: its keys die with the account that is closed."""
        documents = [] if recorded.get("sid") else recorded.get("documents") or []
        owned = map(OwnedDocument.model_validate, documents)
        return [note for one in owned for note in one.emptied(one.names)]

    def twins(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> Sequence[Live]:
        """Return the other accounts of this name, which has the stack's mark, that are not closed."""
        if recorded.get("sid") or not bears(recorded.get("friendly_name"), str(recorded.get("mark", ""))):
            return []
        named = self._of_name(account, str(recorded["friendly_name"]))
        return [live for live in named if live.id != object_id and is_alive(self, account, live)]

    def collection(self, account: Account) -> Any:
        return account.parent.api.v2010.accounts

    def named(self, account: Account, declared: EnvironmentAccount) -> list[Live]:
        return [] if declared.sid else self._of_name(account, declared.friendly_name)

    def _of_name(self, account: Account, name: str) -> list[Live]:
        lives: list[Live] = account.listings.get(
            (*self.listing_key(account), name),
            lambda: [self.live(one) for one in self.collection(account).list(friendly_name=name, page_size=PAGE)],
        )
        return [live for live in lives if live.id != account.sid and live.values["status"] != "closed"]

    def wrote(self, account: Account, live: Live) -> None:  # noqa: ARG002 - what is kept of accounts is not one list
        account.listings.drop(*self.listing_key(account))

    def observe(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> Live:
        if recorded.get("sid") == account.sid:
            return self.recorded(object_id, recorded)  # the credentials' own, and an API key may not read it

        # By one GET, which also opens the account: its parent may have thousands, and a stack has one.
        def read() -> Live:
            key = account_key(account.sid, object_id)
            return self._alive(account.listings.get(key, lambda: [self._fetched(account, object_id)])[0])

        live = self._proven(account, object_id, read)
        kept = {"documents": recorded["documents"]} if "documents" in recorded else {}
        return Live(live.id, ({} if recorded.get("sid") else dict(live.values)) | kept, live.facts)

    def is_listed(self, account: Account, object_id: str) -> bool:
        return any(live.id == object_id and live.values["status"] != "closed" for live in self.listed(account))

    def fetch(self, account: Account, object_id: str) -> Live:
        return self._alive(self._fetched(account, object_id))

    def _fetched(self, account: Account, object_id: str) -> Any:
        return account.parent.api.v2010.accounts(object_id).fetch()

    def _alive(self, answer: Any) -> Live:
        if str(answer.status) == "closed":
            raise AccountClosed("GET api /2010-04-01/Accounts/{sid}.json", status=200)
        return self.live(answer)

    def create_object(self, account: Account, declared: EnvironmentAccount) -> Live:
        if declared.sid:
            return Live(declared.sid, self.desired(declared))
        # Twilio takes no status at creation: a suspended one is settled by an update.
        answer = account.parent.api.v2010.accounts.create(friendly_name=declared.friendly_name)
        made = str(answer.sid)
        account.listings.get(account_key(account.sid, made), lambda: [answer])  # its objects will ask for its token
        account.listings.begin(made)
        live = self.live(answer)
        return Live(live.id, self.desired(declared) | dict(live.values), live.facts)

    def update_object(self, account: Account, live: Live, declared: EnvironmentAccount, names: set[str]) -> Live:
        for owned, recorded in _pairs(declared.documents, live.values):
            owned.take_over(recorded)  # before anything else in the run: others write to them
        documents = {name: value for name, value in self.desired(declared).items() if name == "documents"}
        values = dict(live.values) | documents
        if names == {"documents"}:
            return Live(live.id, values, live.facts)
        account.listings.drop(*account_key(account.sid, live.id))  # whoever opens it next must see its new status
        changed = self.live(account.parent.api.v2010.accounts(live.id).update(**declared.parameters(names)))
        return Live(changed.id, values | dict(changed.values), changed.facts)

    def delete_object(self, account: Account, object_id: str, recorded: Mapping[str, Any]) -> None:
        if recorded.get("sid"):
            return
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
                "Check it in the Console, then run again.",
            )


def _recorded_documents(recorded: Mapping[str, Any]) -> dict[str, OwnedDocument]:
    return {one["path"]: OwnedDocument.model_validate(one) for one in recorded.get("documents") or []}


def _pairs(
    declared: Sequence[OwnedDocument] | None, recorded: Mapping[str, Any]
) -> Iterator[tuple[OwnedDocument, OwnedDocument]]:
    """Yield the declared documents that are recorded under the stack's former name, with what is recorded."""
    there = _recorded_documents(recorded)
    for one in declared or []:
        before = there.get(one.path)
        if before is not None and before.owner != one.owner and before.is_same_place(one):
            yield one, before


KIND = SubaccountKind()
