"""Answers of AWS that are damaged, or somebody else's: each call of each operation, once and for ever."""

import copy
import json
import os
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pytest

from tests import figures
from tests.damage.damages import CANARY
from tests.stores.conftest import REGION
from tests.stores.damaging import DAMAGES, SENT_IN_PIECES, damaging
from twilio_environments.problems import Problem
from twilio_environments.secrets.stores.aws.settings import AwsSettings
from twilio_environments.secrets.stores.aws.store import AwsStore
from twilio_environments.secrets.stores.protocol import Store

LONG = bool(os.environ.get("TWILIO_ENVIRONMENTS_LONG"))
OURS, RENAMED = "acme/messaging/prod", "acme/messaging/renamed"
# What may be said of it, whatever the damage: nothing was concluded, and no remedy would change a document.
TRUE = ("does not answer as AWS does", "could not process the request", "did not answer completely")
FALSE = ("hand it over", "previous version", "CloudTrail", "fault in", "kept changing", "Allow secretsmanager", CANARY)


@dataclass(frozen=True)
class Operation:
    """What a store is asked to do, from a document that is there before, to one that is there after.

    `act` takes whether it is the first time: what it expects of the document is so only then.
    """

    act: Callable[[Store, str, bool], Any]
    before: Mapping[str, str] | None
    after: Mapping[str, str] | None
    deleted: bool = False
    owner: str = OURS


def _make(store: Store, path: str, first: bool) -> None:
    store.write(path, OURS, {"a": "1"}, expect={"a": None} if first else {})


def _change(store: Store, path: str, first: bool) -> None:
    store.write(path, OURS, {"a": "2"}, drop=["b"], expect={"a": "1"} if first else {})


READ = Operation(lambda store, path, _first: store.read(path), {"a": "1"}, {"a": "1"})
MADE = Operation(_make, None, {"a": "1"})
CHANGED = Operation(_change, {"a": "1", "b": "1"}, {"a": "2"})
REMOVED = Operation(lambda store, path, _first: store.remove(path, OURS, ["a"]), {"a": "1"}, None)
RESTORED = Operation(
    lambda store, path, _first: store.write(path, OURS, {"b": "2"}), {"a": "1"}, {"a": "1", "b": "2"}, deleted=True
)
HANDED_OVER = Operation(
    lambda store, path, _first: store.hand_over(path, OURS, RENAMED), {"a": "1"}, {"a": "1"}, owner=RENAMED
)
CALLS = {
    "DescribeSecret": (READ, MADE, CHANGED, REMOVED, HANDED_OVER),
    "GetSecretValue": (READ, CHANGED, REMOVED),
    "CreateSecret": (MADE,),
    "PutSecretValue": (CHANGED, REMOVED),
    "UpdateSecretVersionStage": (CHANGED, REMOVED),
    "DeleteSecret": (REMOVED,),
    "RestoreSecret": (RESTORED,),
    "TagResource": (HANDED_OVER,),
}
FEW = ("half", "html with 200", "a proxy's 404", "not there, with 500", "no answer")
OWN_ANSWERS = ("nothing", "null", "empty-object", "html with 200", "204", "a proxy's 404", "a proxy's 403", "gateway")
FOR_EVER = ("half", "a doubled chunk", "nothing", "html with 200", "a proxy's 404", "server error", "cut off")


def strikes(call: str) -> Iterator[tuple[Operation, str, bool, int]]:
    """Each damage to the first operation, a few to the others: once after AWS, once in its place, and for ever."""
    first, *others = CALLS[call]
    ways = [way for way in (*DAMAGES, *SENT_IN_PIECES) if (call, way) != ("TagResource", "of another secret")]
    yield from ((first, way, True, 1) for way in ways)
    yield from ((first, way, False, 1) for way in OWN_ANSWERS)
    yield from ((first, way, True, 1000) for way in FOR_EVER)
    yield from ((other, way, True, 1) for other in others for way in FEW)


@pytest.fixture(scope="module")
def proxy(aws_endpoint):
    with damaging(aws_endpoint) as one:
        yield one


@pytest.fixture
def behind(no_waiting, aws_environment, monkeypatch, proxy):
    """The proxy, and what makes stores behind it that share nothing but connections, as other processes."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
    first = AwsStore(AwsSettings(region=REGION).resolved())

    def make() -> AwsStore:
        store = copy.copy(first)
        store._client = copy.copy(store._client)
        return store

    return proxy, make


@pytest.fixture
def document(secretsmanager):
    """What there is, past the proxy: properties, number of versions and owner; None where it is deleted."""

    def look(path):
        about = secretsmanager.describe_secret(SecretId=path)
        if about.get("DeletedDate"):
            return None
        tags = {tag["Key"]: tag["Value"] for tag in about["Tags"]}
        text = secretsmanager.get_secret_value(SecretId=path)["SecretString"]
        return json.loads(text), len(about["VersionIdsToStages"]), tags["owner"]

    return look


@pytest.fixture
def prepared(secretsmanager, path):
    """Bring what is there before an operation to a path of its own."""
    made: list[str] = []

    def prepare(operation: Operation) -> str:
        name = f"{path}-{len(made)}"
        made.append(name)
        if operation.before is not None:
            tags = [{"Key": "managed-by", "Value": "twilio-environments"}, {"Key": "owner", "Value": OURS}]
            secretsmanager.create_secret(Name=name, SecretString=json.dumps(operation.before), Tags=tags)
        if operation.deleted:
            secretsmanager.delete_secret(SecretId=name)
        return name

    yield prepare
    for name in made:
        secretsmanager.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def violations(found: Any, operation: Operation) -> list[str]:
    if operation.after is None:
        return [] if found is None else [f"left {found}"]
    if found is None:
        return ["it is gone"]
    values, versions, owner = found
    wrong = [] if values == operation.after else [f"it holds {values}"]
    wrong += [] if owner == operation.owner else [f"it is {owner}'s"]
    most = 1 + (operation.before != operation.after and operation.before is not None)
    return wrong + ([f"{versions} versions were made"] if versions > most else [])


def said(problem: Problem) -> list[str]:
    text = "".join(traceback.format_exception(problem))
    wrong = [f"it says {words!r}: {problem}" for words in FALSE if words in text]
    return wrong + ([] if any(words in problem.what for words in TRUE) else [f"it says {problem}"])


@pytest.mark.parametrize("call", CALLS)
def test_a_damaged_answer_is_asked_for_again_or_looked_up_and_nothing_is_concluded_from_it(
    behind, document, prepared, record_property, call
):
    proxy, new_store = behind
    wrong, damages = [], 0
    # A short run takes every third, beginning with another one at each call.
    first, step = (0, 1) if LONG else (list(CALLS).index(call) % 3, 3)
    for operation, damage, reached, times in islice(strikes(call), first, None, step):
        damages += 1
        path = prepared(operation)
        proxy.strike(call, damage, times=times, reached=reached)
        found = []
        try:
            operation.act(new_store(), path, True)
            done = True
        except Problem as problem:
            found, done = said(problem), False
            if times == 1:
                found.append(f"once was too much: {problem}")
        except Exception as error:  # noqa: BLE001 - what a user would see as a traceback
            found, done = [f"{type(error).__name__}: {error}"], False
        found += [] if proxy.struck else ["it was not struck"]
        proxy.heal()
        found += violations(document(path), operation) if done else []
        operation.act(new_store(), path, False)
        found += violations(document(path), operation)
        where = f"{damage}, {'after' if reached else 'in place of'} AWS, {'once' if times == 1 else 'for ever'}"
        wrong += [f"{call}: {where}: {one}" for one in found]
    record_property(figures.COUNTED, ("stores", {"damages": damages, "violations": len(wrong)}))
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:40])
