"""Where a secret is delivered to: properties of a document in a secret store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any

from pydantic import StringConstraints

from twilio_environments.lifecycle.declaration import Declared
from twilio_environments.lifecycle.forms import form
from twilio_environments.problems import Problem
from twilio_environments.secrets.stores import Document, Store, StoreSettings, connect, fingerprint
from twilio_environments.secrets.stores.given_up import GivenUpStore

STORED, MISSING, ALTERED, UNFINISHED = "stored", "missing", "altered", "unfinished"

DocumentPath = Annotated[
    str,
    StringConstraints(
        pattern=form(
            r"^[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$",
            "a path: names of letters, digits, _, . and -, separated by /, with none at either end",
            "staging/twilio",
        ),
        max_length=200,
    ),
]
PropertyName = Annotated[
    str,
    StringConstraints(
        pattern=form(
            r"^[A-Za-z_][A-Za-z0-9_]{0,63}$", "a property's name: a letter, then letters, digits or _", "api_secret"
        )
    ),
]


_handed_over: dict[str, str] = {}
"""The owner, under the stack's former name, of the documents that this run hands over, by path."""


class DocumentReference(Declared):
    """A document of this stack's in a secret store."""

    store: StoreSettings
    """The store that it is in."""
    path: DocumentPath
    """Where in the store it is."""
    owner: str
    """The mark that says whose the document is: the stack's."""

    def open(self) -> Store:
        """Return the store; raise Problem when its settings or credentials are unusable."""
        return connect(self.store)

    def check(self, before: DocumentReference | None = None) -> None:
        """Raise Problem where the document could not be written; `before` is where it was declared before this run.

        A resource's own document may still belong to another one, which then hands it over before this one writes to
        it.
        """
        if before is not None and before.is_same_place(self) and before.owner != self.owner:
            _handed_over[self.path] = before.owner
        store = self.open()
        if isinstance(store, GivenUpStore):
            raise store.refusal()
        store.check(self.path, self.owner, _handed_over.get(self.path, ""))

    def take_over(self, recorded: DocumentReference) -> bool:
        """Mark the document as this stack's where it is recorded under the stack's former name; say whether it is.

        What the state records is the stack's own, whatever the stack's name: `pulumi stack rename` keeps it.
        """
        renamed = recorded.owner != self.owner and recorded.is_same_place(self)
        if renamed:
            self.open().hand_over(self.path, recorded.owner, self.owner)
        return renamed

    def emptied(self, names: Collection[str]) -> Sequence[str]:
        """Remove properties from the document; report what was left because it is no longer marked as ours."""
        if self.open().remove(self.path, self.owner, names):
            return ()
        where = f"{self.path} in {self.open().address}"
        left = ", ".join(sorted(names))
        return [f"{where} no longer has {self.owner}'s mark, so {left} were left in it: remove them yourself."]

    def is_same_place(self, other: DocumentReference) -> bool:
        """Whether both name one document, whoever owns it, through whatever settings."""
        if self.path != other.path or self.store == other.store:
            return self.path == other.path
        try:
            return self.open().address == other.open().address
        except Problem:  # settings whose defaults the environment no longer provides
            return False

    def read(self) -> Document | None:
        """Return the document, None when there is none; raise Problem when it is not ours or may not be written."""
        store = self.open()
        store.check(self.path, self.owner, to_write=True)
        return store.read(self.path)

    def write(
        self, put: Mapping[str, str], drop: Collection[str] = (), expect: Mapping[str, str | None] | None = None
    ) -> str:
        """See Store.write."""
        return self.open().write(self.path, self.owner, put, drop, expect=expect)


def transient(sid_property: str, secret_property: str) -> tuple[str, str, str]:
    """Name what is in the document only while a rotation is under way: the pending SID and secret, and the claim."""
    return f"{sid_property}_pending", f"{secret_property}_pending", f"{sid_property}_rotation"


def secondary(token_property: str) -> str:
    """Name the property that carries the other Auth Token while a rotation is under way."""
    return f"{token_property}_secondary"


class Delivery(DocumentReference):
    """The properties that an API key is delivered to."""

    sid_property: PropertyName
    """The property that carries the key's SID."""
    secret_property: PropertyName
    """The property that carries the key's secret."""
    account_sid_property: PropertyName | None = None
    """Set where the document is the key's alone, so that it says which account the key is of."""

    @property
    def names(self) -> tuple[str, str]:
        """The names of both properties."""
        return self.sid_property, self.secret_property

    def properties(self, account_sid: str, sid: str, secret: str) -> dict[str, str]:
        """Return what is delivered, by property."""
        account = {self.account_sid_property: account_sid} if self.account_sid_property else {}
        return {self.sid_property: sid, self.secret_property: secret} | account

    @property
    def transient(self) -> tuple[str, str, str]:
        """What exists only while a rotation is under way."""
        return transient(*self.names)

    @property
    def all_names(self) -> list[str]:
        """The names of all properties that are this key's, permanently or during a rotation."""
        account = [self.account_sid_property] if self.account_sid_property else []
        return [*self.names, *account, *self.transient]

    def withdraw(self, sids: Collection[str]) -> Sequence[str]:
        """Remove keys about to be deleted from the store; report what was left because it is no longer ours."""
        document = self.open().read(self.path)
        properties = document.properties if document else {}
        pending = [name for name in self.transient if name in properties]
        if properties.get(self.sid_property) in sids:
            names = self.all_names
        elif pending and properties.get(self.transient[0], "") in {"", *sids}:
            names = pending
        else:
            return ()
        return self.emptied(names)

    def move(self, new: Delivery, account_sid: str, recorded: Mapping[str, Any]) -> str:
        """Deliver what is here to `new`, then remove it from here; return the new version.

        `recorded` has the key's `sid` and `fingerprint`: a move that was interrupted before it was recorded is done.
        """
        document = self.read()
        if document is None or not all(document.properties.get(name) for name in self.names):
            moved = new.read()
            sid, secret = (moved.properties.get(name, "") if moved else "" for name in new.names)
            if moved and sid == recorded["sid"] and status(secret, sid, recorded) == STORED:
                return moved.version
            raise Problem(
                f"The secret to move is no longer at {self.path}.",
                "Run pulumi up --refresh, which creates a new key.",
            )
        put = new.properties(account_sid, *(document.properties[name] for name in self.names))
        version = new.write(put)
        left = put if self.is_same_place(new) else {}
        self.open().remove(self.path, self.owner, [name for name in self.all_names if name not in left])
        return version


def status(stored: str, salt: str, recorded: Mapping[str, Any]) -> str:
    """Return whether the store holds what was delivered, by the recorded fingerprint: stored, missing or altered."""
    if not stored:
        return MISSING
    return STORED if fingerprint(stored, salt) == recorded.get("fingerprint") else ALTERED
