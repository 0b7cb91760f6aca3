import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.damage.wire import Wire, installed
from tests.servers import vault_server
from twilio_environments import stores
from twilio_environments.emulator import Emulator
from twilio_environments.rest import session as sessions


@pytest.fixture(scope="session")
def vault(tmp_path_factory) -> Iterator[dict[str, Any]]:
    """The store, with nothing of whoever runs the tests."""
    with vault_server() as server, pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("AWS_", "VAULT_", "TWILIO_"))]:
            patch.delenv(name)
        patch.setenv("VAULT_TOKEN", server.token)
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        patch.setattr(stores, "_stores", {})
        yield {"vault": {"address": server.address}}


@pytest.fixture(scope="session")
def twilio() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def wire(twilio) -> Iterator[Wire]:
    with installed(twilio) as one:
        yield one
        sessions.use(None)
