import os
from collections.abc import Iterator

import pytest

from twilio_environments.emulator import Emulator
from twilio_environments.rest import sessions
from twilio_environments.rest.credentials import Credentials
from twilio_environments.rest.endpoint import Endpoint
from twilio_environments.rest.session import Session


@pytest.fixture(scope="session")
def _running() -> Iterator[Emulator]:
    with pytest.MonkeyPatch.context() as patch, Emulator() as running:
        for name in [name for name in os.environ if name.startswith("TWILIO_")]:
            patch.delenv(name)
        yield running


@pytest.fixture
def twilio(_running) -> Iterator[Emulator]:
    """The emulator as new, and a session of its main account."""
    _running.reset()
    sessions.use(new_session(_running))
    yield _running
    sessions.use(None)


def new_session(twilio: Emulator) -> Session:
    """Another process: no listing, no token in memory."""
    return Session(
        Credentials(twilio.account_sid, twilio.account_sid, twilio.auth_token), Endpoint(url=twilio.endpoint)
    )
