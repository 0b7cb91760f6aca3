"""The shapes of Vault's answers [Vault: HTTP API, KV secrets engine version 2], as far as something depends on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from pydantic import Field

from twilio_environments.secrets.stores.answers import Malformed, Shape, mapping, shaped


@dataclass(frozen=True)
class Reply:
    """An answer as it came: status 200, 204 or 404, and a body that is JSON, text, or None where there is none."""

    status: int
    body: Any


class About(Shape):
    """What Vault says of one version. `deletion_time` is when it was deleted, or will be by itself."""

    version: int = Field(ge=1)
    deletion_time: str
    destroyed: bool
    custom_metadata: Mapping[str, Any] | None = None


class Version(Shape):
    """The current version of a document; no values once it is deleted."""

    data: Mapping[str, Any] | None
    metadata: About

    @classmethod
    def read(cls, reply: Reply) -> Version | None:
        """Return it; None where there never was one."""
        if _is_absent(reply):
            return None
        version = shaped(cls, _data(reply))
        # 404 is the status of a deleted version: values under it, or none under 200, are somebody else's answer.
        if (version.data is None) != (reply.status == HTTPStatus.NOT_FOUND):
            raise Malformed
        return version


class Kept(Shape):
    """What is kept of one version; `deletion_time` as in `About`."""

    deletion_time: str
    destroyed: bool


class Metadata(Shape):
    """What Vault keeps of a document besides its values."""

    current_version: int = Field(ge=0)
    custom_metadata: Mapping[str, Any] | None
    delete_version_after: str
    versions: Mapping[str, Kept]

    @classmethod
    def read(cls, reply: Reply) -> Metadata | None:
        """Return it; None where there is no document."""
        if _is_absent(reply):
            return None
        metadata = shaped(cls, _data(_ok(reply)))
        if metadata.current_version and str(metadata.current_version) not in metadata.versions:
            raise Malformed
        return metadata

    @property
    def current(self) -> Kept | None:
        """What is kept of the current version; None before the first."""
        return self.versions.get(str(self.current_version))


class Written(Shape):
    """The version that a write made."""

    version: int = Field(ge=1)
    deletion_time: str

    @classmethod
    def read(cls, reply: Reply) -> Written:
        """Return it."""
        return shaped(cls, _data(_ok(reply)))


class Mount(Shape):
    """A mount, as the `vault kv` commands ask for it."""

    path: str
    type: str
    options: Mapping[str, Any] | None

    @classmethod
    def read(cls, reply: Reply) -> Mount:
        """Return it."""
        return shaped(cls, _data(_ok(reply)))


class Token(Shape):
    """A token, as it sees itself; `ttl` in seconds, 0 for one that does not expire, and so `num_uses`."""

    num_uses: int
    ttl: int

    @classmethod
    def looked_up(cls, reply: Reply) -> Token:
        """Return it."""
        return shaped(cls, _data(_ok(reply)))


class _Auth(Shape):
    client_token: str = Field(min_length=1)
    metadata: Mapping[str, Any] | None = None


class _Login(Shape):
    auth: _Auth


def token_of(reply: Reply) -> _Auth:
    """Return what a login gave."""
    return shaped(_Login, _ok(reply).body).auth


def role_of(reply: Reply) -> str:
    """Return the AppRole that logged in."""
    return str((token_of(reply).metadata or {}).get("role_name", ""))


class SecretId(Shape):
    """What is left of an AppRole's secret id; 0 uses means unlimited."""

    secret_id_num_uses: int

    @classmethod
    def looked_up(cls, reply: Reply) -> SecretId | None:
        """Return it; None when it was used up."""
        if reply.status == HTTPStatus.NO_CONTENT:
            return None
        return shaped(cls, _data(_ok(reply)))


def capabilities(reply: Reply) -> Mapping[str, Any]:
    """Return what a token may do, by path."""
    found = mapping(_data(_ok(reply)))
    if not all(isinstance(one, list) for one in found.values()):
        raise Malformed
    return found


def done(reply: Reply) -> None:
    """Accept the answer to a request that Vault answers without a body."""
    if reply.status != HTTPStatus.NO_CONTENT or reply.body is not None:
        raise Malformed


def _is_absent(reply: Reply) -> bool:
    # What Vault says about a path that was never used. An unmounted path gets an error; a proxy's page has no list.
    return reply.status == HTTPStatus.NOT_FOUND and reply.body == {"errors": []}


def _ok(reply: Reply) -> Reply:
    if reply.status != HTTPStatus.OK:
        raise Malformed
    return reply


def _data(reply: Reply) -> Any:
    return mapping(reply.body).get("data")
