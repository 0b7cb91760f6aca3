"""Vault KV v2.

A document is a secret whose custom metadata is our mark. Data is written by compare-and-set (`cas`), which metadata
does not have: two stacks that both find a path unused would overwrite each other's mark. So a document starts with a
version 1 that holds only the claim (`managed-by`, `owner`), written with `cas=0`, which one of them wins; the winner
then writes the mark, then the properties as version 2. If it is killed in between, the claim is as good as the mark:
the next run of the same owner continues where this one stopped, any other owner is refused, and no secret was ever
unmarked.

Deleting is soft: versions stay in Vault (`vault kv undelete`), and so does the mark.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from twilio_environments.problems import Problem
from twilio_environments.secrets.stores.merging import MergingStore
from twilio_environments.secrets.stores.primitives import Conflict, Loaded
from twilio_environments.secrets.stores.protocol import MANAGED_BY, Unsettled
from twilio_environments.secrets.stores.vault.answers import Kept, Metadata, Mount, Version, Written, capabilities, done
from twilio_environments.secrets.stores.vault.client import Forbidden, VaultClient, policy
from twilio_environments.secrets.stores.vault.settings import VaultSettings


class VaultStore(MergingStore):
    """One KV v2 mount of one Vault, with one login. `settings` are resolved ones."""

    def __init__(self, settings: VaultSettings) -> None:
        self._settings = settings
        self._mount = settings.mount
        self._client = VaultClient(settings)
        self._is_kv_v2 = False

    @property
    def address(self) -> str:
        """See `Store.address`."""
        return f"vault {self._settings.address}/{self._mount}"

    def _load(self, path: str) -> Loaded | None:
        self._require_kv_v2()
        found = self._client.call(
            self._reading("data", path),
            lambda client: client.secrets.kv.v2.read_secret_version(
                path, mount_point=self._mount, raise_on_deleted_version=True
            ),
            Version.read,
        )
        if found is None:
            # No version yet; somebody may still have set metadata.
            kept = self._metadata(path)
            if kept is None:
                return None
            if kept.current_version:
                # Written between the two reads.
                raise Conflict
            return _loaded(None, 0, kept.custom_metadata, "")
        about = found.metadata
        vanishes = "" if found.data is None else about.deletion_time
        return _loaded(found.data, about.version, about.custom_metadata, vanishes)

    def _glance(self, path: str) -> Loaded | None:
        """Read only metadata, which holds no secret, so a preview needs no right to read one."""
        self._require_kv_v2()
        try:
            kept = self._metadata(path)
        except Forbidden:
            return self._load(path)
        if kept is None:
            return None
        current = kept.current
        deleted = current is None or current.destroyed or (bool(current.deletion_time) and _is_past(current))
        mark = kept.custom_metadata
        if not _owner(mark) and kept.current_version == 1 and not deleted:
            return self._load(path)  # it may be no more than the claim of a run that was killed
        will = "" if deleted or current is None else current.deletion_time
        if not will and kept.delete_version_after != "0s" and not kept.delete_version_after.startswith("-"):
            will = f"{kept.delete_version_after} after it is written"
        return replace(_loaded(None if deleted else {}, kept.current_version, mark, will), values={})

    def _metadata(self, path: str) -> Metadata | None:
        return self._client.call(
            self._reading("metadata", path),
            lambda client: client.secrets.kv.v2.read_secret_metadata(path, mount_point=self._mount),
            Metadata.read,
        )

    def _create(self, path: str, owner: str, values: Mapping[str, Any]) -> str:
        self._put(path, {"managed-by": MANAGED_BY, "owner": owner}, cas=0)
        return self._replace(path, Loaded(owner, {}, "1", marked=False), values)

    def _replace(self, path: str, loaded: Loaded, values: Mapping[str, Any]) -> str:
        if not loaded.marked:
            self._put_mark(path, {"managed-by": MANAGED_BY, "owner": loaded.owner})
        return self._put(path, values, cas=int(loaded.version))

    def _mark(self, path: str, loaded: Loaded, owner: str) -> None:
        # A write of custom metadata replaces all of it, and people keep some of their own there.
        metadata = self._metadata(path)
        kept = dict(metadata.custom_metadata or {}) if metadata else {}
        self._put_mark(path, kept | {"managed-by": MANAGED_BY, "owner": owner, "former-owner": loaded.owner})

    def _put_mark(self, path: str, mark: Mapping[str, str]) -> None:
        # Not hvac's own call, which resets a delete_version_after that people have set.
        self._client.call(
            f"create,update on {self._mount}/metadata/{path}",
            lambda client: client.adapter.post(f"/v1/{self._mount}/metadata/{path}", json={"custom_metadata": mark}),
            done,
            changes=True,
        )
        # Vault answers without a body, as anything on the way may.
        metadata = self._metadata(path)
        if metadata is None or dict(metadata.custom_metadata or {}) != dict(mark):
            raise self._unsettled(f"the mark of {path}")

    def _put(self, path: str, values: Mapping[str, Any], cas: int) -> str:
        written = self._client.call(
            f"create,update on {self._mount}/data/{path}",
            lambda client: client.secrets.kv.v2.create_or_update_secret(
                path, dict(values), cas=cas, mount_point=self._mount
            ),
            Written.read,
            changes=True,
        )
        version = str(written.version)
        self._require_lasting(path, Loaded("", {}, version, vanishes=written.deletion_time))
        return version

    def _delete(self, path: str, version: str) -> None:
        # Names the version, so that a newer one, written meanwhile, stays.
        self._client.call(
            f"update on {self._mount}/delete/{path}",
            lambda client: client.secrets.kv.v2.delete_secret_versions(
                path, versions=[int(version)], mount_point=self._mount
            ),
            done,
            changes=True,
        )
        # As above.
        left = self._load(path)
        if left and not left.deleted and left.version == version:
            raise self._unsettled(f"that {path} is deleted")

    def _unsettled(self, what: str) -> Unsettled:
        return Unsettled(
            f"Vault at {self._settings.address} accepted {what}, but does not show it.",
            "Check the proxy or load balancer in front of it, then run pulumi up --refresh.",
        )

    def _check_access(self, path: str) -> None:
        if lacking := self._lacking(path, _TO_WRITE):
            raise Problem(
                f"The policy of the {self._settings.auth.method} login does not allow all that {self.address} needs.",
                f"Add to the policy: {lacking}",
            )

    def missing_rights(self, path: str) -> Mapping[str, str] | None:
        """See `Store.missing_rights`."""
        found = {commands: self._lacking(path, rights) for commands, rights in _RIGHTS.items()}
        if None in found.values():
            return None
        return {commands: lacking for commands, lacking in found.items() if lacking}

    def _lacking(self, path: str, rights: Mapping[str, list[str]]) -> str | None:
        """Return the lines that the policy lacks, "" for none, None if it does not let the login ask."""
        self._require_kv_v2()
        needed = {f"{self._mount}/{part}/{path}": wanted for part, wanted in rights.items()}
        allowed = self._client.reads(
            "update on sys/capabilities-self",
            lambda client: client.sys.get_capabilities(paths=list(needed)),
            capabilities,
        )
        if allowed is None:
            return None
        return " ".join(
            policy(where, wanted)
            for where, wanted in needed.items()
            if "root" not in allowed.get(where, []) and set(wanted) - set(allowed.get(where, []))
        )

    def require_another_login(self) -> None:
        """See `Store.require_another_login`."""
        self._client.require_another_login()

    def _keep(self, path: str, version: str) -> str:
        return (
            f"Switch delete_version_after off, for the document (vault kv metadata patch -mount={self._mount} "
            f"-delete-version-after=0s {path}) and for the mount (vault write {self._mount}/config "
            f"delete_version_after=0s), then keep what exists: "
            f"vault kv undelete -mount={self._mount} -versions={version} {path}"
        )

    def _reading(self, part: str, path: str) -> str:
        return f"read on {self._mount}/{part}/{path}"

    def _hand_over(self, path: str, owner: str, *, deleted: bool) -> str:  # noqa: ARG002 - the mark outlives it
        return (
            f"vault kv metadata patch -mount={self._mount} -custom-metadata=managed-by={MANAGED_BY} "
            f"-custom-metadata=owner={owner} {path}"
        )

    def _require_kv_v2(self) -> None:
        """Ask once: a write to KV v1 would succeed, and miss the document that consumers read."""
        if self._is_kv_v2:
            return
        # The endpoint that the vault command itself asks; any policy under the mount opens it.
        url = f"/v1/sys/internal/ui/mounts/{self._mount}/"
        mount = self._client.call(f"read on {self._mount}/data/*", lambda client: client.adapter.get(url), Mount.read)
        if mount.path.strip("/") != self._mount or mount.type != "kv":
            raise Problem(f"{self._mount} is not a KV secrets engine.", "Correct vault.mount.")
        if (mount.options or {}).get("version") != "2":
            raise Problem(
                f"The mount {self._mount} is KV version 1, which has neither compare-and-set nor metadata.",
                f"Name a KV version 2 mount in vault.mount, or upgrade it: vault kv enable-versioning {self._mount}",
            )
        if self._settings.namespace:
            self._client.require_namespaces(url)
        self._is_kv_v2 = True


# By what is done with a document, and by the commands that do it.
_TO_WRITE = {"data": ["create", "read", "update"], "metadata": ["create", "read", "update"]}
_RIGHTS = {
    "preview": {"metadata": ["read"]},
    "refresh, drift": {"data": ["read"], "metadata": ["read"]},
    "up, rotate": _TO_WRITE,
    "destroy": {"data": ["read", "update"], "delete": ["update"]},
}


def _loaded(values: Mapping[str, Any] | None, version: int, mark: Mapping[str, Any] | None, vanishes: str) -> Loaded:
    """Return a version with its mark; the claim that a document starts with counts as one."""
    owner, deleted = _owner(mark), values is None
    if not owner and _is_claim(values):
        return Loaded(_owner(values), {}, str(version), marked=False, vanishes=vanishes)
    left = {} if values is None or _is_claim(values) else values
    former = _owner(mark, "former-owner")
    return Loaded(owner, left, str(version), deleted=deleted, former_owner=former, vanishes=vanishes)


def _is_past(kept: Kept) -> bool:
    return datetime.fromisoformat(kept.deletion_time) <= datetime.now(UTC)


def _owner(mark: Mapping[str, Any] | None, name: str = "owner") -> str:
    return str(mark.get(name, "")) if mark and mark.get("managed-by") == MANAGED_BY else ""


def _is_claim(values: Mapping[str, Any] | None) -> bool:
    return values is not None and set(values) == {"managed-by", "owner"} and values["managed-by"] == MANAGED_BY
