"""What a secret store is to the rest of the library: documents of named properties, each with one owner."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from twilio_environments.problems import Problem

MANAGED_BY = "twilio-environments"
"""Value of the mark `managed-by` (Vault: custom metadata; AWS: tag) on every document that this library created."""


@dataclass(frozen=True)
class Document:
    """A document as it is in the store now.

    `properties` are the secrets themselves, so they stay out of `repr`, and thus out of logs and test reports.
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
    """A write whose outcome is unknown: what it was meant to store has to be assumed to be stored."""


class NotOurs(Problem):
    """The document is another owner's; `owner` is "" if it has no mark of ours."""

    def __init__(self, owner: str, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.owner = owner


class Store(Protocol):
    """A secret store. Every method raises `Problem`, and nothing else, when the store cannot or will not comply."""

    @property
    def address(self) -> str:
        """Which store this is, for people: `vault https://vault.example.com/secret`, `aws eu-west-1`."""
        ...

    def read(self, path: str) -> Document | None:
        """Return the document at `path`; None if there is none, it is deleted, or it has no properties."""
        ...

    def write(
        self,
        path: str,
        owner: str,
        put: Mapping[str, str],
        drop: Collection[str] = (),
        expect: Mapping[str, str | None] | None = None,
    ) -> str:
        """Set the properties `put`, remove those in `drop`, keep the others, and return the resulting version.

        Compare-and-set: concurrent changes by others are kept. No change makes no version. Raises Problem when the
        document exists without our mark or with another owner's, Overtaken when a property named in `expect` does not
        have that value (None: exists) at the moment of the write, and Unsettled when the store did not say whether it
        was written and reading it again did not tell. After any other Problem nothing was written.
        """
        ...

    def remove(self, path: str, owner: str, drop: Collection[str]) -> bool:
        """Remove the properties in `drop`, and delete a document that has none left.

        A missing document counts as success. Return False when it neither is nor was `owner`'s and has one of these
        properties: it is left alone. Every store can undo the deletion.
        """
        ...

    def check(self, path: str, owner: str, before: str = "", *, to_write: bool = False) -> None:
        """Raise Problem where a later `write` would fail, as far as can be told without changing anything.

        A document of `before`'s will do: it is to be handed over. Needs only a reader's rights, so a preview may have
        no others; `to_write`: also raise if a writer's are missing.
        """
        ...

    def missing_rights(self, path: str) -> Mapping[str, str] | None:
        """Return what the login's policy lacks, by the commands that need it; None if the store cannot be asked."""
        ...

    def require_another_login(self) -> None:
        """Raise Problem when the credentials let this process log in but are known to admit no other."""
        ...

    def hand_over(self, path: str, before: str, owner: str) -> None:
        """Make `owner` the owner of `before`'s document; one that is missing or already `owner`'s counts as success.

        Raises Problem when it belongs to anyone else.
        """
        ...
