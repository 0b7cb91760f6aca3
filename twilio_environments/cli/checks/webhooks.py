"""The hosts of webhooks: whether they resolve to public addresses, and whether they serve TLS as Twilio requires.

No request is sent: a handshake has no side effects, and a webhook's answer to a stranger proves nothing. The check runs
from here, not from Twilio, so a host that only this network reaches passes, and one that blocks this network fails.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from twilio_environments.cli.checks.finding import Finding, failed, passed
from twilio_environments.problems import Problem
from twilio_environments.settings import Settings

_SECONDS = 5.0  # Twilio gives up connecting after two attempts of 5 s [Twilio error 11205]
_ENDS_SOON = timedelta(days=14)


class _Silent(Problem):
    """Nothing answers at a host; `loopback`: the host is this machine."""

    loopback = False


Resolve = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host; raise OSError when it has none."""
    return sorted({str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})


@dataclass(frozen=True)
class Network:
    """How hosts are reached; tests pass another one."""

    resolve: Resolve = resolve
    trust: Callable[[], ssl.SSLContext] = ssl.create_default_context
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))


@dataclass(frozen=True, order=True)
class _Place:
    host: str
    port: int
    tls: bool

    def __str__(self) -> str:
        return self.host if self.port in {80, 443} else f"{self.host}:{self.port}"


def look(settings: Settings, network: Network | None = None) -> Iterator[Finding]:
    """Yield one line for each host and port that a declared webhook goes to."""
    used = network or Network()
    places = sorted({_place(url) for _, url in settings.webhooks()})
    if not places:
        yield passed("webhooks", "none is declared")
        return
    with ThreadPoolExecutor(max_workers=8) as pool:
        yield from pool.map(lambda place: _looked_at(place, used, local=settings.local), places)


def _place(url: str) -> _Place:
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    return _Place(parts.hostname or "", parts.port or (443 if tls else 80), tls)


def _looked_at(place: _Place, network: Network, *, local: bool) -> Finding:
    try:
        ends = _certificate_ends(place, network, local=local)
    except _Silent as problem:
        on_this_machine = local and problem.loopback  # where it is fine that a program is not running yet
        return failed("webhooks", problem, "warn" if on_this_machine else "fail")
    except Problem as problem:
        return failed("webhooks", problem)
    if ends is None:
        return passed("webhooks", f"{place} accepts connections, without TLS")
    if ends - network.now() < _ENDS_SOON:
        what = f"{place}: its certificate expires on {ends:%Y-%m-%d}"
        return Finding(
            "webhooks", "warn", what, "Renew it, or find out why it is not renewed automatically (Twilio 11236)."
        )
    return passed("webhooks", f"{place} answers over TLS")


def _certificate_ends(place: _Place, network: Network, *, local: bool) -> datetime | None:
    """Connect, and return when the certificate ends, None without TLS; raise Problem with Twilio's code for it."""
    try:
        addresses = network.resolve(place.host, place.port)
    except OSError:
        raise Problem(f"{place}: the host name does not resolve.", "Publish it in public DNS (Twilio 11210).") from None
    if not local and not all(ipaddress.ip_address(one.partition("%")[0]).is_global for one in addresses):
        raise Problem(
            f"{place}: the host name resolves to a private address.", "Point it at a public one (Twilio 11205)."
        )
    try:
        with socket.create_connection((addresses[0], place.port), timeout=_SECONDS) as connection:
            if not place.tls:
                return None
            with network.trust().wrap_socket(connection, server_hostname=place.host) as secured:
                certificate = secured.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        what = f"{place}: its certificate is not accepted ({error.verify_message.rstrip('.')})."
        remedy = "Serve a certificate from a public CA for this name, with its chain (Twilio 11235 to 11237)."
        raise Problem(what, remedy) from None
    except ssl.SSLError:
        what = f"{place}: it does not accept TLS the way Twilio uses it."
        raise Problem(what, "Serve TLS 1.2 or newer on this port (Twilio 11220).") from None
    except OSError:
        remedy = "Start it, and open its port to the internet (Twilio 11205)."
        silent = _Silent(f"{place}: no connection could be established.", remedy)
        silent.loopback = all(ipaddress.ip_address(one.partition("%")[0]).is_loopback for one in addresses)
        raise silent from None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
