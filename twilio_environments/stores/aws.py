"""AWS Secrets Manager.

A document is a secret whose tags are our mark; CreateSecret sets value and tags in one step. A change is put as a new
version under a staging label of our own, where no consumer looks, and becomes the current one by moving AWSCURRENT from
the version that the change was based on: AWS refuses the move when that is no longer the current one. The version's id
is derived from what it holds and what it is based on, so a repeated put, after a lost answer or a kill, is one version.

Deleting is scheduled (`recovery_window_days`); a document of ours is restored when it is written again meanwhile.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from twilio_environments.problems import Problem
from twilio_environments.stores.aws_client import Answer, AwsClient
from twilio_environments.stores.merging import Conflict, Loaded, MergingStore
from twilio_environments.stores.protocol import MANAGED_BY
from twilio_environments.stores.settings import AwsSettings

_STAGE = "TWILIO_ENVIRONMENTS"


class AwsStore(MergingStore):
    """Secrets Manager in one region, under one identity. `settings` are resolved ones."""

    def __init__(self, settings: AwsSettings) -> None:
        self._settings = settings
        self._client = AwsClient(settings)

    @property
    def address(self) -> str:
        """See `Store.address`."""
        return f"aws {self._client.region}"

    def _load(self, path: str) -> Loaded | None:
        try:
            about = self._client.call(
                "secretsmanager:DescribeSecret",
                path,
                lambda client: client.describe_secret(SecretId=path),
                "ResourceNotFoundException",
            )
        except Answer:
            return None
        tags = {tag.get("Key"): tag.get("Value", "") for tag in about.get("Tags", [])}
        ours = tags.get("managed-by") == MANAGED_BY
        owner, former_owner = (tags.get(name, "") if ours else "" for name in ("owner", "former-owner"))
        if about.get("DeletedDate"):
            return Loaded(owner, {}, "", deleted=True, former_owner=former_owner)
        try:
            current = self._client.call(
                "secretsmanager:GetSecretValue",
                path,
                lambda client: client.get_secret_value(SecretId=path, VersionStage="AWSCURRENT"),
                "ResourceNotFoundException",
                "InvalidRequestException",
            )
        except Answer:
            # Made by hand without a value, or deleted since we looked; a write tells which.
            return Loaded(owner, {}, "", former_owner=former_owner)
        values = self._parsed(path, current.get("SecretString", ""))
        return Loaded(owner, values, current["VersionId"], former_owner=former_owner)

    def _create(self, path: str, owner: str, values: Mapping[str, Any]) -> str:
        text = json.dumps(values, sort_keys=True)
        key: Any = {"KmsKeyId": self._settings.kms_key_id} if self._settings.kms_key_id else {}
        try:
            made = self._client.call(
                "secretsmanager:CreateSecret",
                path,
                lambda client: client.create_secret(
                    Name=path,
                    SecretString=text,
                    ClientRequestToken=_version_id(path, "", text),
                    Description="Twilio credentials, written by twilio-environments.",
                    Tags=[{"Key": "managed-by", "Value": MANAGED_BY}, {"Key": "owner", "Value": owner}],
                    **key,
                ),
                "ResourceExistsException",
                "InvalidRequestException",  # another one of this name is being deleted
            )
        except Answer:
            raise Conflict from None
        return made["VersionId"]

    def _replace(self, path: str, loaded: Loaded, values: Mapping[str, Any]) -> str:
        if loaded.deleted:
            self._restore(path)
            # Its value could not be read before; now it can, and may have properties to merge with.
            raise Conflict
        text = json.dumps(values, sort_keys=True)
        try:
            made = self._client.call(
                "secretsmanager:PutSecretValue",
                path,
                lambda client: client.put_secret_value(
                    SecretId=path,
                    SecretString=text,
                    ClientRequestToken=_version_id(path, loaded.version, text),
                    VersionStages=[_STAGE],
                ),
                "InvalidRequestException",  # deleted meanwhile
                "ResourceNotFoundException",
            )
            if loaded.version:
                self._client.call(
                    "secretsmanager:UpdateSecretVersionStage",
                    path,
                    lambda client: client.update_secret_version_stage(
                        SecretId=path,
                        VersionStage="AWSCURRENT",
                        RemoveFromVersionId=loaded.version,
                        MoveToVersionId=made["VersionId"],
                    ),
                    "InvalidParameterException",  # AWSCURRENT is elsewhere by now
                    "InvalidRequestException",
                    "ResourceNotFoundException",
                )
            elif "AWSCURRENT" not in made.get("VersionStages", []):
                # AWS makes the first version of a secret the current one by itself; this was not the first.
                raise Conflict
        except Answer:
            raise Conflict from None
        return made["VersionId"]

    def _delete(self, path: str, version: str) -> None:
        try:
            self._client.call(
                "secretsmanager:DeleteSecret",
                path,
                lambda client: client.delete_secret(
                    SecretId=path, RecoveryWindowInDays=self._settings.recovery_window_days
                ),
                "InvalidRequestException",  # deleted already
                "ResourceNotFoundException",
            )
        except Answer:
            return
        about = self._client.call(
            "secretsmanager:DescribeSecret", path, lambda client: client.describe_secret(SecretId=path)
        )
        if "AWSCURRENT" not in about.get("VersionIdsToStages", {}).get(version, []):
            # Somebody of ours wrote between our emptying it and deleting it, and DeleteSecret takes no condition.
            self._restore(path)

    def _restore(self, path: str) -> None:
        self._client.call("secretsmanager:RestoreSecret", path, lambda client: client.restore_secret(SecretId=path))

    def _mark(self, path: str, loaded: Loaded, owner: str) -> None:
        if loaded.deleted:
            self._restore(path)  # a secret that is being deleted takes no tags
        tags: Any = [
            {"Key": key, "Value": value}
            for key, value in (("managed-by", MANAGED_BY), ("owner", owner), ("former-owner", loaded.owner))
        ]
        self._client.call(
            "secretsmanager:TagResource", path, lambda client: client.tag_resource(SecretId=path, Tags=tags)
        )

    def _check_access(self, path: str) -> None:
        """Nothing beyond what `_load` finds out: AWS has no dry run, and no way to ask for one's own permissions."""

    def _hand_over(self, path: str, owner: str) -> str:
        return (
            f"aws secretsmanager tag-resource --region {self._client.region} --secret-id {path} "
            f"--tags Key=managed-by,Value={MANAGED_BY} Key=owner,Value={owner}"
        )

    def _parsed(self, path: str, text: str) -> dict[str, Any]:
        try:
            values = json.loads(text)
        except ValueError:
            values = None
        if not isinstance(values, dict):
            raise Problem(
                f"The secret {path} in {self.address} is not a JSON object of properties.",
                "Choose another path, or make its previous version the current one again.",
            )
        return values


def _version_id(path: str, base: str, text: str) -> str:
    """Return the ClientRequestToken, which becomes the version's id: visible, but Twilio's secrets are not guessed."""
    return hashlib.sha256(json.dumps([path, base, text]).encode()).hexdigest()
