"""The form in which values are compared, wherever they come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel


def plain(value: Any) -> Any:
    """Normalise a value from Twilio, from Pulumi's state or from a model.

    Pulumi passes every number as a float, and Twilio returns null where it was sent `""`.
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, BaseModel):
        return plain(value.model_dump(mode="json", exclude_none=True))
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def unordered(value: Any) -> Any:
    """Normalise a list whose order Twilio does not keep."""
    return sorted(plain(value) or [])
