from collections.abc import Iterator

import pytest

from tests.servers import Vault, vault_server
from twilio_environments.secrets import stores


@pytest.fixture
def vault(monkeypatch) -> Iterator[Vault]:
    with vault_server() as server:
        monkeypatch.setenv("VAULT_TOKEN", server.token)
        monkeypatch.setattr(stores, "_stores", {})
        yield server
