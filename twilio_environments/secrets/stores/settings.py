"""What a stack file may say about its secret store. Credentials are not settings: they come from the environment."""

import os
import re
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from twilio_environments import trust
from twilio_environments.problems import Problem


class _Model(BaseModel):
    # A token pasted into the wrong place must not come back in the message that refuses it.
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def _checked_address(address: str) -> str:
    """Return `address` without a trailing slash; raise ValueError unless https, or http to this machine."""
    try:
        normal = trust.normal(address)
    except ValueError:  # its own words might repeat the address
        message = "the address of Vault must look like https://vault.example.com:8200"
        raise ValueError(message) from None
    if urlsplit(normal).path.split("/")[-1] in ("v1", "ui"):
        message = "the address of Vault is given without /v1 or /ui at its end: those are added to it"
        raise ValueError(message)
    if normal.startswith("http:") and not trust.is_loopback(urlsplit(normal).hostname or ""):
        message = "secrets do not travel over plain http: use https (http is allowed to 127.0.0.1 only)"
        raise ValueError(message)
    return address.rstrip("/")


_STEPS = r"^[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$"
"""Names with slashes between them, and no way out of the path that they become a part of."""
_OTHER_PARTITIONS = re.compile(r"(cn|eusc|[a-z]{2}-iso[a-z]?)-")
"""AWS's regions whose hosts are not below amazonaws.com, and some of them not Amazon's."""


class VaultAuth(_Model):
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
        description="Where the method is mounted, when not under its own name.",
        examples=["github"],
    )
    username: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9_.@-]+$", description="User name; for userpass.", examples=["ci"]
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


class VaultSettings(_Model):
    """Vault's KV secrets engine, version 2."""

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

    def resolved(self) -> "VaultSettings":
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
                f"vault.ca_cert, {self.ca_cert}, is another CA than the environment of this run names by VAULT_CACERT "
                "or VAULT_CAPATH, and would decide who gets its credentials.",
                "Set VAULT_CACERT to it, or leave vault.ca_cert out.",
            )


def _within(address: str, namespace: str) -> str:
    """Return a namespace of a Vault as one address."""
    return "/".join(filter(None, (address.rstrip("/"), namespace.strip("/"))))


class AwsSettings(_Model):
    """AWS Secrets Manager. Credentials come from boto3's usual chain (environment, profile, web identity, instance)."""

    region: str | None = Field(
        default=None,
        pattern=r"^[a-z]{2,5}(-[a-z]+)+-[0-9]{1,2}$",
        description="Region of the secrets; default is AWS_REGION, AWS_DEFAULT_REGION, then the profile's.",
        examples=["eu-west-1"],
    )
    role_arn: str | None = Field(
        default=None,
        pattern=r"^arn:[^:]+:iam::[0-9]{12}:role/.+$",
        description=f"IAM role to assume for the secrets, which has to be listed in {trust.TRUSTED} of the run.",
        examples=["arn:aws:iam::123456789012:role/twilio-secrets"],
    )
    kms_key_id: str | None = Field(
        default=None,
        description="KMS key (id, ARN or alias) of documents made from now on; default is aws/secretsmanager.",
        examples=["alias/twilio"],
    )
    recovery_window_days: int = Field(
        default=30, ge=7, le=30, description="Days during which a deleted document can be restored.", examples=[30]
    )

    def resolved(self) -> "AwsSettings":
        """Return these settings with the environment's region filled in; None leaves it to the profile.

        Raises Problem for a role, or for a region outside of amazonaws.com, that the environment does not name.
        """
        environment = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or None
        if self.role_arn and self.role_arn not in trust.named(os.environ.get("AWS_ROLE_ARN")):
            raise trust.refused("The IAM role", self.role_arn, "Let the run itself sign in as that role")
        if self.region and self.region != environment and _OTHER_PARTITIONS.match(self.region):
            raise trust.refused("The AWS region", self.region, "Set AWS_REGION to it")
        return self.model_copy(update={"region": self.region or environment})


class StoreSettings(_Model):
    """The one place where a stack's generated secrets go: exactly one of `vault` and `aws`."""

    vault: VaultSettings | None = Field(
        default=None, description="Keep secrets in Vault.", examples=[{"address": "https://vault.example.com:8200"}]
    )
    aws: AwsSettings | None = Field(
        default=None, description="Keep secrets in AWS Secrets Manager.", examples=[{"region": "eu-west-1"}]
    )

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.vault is None) == (self.aws is None):
            message = (
                "name exactly one store: vault, for example {vault: {address: 'https://vault.example.com:8200'}}, "
                "or aws, for example {aws: {region: eu-west-1}}; {} takes a store's defaults from the environment"
            )
            raise ValueError(message)
        return self
