"""The two secret stores, as the tests look into them and change them behind the library's back."""

import json
import secrets
from collections.abc import Mapping
from typing import Any, Protocol

import boto3
import hvac
import requests

from tests.servers import Vault


class Documents(Protocol):
    """A secret store: the environment variables that reach it, and its documents."""

    @property
    def variables(self) -> dict[str, str]: ...

    @property
    def secret(self) -> str:
        """The secret among the variables."""
        ...

    def paths(self) -> list[str]: ...

    def read(self, path: str) -> dict[str, str]: ...

    def write(self, path: str, properties: Mapping[str, str]) -> None:
        """Write as a person would, without a mark."""
        ...

    def delete(self, path: str) -> None: ...


class VaultDocuments:
    """KV version 2 of a dev server, emptied."""

    def __init__(self, vault: Vault) -> None:
        self.secret = vault.token
        self.variables = {"VAULT_ADDR": vault.address, "VAULT_TOKEN": vault.token}
        self._kv = hvac.Client(url=vault.address, token=vault.token).secrets.kv.v2
        for path in self._all():
            self._kv.delete_metadata_and_all_versions(path)

    def paths(self) -> list[str]:
        return [path for path in self._all() if self._current(path) is not None]

    def read(self, path: str) -> dict[str, str]:
        return dict(self._current(path) or {})

    def write(self, path: str, properties: Mapping[str, str]) -> None:
        self._kv.create_or_update_secret(path, dict(properties))

    def delete(self, path: str) -> None:
        self._kv.delete_metadata_and_all_versions(path)

    def _current(self, path: str) -> Mapping[str, str] | None:
        try:
            answer = self._kv.read_secret_version(path, raise_on_deleted_version=False)
        except hvac.exceptions.InvalidPath:
            return None
        return answer["data"]["data"]  # type: ignore[no-any-return]  # hvac has no types

    def _all(self, folder: str = "") -> list[str]:
        try:
            names = self._kv.list_secrets(folder)["data"]["keys"]
        except hvac.exceptions.InvalidPath:
            return []
        return [
            path for name in names for path in (self._all(folder + name) if name.endswith("/") else [folder + name])
        ]


class AwsDocuments:
    """Secrets Manager of moto's server, emptied."""

    def __init__(self, url: str, region: str) -> None:
        requests.post(f"{url}/moto-api/reset", timeout=20)
        self.secret = secrets.token_hex(20)
        self.variables = {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        self._client: Any = boto3.client(
            "secretsmanager",
            region_name=region,
            endpoint_url=url,
            aws_access_key_id="testing",
            aws_secret_access_key=self.secret,
        )

    def paths(self) -> list[str]:
        return [one["Name"] for one in self._client.list_secrets()["SecretList"] if "DeletedDate" not in one]

    def read(self, path: str) -> dict[str, str]:
        text = self._client.get_secret_value(SecretId=path)["SecretString"]
        return {str(name): str(value) for name, value in json.loads(text).items()}

    def write(self, path: str, properties: Mapping[str, str]) -> None:
        text = json.dumps(dict(properties))
        if path in self.paths():
            self._client.put_secret_value(SecretId=path, SecretString=text)
        else:
            self._client.create_secret(Name=path, SecretString=text)

    def delete(self, path: str) -> None:
        self._client.delete_secret(SecretId=path, ForceDeleteWithoutRecovery=True)
