"""URLs within values: whom they lead to, and what of them may be shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from twilio_environments.drift.model import Field

_URL = re.compile(r"https?://[^\s\"'<>{}|\\^`]+", re.IGNORECASE)


def masked(value: Any) -> Any:
    """Return a value with the credentials in its URLs masked: somebody may have set them by hand."""
    if isinstance(value, str):
        return re.sub(r"(https?://)[^/\s@\"']+@", r"\1***@", value, flags=re.IGNORECASE)
    if isinstance(value, Mapping):
        return {key: masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item) for item in value]
    return value


def shown(fields: Sequence[Field]) -> tuple[Field, ...]:
    """Return fields as a report may show them."""
    return tuple(
        replace(one, desired=masked(one.desired), recorded=masked(one.recorded), live=masked(one.live))
        for one in fields
    )


def hosts_in(values: Any) -> set[str]:
    """Return the hosts of all URLs in strings of a value; Twilio's own are not counted."""
    if isinstance(values, Mapping):
        return set().union(*(hosts_in(item) for item in values.values())) if values else set()
    if isinstance(values, list | tuple):
        return set().union(*(hosts_in(item) for item in values)) if values else set()
    found = set()
    for url in _URL.findall(values) if isinstance(values, str) else ():
        try:
            host = (urlsplit(url).hostname or "").rstrip(".")
        except ValueError:
            host = url  # no host that could be known
        if host and host != "twilio.com" and not host.endswith(".twilio.com"):
            found.add(host)
    return found
