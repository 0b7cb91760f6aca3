"""What a secret store is to the rest of the library: documents of named properties, each with one owner."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from twilio_environments.problems import Problem

MANAGED_BY = "twilio-environments"
"""Value of the mark `managed-by` (Vault: custom metadata; AWS: tag) on every document that this library made."""


@dataclass(frozen=True)
class Document:
    """A document as it is in the store now.

    `properties` are the secrets themselves, so they stay out of `repr`, and with it out of logs and test reports.
    `version` is the store's own: a number in Vault, a version id in AWS. `owner` is the value of our mark, or "" when
    the document carries no mark of ours; `former_owner` is what the owner's stack was called before it was renamed.
    """

    path: str
    properties: Mapping[str, str] = field(repr=False)
    version: str
    owner: str
    former_owner: str = ""


class Overtaken(Problem):
    """Another run changed what this one was about to change; nothing was written."""


class Unsettled(Problem):
    """A write whose outcome is not known: what it was to store has to be taken for stored."""


class NotOurs(Problem):
    """The document is another owner's; `owner` is "" where it has no mark of ours."""

    def __init__(self, owner: str, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.owner = owner


class Store(Protocol):
    """A secret store. Every method raises `Problem`, and nothing else, when the store cannot or will not do it."""

    @property
    def address(self) -> str:
        """Which store this is, for people: `vault https://vault.example.com/secret`, `aws eu-west-1`."""
        ...

    def read(self, path: str) -> Document | None:
        """Return the document at `path`; None when there is none, it is deleted, or it has no property."""
        ...

    def write(
        self,
        path: str,
        owner: str,
        put: Mapping[str, str],
        drop: Collection[str] = (),
        expect: Mapping[str, str | None] | None = None,
    ) -> str:
        """Set the properties `put`, take away those in `drop`, leave the others, and return the version that holds it.

        Compare-and-set: a change that somebody else makes meanwhile is kept. Nothing to change makes no version.
        Raises Problem when the document exists without our mark or with another owner's, Overtaken when a property
        named in `expect` has not that value (None: is there) at the moment of the write, and Unsettled when the store
        did not say whether it was written and reading it again did not tell. After any other Problem nothing is.
        """
        ...

    def remove(self, path: str, owner: str, drop: Collection[str]) -> bool:
        """Take the properties in `drop` away, and delete a document that has none left.

        Missing is success. Return False when the document neither is nor was `owner`'s and has one of these properties:
        it is left alone. Every store can undo the deletion.
        """
        ...

    def check(self, path: str, owner: str, before: str = "", *, to_write: bool = False) -> None:
        """Raise Problem where a later `write` would fail, as far as can be told without changing anything.

        A document of `before`'s will do: it is to be handed over. Takes the rights of a reader, so that a preview may
        have no others; `to_write`: raise where those of a writer are missing, too.
        """
        ...

    def missing_rights(self, path: str) -> Mapping[str, str] | None:
        """Return what the login's policy lacks, by the commands that need it; None where the store cannot be asked."""
        ...

    def require_another_login(self) -> None:
        """Raise Problem when the credentials have let this process in and are known to let no other one in."""
        ...

    def hand_over(self, path: str, before: str, owner: str) -> None:
        """Make `owner` the owner of a document that is `before`'s; `owner`'s already, or missing, is success.

        Raises Problem when it is somebody else's.
        """
        ...
