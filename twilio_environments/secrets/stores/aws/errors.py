"""What a refusal by AWS, or by something on the way to it, means: whether to retry, whether it was carried out."""

import re
from http import HTTPStatus
from typing import Any

from botocore import exceptions

from twilio_environments.problems import Problem
from twilio_environments.secrets.stores.answers import Malformed

_THROTTLED = {
    *("ThrottlingException", "Throttling", "ThrottledException", "RequestThrottled", "RequestThrottledException"),
    *("TooManyRequestsException", "RequestLimitExceeded", "BandwidthLimitExceeded", "SlowDown"),
}
_CREDENTIALS = {
    *("ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "InvalidSignatureException", "RequestExpired"),
    *("MissingAuthenticationToken", "MissingAuthenticationTokenException", "SignatureDoesNotMatch"),
    *("UnrecognizedClientException", "IncompleteSignature", "NotAuthorized"),
}
_KMS = re.compile(r"(De|En)cryptionFailure|KMS\w*")
_NOT_SENT = (exceptions.EndpointConnectionError, exceptions.ConnectTimeoutError, exceptions.ProxyConnectionError)
_AGAIN = "run pulumi up --refresh"


class Refused(Exception):
    """An answer that is an error, or that did not come from AWS. Never leaves this package."""

    def __init__(self, response: Any) -> None:
        super().__init__()
        details, about = response.get("Error", {}), response.get("ResponseMetadata", {})
        code, request = str(details.get("Code", "")), str(about.get("RequestId", ""))
        # Only inspected: text from elsewhere stays out of terminals.
        self.message = str(details.get("Message", ""))
        self.status = about.get("HTTPStatusCode", 0)
        # Where the body is not AWS's, botocore takes the status for the code.
        self.is_of_aws = re.fullmatch(r"[A-Za-z]\w{1,80}", code) is not None and self.status >= HTTPStatus.BAD_REQUEST
        self.code = code if self.is_of_aws else ""
        self.is_of_kms = _KMS.fullmatch(code) is not None or (code == "AccessDeniedException" and "KMS" in self.message)
        self.id = f", request {request}" if re.fullmatch(r"[A-Za-z0-9-]{1,64}", request) else ""

    @property
    def is_throttled(self) -> bool:
        """Whether AWS was throttling, and did not process this request."""
        return self.code in _THROTTLED or self.status == HTTPStatus.TOO_MANY_REQUESTS

    @property
    def may_be_done(self) -> bool:
        """Whether the request may have been carried out nevertheless."""
        return not self.is_throttled and (not self.is_of_aws or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR)


def is_transient(error: BaseException, *, changes: bool) -> bool:
    """Return whether a retry may help and does no harm: what `changes` something may have been carried out."""
    if isinstance(error, Refused):
        return error.is_throttled or (error.may_be_done and not changes)
    if isinstance(error, _NOT_SENT):
        return True
    return not changes and (isinstance(error, Malformed) or _is_cut_off(error))


def translated(error: Exception, action: str, path: str, address: str) -> tuple[Problem, bool]:
    """Return what to say about an error, and whether the request may have been carried out nevertheless."""
    if isinstance(error, Refused):
        return _refused(error, action, path, address), error.may_be_done
    if isinstance(error, Malformed):
        return _not_aws(address), True
    return _unanswered(error, address), _is_cut_off(error)


def _is_cut_off(error: BaseException) -> bool:
    """Whether a connection existed, and broke before the whole answer had arrived."""
    if isinstance(error, exceptions.SSLError):
        return "CERTIFICATE_VERIFY_FAILED" not in str(error)
    return isinstance(error, exceptions.HTTPClientError)


def _not_aws(address: str) -> Problem:
    return Problem(
        f"{address} does not answer as AWS does: something else answers in its place, or cuts off its answers, so "
        "nothing was concluded from it.",
        "Check the proxy in between (HTTPS_PROXY, AWS_ENDPOINT_URL), then run pulumi up --refresh.",
    )


def _refused(error: Refused, action: str, path: str, address: str) -> Problem:  # noqa: PLR0911 - one for each cause
    if not error.is_of_aws and error.status < HTTPStatus.INTERNAL_SERVER_ERROR and not error.is_throttled:
        return _not_aws(address)
    if error.is_throttled:
        return Problem(
            f"{address} received too many requests from this account, for longer than we wait ({action}{error.id}).",
            f"{_AGAIN.capitalize()} later; AWS lists the limit in Service Quotas, for Secrets Manager.",
        )
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Problem(
            f"{address} could not process the request (HTTP {error.status}, {action}{error.id}).",
            f"Check whether AWS has an outage, then {_AGAIN}.",
        )
    if error.code == "AccessDenied":  # what STS says
        return Problem(f"{address} does not let this run assume aws.role_arn.", "Correct the role's trust policy.")
    if error.is_of_kms:
        return Problem(
            f"{address} cannot use the KMS key of {path} ({error.code}{error.id}).",
            "Allow kms:Decrypt and kms:GenerateDataKey on the key, enable it, or correct aws.kms_key_id.",
        )
    if error.code == "AccessDeniedException":
        return Forbidden(action, path, address)
    if error.code in _CREDENTIALS:
        return Problem(
            f"{address} does not accept the AWS credentials ({error.code}).",
            "Log in to AWS again; they are also refused when this machine's clock is wrong, and in a region that is "
            "not enabled for the account.",
        )
    if error.code == "LimitExceededException":
        return Problem(
            f"{address} has reached a quota of Secrets Manager with {path} ({action}{error.id}).",
            "Check its Service Quotas: the one for secrets can be raised, the one for versions resets within a day.",
        )
    return Problem(
        f"{address} refused {action} on {path} ({error.code}{error.id}).",
        "Look up the request in AWS CloudTrail, which says why.",
    )


# What AWS says about a secret that it refuses to change in its state, and what that means.
_STATES = (
    (
        r"replicat",
        "it has replicas in other regions",
        "Remove them (aws secretsmanager remove-regions-from-replication), then run again.",
    ),
    (
        r"replica",
        "it is a replica of a secret in another region",
        "Set aws.region to the one that describe-secret has as PrimaryRegion, or choose another path.",
    ),
    (r"managed by|own(ed by|ing)", "another AWS service manages it", "Choose another path."),
    (
        r"delet",
        "it is being deleted",
        "Restore it (aws secretsmanager restore-secret), or choose another path, then run again.",
    ),
)


def unchanged(path: str, address: str, refused: Refused) -> Problem:
    """Return what to say about a secret that AWS refuses to change in its current state."""
    told = f"({refused.code}{refused.id})"
    for pattern, cause, remedy in _STATES:
        if re.search(pattern, refused.message, re.IGNORECASE):
            return Problem(f"{address} does not change the secret {path} {told}: {cause}.", remedy)
    return Problem(
        f"{address} does not change the secret {path} in its current state {told}.",
        "Check it in the AWS console, and look up the request in AWS CloudTrail, which says why.",
    )


class Forbidden(Problem):
    """The role or user lacks a `right`: an action on a secret, by its name and the six characters that AWS appends."""

    def __init__(self, action: str, path: str, address: str) -> None:
        self.right = f"{action} on the secret {path}-??????"
        super().__init__(
            f"{address} does not allow {action} on {path}.", f"Allow {self.right} to the role or user of this run."
        )


def _unanswered(error: Exception, address: str) -> Problem:  # noqa: PLR0911 - one for each cause
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
            return Problem(
                f"AWS credentials could not be obtained ({kind}).",
                "Log in to AWS again, for example with aws sso login.",
            )
        case exceptions.SSLError() if not _is_cut_off(error):
            return Problem(f"The certificate of {address} could not be verified.", "Set AWS_CA_BUNDLE to its CA.")
    if _is_cut_off(error):
        return Problem(f"{address} did not answer completely ({kind}).", f"Check the network, then {_AGAIN}.")
    if isinstance(error, exceptions.ConnectionError | OSError):
        return Problem(
            f"{address} could not be reached ({kind}).", "Check the region, AWS_ENDPOINT_URL and the network."
        )
    return Problem(f"{address}: the AWS client failed ({kind}).", "Check AWS_* in the environment and ~/.aws/config.")
