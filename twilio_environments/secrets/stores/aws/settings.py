"""What a stack file may say of AWS Secrets Manager, and what others have to know of it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import ClassVar, Self

from pydantic import Field

from twilio_environments import trust
from twilio_environments.lifecycle.forms import form
from twilio_environments.secrets.stores.backend import Backend
from twilio_environments.secrets.stores.protocol import Store

_OTHER_PARTITIONS = re.compile(r"(cn|eusc|[a-z]{2}-iso[a-z]?)-")
"""AWS's regions whose hosts are not below amazonaws.com, and some of them not Amazon's."""


class AwsSettings(Backend):
    """AWS Secrets Manager. Credentials come from boto3's usual chain (environment, profile, web identity, instance)."""

    title: ClassVar = "AWS Secrets Manager"
    example: ClassVar = {"region": "eu-west-1"}
    role_variable: ClassVar = "AWS_ROLE_ARN"
    token_variable: ClassVar = "AWS_JWT"  # noqa: S105 - the name of a variable
    is_open_to_machines: ClassVar = True
    given_up_by: ClassVar = "aws and the region: 'aws eu-west-1'"

    region: str | None = Field(
        default=None,
        pattern=form(r"^[a-z]{2,5}(-[a-z]+)+-[0-9]{1,2}$", "one of AWS's regions", "eu-west-1"),
        description="Region of the secrets; default is AWS_REGION, AWS_DEFAULT_REGION, then the profile's.",
        examples=["eu-west-1"],
    )
    role_arn: str | None = Field(
        default=None,
        pattern=form(
            r"^arn:[^:]+:iam::[0-9]{12}:role/.+$", "the ARN of a role", "arn:aws:iam::123456789012:role/twilio-secrets"
        ),
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

    def resolved(self) -> Self:
        """Return these settings with the environment's region filled in; None leaves it to the profile.

        Raises Problem for a role, or for a region outside of amazonaws.com, that the environment does not name.
        """
        environment = _region_of_environment()
        if self.role_arn and self.role_arn not in trust.named(os.environ.get("AWS_ROLE_ARN")):
            raise trust.refused("The IAM role", self.role_arn, "Make the run itself sign in as that role")
        if self.region and self.region != environment and _OTHER_PARTITIONS.match(self.region):
            raise trust.refused("The AWS region", self.region, "Set AWS_REGION to it")
        return self.model_copy(update={"region": self.region or environment})

    def known_as(self) -> str:
        """See Backend: `aws` and the region."""
        return f"aws {self.region or _region_of_environment() or ''}".strip()

    def open(self) -> Store:
        """See Backend."""
        from twilio_environments.secrets.stores.aws.store import AwsStore  # noqa: PLC0415 - boto3 takes long to load

        return AwsStore(self)

    @classmethod
    def audience(cls) -> str:
        """See Backend."""
        return "sts.amazonaws.com"

    @classmethod
    def signed_in(cls, role: str, token: str) -> Mapping[str, str]:
        """See Backend."""
        from twilio_environments.secrets.stores.aws import sign_in  # noqa: PLC0415 - as above

        return sign_in.signed_in(role, token)


def _region_of_environment() -> str | None:
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or None
