"""Vault KV v2.

A document is a secret whose custom metadata is our mark. Data is written by compare-and-set (`cas`), metadata cannot
be: two stacks that both find a path unused would mark it one over the other. So a document begins with version 1 that
holds nothing but the claim (`managed-by`, `owner`), written with `cas=0`, which one of them wins; then the winner
writes the mark, then the properties as version 2. Killed in between, the claim is as good as the mark: the next run
of the same owner goes on where this one stopped, any other owner is refused, and no secret was ever unmarked.

Deleting is soft: versions stay in Vault (`vault kv undelete`), and so does the mark.
"""

from collections.abc import Mapping
from typing import Any

from hvac import Client

from twilio_environments.problems import Problem
from twilio_environments.stores.merging import Conflict, Loaded, MergingStore
from twilio_environments.stores.protocol import MANAGED_BY
from twilio_environments.stores.settings import VaultSettings
from twilio_environments.stores.vault_client import VaultClient, policy


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

        def read(client: Client) -> Any:
            return client.secrets.kv.v2.read_secret_version(
                path, mount_point=self._mount, raise_on_deleted_version=True
            )

        def read_metadata(client: Client) -> Any:
            return client.secrets.kv.v2.read_secret_metadata(path, mount_point=self._mount)

        data = self._client.call(f"read on {self._mount}/data/{path}", read).get("data")
        if data is not None:
            values = data["data"]
            version, mark = data["metadata"]["version"], data["metadata"].get("custom_metadata")
        else:
            # No version yet; somebody may have set metadata all the same.
            data = self._client.call(f"read on {self._mount}/metadata/{path}", read_metadata).get("data")
            if data is None:
                return None
            if data["current_version"]:
                # Written between the two reads.
                raise Conflict
            values, version, mark = None, data["current_version"], data.get("custom_metadata")
        if _owner(mark) or not _is_claim(values):
            left = {} if values is None or _is_claim(values) else values
            former = _owner(mark, "former-owner")
            return Loaded(_owner(mark), left, str(version), deleted=values is None, former_owner=former)
        return Loaded(_owner(values), {}, str(version), marked=False)

    def _create(self, path: str, owner: str, values: Mapping[str, Any]) -> str:
        self._put(path, {"managed-by": MANAGED_BY, "owner": owner}, cas=0)
        return self._replace(path, Loaded(owner, {}, "1", marked=False), values)

    def _replace(self, path: str, loaded: Loaded, values: Mapping[str, Any]) -> str:
        if not loaded.marked:
            self._put_mark(path, {"managed-by": MANAGED_BY, "owner": loaded.owner})
        return self._put(path, values, cas=int(loaded.version))

    def _mark(self, path: str, loaded: Loaded, owner: str) -> None:
        # A write of custom metadata replaces all of it, and people keep some of their own there.
        metadata = self._client.call(
            f"read on {self._mount}/metadata/{path}",
            lambda client: client.secrets.kv.v2.read_secret_metadata(path, mount_point=self._mount),
        )
        kept = (metadata.get("data") or {}).get("custom_metadata") or {}
        self._put_mark(path, kept | {"managed-by": MANAGED_BY, "owner": owner, "former-owner": loaded.owner})

    def _put_mark(self, path: str, mark: Mapping[str, str]) -> None:
        self._client.call(
            f"create,update on {self._mount}/metadata/{path}",
            lambda client: client.secrets.kv.v2.update_metadata(
                path, custom_metadata=dict(mark), mount_point=self._mount
            ),
        )

    def _put(self, path: str, values: Mapping[str, Any], cas: int) -> str:
        body = self._client.call(
            f"create,update on {self._mount}/data/{path}",
            lambda client: client.secrets.kv.v2.create_or_update_secret(
                path, dict(values), cas=cas, mount_point=self._mount
            ),
        )
        return str(body["data"]["version"])

    def _delete(self, path: str, version: str) -> None:
        # Names the version, so that a newer one, written meanwhile, stays.
        self._client.call(
            f"update on {self._mount}/delete/{path}",
            lambda client: client.secrets.kv.v2.delete_secret_versions(
                path, versions=[int(version)], mount_point=self._mount
            ),
        )

    def _check_access(self, path: str) -> None:
        self._require_kv_v2()
        needed = {
            f"{self._mount}/data/{path}": ["create", "read", "update"],
            f"{self._mount}/metadata/{path}": ["create", "read", "update"],
            f"{self._mount}/delete/{path}": ["update"],
        }
        body = self._client.call(
            "update on sys/capabilities-self", lambda client: client.sys.get_capabilities(paths=list(needed))
        )
        missing = [
            policy(path, wanted)
            for path, wanted in needed.items()
            if not {"root"} & set(body.get(path, [])) and set(wanted) - set(body.get(path, []))
        ]
        if missing:
            raise Problem(
                f"The policy of the {self._settings.auth.method} login does not allow all that {self.address} needs.",
                f"Add to the policy: {' '.join(missing)}",
            )

    def _hand_over(self, path: str, owner: str) -> str:
        return (
            f"vault kv metadata patch -mount={self._mount} -custom-metadata=managed-by={MANAGED_BY} "
            f"-custom-metadata=owner={owner} {path}"
        )

    def _require_kv_v2(self) -> None:
        """Ask once: a write to KV v1 would succeed, and land beside the document that consumers read."""
        if self._is_kv_v2:
            return
        # The endpoint that the vault command itself asks; any policy under the mount opens it.
        body = self._client.call(
            f"read on {self._mount}/data/*",
            lambda client: client.adapter.get(f"/v1/sys/internal/ui/mounts/{self._mount}/"),
        )
        mount = body.get("data") or {}
        if mount.get("path", "").strip("/") != self._mount or mount.get("type") != "kv":
            raise Problem(f"{self._mount} is not a KV secrets engine of Vault.", "Correct vault.mount.")
        if (mount.get("options") or {}).get("version") != "2":
            raise Problem(
                f"The mount {self._mount} is KV version 1, which has neither compare-and-set nor metadata.",
                f"Name a KV version 2 mount in vault.mount, or upgrade it: vault kv enable-versioning {self._mount}",
            )
        self._is_kv_v2 = True


def _owner(mark: Mapping[str, Any] | None, name: str = "owner") -> str:
    return str(mark.get(name, "")) if mark and mark.get("managed-by") == MANAGED_BY else ""


def _is_claim(values: Mapping[str, Any] | None) -> bool:
    return values is not None and set(values) == {"managed-by", "owner"} and values["managed-by"] == MANAGED_BY
