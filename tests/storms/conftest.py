from collections.abc import Iterator

import pytest

from tests.damage.conftest import store, twilio  # noqa: F401 - the same servers as there
from tests.storms.log import Log, installed


@pytest.fixture
def log() -> Iterator[Log]:
    with installed() as one:
        yield one
