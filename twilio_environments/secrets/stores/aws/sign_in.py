"""A job's login to AWS: its own identity, in exchange for a role's credentials, valid for an hour."""

from __future__ import annotations

from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from twilio_environments.problems import Problem
from twilio_environments.secrets.stores.job import LOOK, variable


def signed_in(role: str, token: str) -> dict[str, str]:
    """Return credentials as variables, in exchange for the identity `token` of a job; raise Problem."""
    client: Any = boto3.client("sts", region_name=variable("AWS_REGION"), config=Config(signature_version=UNSIGNED))
    try:
        answer = client.assume_role_with_web_identity(
            RoleArn=role, RoleSessionName="twilio-environments", WebIdentityToken=token, DurationSeconds=3600
        )
    except (BotoCoreError, ClientError) as error:
        reason = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
        raise Problem(f"AWS does not let this job assume {role} ({reason}).", LOOK) from None
    credentials = answer["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
    }
