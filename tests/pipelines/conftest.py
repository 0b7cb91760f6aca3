"""The steps as modules, a host for them, and the servers of the stacks."""

import sys
from collections.abc import Iterator

import pytest

from tests.servers import ROOT, answering
from tests.stacks.conftest import moto_url, twilio, vault_server_  # noqa: F401 - the same servers as there

sys.path.append(str(ROOT / "pipelines" / "steps"))  # these are scripts

from tests.pipelines.hosts import HostStandIn


@pytest.fixture
def host() -> Iterator[HostStandIn]:
    stand_in = HostStandIn()
    with answering(stand_in.answer) as url:
        stand_in.url = url
        yield stand_in
