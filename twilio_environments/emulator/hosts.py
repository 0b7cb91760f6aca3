"""Which product and region a host name stands for, and which names no web page can claim."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from .routing import ApiError, products

__all__ = ["REGIONS", "TLS_NAMES", "is_loopback", "is_twilio", "product_of"]

_SILENT = ("webhooks",)  # known hosts that answer 404 to everything
REGIONS = ("us1", "ie1", "au1")  # processing regions; Twilio's other region codes were only ever edges
EDGES = ("ashburn", "umatilla", "dublin", "frankfurt", "sydney", "tokyo", "singapore", "sao-paulo", "roaming")
TLS_NAMES = (  # what a certificate must cover: a wildcard stands for one label only
    "*.twilio.com",
    *(f"*.{region}.twilio.com" for region in REGIONS),
    *(f"*.{edge}.{region}.twilio.com" for edge in EDGES for region in REGIONS),
)


def is_twilio(host: str) -> bool:
    """Say whether a Host header, with or without a port, names one of Twilio's hosts."""
    return host.rsplit(":", 1)[0].lower().endswith(".twilio.com")


def is_loopback(host: str) -> bool:
    """Say whether a Host header, with or without a port, names this machine by its own name or address.

    No other name counts, whatever it resolves to: a web page can point a name of its own at 127.0.0.1.
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def product_of(host: str) -> tuple[str, str]:
    """Split a Host header into product and region; ApiError 404/20404, in our own words, for any other.

    `{product}.twilio.com` is us1, `{product}.{edge}.{region}.twilio.com` names its region. Without the edge only us1 is
    left: Twilio switched the others off on 2026-04-28 (Twilio's page on regional host names).
    """
    name = host.rsplit(":", 1)[0].lower()
    product, *rest = name.removesuffix(".twilio.com").split(".")
    known = [*products(), *_SILENT]
    if not name.endswith(".twilio.com") or product not in known:
        hint = "it goes by the Host header, as in `Host: verify.twilio.com`"
        raise ApiError(404, 20404, f"The emulator serves no host {host!r}: {hint}; it knows {', '.join(known)}")
    if not rest or rest == ["us1"]:
        return product, "us1"
    if len(rest) == 1:
        hint = f"a region needs its edge, as in {product}.dublin.ie1.twilio.com"
        raise ApiError(404, 20404, f"The emulator serves no host {host!r}: {hint}")
    if len(rest) > 2 or rest[0] not in EDGES or rest[1] not in REGIONS:  # noqa: PLR2004  (edge and region)
        hint = f"edges: {', '.join(EDGES)}; regions: {', '.join(REGIONS)}"
        raise ApiError(404, 20404, f"The emulator serves no host {host!r}: {hint}")
    return product, rest[1]
