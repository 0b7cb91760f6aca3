import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.damage.wire import Wire, installed
from tests.stores.memory import Memory, MemoryStore
from twilio_environments.emulator import Emulator
from twilio_environments.rest import sessions
from twilio_environments.secrets import stores


@pytest.fixture
def store(monkeypatch, tmp_path) -> dict[str, Any]:
    """The settings of a store, which is kept in memory; with nothing of whoever runs the tests."""
    memory = MemoryStore(Memory())
    for name in [name for name in os.environ if name.startswith(("AWS_", "VAULT_", "TWILIO_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(stores, "_stores", {})
    monkeypatch.setattr(stores.BACKENDS["vault"], "open", lambda _settings: memory)
    monkeypatch.setenv("VAULT_ADDR", "https://vault.example.com:8200")
    return {"vault": {}}


@pytest.fixture(scope="session")
def twilio() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def wire(twilio) -> Iterator[Wire]:
    with installed(twilio) as one:
        yield one
        sessions.use(None)
