"""A job's login to Vault: its own identity, in exchange for a token valid for an hour."""

from __future__ import annotations

import os

from twilio_environments.secrets.stores.job import given, variable


def address() -> str:
    """Return the address of the Vault, which is also the audience of the job's identity; raise Problem."""
    return variable("VAULT_ADDR").rstrip("/")


def signed_in(role: str, token: str) -> dict[str, str]:
    """Return VAULT_TOKEN in exchange for the identity `token` of a job; raise Problem."""
    mount = os.environ.get("VAULT_AUTH_MOUNT") or "jwt"
    namespace = os.environ.get("VAULT_NAMESPACE")
    answer = given(
        f"Vault's login as {role}",
        "POST",
        f"{address()}/v1/auth/{mount}/login",
        headers={"X-Vault-Namespace": namespace} if namespace else {},
        json={"role": role, "jwt": token},
        verify=os.environ.get("VAULT_CACERT") or True,
    )
    return {"VAULT_TOKEN": str(answer["auth"]["client_token"])}
