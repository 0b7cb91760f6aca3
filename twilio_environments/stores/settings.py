"""What a stack file may say about its secret store. Credentials are not settings: they come from the environment."""

import os
from ipaddress import ip_address
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from twilio_environments.host_names import host_of
from twilio_environments.problems import Problem


class _Model(BaseModel):
    # A token pasted into the wrong place must not come back in the message that refuses it.
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def _checked_address(address: str) -> str:
    """Return `address` without a trailing slash; raise ValueError unless https, or http to this machine."""
    try:
        parts = urlsplit(address)
    except ValueError:  # its own words would repeat the address
        parts = urlsplit("")
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.query:
        message = "the address of Vault must look like https://vault.example.com:8200"
        raise ValueError(message)
    try:
        host_of(address, strict=False)
    except ValueError as error:
        message = f"the address of Vault {error}"
        raise ValueError(message) from None
    if parts.path.strip("/").split("/")[-1] in ("v1", "ui"):
        message = "the address of Vault is given without /v1 or /ui at its end: those are added to it"
        raise ValueError(message)
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        message = "secrets do not travel over plain http: use https (http is allowed to 127.0.0.1 only)"
        raise ValueError(message)
    return address.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


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
        default=None, description="Where the method is mounted, when not under its own name.", examples=["github"]
    )
    username: str | None = Field(default=None, description="User name; for userpass.", examples=["ci"])

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
        description="Address of Vault; default is VAULT_ADDR. Plain http only to this machine.",
        examples=["https://vault.example.com:8200"],
    )
    namespace: str | None = Field(
        default=None,
        description="Vault Enterprise namespace of mount and login; default is VAULT_NAMESPACE.",
        examples=["admin/messaging"],
    )
    mount: str = Field(
        default="secret",
        pattern=r"^[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$",
        description="Where the KV version 2 engine is mounted.",
        examples=["secret"],
    )
    ca_cert: str | None = Field(
        default=None,
        description=(
            "PEM file of the CA that signed Vault's certificate, or a folder of such files; default is VAULT_CACERT, "
            "VAULT_CAPATH, then the usual CAs."
        ),
        examples=["ca/vault.pem"],
    )
    auth: VaultAuth = Field(
        default=VaultAuth(), description="How to log in.", examples=[{"method": "jwt", "role": "twilio-ci"}]
    )

    def resolved(self) -> "VaultSettings":
        """Return these settings with the environment's defaults filled in; raise Problem without a usable address."""
        address = self.address or os.environ.get("VAULT_ADDR")
        if not address:
            raise Problem(
                "The address of Vault is not known.", "Set VAULT_ADDR, or vault.address in the stack's settings."
            )
        try:
            _checked_address(address)
        except ValueError as error:
            raise Problem(f"VAULT_ADDR is not usable: {error}.", "Correct VAULT_ADDR.") from None
        return self.model_copy(
            update={
                "address": address.rstrip("/"),
                "namespace": self.namespace or os.environ.get("VAULT_NAMESPACE") or None,
                "ca_cert": self.ca_cert or os.environ.get("VAULT_CACERT") or os.environ.get("VAULT_CAPATH") or None,
            }
        )


class AwsSettings(_Model):
    """AWS Secrets Manager. Credentials come from boto3's usual chain (environment, profile, web identity, instance)."""

    region: str | None = Field(
        default=None,
        description="Region of the secrets; default is AWS_REGION, AWS_DEFAULT_REGION, then the profile's.",
        examples=["eu-west-1"],
    )
    role_arn: str | None = Field(
        default=None,
        pattern=r"^arn:[^:]+:iam::[0-9]{12}:role/.+$",
        description="IAM role to assume for the secrets.",
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
        """Return these settings with the environment's region filled in; None leaves it to the profile."""
        region = self.region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or None
        return self.model_copy(update={"region": region})


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
