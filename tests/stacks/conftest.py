from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers import Vault, moto_server, vault_server
from tests.stacks.documents import AwsDocuments, Documents, VaultDocuments
from tests.stacks.stack import Stack
from twilio_environments.emulator import Emulator

STORES = {"local": ("aws", "us-east-1"), "staging": ("aws", "eu-west-1"), "prod": ("vault", "")}
"""Where each stack file puts its secrets, and the region."""
NewStack = Callable[..., Stack]


@pytest.fixture(scope="session")
def vault_server_() -> Iterator[Vault]:
    with vault_server() as server:
        yield server


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    with moto_server() as url:
        yield url


@pytest.fixture
def twilio() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def vault_documents(vault_server_) -> Documents:
    return VaultDocuments(vault_server_)


@pytest.fixture
def new_stack(request, tmp_path, twilio) -> NewStack:
    """Make a stack by the name of its stack file; its store is empty."""
    return stacks_in(request, tmp_path, twilio)


@pytest.fixture(scope="module")
def new_shared_stack(request, tmp_path_factory) -> Iterator[NewStack]:
    """Make a stack for several tests of a module, each of which has to leave it as it was."""
    with Emulator() as twilio:
        yield stacks_in(request, tmp_path_factory.mktemp("shared"), twilio)


def stacks_in(request: pytest.FixtureRequest, folder: Path, twilio: Emulator) -> NewStack:
    def make(name: str, store: str = "", region: str = "") -> Stack:
        kind, place = STORES.get(name, (store, region))
        documents: Documents | None = None
        if kind == "vault":
            documents = VaultDocuments(request.getfixturevalue("vault_server_"))
        elif kind == "aws":
            documents = AwsDocuments(request.getfixturevalue("moto_url"), place)
        return Stack.of_project(name, folder / name, twilio, documents)

    return make
