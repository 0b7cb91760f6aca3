"""The limits that a stack sets itself; a rule of `guard_rails.py` whose limit is omitted does not apply."""

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
            "a host in lower case, without https:// and path, or *. and a host for all hosts below it",
            "hooks.example.com",
        )
    ),
    AfterValidator(_host),
]
Region = Annotated[str, StringConstraints(pattern=form(r"^[a-z]{2}[0-9]$", "one of Twilio's regions", "us1"))]


class Limits(Declared):
    """Limits on what this stack may do; an omitted limit does not apply."""

    webhook_hosts: list[Host] | None = None
    """The hosts that webhooks and the addresses in flows (URLs of any scheme, SIP, user@host) may go to:
    hooks.acme.example.com, or *.acme.example.com for all hosts below it."""
    purchases: Annotated[int, Field(ge=0)] | None = None
    """The maximum number of phone numbers that one run may buy."""
    monthly_cost: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    """The maximum monthly cost of the phone numbers that one run buys, in the account's billing currency."""
    key_age: Duration | None = None
    """The age by which every API key has to be rotated, such as 90d."""
    regions: list[Region] | None = None
    """The Twilio regions that the stack may run in, such as [us1, ie1]; without twilio:region it is us1."""


def allows(hosts: list[str], host: str) -> bool:
    """Return whether a host is among those allowed; *.example.com stands for all hosts below it, not for itself."""
    name = host.lower().rstrip(".")
    return any(name.endswith(one[1:]) if one.startswith("*.") else name == one for one in hosts)
