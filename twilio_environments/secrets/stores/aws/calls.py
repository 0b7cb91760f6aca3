"""The Secrets Manager calls that a document needs: for each, the right, the answer's shape, and possible refusals.

Codes that say something about the document are raised as `AwsAnswer`, everything else as `Problem`.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from twilio_environments.secrets.stores.aws.answers import CURRENT, Empty, Named, Put, Secret, Value
from twilio_environments.secrets.stores.aws.client import AwsAnswer, AwsClient

# A staging label of our own, which no consumer reads.
STAGE = "TWILIO_ENVIRONMENTS"
# The secret is being deleted, or is in another state that forbids the call.
STATE = "InvalidRequestException"
MISSING, EXISTS, _MOVED = "ResourceNotFoundException", "ResourceExistsException", "InvalidParameterException"


class AwsCalls(AwsClient):
    """The secrets of one region."""

    def describe(self, path: str) -> Secret | None:
        """Return what AWS knows about a secret besides its values; None if there is none with this name."""
        try:
            return self.call(
                "secretsmanager:DescribeSecret",
                path,
                lambda client: client.describe_secret(SecretId=path),
                partial(Secret.of, path),
                MISSING,
            )
        except AwsAnswer:
            return None

    def current(self, path: str) -> Value:
        """Return the current version; raise AwsAnswer when there is none."""
        return self.call(
            "secretsmanager:GetSecretValue",
            path,
            lambda client: client.get_secret_value(SecretId=path, VersionStage=CURRENT),
            partial(Value.current, path),
            *(MISSING, STATE),
        )

    def numbered(self, path: str, version: str) -> Value:
        """Return a version by its id; raise AwsAnswer when it is gone."""
        return self.call(
            "secretsmanager:GetSecretValue",
            path,
            lambda client: client.get_secret_value(SecretId=path, VersionId=version),
            partial(Value.numbered, path, version),
            *(MISSING, STATE),
        )

    def create(self, path: str, version: str, text: str, tags: Mapping[str, str], kms_key_id: str | None) -> None:
        """Create a secret with its first version; raise AwsAnswer when the name is taken."""
        key: Any = {"KmsKeyId": kms_key_id} if kms_key_id else {}
        self.call(
            "secretsmanager:CreateSecret",
            path,
            lambda client: client.create_secret(
                Name=path,
                SecretString=text,
                ClientRequestToken=version,
                Description="Twilio credentials, written by twilio-environments.",
                Tags=_tags(tags),
                **key,
            ),
            partial(Put.under, path, version),
            *(EXISTS, STATE),
            changes=True,
        )

    def put(self, path: str, version: str, text: str) -> Put:
        """Put a version under our own label; raise AwsAnswer when the secret was deleted meanwhile."""
        return self.call(
            "secretsmanager:PutSecretValue",
            path,
            lambda client: client.put_secret_value(
                SecretId=path, SecretString=text, ClientRequestToken=version, VersionStages=[STAGE]
            ),
            partial(Put.under, path, version),
            *(MISSING, STATE),
            changes=True,
        )

    def promote(self, path: str, before: str, version: str) -> None:
        """Make a version the current one instead of `before`; raise AwsAnswer when that is not the current one."""
        self.call(
            "secretsmanager:UpdateSecretVersionStage",
            path,
            lambda client: client.update_secret_version_stage(
                SecretId=path, VersionStage=CURRENT, RemoveFromVersionId=before, MoveToVersionId=version
            ),
            partial(Named.of, path),
            *(_MOVED, MISSING, STATE),
            changes=True,
        )

    def delete(self, path: str, days: int) -> None:
        """Schedule a secret for deletion; raise AwsAnswer when AWS refuses."""
        self.call(
            "secretsmanager:DeleteSecret",
            path,
            lambda client: client.delete_secret(SecretId=path, RecoveryWindowInDays=days),
            partial(Named.of, path),
            *("InvalidParameterException", MISSING, STATE),
            changes=True,
        )

    def restore(self, path: str) -> None:
        """Cancel a scheduled deletion; raise AwsAnswer when AWS refuses."""
        self.call(
            "secretsmanager:RestoreSecret",
            path,
            lambda client: client.restore_secret(SecretId=path),
            partial(Named.of, path),
            *(MISSING, STATE),
            changes=True,
        )

    def tag(self, path: str, tags: Mapping[str, str]) -> None:
        """Set tags, and leave others as they are; raise AwsAnswer when AWS refuses."""
        self.call(
            "secretsmanager:TagResource",
            path,
            lambda client: client.tag_resource(SecretId=path, Tags=_tags(tags)),
            Empty.read,
            *(MISSING, STATE),
            changes=True,
        )


def _tags(tags: Mapping[str, str]) -> Any:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
