"""What a webhook URL may be: https, to a public host, and with no credentials in it.

Twilio itself accepts http and private hosts when a webhook is set, and fails when it has to call it (11200, 11205). A
stack that says it is `local` may use both, since it never talks to the real Twilio.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ValidationInfo, WithJsonSchema

from twilio_environments.guard_rails import PUBLIC_WEBHOOKS
from twilio_environments.host_names import host_of

# No format: "" clears a field, and editors check the format uri.
SCHEMA = WithJsonSchema({"type": "string", "pattern": r"^(https?://\S+)?$", "examples": ["https://example.com/voice"]})
_PRIVATE_SUFFIXES = (".local", ".localhost", ".internal", ".lan", ".home.arpa")


def check(url: str, info: ValidationInfo) -> str:
    """Return the URL when it may be declared (`""` clears the field); raise ValueError with one clause otherwise.

    The validation context's `local` says whether the stack is a local one.
    """
    if url == "":
        return url
    local = bool((info.context or {}).get("local"))
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ValueError("is not a URL: use one such as https://example.com/voice") from None
    if any(character.isspace() or ord(character) < 0x20 for character in url):  # noqa: PLR2004 - ASCII's controls
        raise ValueError("contains a space or a control character")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is not a URL: use one such as https://example.com/voice")
    if parts.username is not None or parts.password is not None:
        raise ValueError(
            "contains credentials, which appear in plain text in Twilio's logs: "
            "check X-Twilio-Signature in the webhook instead"
        )
    host = host_of(url, strict=not local)
    if local:
        return url
    if parts.scheme != "https":
        what = "is not https: use one such as https://example.com/voice (or set twilio:local: true)"
        raise ValueError(PUBLIC_WEBHOOKS.refusal(what))
    if not public(host):
        what = "goes to a host that Twilio cannot reach: use a public one (or set twilio:local: true)"
        raise ValueError(PUBLIC_WEBHOOKS.refusal(what))
    return url


def public(host: str) -> bool:
    """Return whether Twilio can reach a host, judging only by its name or address."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        # No top-level domain begins with a digit [RFC 3696, 2]: 10.1 is short for 10.0.0.1, and so is 10.0x1.
        return "." in host and not host.endswith(_PRIVATE_SUFFIXES) and not host.rpartition(".")[2][0].isdigit()


def declared(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield path and URL of every webhook that a model declares, at any depth; "" is none."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from declared(one, f"{path}.{name}" if path else str(name))
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            below, one = f"{path}.{name}" if path else name, getattr(value, name)
            is_url = any(isinstance(note, AfterValidator) and note.func is check for note in field.metadata)
            if is_url and one:
                yield below, one
            elif not is_url:
                yield from declared(one, below)
