"""What a refusal by Vault, or by something on the way to it, means: whether to retry, whether it was carried out."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

import requests

from twilio_environments import bounds
from twilio_environments.problems import Problem
from twilio_environments.secrets.stores.answers import Malformed
from twilio_environments.secrets.stores.bounded import TooLarge
from twilio_environments.secrets.stores.vault.settings import VaultSettings

INVALID_TOKEN = "invalid token"  # noqa: S105 - what Vault says, besides "permission denied", of a dead one
_SEALED, _NOT_MOUNTED, _CLEAR_TEXT = "Vault is sealed", "no handler for route", "HTTP request to an HTTPS server"
_UPGRADING = "Upgrading from non-versioned"


class Refused(Exception):
    """An answer with a status that is neither success nor 404. Never leaves this package, nor does its body."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status)
        errors = body.get("errors") if isinstance(body, dict) else None
        self.status = status
        self.is_of_vault = isinstance(errors, list) and all(isinstance(error, str) for error in errors)
        self.reasons = " ".join(errors) if self.is_of_vault and errors else ""
        self._text = body if isinstance(body, str) else ""

    def says(self, words: str) -> bool:
        """Whether these words are in what came."""
        return words in self.reasons or words in self._text


def is_transient(error: BaseException, *, changes: bool) -> bool:
    """Return whether a retry may help and does no harm: what `changes` something may have been carried out."""
    if isinstance(error, Refused):
        if error.status == HTTPStatus.TOO_MANY_REQUESTS or error.says(_UPGRADING):
            return True  # not carried out
        passing = error.status == HTTPStatus.PRECONDITION_FAILED or error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        return passing and not changes and not error.says(_SEALED) and error.status != HTTPStatus.NOT_IMPLEMENTED
    if changes:
        return False
    if isinstance(error, requests.exceptions.SSLError):
        return bool(re.search(_CUT_OFF, str(error)))
    cut_off = requests.exceptions.ChunkedEncodingError
    return isinstance(error, Malformed | requests.ConnectionError | requests.Timeout | cut_off)


def translated(error: Exception, settings: VaultSettings) -> tuple[Problem, bool]:
    """Return what to say about an error, and whether the request may have been carried out nevertheless."""
    if isinstance(error, Refused):
        what, remedy, may_be_done = _refused(error, settings)
    elif isinstance(error, Malformed):
        what, remedy, may_be_done = (*_NOT_VAULT, True)
    elif isinstance(error, requests.exceptions.SSLError) or "CERTIFICATE_REQUIRED" in str(error):
        what, remedy, may_be_done = (*_tls(str(error)), bool(re.search(_CUT_OFF, str(error))))
    elif isinstance(error, TooLarge):
        what, may_be_done = f"answers with more than {bounds.ANSWER // 1024**2} MiB, which Vault never does", True
        remedy = "Check the proxy or load balancer in front of it, or use Vault's own address."
    elif isinstance(error, requests.RequestException):
        what, may_be_done = f"could not be reached ({type(error).__name__})", True
        remedy = "Check VAULT_ADDR or vault.address and the network in between, then run pulumi up --refresh."
    else:
        what, remedy, may_be_done = (
            f"cannot be asked: a certificate file cannot be read ({type(error).__name__})",
            "Correct vault.ca_cert, VAULT_CACERT, VAULT_CAPATH, VAULT_CLIENT_CERT or VAULT_CLIENT_KEY.",
            False,
        )
    return Problem(f"Vault at {settings.address} {what}.", remedy), may_be_done


_NOT_VAULT = (
    "does not answer as Vault does: something else answers in its place, so nothing was concluded from it",
    "Check the proxy or load balancer in front of it, or use Vault's own address, then run pulumi up --refresh.",
)
_WORDS = {
    _SEALED: ("is sealed", "Unseal it, then run pulumi up --refresh."),
    _CLEAR_TEXT: ("speaks https, but the address says http", "Write https in VAULT_ADDR or vault.address."),
    _UPGRADING: ("is still upgrading the mount to KV version 2", "Run pulumi up --refresh in a minute."),
}
_REDIRECTED = (
    "redirects to another address, where no token is sent",
    "Use the address of its active node.",
)
_STATUSES = {
    **dict.fromkeys((301, 302, 307, 308), _REDIRECTED),
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED: (
        "is behind a proxy that requires its own login",
        "Put user and password into HTTPS_PROXY, or name Vault's host in NO_PROXY.",
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "is behind a proxy that finds the document too large, or its own limit (max_request_size) is too low",
        "Raise that limit, or move keys into documents of their own.",
    ),
    HTTPStatus.TOO_MANY_REQUESTS: (
        "received too many requests, for longer than we wait",
        "Run pulumi up --refresh later, or raise its rate limit quota.",
    ),
    HTTPStatus.NOT_IMPLEMENTED: ("is not initialised", "Initialise it: vault operator init."),
    472: (
        "is a disaster recovery secondary, which serves no requests",
        "Use the address of the primary cluster in VAULT_ADDR or vault.address.",
    ),
    473: (
        "is a performance standby that does not forward requests",
        "Use the address of the active node in VAULT_ADDR or vault.address.",
    ),
    HTTPStatus.PRECONDITION_FAILED: (
        "has not yet caught up with a write through another node",
        "Run pulumi up --refresh, or use the address of the active node.",
    ),
}


def _refused(error: Refused, settings: VaultSettings) -> tuple[str, str, bool]:
    if error.says(_NOT_MOUNTED):
        namespace = f", namespace {settings.namespace}" if settings.namespace else ""
        where = f"KV mount {settings.mount}, login {settings.auth.method}{namespace}"
        what = f"has nothing mounted at the path of a call ({where})"
        return what, "Correct vault.mount, vault.auth.mount or vault.namespace in the stack's settings.", False
    for words, found in _WORDS.items():
        if error.says(words):
            return (*found, False)
    if error.status in _STATUSES:
        return (*_STATUSES[error.status], False)
    if not error.is_of_vault and error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return (*_NOT_VAULT, True)
    what = f"could not process the request (HTTP {error.status})"
    remedy = "Check whether it has an active node (vault status, and its own log), then run pulumi up --refresh."
    return what, remedy, error.status >= HTTPStatus.INTERNAL_SERVER_ERROR


_CUT_OFF = "EOF occurred|ConnectionReset|Broken pipe"
_TLS = {
    "CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|BAD_CERTIFICATE": (
        "requires a client certificate, or refused ours",
        "Set VAULT_CLIENT_CERT to it, and VAULT_CLIENT_KEY to its key.",
    ),
    _CUT_OFF: (
        "closed the TLS connection without an error, as servers do that require a client certificate",
        "If it requires one, set VAULT_CLIENT_CERT and VAULT_CLIENT_KEY; otherwise check the network in between.",
    ),
    "WRONG_VERSION_NUMBER|RECORD_LAYER_FAILURE|HTTP_REQUEST": (
        "does not speak TLS there, but the address says https",
        "Correct the port, or, on this machine only, write http in VAULT_ADDR or vault.address.",
    ),
    "[Hh]ostname mismatch|IP address mismatch": (
        "has a certificate for another host name",
        "Use the name that is in the certificate in VAULT_ADDR or vault.address.",
    ),
    "certificate has expired": ("has an expired certificate", "Renew it."),
    "certificate is not yet valid": (
        "has a certificate that is not valid yet",
        "Set this machine's clock, or correct the certificate.",
    ),
}


def _tls(text: str) -> tuple[str, str]:
    for pattern, found in _TLS.items():
        if re.search(pattern, text):
            return found
    return (
        "has a certificate that could not be verified",
        "Set VAULT_CACERT, VAULT_CAPATH or vault.ca_cert to its CA, and check the host name in the address.",
    )
