"""Why there is no answer, in our words: those of the HTTP libraries contain URLs, and possibly more."""

import ssl
from collections.abc import Iterator
from typing import Any

import requests
import urllib3.exceptions as wire


def diagnosis(error: Exception) -> tuple[str, bool]:
    """Return why there is no answer, and whether the request may have been sent; never in the words of the error."""
    causes = list(_causes(error))

    def has(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if has(ssl.SSLCertVerificationError):
        return "The server's TLS certificate is not trusted here", False
    if has(wire.ProxyError, requests.exceptions.ProxyError):
        return "The proxy could not connect to Twilio", False  # always https: nothing is sent before the tunnel exists
    if has(wire.NewConnectionError, wire.ConnectTimeoutError, requests.ConnectTimeout):
        return "No connection to Twilio could be established", False
    if has(requests.Timeout, wire.TimeoutError, TimeoutError):
        return "Twilio did not answer in time", True
    return "The connection to Twilio dropped", True


def _causes(error: BaseException, depth: int = 5) -> Iterator[BaseException]:
    yield error
    nested: list[Any] = [getattr(error, "reason", None), *error.args, error.__cause__]
    for cause in nested if depth else ():
        if isinstance(cause, BaseException):
            yield from _causes(cause, depth - 1)
