"""One call to AWS Secrets Manager: session, role, time-outs, and every way it fails turned into a `Problem`."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import boto3
from botocore import exceptions
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.session import Session

from twilio_environments.problems import Problem
from twilio_environments.stores.settings import AwsSettings

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

T = TypeVar("T")

_CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "max_attempts": 4})

# At DEBUG botocore logs the bodies of requests and answers, which are the secrets.
logging.getLogger("botocore").setLevel(logging.INFO)

_CREDENTIALS = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_KMS = {"DecryptionFailure", "EncryptionFailure"}


class AwsClient:
    """A Secrets Manager client that raises only our exceptions, except for the error codes a call asks back for."""

    def __init__(self, settings: AwsSettings) -> None:
        try:
            session = boto3.Session(region_name=settings.region)
            if settings.role_arn:
                session = _in_role(session, settings.role_arn)
            self._client: SecretsManagerClient = session.client("secretsmanager", config=_CONFIG)
        except exceptions.BotoCoreError as error:
            raise _translated(error, f"aws {settings.region or ''}".strip()) from None
        self.region = self._client.meta.region_name

    def call(self, action: str, path: str, function: "Callable[[SecretsManagerClient], T]", *back: str) -> T:
        """Return what `function` gets from AWS; `action` is the IAM action it takes, `path` the secret.

        Raises Answer for the error codes in `back`, and Problem for everything else.
        """
        address = f"aws {self.region}"
        try:
            return function(self._client)
        except exceptions.ClientError as error:
            details = error.response.get("Error", {})
            code = details.get("Code", "")
            if code in back:
                raise Answer(code) from None
            raise _refused(code, details.get("Message", ""), action, path, address) from None
        except (exceptions.BotoCoreError, OSError) as error:
            # OSError: botocore raises it as it is for a CA bundle (AWS_CA_BUNDLE) that does not exist.
            raise _translated(error, address) from None


class Answer(Exception):
    """An error code that the caller of `AwsClient.call` asked back for."""


def _in_role(base: boto3.Session, role_arn: str) -> boto3.Session:
    """Return a session in the role, which assumes it on first use and again when it expires."""
    source = base._session  # noqa: SLF001 - boto3 has no public way to refresh an assumed role
    credentials = source.get_credentials()
    if credentials is None:
        raise exceptions.NoCredentialsError
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=source.create_client,
        source_credentials=credentials,
        role_arn=role_arn,
        extra_args={"RoleSessionName": "twilio-environments"},
    )
    assumed = Session()
    assumed._credentials = DeferredRefreshableCredentials(  # type: ignore[attr-defined]  # noqa: SLF001 - as above
        refresh_using=fetcher.fetch_credentials, method="assume-role"
    )
    return boto3.Session(botocore_session=assumed, region_name=base.region_name)


def _refused(code: str, message: str, action: str, path: str, address: str) -> Problem:
    if code == "AccessDenied":  # what STS says
        return Problem(f"{address} does not let this run assume aws.role_arn.", "Correct the role's trust policy.")
    if code in _KMS or (code == "AccessDeniedException" and "KMS" in message):
        return Problem(
            f"{address} cannot use the KMS key of {path} ({code}).",
            "Allow kms:Decrypt and kms:GenerateDataKey on the key, or correct aws.kms_key_id.",
        )
    if code == "AccessDeniedException":
        return Problem(
            f"{address} does not allow {action} on {path}.",
            f"Allow {action} on the secret {path}-?????? to the role or user of this run.",
        )
    if code in _CREDENTIALS:
        return Problem(
            f"{address} does not accept the AWS credentials ({code}).",
            "Log in to AWS again; a signature is also refused when this machine's clock is wrong.",
        )
    return Problem(
        f"{address} refused {action} on {path} ({code or 'no error code'}).", "Look it up in AWS CloudTrail."
    )


def _translated(error: Exception, address: str) -> Problem:
    kind = type(error).__name__
    match error:
        case exceptions.NoRegionError():
            return Problem("The AWS region is not known.", "Set AWS_REGION, or aws.region in the stack's settings.")
        case exceptions.NoCredentialsError() | exceptions.PartialCredentialsError() | exceptions.ProfileNotFound():
            return Problem(f"There are no AWS credentials ({kind}).", "Log in to AWS, or set AWS_PROFILE.")
        case (
            exceptions.CredentialRetrievalError()
            | exceptions.TokenRetrievalError()
            | exceptions.SSOError()
            | exceptions.RefreshWithMFAUnsupportedError()
        ):
            return Problem(f"AWS credentials could not be had ({kind}).", "Log in to AWS again, as in aws sso login.")
        case exceptions.SSLError():
            return Problem(f"The certificate of {address} could not be verified.", "Set AWS_CA_BUNDLE to its CA.")
        case exceptions.ConnectionError() | exceptions.HTTPClientError() | OSError():
            return Problem(
                f"{address} could not be reached ({kind}).", "Check the region, AWS_ENDPOINT_URL and the network."
            )
    return Problem(f"{address}: the AWS client failed ({kind}).", "Check AWS_* in the environment and ~/.aws/config.")
