"""What has to be corrected in Pulumi's dynamic-provider host process, and only there."""

from __future__ import annotations

import json
import sys
import threading
from typing import Any

from twilio_environments.lifecycle.purchases import PurchaseLimits
from twilio_environments.provider_host import leave_with_pulumi
from twilio_environments.settings.limits import Limits

_prepared = threading.Event()


class HostError(Exception):
    """What the user reads."""


# Pulumi prints an exception of a module other than builtins with its module path.
HostError.__module__ = "builtins"
HostError.__qualname__ = "error"


def prepare() -> None:
    """Silence traceback frames and exit when Pulumi is gone; in the provider host only, and once.

    In the program's process, silenced frames would hang Pulumi, which reads them for source positions.
    """
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    if _prepared.is_set() or spec is None or spec.name != "pulumi.dynamic.__main__":
        return
    _prepared.set()
    sys.tracebacklimit = 0
    leave_with_pulumi()  # it does already, unless the project has Pulumi's own host


def limits_of(told: Any) -> PurchaseLimits:
    """Read the purchase limits from the stack's configuration; raise HostError."""
    try:
        limits = Limits.model_validate(json.loads(told) if isinstance(told, str) else told or {})
    except (ValueError, RecursionError):  # of pydantic and of JSON; their messages could show values
        raise HostError("twilio:limits is not valid: see docs/guard-rails.md.") from None
    return PurchaseLimits(limits.purchases, limits.monthly_cost)
