import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.servers import moto_server, vault_server
from twilio_environments.emulator import Emulator
from twilio_environments.emulator.switches import Switches
from twilio_environments.secrets import stores

from .world import World


@dataclass
class Surroundings:
    """What the tests of one folder find around them: a home, the servers that run, and the stores that they opened.

    Neither the credentials of whoever runs the tests, nor stores that tests of another folder opened. Each test has
    them put up anew: a session's other tests, with servers of their own, may run between two of them.
    """

    home: Path
    variables: dict[str, str] = field(default_factory=dict)
    opened: dict[Any, Any] = field(default_factory=dict)

    def put_up(self, patch: pytest.MonkeyPatch) -> None:
        for name in [name for name in os.environ if name.startswith(("AWS_", "VAULT_", "TWILIO_"))]:
            patch.delenv(name)
        for name, value in ({"HOME": str(self.home)} | self.variables).items():
            patch.setenv(name, value)
        patch.setattr(stores, "_stores", self.opened)


@pytest.fixture(scope="session")
def surroundings(tmp_path_factory) -> Surroundings:
    return Surroundings(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def aws_settings(surroundings) -> Iterator[dict[str, Any]]:
    with moto_server() as url:
        surroundings.variables |= {"AWS_ENDPOINT_URL": url}
        surroundings.variables |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
        yield {"aws": {"region": "eu-west-1"}}


@pytest.fixture
def aws(aws_settings: dict[str, Any], surroundings, monkeypatch) -> dict[str, Any]:
    surroundings.put_up(monkeypatch)
    return aws_settings


@pytest.fixture(scope="session")
def vault_settings(surroundings) -> Iterator[dict[str, Any]]:
    with vault_server() as server:
        surroundings.variables |= {"VAULT_TOKEN": server.token}
        yield {"vault": {"address": server.address}}


@pytest.fixture
def vault(vault_settings: dict[str, Any], surroundings, monkeypatch) -> dict[str, Any]:
    surroundings.put_up(monkeypatch)
    return vault_settings


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
