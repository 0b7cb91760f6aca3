import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.servers import moto_server, vault_server
from twilio_environments import stores
from twilio_environments.emulator import Emulator
from twilio_environments.emulator.switches import Switches

from .world import World


@pytest.fixture(scope="session")
def _environment(tmp_path_factory) -> Iterator[pytest.MonkeyPatch]:
    """Neither the credentials of whoever runs the tests, nor their home folder, nor stores that other tests opened."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("AWS_", "VAULT_", "TWILIO_"))]:
            patch.delenv(name)
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        patch.setattr(stores, "_stores", {})
        yield patch


@pytest.fixture(scope="session")
def aws(_environment) -> Iterator[dict[str, Any]]:
    with moto_server() as url:
        _environment.setenv("AWS_ENDPOINT_URL", url)
        _environment.setenv("AWS_ACCESS_KEY_ID", "testing")
        _environment.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        yield {"aws": {"region": "eu-west-1"}}


@pytest.fixture(scope="session")
def vault(_environment) -> Iterator[dict[str, Any]]:
    with vault_server() as server:
        _environment.setenv("VAULT_TOKEN", server.token)
        yield {"vault": {"address": server.address}}


@pytest.fixture(scope="session")
def _emulator() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def twilio(_emulator) -> Iterator[Emulator]:
    """The emulator as new."""
    _emulator.reset()
    yield _emulator
    _emulator.on_answer = None


@pytest.fixture
def world(twilio, aws) -> World:
    return World(twilio, aws)


@pytest.fixture
def switches(twilio: Emulator) -> Switches:
    return twilio.switches
