import json
import traceback

import boto3
import pytest

from tests.servers import answering
from tests.stores.conftest import REGION
from twilio_environments.problems import Problem
from twilio_environments.secrets.stores.aws.settings import AwsSettings
from twilio_environments.secrets.stores.aws.store import AwsStore

OURS = "acme/messaging/prod"


def connect(**settings):
    return AwsStore(AwsSettings.model_validate({"region": REGION, **settings}).resolved())


def test_the_first_version_is_marked_and_encrypted_by_the_named_key_from_the_start(secretsmanager, path):
    key = boto3.client("kms", region_name=REGION).create_key()["KeyMetadata"]["KeyId"]
    connect(kms_key_id=key).write(path, OURS, {"a": "1"})
    about = secretsmanager.describe_secret(SecretId=path)
    assert about["KmsKeyId"] == key
    assert {tag["Key"]: tag["Value"] for tag in about["Tags"]} == {"managed-by": "twilio-environments", "owner": OURS}


def test_the_current_version_moves_and_the_one_before_can_be_restored(secretsmanager, path):
    first = connect().write(path, OURS, {"a": "1"})
    second = connect().write(path, OURS, {"a": "2"})
    stages = secretsmanager.describe_secret(SecretId=path)["VersionIdsToStages"]
    assert "AWSCURRENT" in stages[second]
    assert stages[first] == ["AWSPREVIOUS"]


def test_a_rollback_by_hand_is_read_and_can_be_rolled_forward(secretsmanager, path):
    first = connect().write(path, OURS, {"a": "1"})
    second = connect().write(path, OURS, {"a": "2"})
    secretsmanager.update_secret_version_stage(
        SecretId=path, VersionStage="AWSCURRENT", RemoveFromVersionId=second, MoveToVersionId=first
    )
    assert connect().read(path).properties == {"a": "1"}
    assert connect().write(path, OURS, {"a": "2"}) == second
    assert connect().read(path).properties == {"a": "2"}


def test_a_secret_of_ours_without_a_value_gets_its_first_version(secretsmanager, path):
    tags = [{"Key": "managed-by", "Value": "twilio-environments"}, {"Key": "owner", "Value": OURS}]
    secretsmanager.create_secret(Name=path, Tags=tags)
    assert connect().read(path) is None
    version = connect().write(path, OURS, {"a": "1"})
    assert connect().read(path).version == version


@pytest.mark.parametrize("text", ["plain", "[]", '"a"', ""])
def test_a_secret_that_is_not_an_object_is_a_problem_and_stays(secretsmanager, path, text):
    tags = [{"Key": "managed-by", "Value": "twilio-environments"}, {"Key": "owner", "Value": OURS}]
    made = {"SecretString": text} if text else {"SecretBinary": b"binary"}
    secretsmanager.create_secret(Name=path, Tags=tags, **made)
    with pytest.raises(Problem, match="not a JSON object") as caught:
        connect().write(path, OURS, {"a": "1"})
    assert "plain" not in str(caught.value)


def test_a_secret_that_people_deleted_is_restored_with_its_other_properties(secretsmanager, path):
    connect().write(path, OURS, {"a": "1", "b": "2"})
    secretsmanager.delete_secret(SecretId=path)
    assert connect().read(path) is None
    connect().write(path, OURS, {"a": "11"})
    assert connect().read(path).properties == {"a": "11", "b": "2"}


def test_a_deleted_secret_of_somebody_else_is_not_restored(secretsmanager, path):
    secretsmanager.create_secret(Name=path, SecretString="{}")
    secretsmanager.delete_secret(SecretId=path)
    with pytest.raises(Problem, match="marked as deleted"):
        connect().write(path, OURS, {"a": "1"})
    assert "DeletedDate" in secretsmanager.describe_secret(SecretId=path)


def test_the_secrets_are_written_in_the_assumed_role(aws_environment, aws_endpoint, monkeypatch, path):
    asked = []

    def record(request):
        asked.append(request)
        return 403, {}, json.dumps({"__type": "AccessDeniedException"})

    with answering(record) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", url)
        monkeypatch.setenv("TWILIO_ENVIRONMENTS_TRUSTED", "arn:aws:iam::123456789012:role/twilio-secrets")
        store = connect(role_arn="arn:aws:iam::123456789012:role/twilio-secrets")
        with pytest.raises(Problem, match="does not allow secretsmanager:DescribeSecret"):
            store.read(path)
    assert "Credential=testing/" not in asked[0].headers["Authorization"]
    assert asked[0].headers["X-Amz-Security-Token"]


def test_missing_credentials_and_region_are_told(monkeypatch, path):
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(Problem, match="no AWS credentials"):
        connect().read(path)
    monkeypatch.setenv("TWILIO_ENVIRONMENTS_TRUSTED", "arn:aws:iam::123456789012:role/twilio-secrets")
    with pytest.raises(Problem, match="no AWS credentials"):
        connect(role_arn="arn:aws:iam::123456789012:role/twilio-secrets")
    with pytest.raises(Problem, match="AWS_REGION"):
        AwsStore(AwsSettings().resolved())
    monkeypatch.setenv("AWS_PROFILE", "absent")
    with pytest.raises(Problem, match="ProfileNotFound"):
        connect()


def test_nobody_listening_is_a_problem(no_waiting, aws_environment, monkeypatch, path):
    with answering(lambda _: (200, {}, "{}")) as url:
        pass
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    with pytest.raises(Problem, match="could not be reached"):
        connect().read(path)


CODES = {
    "AccessDeniedException": "does not allow secretsmanager:DescribeSecret",
    "DecryptionFailure": "KMS",
    "EncryptionFailure": "KMS",
    "ExpiredTokenException": "credentials",
    "UnrecognizedClientException": "credentials",
    "InternalServiceError": "refused",
    "InvalidParameterException": "refused",
    "ThrottlingException": "received too many requests",
    "TooManyRequestsException": "received too many requests",
    "LimitExceededException": "has reached a quota",
    "": "does not answer as AWS does",
}


@pytest.fixture
def connect_to(no_waiting, aws_environment, monkeypatch):
    """A store whose AWS is at this URL."""

    def use(url):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        return connect()

    return use


ANSWERS = [(400, code) for code in CODES] + [(status, "InternalServiceError") for status in (200, 301, 403, 500, 503)]


@pytest.mark.parametrize(("status", "code"), [*ANSWERS, *((status, "") for status in (200, 301, 403, 500, 503))])
def test_whatever_aws_answers_it_is_a_problem_that_repeats_nothing(connect_to, path, status, code):
    body = json.dumps({"__type": code, "message": "shh-1"}) if code else "<html>shh-1</html>"
    with answering(lambda _: (status, {"Content-Type": "application/x-amz-json-1.1"}, body)) as url:
        store = connect_to(url)
        for act in (
            lambda: store.read(path),
            lambda: store.write(path, OURS, {"a": "1"}),
            lambda: store.check(path, OURS),
        ):
            with pytest.raises(Problem) as caught:
                act()
            assert "shh-1" not in "".join(traceback.format_exception(caught.value))
            if status == 400:
                assert CODES[code] in caught.value.what
