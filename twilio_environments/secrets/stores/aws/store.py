"""AWS Secrets Manager.

A document is a secret whose tags are our mark; CreateSecret sets value and tags in one step. A change is put as a new
version under a staging label of our own, which no consumer reads, and becomes current by moving AWSCURRENT from the
version that the change was based on: AWS refuses the move if that version is no longer current. A version that was put
but not moved, after a lost answer or a kill, is found by that label, so the same change is not put twice. Version ids
are random because many people see them who may not see what the version holds.

Deleting is scheduled (`recovery_window_days`); a document of ours is restored when it is written again meanwhile.
"""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from twilio_environments.problems import Problem
from twilio_environments.secrets.stores.aws.answers import CURRENT, Secret
from twilio_environments.secrets.stores.aws.calls import EXISTS, STAGE, STATE, AwsCalls
from twilio_environments.secrets.stores.aws.client import AwsAnswer
from twilio_environments.secrets.stores.aws.errors import Forbidden, unchanged
from twilio_environments.secrets.stores.aws.settings import AwsSettings
from twilio_environments.secrets.stores.merging import MergingStore
from twilio_environments.secrets.stores.primitives import Conflict, Loaded
from twilio_environments.secrets.stores.protocol import MANAGED_BY, Unsettled
from twilio_environments.visible import visible

_MOST_BYTES = 65_536  # of a version [AWS: Secrets Manager quotas]


@dataclass(frozen=True)
class _Loaded(Loaded):
    """What was loaded, with what AWS knows besides; `put` is a version of ours that never became current."""

    put: str = ""
    primary_region: str = ""
    replicas: tuple[str, ...] = ()
    owning_service: str = ""


class AwsStore(MergingStore):
    """Secrets Manager in one region, under one identity. `settings` are resolved ones."""

    def __init__(self, settings: AwsSettings) -> None:
        self._settings = settings
        self._client = AwsCalls(settings)

    @property
    def address(self) -> str:
        """See `Store.address`."""
        return self._client.address

    def missing_rights(self, path: str) -> Mapping[str, str] | None:
        """See `Store.missing_rights`: a read is tried, but AWS cannot be asked about rights to write."""
        lacks = {}
        for commands, look in (("preview", self._glance), ("refresh, drift, up, rotate, destroy", self._load)):
            try:
                self._until_settled(path, partial(look, path))
            except Forbidden as problem:
                lacks[commands] = problem.right
        return lacks or None

    def _glance(self, path: str) -> _Loaded | None:
        about = self._client.describe(path)
        return None if about is None else _loaded(about, {}, about.version(CURRENT))

    def _load(self, path: str) -> _Loaded | None:
        about = self._client.describe(path)
        if about is None or about.deleted:
            return None if about is None else _loaded(about, {}, "")
        try:
            values, version = self._current(path)
        except AwsAnswer:
            if about.version(CURRENT):
                raise Conflict from None  # deleted since we looked
            return _loaded(about, {}, "")  # created by a person, without a value
        return _loaded(about, values, version)

    def _create(self, path: str, owner: str, values: Mapping[str, Any]) -> str:
        version, mark = str(uuid.uuid4()), {"managed-by": MANAGED_BY, "owner": owner}
        try:
            self._client.create(path, version, self._text(path, values), mark, self._settings.kms_key_id)
        except AwsAnswer as answer:
            if answer.code == EXISTS:
                raise Conflict from None
            raise Conflict(
                Problem(
                    f"{self.address} is still deleting a secret named {path}.",
                    "AWS frees the name within minutes: wait, or choose another path.",
                )
            ) from None
        return version

    def _replace(self, path: str, loaded: Loaded, values: Mapping[str, Any]) -> str:
        assert isinstance(loaded, _Loaded)  # our own `_load` made it
        self._require_changeable(path, loaded)
        if not values:
            self._require_alone(path, loaded.replicas)
        with self._conflicts(path):
            if loaded.deleted:
                self._client.restore(path)
                # Its value could not be read before; now it can, and may have properties to merge with.
                raise Conflict
            version, labels = self._put(path, loaded, values)
            if loaded.version:
                self._client.promote(path, loaded.version, version)
            elif CURRENT not in labels:
                # AWS makes the first version of a secret the current one by itself; this was not the first.
                raise Conflict
        return version

    def _put(self, path: str, loaded: _Loaded, values: Mapping[str, Any]) -> tuple[str, Sequence[str]]:
        """Return a version that holds `values`, and its labels: the one put before, if it holds the same."""
        if loaded.put and loaded.version:
            found = self._client.numbered(path, loaded.put)
            if _parsed(found.text) == values:
                return found.version, found.labels
        made = self._client.put(path, str(uuid.uuid4()), self._text(path, values))
        return made.version, made.labels

    def _delete(self, path: str, version: str) -> None:
        refused: AwsAnswer | None = None
        try:
            self._client.delete(path, self._settings.recovery_window_days)
        except AwsAnswer as answer:
            refused = answer
        except Unsettled:
            pass  # as after any other answer, what AWS says of the secret now tells how it ended
        about = self._client.describe(path)
        if about is None:
            return
        if not about.deleted:
            self._require_alone(path, about.regions)
            raise Conflict(unchanged(path, self.address, refused.refused) if refused else None)
        if about.version(CURRENT) != version:
            # Another run of ours wrote between our emptying and deleting it, and DeleteSecret takes no condition.
            self._client.restore(path)

    def _mark(self, path: str, loaded: Loaded, owner: str) -> None:
        self._require_changeable(path, loaded)
        with self._conflicts(path):
            if loaded.deleted:
                self._client.restore(path)  # a secret that is being deleted takes no tags
            self._client.tag(path, {"managed-by": MANAGED_BY, "owner": owner, "former-owner": loaded.owner})

    @contextmanager
    def _conflicts(self, path: str) -> Iterator[None]:
        """Turn a refusal, usually caused by a concurrent change, into Conflict, with a Problem for any other cause."""
        try:
            yield
        except AwsAnswer as answer:
            stands = answer.code == STATE
            raise Conflict(unchanged(path, self.address, answer.refused) if stands else None) from None

    def _check_access(self, path: str) -> None:
        """Nothing beyond what `_load` checks: AWS has no dry run, and no way to ask for one's own permissions."""

    def _require_changeable(self, path: str, loaded: Loaded) -> None:
        assert isinstance(loaded, _Loaded)  # our own `_load` made it
        if loaded.owning_service:
            raise Problem(
                f"The secret {path} in {self.address} belongs to another AWS service "
                f"({visible(loaded.owning_service)[:40]}), and only that service may change it.",
                "Choose another path.",
            )
        if loaded.primary_region not in ("", self._client.region):
            raise Problem(
                f"The secret {path} in {self.address} is a replica of the one in {loaded.primary_region}, and AWS "
                "changes replicas only with it.",
                f"Set aws.region to {loaded.primary_region}, or choose another path.",
            )

    def _require_alone(self, path: str, replicas: tuple[str, ...]) -> None:
        if replicas:
            raise Problem(
                f"The secret {path} in {self.address} is replicated to {', '.join(replicas)}, and AWS does not delete "
                "secrets that have replicas.",
                f"Remove them, then run again: aws secretsmanager remove-regions-from-replication "
                f"--region {self._client.region} --secret-id {path} --remove-replica-regions {' '.join(replicas)}",
            )

    def _hand_over(self, path: str, owner: str, *, deleted: bool) -> str:
        secret = f"--region {self._client.region} --secret-id {path}"
        restore = f"aws secretsmanager restore-secret {secret} && " if deleted else ""
        return (
            f"{restore}aws secretsmanager tag-resource {secret} "
            f"--tags Key=managed-by,Value={MANAGED_BY} Key=owner,Value={owner}"
        )

    def _current(self, path: str) -> tuple[dict[str, Any], str]:
        """Return the current values and their version; raise AwsAnswer when there is none."""
        for _ in range(2):  # a value that was damaged on its way is whole the second time
            current = self._client.current(path)
            values = _parsed(current.text)
            if values is not None:
                return values, current.version
        raise Problem(
            f"The secret {path} in {self.address} is not a JSON object of properties.",
            "Restore its contents in AWS as a JSON object, or choose another path.",
        )

    def _text(self, path: str, values: Mapping[str, Any]) -> str:
        text = json.dumps(values, sort_keys=True)
        if len(text.encode()) > _MOST_BYTES:
            raise Problem(
                f"The document {path} would be {len(text.encode()):,} bytes, and {self.address} keeps {_MOST_BYTES:,}.",
                "Move keys into documents of their own (keys.<name>.document), or remove what others put there.",
            )
        return text


def _loaded(about: Secret, values: Mapping[str, Any], version: str) -> _Loaded:
    marks = about.marks if about.marks.get("managed-by") == MANAGED_BY else {}
    put = about.version(STAGE)
    return _Loaded(
        owner=marks.get("owner", ""),
        values=values,
        version=version,
        deleted=about.deleted is not None,
        former_owner=marks.get("former-owner", ""),
        put="" if put == version else put,
        primary_region=about.primary_region,
        replicas=about.regions,
        owning_service=about.owning_service,
    )


def _parsed(text: str | None) -> dict[str, Any] | None:
    """Return the properties that a version holds; None if it holds anything else."""
    try:
        values = json.loads(text or "")
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None
