"""The limits that a stack sets itself; a rule of `guard_rails.py` whose limit is left out is off."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from twilio_environments.host_names import host_name
from twilio_environments.lifecycle.declaration import Declared
from twilio_environments.lifecycle.forms import form
from twilio_environments.secrets.schedule import Duration


def _host(pattern: str) -> str:
    host_name(pattern.removeprefix("*."))
    return pattern


Host = Annotated[
    str,
    StringConstraints(
        pattern=form(
            r"^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*$",
            "a host in small letters, without https:// and path, or *. and a host for all below it",
            "hooks.example.com",
        )
    ),
    AfterValidator(_host),
]
Region = Annotated[str, StringConstraints(pattern=form(r"^[a-z]{2}[0-9]$", "one of Twilio's regions", "us1"))]


class Limits(Declared):
    """What this stack may do at most; what is left out is not limited."""

    webhook_hosts: list[Host] | None = None
    """The hosts that webhooks and the addresses in flows (URLs of any scheme, SIP, user@host) may go to:
    hooks.acme.example.com, or *.acme.example.com for all below it."""
    purchases: Annotated[int, Field(ge=0)] | None = None
    """How many phone numbers one run may buy."""
    monthly_cost: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    """What the phone numbers that one run buys may cost a month, in the currency in which Twilio bills the account."""
    key_age: Duration | None = None
    """The age at which every API key has to be rotated at the latest, such as 90d."""
    regions: list[Region] | None = None
    """The regions of Twilio that the stack may run in, such as [us1, ie1]; us1 is the one without twilio:region."""


def allows(hosts: list[str], host: str) -> bool:
    """Say whether a host is among those that may be used; *.example.com stands for all below it, not for itself."""
    name = host.lower().rstrip(".")
    return any(name.endswith(one[1:]) if one.startswith("*.") else name == one for one in hosts)
