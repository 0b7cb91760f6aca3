import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.servers import moto_server, vault_server
from tests.sweep.gate import installed
from tests.sweep.sweep import Sweep
from twilio_environments.emulator import Emulator
from twilio_environments.rest import sessions
from twilio_environments.secrets import stores


class _Stores(dict[str, Any]):
    """The settings of the stores; a server starts when it is needed."""

    def __init__(self, start: Callable[[str], Any]):
        super().__init__()
        self._start = start

    def __missing__(self, name):
        self[name] = self._start(name)
        return self[name]


@pytest.fixture(scope="session")
def sweep(tmp_path_factory) -> Iterator[Sweep]:
    """The gate, the emulator and the stores, with nothing of whoever runs the tests."""

    def start(name: str) -> dict[str, Any]:
        if name == "aws":
            patch.setenv("AWS_ENDPOINT_URL", servers.enter_context(moto_server()))
            patch.setenv("AWS_ACCESS_KEY_ID", "testing")
            patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
            return {"aws": {"region": "eu-west-1"}}
        vault = servers.enter_context(vault_server())
        patch.setenv("VAULT_TOKEN", vault.token)
        return {"vault": {"address": vault.address}}

    with ExitStack() as servers, pytest.MonkeyPatch.context() as patch, Emulator() as twilio, installed() as gate:
        for name in [name for name in os.environ if name.startswith(("AWS_", "VAULT_", "TWILIO_"))]:
            patch.delenv(name)
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        patch.setattr(stores, "_stores", {})
        yield Sweep(gate, twilio, _Stores(start))
        sessions.use(None)
