"""What AWS has against a change has its cause and a remedy that works, and nothing is left without being named."""

import json
import re
import shlex
from typing import Any

import boto3
import pytest
import requests

from tests.servers import answering
from tests.stores.conftest import REGION
from twilio_environments.problems import Problem
from twilio_environments.secrets.stores.aws.settings import AwsSettings
from twilio_environments.secrets.stores.aws.store import AwsStore

OURS, OTHER_REGION = "acme/messaging/prod", "us-east-1"
_JSON = {"Content-Type": "application/x-amz-json-1.1"}


def connect(region: str = REGION) -> AwsStore:
    return AwsStore(AwsSettings(region=region).resolved())


def by_cli(text: str) -> None:
    """Carry out the commands of AWS's CLI that a remedy prints."""
    commands = re.findall(r"aws secretsmanager [^&]+", text)
    assert commands, text
    for command in commands:
        operation, *words = shlex.split(command)[2:]
        options: dict[str, list[str]] = {}
        for word in words:
            if word.startswith("--"):
                options[word[2:]] = given = []
            else:
                given.append(word)
        client = boto3.client("secretsmanager", region_name=options.pop("region")[0])
        arguments: dict[str, Any] = {
            "".join(part.title() for part in name.split("-")): value for name, value in options.items()
        }
        arguments["SecretId"] = arguments["SecretId"][0]
        if "Tags" in arguments:
            arguments["Tags"] = [dict(one.split("=") for one in tag.split(",")) for tag in arguments["Tags"]]
        getattr(client, operation.replace("-", "_"))(**arguments)


def refused(act) -> Problem:
    with pytest.raises(Problem) as caught:
        act()
    return caught.value


def held(store, path):
    document = store.read(path)
    return document and document.properties


def changes(store, path):
    yield lambda: store.check(path, OURS)
    yield lambda: store.write(path, OURS, {"a": "2"})
    yield lambda: store.hand_over(path, OURS, "acme/messaging/renamed")
    yield lambda: store.remove(path, OURS, ["a"])


def test_a_replica_is_not_written_and_the_region_to_write_in_is_named(secretsmanager, path):
    connect().write(path, OURS, {"a": "1"})
    secretsmanager.replicate_secret_to_regions(SecretId=path, AddReplicaRegions=[{"Region": OTHER_REGION}])
    replica = connect(OTHER_REGION)
    assert held(replica, path) == {"a": "1"}
    for act in changes(replica, path):
        problem = refused(act)
        assert f"is a replica of the one in {REGION}" in problem.what
        assert f"Set aws.region to {REGION}" in problem.remedy
    assert held(replica, path) == {"a": "1"}


def test_a_secret_with_replicas_is_not_emptied_and_deleted_once_they_are_gone(secretsmanager, path):
    connect().write(path, OURS, {"a": "1", "b": "2"})
    secretsmanager.replicate_secret_to_regions(SecretId=path, AddReplicaRegions=[{"Region": OTHER_REGION}])
    connect().remove(path, OURS, ["a"])
    for _ in range(2):
        problem = refused(lambda: connect().remove(path, OURS, ["b"]))
        assert f"is replicated to {OTHER_REGION}" in problem.what
        assert held(connect(), path) == {"b": "2"}
    by_cli(problem.remedy)
    connect().remove(path, OURS, ["b"])
    assert "DeletedDate" in secretsmanager.describe_secret(SecretId=path)


def test_a_secret_that_was_emptied_and_then_replicated_is_named_too(secretsmanager, path):
    tags = [{"Key": "managed-by", "Value": "twilio-environments"}, {"Key": "owner", "Value": OURS}]
    secretsmanager.create_secret(Name=path, SecretString="{}", Tags=tags, AddReplicaRegions=[{"Region": OTHER_REGION}])
    by_cli(refused(lambda: connect().remove(path, OURS, ["a"])).remedy)
    connect().remove(path, OURS, ["a"])
    assert "DeletedDate" in secretsmanager.describe_secret(SecretId=path)


@pytest.mark.parametrize("owner", ["", OURS])
def test_a_secret_of_another_service_is_left_to_it(secretsmanager, path, owner):
    mark = {"managed-by": "twilio-environments", "owner": owner} if owner else {}
    tags = [{"Key": key, "Value": value} for key, value in (mark | {"aws:secretsmanager:owningService": "rds"}).items()]
    secretsmanager.create_secret(Name=path, SecretString='{"a": "theirs"}', Tags=tags)
    for act in (lambda: connect().check(path, OURS), lambda: connect().write(path, OURS, {"a": "1"})):
        problem = refused(act)
        assert "belongs to another AWS service (rds)" in problem.what
        assert problem.remedy == "Choose another path."
    assert held(connect(), path) == {"a": "theirs"}


def test_a_strangers_secret_that_is_being_deleted_is_handed_over_by_the_commands_that_the_message_names(
    secretsmanager, path
):
    secretsmanager.create_secret(Name=path, SecretString='{"theirs": "1"}')
    secretsmanager.delete_secret(SecretId=path)
    problem = refused(lambda: connect().write(path, OURS, {"a": "1"}))
    assert "is only marked as deleted" in problem.what
    by_cli(problem.remedy)
    connect().write(path, OURS, {"a": "1"})
    assert held(connect(), path) == {"theirs": "1", "a": "1"}


def test_a_name_that_aws_has_not_freed_yet_is_told_apart_from_a_race(no_waiting, aws_environment, monkeypatch, path):
    codes = {"DescribeSecret": "ResourceNotFoundException", "CreateSecret": "InvalidRequestException"}

    def answer(request):
        return 400, _JSON, json.dumps({"__type": codes[request.headers["X-Amz-Target"].rpartition(".")[2]]})

    with answering(answer) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        problem = refused(lambda: connect().write(path, OURS, {"a": "1"}))
    assert "is still deleting a secret named" in problem.what


def test_a_document_that_is_too_large_is_refused_before_anything_is_sent(secretsmanager, path):
    connect().write(path, OURS, {"a": "1"})
    versions = secretsmanager.describe_secret(SecretId=path)["VersionIdsToStages"]
    for at in (path, f"{path}-new"):
        problem = refused(lambda at=at: connect().write(at, OURS, {"b": "x" * 65_536}))
        assert "keeps 65,536" in problem.what
    assert secretsmanager.describe_secret(SecretId=path)["VersionIdsToStages"] == versions


@pytest.mark.usefixtures("no_waiting", "aws_environment")
@pytest.mark.parametrize("times", [3, 10_000])
def test_a_throttled_call_is_sent_again_and_said_when_that_does_not_end(aws_endpoint, monkeypatch, path, times):
    throttled: dict[str, int] = {}

    def answer(request):
        operation = request.headers["X-Amz-Target"].rpartition(".")[2]
        throttled[operation] = throttled.get(operation, 0) + 1
        if throttled[operation] <= times:
            return 400, _JSON, json.dumps({"__type": "ThrottlingException", "message": "Rate exceeded"})
        passed = requests.post(aws_endpoint, headers=request.headers, data=request.body, timeout=20)
        return passed.status_code, _JSON, passed.text

    with answering(answer) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        store = connect()
        if times == 3:
            store.write(path, OURS, {"a": "1"})
            assert held(store, path) == {"a": "1"}
        else:
            problem = refused(lambda: store.write(path, OURS, {"a": "1"}))
            assert "received too many requests from this account" in problem.what
            assert "CloudTrail" not in problem.remedy


def test_a_version_id_tells_nothing_of_what_the_version_holds(secretsmanager, path):
    seen = set()
    for _ in range(3):
        seen |= {connect().write(path, OURS, {"pin": turn}) for turn in ("1", "2", "1")}
        secretsmanager.delete_secret(SecretId=path, ForceDeleteWithoutRecovery=True)
    assert len(seen) == 9, "who knows the path and all other properties could try out the last one"


STATES = {
    "Operation not permitted on a replica secret. Call must be made in primary secret's region.": "aws.region",
    "You can't perform this operation on the secret because it is replicated to other Regions.": "remove-regions-from",
    "You can't modify this secret because it is managed by another service.": "Choose another path.",
    "You can't perform this operation on the secret because it was marked for deletion.": "restore-secret",
    "": "CloudTrail",
}


@pytest.mark.usefixtures("no_waiting", "aws_environment")
@pytest.mark.parametrize(
    ("operation", "says"),
    [
        *(("PutSecretValue", says) for says in STATES),
        *((operation, "") for operation in ("UpdateSecretVersionStage", "DeleteSecret", "TagResource")),
    ],
)
def test_a_secret_that_aws_does_not_change_as_it_is_is_no_race(aws_endpoint, monkeypatch, path, operation, says):
    connect().write(path, OURS, {"a": "1"})

    def answer(request):
        if request.headers["X-Amz-Target"].endswith(operation):
            return 400, _JSON, json.dumps({"__type": "InvalidRequestException", "message": f"{says} shh-1"})
        passed = requests.post(aws_endpoint, headers=request.headers, data=request.body, timeout=20)
        return passed.status_code, _JSON, passed.text

    with answering(answer) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        store = connect()
        act = store.hand_over if operation == "TagResource" else store.remove
        problem = refused(lambda: act(path, OURS, "a" if act == store.remove else "acme/renamed"))
    assert f"does not change the secret {path}" in problem.what
    assert STATES[says] in problem.remedy
    assert "shh-1" not in str(problem)
