"""A stateful Twilio on loopback, for people without an account and for tests that Twilio itself would not allow."""

from .faults import Fault
from .server import Addresses, Emulator, run
from .switches import Switches

__all__ = ["Addresses", "Emulator", "Fault", "Switches", "run"]
