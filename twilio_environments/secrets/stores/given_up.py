"""A store that is gone for good: the user said so, and nothing is sent to it any more.

A store that does not answer may still hold everything. So a variable in the run's environment has to give up what was
delivered there: keys are then created again where the stack file says, and documents are written there.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from twilio_environments.problems import Problem
from twilio_environments.secrets.stores.protocol import Document
from twilio_environments.secrets.stores.settings import StoreSettings

GIVEN_UP = "TWILIO_ENVIRONMENTS_GIVEN_UP_STORES"
"""Names the stores that are given up, separated by commas, each as `Backend.known_as` has it."""


def is_given_up(settings: StoreSettings) -> bool:
    """Return whether this run was told that the store is given up."""
    told = {one.strip().rstrip("/") for one in os.environ.get(GIVEN_UP, "").split(",")} - {""}
    return bool(told) and settings.backend.known_as() in told


class GivenUpStore:
    """See Store: nothing is in it, nothing has to be removed from it, and nothing can be written to it."""

    def __init__(self, name: str) -> None:
        """Keep the name by which it was given up."""
        self._name = name

    @property
    def address(self) -> str:
        """See `Store.address`."""
        return f"{self._name} (given up)"

    def refusal(self) -> Problem:
        """Return the error for anything that is to be delivered to it nevertheless."""
        return Problem(
            f"The secret store {self._name} was given up, but the stack file still delivers to it.",
            "Point twilio:secrets at another store, then run again.",
        )

    def read(self, *_path: str) -> Document | None:
        """See `Store.read`."""
        return None

    def write(self, *_document: Any, **_options: Any) -> str:
        """See `Store.write`: it is refused."""
        raise self.refusal()

    def remove(self, *_properties: Any) -> bool:
        """See `Store.remove`."""
        return True

    def check(self, *_document: Any, **_options: Any) -> None:
        """See `Store.check`: what is recorded there may be looked for, and is not found."""

    def missing_rights(self, *_path: str) -> Mapping[str, str] | None:
        """See `Store.missing_rights`."""
        return None

    def require_another_login(self) -> None:
        """See `Store.require_another_login`."""

    def hand_over(self, *_document: Any) -> None:
        """See `Store.hand_over`."""
