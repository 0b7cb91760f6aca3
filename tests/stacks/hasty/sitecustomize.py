"""Put first on PYTHONPATH by a test: what waits for Twilio in this process waits a tenth of a second instead.

So that a run in processes of its own looks for what a lost answer may have made as often as ever, and half a minute
sooner. That it waits long enough is held where the clock is the test's own (`tests/kinds`, `tests/sweep`).
"""

import time
from typing import SupportsIndex

A_MINUTE = 60
_sleep = time.sleep


def _hastily(seconds: float | SupportsIndex) -> None:
    asked = float(seconds)
    _sleep(asked if asked > A_MINUTE else min(asked, 0.1))  # Pulumi's host sleeps by the day beside its work


time.sleep = _hastily
