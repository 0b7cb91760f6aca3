import pytest

from tests.emulator.contract import Contract
from tests.emulator.wire import Wire
from twilio_environments.emulator import Emulator


@pytest.fixture(scope="session")
def contract() -> Contract:
    return Contract()


@pytest.fixture
def twilio(contract):
    """An emulator whose every answer is held against Twilio's OpenAPI documents."""
    with Emulator() as emulator:
        violations = contract.watch(emulator)
        yield emulator
    assert not violations, "answers that Twilio's OpenAPI documents do not allow:\n" + "\n".join(violations)


@pytest.fixture
def wire(twilio) -> Wire:
    return Wire(twilio)
