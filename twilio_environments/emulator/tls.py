"""Certificates for Twilio's host names from a throw-away CA: new at every start, and its key never leaves memory."""

import ssl
from pathlib import Path

import trustme

from .hosts import TLS_NAMES

__all__ = ["server_context"]


def server_context(ca_file: Path) -> ssl.SSLContext:
    """Make the context for serving TLS, and write the CA's certificate to `ca_file` for clients to trust."""
    authority = trustme.CA(organization_name="twilio-environments emulator")
    authority.cert_pem.write_to_path(str(ca_file))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*TLS_NAMES, "localhost", "127.0.0.1").configure_cert(context)
    return context
