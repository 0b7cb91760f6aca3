"""The shapes of AWS's answers [AWS: Secrets Manager API reference], as far as something depends on them.

botocore has already parsed them: what it does not find in a body is missing, whatever the body was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self

from pydantic import Field

from twilio_environments.secrets.stores.answers import Malformed, Shape, shaped

CURRENT = "AWSCURRENT"


class Named(Shape):
    """What each answer says: which secret it is about."""

    name: str = Field(alias="Name")

    @classmethod
    def of(cls, path: str, answer: Any) -> Self:
        """Return it; raise Malformed when it is about another secret."""
        found = shaped(cls, answer)
        if found.name != path:
            raise Malformed
        return found


class _Tag(Shape):
    key: str = Field(alias="Key")
    value: str = Field(alias="Value", default="")


class _Replica(Shape):
    region: str = Field(alias="Region", pattern=r"^[a-z0-9-]+$")


class Secret(Named):
    """A secret without its values: its tags, the staging labels of its versions, and who else manages it."""

    tags: Sequence[_Tag] = Field(alias="Tags", default=())
    stages: Mapping[str, Sequence[str]] = Field(alias="VersionIdsToStages", default={})
    deleted: datetime | None = Field(alias="DeletedDate", default=None)
    primary_region: str = Field(alias="PrimaryRegion", default="", pattern=r"^[a-z0-9-]*$")
    replicas: Sequence[_Replica] = Field(alias="ReplicationStatus", default=())
    owning_service: str = Field(alias="OwningService", default="")

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions that have a replica of it."""
        return tuple(replica.region for replica in self.replicas)

    @property
    def marks(self) -> dict[str, str]:
        """The tags by their keys."""
        return {tag.key: tag.value for tag in self.tags}

    def version(self, label: str) -> str:
        """Return the version with a staging label, "" when there is none."""
        return next((version for version, labels in self.stages.items() if label in labels), "")


class Value(Named):
    """One version of a secret; `text` is None where it is binary."""

    version: str = Field(alias="VersionId", min_length=1)
    labels: Sequence[str] = Field(alias="VersionStages", default=())
    text: str | None = Field(alias="SecretString", default=None)
    binary: bytes | None = Field(alias="SecretBinary", default=None)

    @classmethod
    def current(cls, path: str, answer: Any) -> Self:
        """Return the version that was asked for as the current one."""
        value = cls.of(path, answer)
        if CURRENT not in value.labels or (value.text is None) == (value.binary is None):
            raise Malformed
        return value

    @classmethod
    def numbered(cls, path: str, version: str, answer: Any) -> Self:
        """Return the version that was asked for by its id."""
        value = cls.of(path, answer)
        if value.version != version or (value.text is None) == (value.binary is None):
            raise Malformed
        return value


class Put(Named):
    """A version that was created, under the id that it was sent with."""

    version: str = Field(alias="VersionId")
    labels: Sequence[str] = Field(alias="VersionStages", default=())

    @classmethod
    def under(cls, path: str, version: str, answer: Any) -> Self:
        """Return it; raise Malformed when it is not the version that was sent."""
        made = cls.of(path, answer)
        if made.version != version:
            raise Malformed
        return made


class _About(Shape):
    request: str = Field(alias="RequestId", min_length=1)


class Empty(Shape):
    """An answer without a body: AWS's own has the request's id in its headers."""

    about: _About = Field(alias="ResponseMetadata")

    @classmethod
    def read(cls, answer: Any) -> None:
        """Accept it; raise Malformed when it did not come from AWS."""
        shaped(cls, answer)
