from collections.abc import Iterator

import pytest

from tests.trust.faces import Run
from tests.trust.hosts import Hosts
from twilio_environments import trust
from twilio_environments.rest import sessions


@pytest.fixture(scope="session")
def all_hosts(tmp_path_factory) -> Iterator[Hosts]:
    with Hosts(tmp_path_factory.mktemp("hosts")) as hosts:
        yield hosts


@pytest.fixture
def hosts(all_hosts: Hosts, monkeypatch) -> Hosts:
    """The hosts of the world in place of the network, and nothing sent to any of them yet."""
    all_hosts.forget()
    all_hosts.instead_of_the_network(monkeypatch)
    return all_hosts


@pytest.fixture
def run(tmp_path, monkeypatch) -> Iterator[Run]:
    yield Run(tmp_path, monkeypatch)
    sessions.configure({})
    sessions.use(None)
    trust.declare(production=False)
