"""The changes that Monitor's events report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any


def changes(data: Any) -> dict[str, tuple[Any, Any]]:
    """Return the changed fields of an event's `event_data` as (previous, updated), by their names in snake case.

    According to Twilio's text the fields are within `resource_properties`, in its sample they are not; both are read
    [Twilio: Monitor Events].
    """
    if not isinstance(data, Mapping):
        return {}
    inner = data.get("resource_properties")
    fields = inner if isinstance(inner, Mapping) else data
    return {
        re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", str(name)).lower(): (one.get("previous"), one.get("updated"))
        for name, one in fields.items()
        if isinstance(one, Mapping)
    }
