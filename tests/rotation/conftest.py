from typing import Any

import pytest

from tests.kinds.conftest import (  # noqa: F401 - the same as there
    _emulator,
    aws,
    aws_settings,
    surroundings,
    twilio,
    vault,
    vault_settings,
)
from tests.kinds.world import World
from tests.rotation.process import connected
from tests.stores.memory import Memory, MemoryStore
from twilio_environments.secrets import delivery, stores


@pytest.fixture(autouse=True)
def _processes(monkeypatch):
    """Each Process has a store of its own, as it would in a process of its own."""
    monkeypatch.setattr(delivery, "connect", connected)


@pytest.fixture(autouse=True)
def _nothing_between_here_and_the_servers(monkeypatch):
    """All is on loopback, and to look for proxies and passwords before each call takes a quarter of the time."""
    monkeypatch.setattr("requests.sessions.get_environ_proxies", lambda *_args, **_more: {})
    monkeypatch.setattr("requests.sessions.get_netrc_auth", lambda *_args, **_more: None)


@pytest.fixture
def memory(monkeypatch) -> dict[str, Any]:
    """A store that answers at once, instead of a Vault."""
    kept = Memory()
    monkeypatch.setattr(stores, "_stores", {})
    monkeypatch.setattr(stores.BACKENDS["vault"], "open", lambda _settings: MemoryStore(kept))
    return {"vault": {"address": "http://127.0.0.1:1"}}


@pytest.fixture
def store_settings(request):
    """The stand-in, or what a test asks for; that all three do the same is tested with the stores."""
    return request.getfixturevalue(getattr(request, "param", "memory"))


@pytest.fixture
def world(twilio, store_settings) -> World:  # noqa: F811 - the fixture
    return World(twilio, store_settings)
