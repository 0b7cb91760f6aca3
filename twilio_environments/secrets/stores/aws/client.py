"""One call to AWS Secrets Manager: session, role, retries, and every failure turned into a `Problem`."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
import urllib3.exceptions as wire
from botocore import exceptions
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.session import Session
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from twilio_environments import bounds
from twilio_environments.secrets.stores.answers import Malformed
from twilio_environments.secrets.stores.aws.errors import Refused, is_transient, translated
from twilio_environments.secrets.stores.aws.settings import AwsSettings
from twilio_environments.secrets.stores.protocol import Unsettled

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

T = TypeVar("T")

# Sent once: botocore would also retry what changes something, and then not say how the first attempt ended.
_CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 1})
_ATTEMPTS = 5

# At DEBUG botocore logs the bodies of requests and answers, which are the secrets.
logging.getLogger("botocore").setLevel(logging.INFO)


class AwsClient:
    """A Secrets Manager client that raises only our exceptions, except for the error codes a call asks back for."""

    def __init__(self, settings: AwsSettings) -> None:
        try:
            session = boto3.Session(region_name=settings.region)
            if settings.role_arn:
                session = _in_role(session, settings.role_arn)
            self._client: SecretsManagerClient = session.client("secretsmanager", config=_CONFIG)
        except exceptions.BotoCoreError as error:
            raise translated(error, "", "", f"aws {settings.region or ''}".strip())[0] from None
        # Replaces botocore's own sending, which reads an answer whole.
        self._client.meta.events.register("before-send", self._exchange)
        self.region = self._client.meta.region_name

    def _exchange(self, request: Any, **_: Any) -> Any:
        """Send a request, and read the answer up to the bound; raise Malformed if it is longer."""
        request.stream_output = True
        answer = self._client._endpoint.http_session.send(request)  # type: ignore[attr-defined]  # noqa: SLF001
        body = bytearray()
        try:
            for chunk in answer.raw.stream(65536):
                body += chunk
                if len(body) > bounds.ANSWER:
                    answer.raw.close()
                    raise Malformed
        except wire.HTTPError as error:
            raise exceptions.HTTPClientError(error=type(error).__name__) from None
        answer._content = bytes(body)  # noqa: SLF001 - what `content` would have read
        return answer

    @property
    def address(self) -> str:
        """Where this is, in words."""
        return f"aws {self.region}"

    def call(
        self,
        action: str,
        path: str,
        function: "Callable[[SecretsManagerClient], Any]",
        shape: Callable[[Any], T],
        *back: str,
        changes: bool = False,
    ) -> T:
        """Return what `shape` reads from AWS's answer to `function`; it raises Malformed if the answer is not AWS's.

        `action` is the IAM action it needs, `path` the secret. A read is retried if that may help. What `changes`
        something is sent once, and raises Unsettled when it may have been carried out. Raises AwsAnswer for the error
        codes in `back`, and Problem for everything else.
        """

        def once() -> T:
            return shape(self._sent(function))

        try:
            return Retrying(
                retry=retry_if_exception(lambda error: is_transient(error, changes=changes)),
                stop=stop_after_attempt(_ATTEMPTS),
                wait=wait_random_exponential(multiplier=0.2, max=3),
                reraise=True,
            )(once)
        except Refused as refused:
            if refused.code in back and refused.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                raise AwsAnswer(refused) from None
            error: Exception = refused
        except (Malformed, exceptions.BotoCoreError, OSError) as failure:
            # OSError: botocore raises it as it is for a CA bundle (AWS_CA_BUNDLE) that does not exist.
            error = failure
        problem, may_be_done = translated(error, action, path, self.address)
        if changes and may_be_done:
            raise Unsettled(
                f"{problem.what} The request ({action}) may have been carried out.",
                f"{problem.remedy} Existing data is looked up first.",
            ) from None
        raise problem from None

    def _sent(self, function: "Callable[[SecretsManagerClient], Any]") -> Any:
        try:
            return function(self._client)
        except exceptions.ClientError as error:
            raise Refused(error.response) from None
        except (exceptions.BotoCoreError, OSError):
            raise
        except Exception:  # noqa: BLE001 - whatever botocore trips over while it reads a body that is not AWS's
            raise Malformed from None


class AwsAnswer(Exception):
    """An error code that the caller of `AwsClient.call` asked back for. Never leaves this package."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.code)
        self.code = refused.code
        self.refused = refused


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
