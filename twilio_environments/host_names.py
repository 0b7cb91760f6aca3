"""Valid host names: the rules of DNS, by which Twilio refuses a URL (21402), checked before it is sent.

Labels of letters, digits and hyphens, none at an end, at most 63 characters each and 253 in all [RFC 1123, 2.1; RFC
1035, 2.3.4]. Underscores are not for host names, and Twilio refuses them [Twilio: error 21609].
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

_LABEL = 63
_NAME = 253
_ACE = "xn--"


@lru_cache(maxsize=4096)
def host_of(url: str, *, strict: bool = True) -> str:
    """Return the host of a URL as DNS and TLS use it: in lower-case ASCII, without the trailing dot, or an IP address.

    Raises ValueError with one clause, which does not repeat the URL, if there is no valid host. Without `strict` a
    name may have underscores, as those of containers on a developer's machine do.
    """
    try:
        netloc = urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        netloc = ""
    # Some URL parsers treat a backslash as a slash, and so go to another host than the rest.
    parts = re.fullmatch(r"(\[[^\]]*\]|[^:\[\]]+)(:\d*)?", netloc)
    if parts is None or "\\" in url:
        raise ValueError("is not a URL: use one such as https://example.com/voice")
    return _ipv6(parts[1][1:-1]) if parts[1].startswith("[") else host_name(parts[1], strict=strict)


def host_name(host: str, *, strict: bool = True) -> str:
    """Return a host's name, or IPv4 address, as `host_of` does; raise ValueError with one clause."""
    name = host.removesuffix(".")
    labels = name.split(".")
    if not all(labels):
        raise ValueError("has a host with an empty part: write every part out")
    name = ".".join(_label(label, strict=strict) for label in labels)
    if len(name) > _NAME:
        raise ValueError(f"has a host of more than {_NAME} characters, which DNS does not allow")
    return name


def _ipv6(host: str) -> str:
    try:
        address = ipaddress.IPv6Address(host)
    except ValueError:
        raise ValueError("has no IPv6 address in its brackets") from None
    if address.scope_id is not None:
        raise ValueError("has a zone in its IPv6 address, which has no meaning on another machine: remove it")
    return str(address)


def _label(label: str, *, strict: bool) -> str:
    plain = label.lower() if label.isascii() else _encoded(label)
    if not re.fullmatch(r"[a-z0-9-]+" if strict else r"[a-z0-9_-]+", plain):
        raise ValueError("has a host with characters other than letters, digits, hyphens and dots")
    if plain.startswith("-") or plain.endswith("-"):
        raise ValueError("has a host with a part that begins or ends with a hyphen")
    if len(plain) > _LABEL:
        raise ValueError(f"has a host with a part of more than {_LABEL} characters, which DNS does not allow")
    if plain.startswith(_ACE):
        _decoded(plain)
    return plain


def _encoded(label: str) -> str:
    """Return a non-ASCII label as DNS has it; one that the two IDNA standards encode differently is refused."""
    try:
        encoded = label.encode("idna").decode()
    except UnicodeError:
        encoded = ""
    if not encoded.startswith(_ACE) or _decoded(encoded) != unicodedata.normalize("NFKC", label).lower():
        raise ValueError(f"has a host with more than one ASCII form: write it in ASCII, as {_ACE}…")
    return encoded


def _decoded(label: str) -> str:
    try:
        return label.encode().decode("idna")
    except UnicodeError:
        raise ValueError(f"has a host with {_ACE} before a name that is not encoded") from None
