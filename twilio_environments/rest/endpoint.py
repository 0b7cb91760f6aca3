"""Where Twilio is: its public hosts, those of a region, or an emulator."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from twilio_environments.host_names import host_of
from twilio_environments.problems import Problem
from twilio_environments.trust import is_loopback

HOME_REGION = "us1"  # the region of calls that name none
# Not in Twilio's lists of regional products; how the same hostname with a region behaves is not documented.
US1_ONLY = frozenset({"verify", "iam", "accounts", "pricing"})


@dataclass(frozen=True)
class Endpoint:
    """Twilio's hosts. `url` is an emulator's; `region` and `edge` come together or not at all. Raises Problem.

    A hostname with a region and no edge is dead since 2026-04-28 and was served by US1 before [Twilio changelog].
    """

    url: str | None = None
    region: str | None = None
    edge: str | None = None

    def __post_init__(self) -> None:
        if self.url is not None:
            _check_url(self.url)
        if bool(self.region) != bool(self.edge):
            one, other = ("region", "edge") if self.region else ("edge", "region")
            raise Problem(
                f"Twilio's {one} is set without {other}.",
                "Set both (ie1 with dublin, au1 with sydney), or neither for us1: a region alone is a dead hostname.",
            )
        # These become part of the hostname that gets the credentials.
        for name, value, form in (("region", self.region, "[a-z]{2}[0-9]"), ("edge", self.edge, "[a-z]+(-[a-z]+)*")):
            if value and not re.fullmatch(form, value):
                raise Problem(
                    f"Twilio's {name} is not valid: {value!r}.",
                    "Use us1, ie1 or au1 with an edge such as ashburn, dublin or sydney.",
                )

    def host(self, product: str) -> str:
        """Return the hostname of a product ("verify.twilio.com", "api.dublin.ie1.twilio.com").

        Raises Problem for a product that the region does not have.
        """
        if not self.region:
            return f"{product}.twilio.com"
        if not self.has(product):
            raise Problem(
                f"Twilio's {product} API is only available in us1, and the region is {self.region}.",
                "Move whatever needs it to an environment without a region; each region has its own credentials.",
            )
        return f"{product}.{self.edge}.{self.region}.twilio.com"

    def has(self, product: str) -> bool:
        """Return whether the region has a product."""
        return self.region in {None, "", HOME_REGION} or product not in US1_ONLY

    @property
    def loopback(self) -> bool:
        """Whether this is an emulator on this machine."""
        return self.url is not None and is_loopback(urlsplit(self.url).hostname or "")


def endpoint_from(config: Mapping[str, str], environ: Mapping[str, str]) -> Endpoint:
    """Return the endpoint of `config` (`endpoint`, `region`, `edge`), which TWILIO_ENDPOINT and so on override.

    `config` comes from a file: its `endpoint` must be on this machine, else a Problem refuses it, and with `production`
    it may have none: credentials never go where only a file says.
    """
    url, region, edge = (
        (environ.get(f"TWILIO_{name.upper()}") or config.get(name) or "").strip() or None
        for name in ("endpoint", "region", "edge")
    )
    endpoint = Endpoint(url=url, region=region, edge=edge)
    if of_file := (config.get("endpoint") or "").strip():
        try:
            check_file(of_file, production=(config.get("production") or "").lower() == "true")
        except ValueError as error:
            raise Problem(
                f"twilio:endpoint {error}.", "Set TWILIO_ENDPOINT, or remove it from the stack file."
            ) from None
    return endpoint


def check_file(url: str, *, production: bool) -> None:
    """Raise ValueError, with one clause, for an endpoint that a stack file may not name."""
    if production:
        raise ValueError(
            "is set in a production stack, whose credentials go only to Twilio, or to the run's TWILIO_ENDPOINT"
        )
    try:
        parts = urlsplit(url)
        here = re.fullmatch(r"[A-Za-z0-9.:\[\]]+", parts.netloc) and is_loopback(parts.hostname or "")
    except ValueError:
        here = False
    if not here:
        raise ValueError(
            "is not an emulator on this machine, such as http://127.0.0.1:8080: a stack file cannot send credentials "
            "anywhere else; to use another host, set TWILIO_ENDPOINT"
        )


def _check_url(url: str) -> None:
    remedy = "Set it to the emulator's address, as `twilio-env emulator` prints it, or remove it to use Twilio."
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises when it is not a number
    except ValueError:
        raise Problem("The endpoint is not a URL.", remedy) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Problem("The endpoint is not an http or https URL.", remedy)
    try:
        host_of(url, strict=False)
    except ValueError as error:
        raise Problem(f"The endpoint {error}.", remedy) from None
    if parts.username is not None or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise Problem("The endpoint has more than a scheme, host and port.", remedy)
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise Problem(
            f"The endpoint is plain http on another machine ({parts.hostname}), and would receive the credentials.",
            "Use https, or an emulator on 127.0.0.1.",
        )
