import copy
import json
import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
import hvac
import pytest

from tests.servers import Vault, moto_server, vault_server
from tests.stores.memory import Memory, MemoryStore
from twilio_environments.secrets.stores import BACKENDS
from twilio_environments.secrets.stores.aws.settings import AwsSettings
from twilio_environments.secrets.stores.aws.store import AwsStore
from twilio_environments.secrets.stores.merging import MergingStore
from twilio_environments.secrets.stores.primitives import Loaded
from twilio_environments.secrets.stores.protocol import MANAGED_BY
from twilio_environments.secrets.stores.vault.settings import VaultSettings
from twilio_environments.secrets.stores.vault.store import VaultStore

REGION = "eu-west-1"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    """Neither the credentials of whoever runs the tests, nor their home folder."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "VAULT_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def no_waiting(monkeypatch):
    """Between two attempts, of tenacity and of botocore."""
    for module in ("tenacity.nap", "botocore.endpoint"):
        monkeypatch.setattr(f"{module}.time.sleep", lambda _seconds: None)


@pytest.fixture(scope="session")
def vault() -> Iterator[Vault]:
    with vault_server() as server:
        yield server


@pytest.fixture(scope="session")
def root(vault) -> Any:
    """A client that may do everything, for what people do by hand."""
    return hvac.Client(url=vault.address, token=vault.token)


@pytest.fixture(scope="session")
def aws_endpoint() -> Iterator[str]:
    with moto_server() as url:
        yield url


@pytest.fixture
def aws_environment(aws_endpoint, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws_endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


@pytest.fixture
def vault_environment(vault, monkeypatch):
    monkeypatch.setenv("VAULT_ADDR", vault.address)
    monkeypatch.setenv("VAULT_TOKEN", vault.token)


@pytest.fixture
def secretsmanager(aws_environment) -> Any:
    return boto3.client("secretsmanager", region_name=REGION)


@dataclass
class Backend:
    """A kind of store, and what a test does to it behind the library's back."""

    connect: Callable[[], MergingStore]  # each call is another process, as far as the store can tell
    by_hand: Callable[[str, Mapping[str, Any], Mapping[str, str]], None]  # path, properties, mark
    versions: Callable[[str], int]
    mark: Callable[[str], Mapping[str, str]]


@pytest.fixture(params=[*BACKENDS, "memory"])
def backend(request) -> Backend:
    return built(request.param, request)


def built(name: str, request: Any) -> Backend:
    """Each store has its `<name>_backend` in here."""
    build: Callable[[Any], Backend] = globals()[f"{name}_backend"]
    return build(request)


def vault_backend(request) -> Backend:
    request.getfixturevalue("vault_environment")
    kv = request.getfixturevalue("root").secrets.kv.v2

    def by_hand(path, properties, mark):
        kv.create_or_update_secret(path, properties)
        kv.update_metadata(path, custom_metadata=dict(mark))

    def versions(path):
        return len(kv.read_secret_metadata(path)["data"]["versions"])

    def mark(path):
        return kv.read_secret_metadata(path)["data"]["custom_metadata"]

    return Backend(lambda: VaultStore(VaultSettings().resolved()), by_hand, versions, mark)


def aws_backend(request) -> Backend:
    client = request.getfixturevalue("secretsmanager")

    def by_hand(path, properties, mark):
        tags = [{"Key": key, "Value": value} for key, value in mark.items()]
        client.create_secret(Name=path, SecretString=json.dumps(properties), Tags=tags)

    def versions(path):
        return len(client.describe_secret(SecretId=path)["VersionIdsToStages"])

    def mark(path):
        return {tag["Key"]: tag["Value"] for tag in client.describe_secret(SecretId=path)["Tags"]}

    def connect() -> AwsStore:
        # Connections are shared, as to open botocore's client anew takes longer than all calls of a test.
        store = copy.copy(opened_aws(os.environ["AWS_ENDPOINT_URL"]))
        store._client = copy.copy(store._client)
        return store

    return Backend(connect, by_hand, versions, mark)


@cache
def opened_aws(_endpoint: str) -> AwsStore:
    return AwsStore(AwsSettings(region=REGION).resolved())


def memory_backend(_request) -> Backend:
    memory = Memory()

    def by_hand(path, properties, mark):
        owner = mark.get("owner", "") if mark.get("managed-by") == MANAGED_BY else ""
        memory.documents[path], memory.versions[path] = Loaded(owner, dict(properties), "1"), 1

    def mark(path):
        return {"owner": memory.documents[path].owner}

    return Backend(lambda: MemoryStore(memory), by_hand, lambda path: memory.versions[path], mark)


@pytest.fixture
def store(backend: Backend) -> MergingStore:
    return backend.connect()


@pytest.fixture
def path() -> str:
    return f"test/{uuid.uuid4().hex}"
