"""URLs within values: where they lead, and how much of them may be shown."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from twilio_environments.addresses import Address, in_flow, in_text, masked
from twilio_environments.drift.model import DriftedField


def shown(fields: Sequence[DriftedField]) -> tuple[DriftedField, ...]:
    """Return fields as a report may show them."""
    return tuple(
        replace(one, desired=masked(one.desired), recorded=masked(one.recorded), live=masked(one.live))
        for one in fields
    )


def hosts_in(values: Any) -> set[str]:
    """Return the hosts of all addresses in strings of a value, in flows those without a scheme too.

    Twilio's own do not count, except those at which any account may answer; these come with the account. A host that a
    flow decides at run time counts as the text that decides it.
    """
    if isinstance(values, Mapping):
        return set().union(*(hosts_in(item) for item in values.values())) if values else set()
    if isinstance(values, list | tuple):
        return set().union(*(hosts_in(item) for item in values)) if values else set()
    if not isinstance(values, str):
        return set()
    found = {_leads(one) for one in in_text(values)}
    if values.startswith("{"):
        found |= {_leads(one.address) for one in in_flow(_parsed(values)) if one.surely or not one.address.at_run_time}
    return found - {""}


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def own(account_sid: str) -> str:
    """Return how `hosts_in` calls the flows of an account."""
    return f"{_FLOWS} of {account_sid}"


def _leads(address: Address) -> str:
    """Return where an address leads, "" for Twilio itself, and in a flow for what a placeholder stands for."""
    host = address.host
    if host == _FLOWS and (account := re.match(r"/v1/Accounts/(AC[0-9a-fA-F]{32})/", address.path)):
        return own(account[1])
    if host == _BINS:
        return f"{host}{address.path}"
    if host == "twilio.com" or host.endswith(".twilio.com"):
        return ""
    return host or address.at_run_time or ("an unreadable host" if address.problem else "")


_FLOWS, _BINS = "webhooks.twilio.com", "handler.twilio.com"
"""Where the flows and the TwiML Bins of all accounts answer."""
