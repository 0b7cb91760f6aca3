"""The policy of docs/secrets.md for AWS, as printed: enough, no right too many, and on no document but the stack's."""

import copy
import json
import os
import re

import boto3
import pytest

from tests.kinds.cases.secret_document import CASE as DOCUMENTS
from tests.kinds.world import Resource
from tests.rotation.readers import PAGE, blocks
from tests.rotation.scene import Scene
from tests.stores.iam import Gate, gate
from twilio_environments.problems import Problem
from twilio_environments.secrets import stores
from twilio_environments.secrets.stores.aws.settings import AwsSettings
from twilio_environments.secrets.stores.aws.store import AwsStore

OURS, RENAMED, REGION = "acme/prod", "acme/renamed", "eu-west-1"
POLICY = json.loads(blocks("json")[0])
(STATEMENT,) = POLICY["Statement"]
DOCUMENT, OWN_DOCUMENT = "prod/twilio", "prod/twilio-reporting"
NEIGHBOURS = (
    "prod/twilio2",
    "prod/twilio-billing",
    "prod/twilio-reports",
    "prod/twilio/x",
    "prod/twili",
    "a-prod/twilio",
)


def allowing(*actions: str, path: str = "") -> dict[str, object]:
    """The documented policy with these actions only, and for this document instead of its own."""
    statement = copy.deepcopy(STATEMENT) | {"Action": list(actions)}
    if path:
        statement["Resource"] = [STATEMENT["Resource"][0].replace(DOCUMENT, path)]
    return {"Statement": [statement]}


def rows() -> dict[str, list[str]]:
    """The table of who needs what, each row with what the rows above it have."""
    (table,) = re.findall(r"\| who \| needs of these \|\n.*?\n\n", PAGE, flags=re.DOTALL)
    found = {}
    for line in table.splitlines()[2:5]:
        _, who, needs, _ = line.split("|")
        found[who.split("`")[1]] = re.findall(r"secretsmanager:\w+", needs)
    return {
        "pulumi preview": found["pulumi preview"],
        "pulumi refresh": found["pulumi preview"] + found["pulumi refresh"],
        "pulumi up": STATEMENT["Action"],
    }


@pytest.fixture
def client(aws):
    one = boto3.client("secretsmanager", region_name=REGION, endpoint_url=os.environ["AWS_ENDPOINT_URL"])
    yield one
    for name in (DOCUMENT, OWN_DOCUMENT, *NEIGHBOURS):
        one.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


@pytest.fixture
def guarded(aws, monkeypatch):
    """The gate, with the documented policy, and every store from now on behind it."""
    with gate(os.environ["AWS_ENDPOINT_URL"], POLICY) as one:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", one.url)
        monkeypatch.setattr(stores, "_stores", {})
        yield one


@pytest.fixture
def store(guarded: Gate) -> AwsStore:
    return AwsStore(AwsSettings(region=REGION).resolved())


def life(store: AwsStore, path: str) -> None:
    """All that a stack does to a document."""
    store.check(path, OURS, to_write=True)
    for turn in ("1", "2"):
        store.write(path, OURS, {"a": turn, "b": "1"})
    store.hand_over(path, OURS, RENAMED)
    store.remove(path, RENAMED, ["a", "b"])
    assert store.read(path) is None
    store.write(path, RENAMED, {"a": "3"})
    store.remove(path, RENAMED, ["a"])


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("path", [DOCUMENT, OWN_DOCUMENT])
def test_the_policy_is_enough(guarded, store, path):
    life(store, path)
    assert guarded.asked == set(STATEMENT["Action"])


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("action", STATEMENT["Action"])
def test_without_any_one_of_its_rights_it_is_not_and_the_message_names_the_right(guarded, store, action):
    guarded.policy = allowing(*(one for one in STATEMENT["Action"] if one != action))
    with pytest.raises(Problem) as caught:
        life(store, DOCUMENT)
    assert f"does not allow {action} on {DOCUMENT}" in caught.value.what
    (pattern,) = re.findall(rf"Allow {action} on the secret (\S+) to", caught.value.remedy)
    assert any(resource.endswith(f":{pattern}") for resource in STATEMENT["Resource"])


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize(("row", "lacking"), [("pulumi preview", 1), ("pulumi refresh", 0), ("", 2)])
def test_the_doctor_is_told_which_commands_lack_a_right_to_read(guarded, store, row, lacking):
    store.write(DOCUMENT, OURS, {"a": "1"})
    guarded.policy = allowing(*(rows()[row] if row else []))
    missing = store.missing_rights(DOCUMENT) or {}
    assert len(missing) == lacking
    assert ("preview" in missing) == (not row)
    for right in missing.values():
        assert right.endswith(f" on the secret {DOCUMENT}-??????")


@pytest.mark.parametrize("path", NEIGHBOURS)
def test_other_teams_documents_are_neither_read_nor_written(guarded, store, client, path):
    client.create_secret(Name=path, SecretString='{"theirs": "1"}')
    direct = boto3.client("secretsmanager", region_name=REGION, endpoint_url=guarded.url)
    for call in (direct.get_secret_value, direct.describe_secret, direct.delete_secret):
        with pytest.raises(direct.exceptions.ClientError, match="AccessDenied"):
            call(SecretId=path)
    for act in (lambda: store.read(path), lambda: store.write(path, OURS, {"a": "1"})):
        with pytest.raises(Problem, match=r"does not allow secretsmanager:\w+ on"):
            act()
    assert client.get_secret_value(SecretId=path)["SecretString"] == '{"theirs": "1"}'


@pytest.mark.parametrize("store_settings", ["aws"], indirect=True)
def test_each_command_gets_by_with_what_the_table_says(guarded, world):
    guarded.policy = allowing(*rows()["pulumi up"], path=world.path)
    scene, document = Scene(world), Resource(world, DOCUMENTS.kind, **DOCUMENTS.full[0])
    assert scene.up()
    document.create()
    checked = (scene.key, document)

    guarded.policy, guarded.asked = allowing(*rows()["pulumi preview"], path=world.path), set()
    for one in checked:
        one.kind.check(world.run(), one.inputs, one.inputs | {"mark": "an earlier one"})
        one.difference()
    assert guarded.asked == set(rows()["pulumi preview"])

    guarded.policy, guarded.asked = allowing(*rows()["pulumi refresh"], path=world.path), set()
    for one in checked:
        assert one.refreshed_diff() == []
    assert guarded.asked == set(rows()["pulumi refresh"])
    assert not scene.up(asked=True), "who only looks changes nothing"
