"""What a stack file may say of Vault, and what others have to know of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from twilio_environments import trust
from twilio_environments.lifecycle.forms import form
from twilio_environments.problems import Problem
from twilio_environments.secrets.stores.backend import Backend, StoreModel
from twilio_environments.secrets.stores.protocol import Store
from twilio_environments.secrets.stores.vault import sign_in

_STEPS = form(
    r"^[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$",
    "a path: names of letters, digits, _, . and -, separated by /, with none at either end",
    "staging/twilio",
)
"""Names with slashes between them, and no way out of the path that they become a part of."""


def _checked_address(address: str) -> str:
    """Return `address` without a trailing slash; raise ValueError unless https, or http to this machine."""
    try:
        normal = trust.normal(address)
    except ValueError:  # its own words might repeat the address
        message = "the address of Vault must look like https://vault.example.com:8200"
        raise ValueError(message) from None
    if urlsplit(normal).path.split("/")[-1] in ("v1", "ui"):
        message = "the address of Vault must not end with /v1 or /ui: those are added to it"
        raise ValueError(message)
    if normal.startswith("http:") and not trust.is_loopback(urlsplit(normal).hostname or ""):
        message = "secrets are not sent over plain http: use https (http is allowed only to 127.0.0.1)"
        raise ValueError(message)
    return address.rstrip("/")


class VaultAuth(StoreModel):
    """How to log in to Vault."""

    method: Literal["token", "approle", "jwt", "userpass", "kubernetes"] = Field(
        default="token",
        description=(
            "Where the login's secret comes from: token: VAULT_TOKEN or ~/.vault-token; "
            "approle: VAULT_ROLE_ID and VAULT_SECRET_ID; jwt: VAULT_JWT or the file VAULT_JWT_FILE; "
            "userpass: VAULT_PASSWORD; kubernetes: the service account's token, or the file VAULT_JWT_FILE."
        ),
        examples=["jwt"],
    )
    role: str | None = Field(
        default=None, description="Role to log in as; for jwt and kubernetes.", examples=["twilio-ci"]
    )
    mount: str | None = Field(
        default=None,
        pattern=_STEPS,
        description="Where the method is mounted, if not under its own name.",
        examples=["github"],
    )
    username: str | None = Field(
        default=None,
        pattern=form(r"^[A-Za-z0-9_.@-]+$", "a user name: letters, digits, _, ., @ and -", "ci"),
        description="User name; for userpass.",
        examples=["ci"],
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.method in ("jwt", "kubernetes") and not self.role:
            message = f"the method {self.method} needs a role, for example role: twilio-ci"
            raise ValueError(message)
        if self.method == "userpass" and not self.username:
            message = "the method userpass needs a username, for example username: ci"
            raise ValueError(message)
        return self


class VaultSettings(Backend):
    """Vault's KV secrets engine, version 2."""

    title: ClassVar = "Vault"
    example: ClassVar = {"address": "https://vault.example.com:8200"}
    given_up_by: ClassVar = "the address of the Vault"
    can_check: ClassVar = True
    role_variable: ClassVar = "VAULT_ROLE"
    token_variable: ClassVar = "VAULT_JWT"  # noqa: S105 - the name of a variable

    address: Annotated[str, AfterValidator(_checked_address)] | None = Field(
        default=None,
        description=(
            "Address of Vault, which has to be the one that VAULT_ADDR of the run names. "
            "A stack that is not production may name a Vault on this machine instead."
        ),
        examples=["https://vault.example.com:8200"],
    )
    namespace: str | None = Field(
        default=None,
        pattern=_STEPS,
        description="Vault Enterprise namespace of mount and login, which has to be the one of VAULT_NAMESPACE.",
        examples=["admin/messaging"],
    )
    mount: str = Field(
        default="secret",
        pattern=_STEPS,
        description="Where the KV version 2 engine is mounted.",
        examples=["secret"],
    )
    ca_cert: str | None = Field(
        default=None,
        description=(
            "PEM file of the CA that signed Vault's certificate, or a folder of such files, which has to be the one of "
            "VAULT_CACERT or VAULT_CAPATH."
        ),
        examples=["ca/vault.pem"],
    )
    auth: VaultAuth = Field(
        default=VaultAuth(), description="How to log in.", examples=[{"method": "jwt", "role": "twilio-ci"}]
    )

    def resolved(self) -> Self:
        """Return these settings with the environment's defaults filled in.

        Raises Problem without a usable address, and when the settings name another Vault, namespace or CA than the
        environment: its credentials go where it says.
        """
        environment = os.environ.get("VAULT_ADDR", "").strip()
        address = self.address or environment
        if not address:
            raise Problem("The address of Vault is not known.", "Set VAULT_ADDR to it.")
        try:
            _checked_address(address)
        except ValueError as error:
            raise Problem(f"VAULT_ADDR is not usable: {error}.", "Correct VAULT_ADDR.") from None
        found = {
            "address": address.rstrip("/"),
            "namespace": self.namespace or os.environ.get("VAULT_NAMESPACE", "").strip("/ ") or None,
            "ca_cert": self.ca_cert or os.environ.get("VAULT_CACERT") or os.environ.get("VAULT_CAPATH") or None,
        }
        if (self.address or self.namespace or self.ca_cert) and (environment or not trust.local(address)):
            self._require_named(environment)
        return self.model_copy(update=found)

    def known_as(self) -> str:
        """See Backend: the address."""
        return (self.address or os.environ.get("VAULT_ADDR", "").strip()).rstrip("/")

    def open(self) -> Store:
        """See Backend."""
        from twilio_environments.secrets.stores.vault.store import VaultStore  # noqa: PLC0415 - hvac takes long to load

        return VaultStore(self)

    @classmethod
    def audience(cls) -> str:
        """See Backend."""
        return sign_in.address()

    @classmethod
    def signed_in(cls, role: str, token: str) -> Mapping[str, str]:
        """See Backend."""
        return sign_in.signed_in(role, token)

    def _require_named(self, environment: str) -> None:
        """Raise Problem for what these settings say and the environment, whose VAULT_ADDR is given, does not."""
        namespace = os.environ.get("VAULT_NAMESPACE", "").strip()
        address = self.address or environment
        known = trust.named(environment and _within(environment, namespace))
        if not trust.is_named(_within(address, self.namespace or namespace), known):
            where = f"at {address}" + (f", namespace {self.namespace}," if self.namespace else "")
            same = trust.is_named(address, trust.named(environment))
            remedy = f"Set {'VAULT_NAMESPACE' if same else 'VAULT_ADDR'} to it if the credentials are for it"
            raise trust.refused("Vault", where, remedy)
        authorities = [
            Path(given).absolute() for name in ("VAULT_CACERT", "VAULT_CAPATH") if (given := os.environ.get(name))
        ]
        if self.ca_cert and Path(self.ca_cert).absolute() not in authorities:
            raise Problem(
                f"vault.ca_cert, {self.ca_cert}, is not the CA that this run's environment names in VAULT_CACERT "
                "or VAULT_CAPATH, and would decide who receives its credentials.",
                "Set VAULT_CACERT to it, or remove vault.ca_cert.",
            )


def _within(address: str, namespace: str) -> str:
    """Return a namespace of a Vault as one address."""
    return "/".join(filter(None, (address.rstrip("/"), namespace.strip("/"))))
