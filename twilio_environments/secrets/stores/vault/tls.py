"""Which certificates a connection to Vault trusts and presents, by the variables of Vault's own commands."""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from typing import Any

import requests

from twilio_environments.problems import Problem
from twilio_environments.secrets.stores.bounded import Bounded
from twilio_environments.secrets.stores.vault.settings import VaultSettings


def client_certificate() -> tuple[str, str] | None:
    """Return the files VAULT_CLIENT_CERT and VAULT_CLIENT_KEY, None when they are not set; raise Problem."""
    cert, key = os.environ.get("VAULT_CLIENT_CERT", ""), os.environ.get("VAULT_CLIENT_KEY", "")
    if not cert and not key:
        return None
    for name, path in (("VAULT_CLIENT_CERT", cert), ("VAULT_CLIENT_KEY", key)):
        if not Path(path or "-").is_file():
            raise Problem(f"{name} does not name a file; both certificate and key are required.", f"Correct {name}.")
    return cert, key


def authority(settings: VaultSettings) -> str | bool:
    """Return the CA file or folder to trust, True for the usual CAs; raise Problem when it does not exist."""
    if settings.ca_cert and not Path(settings.ca_cert).exists():
        raise Problem(
            f"The CA of Vault at {settings.address} should be in {settings.ca_cert}, which does not exist.",
            "Correct vault.ca_cert in the stack's settings, or VAULT_CACERT or VAULT_CAPATH.",
        )
    return settings.ca_cert or True


def trust_folder(session: requests.Session, folder: str) -> None:
    """Make `session` trust the CAs in a folder's PEM files, which need no hashed names, as with VAULT_CAPATH."""
    context = ssl.create_default_context(purpose=ssl.Purpose.SERVER_AUTH, cafile=None, cadata=_pem(folder))
    session.mount("https://", _Trusting(context))


def _pem(folder: str) -> str:
    files = sorted(path for path in Path(folder).iterdir() if path.suffix in (".pem", ".crt", ".cer"))
    texts = [path.read_text(encoding="ascii", errors="ignore") for path in files]
    found = "\n".join(text for text in texts if "BEGIN CERTIFICATE" in text)
    if not found:
        raise Problem(f"There is no PEM file with a certificate in {folder}.", "Correct VAULT_CAPATH.")
    return found


class _Trusting(Bounded):
    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs | {"ssl_context": self._context})

    def cert_verify(self, conn: Any, _url: str, _verify: Any, cert: Any) -> None:
        # Not the inherited way: that would add the usual CAs to those in the folder.
        conn.cert_reqs = "CERT_REQUIRED"
        if cert:
            conn.cert_file, conn.key_file = cert
