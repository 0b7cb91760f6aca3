"""A store that is there and cannot be used: one clear error, no key too many, and the old one keeps working."""

import contextlib
import json
import os

import boto3
import hvac
import pytest
import requests

from tests.rotation.scene import Scene
from tests.servers import answering
from twilio_environments.secrets import stores

READ_ONLY = 'path "secret/*" { capabilities = ["read"] }\npath "sys/*" { capabilities = ["read", "update"] }'


@pytest.fixture
def new_login(monkeypatch):
    """Forget the logins, as another run would; the environment may have changed."""
    monkeypatch.setattr(stores, "_stores", {})


@contextlib.contextmanager
def token_without_write_permission(world, patch):
    root = hvac.Client(url=world.store_settings["vault"]["address"], token=os.environ["VAULT_TOKEN"])
    root.sys.create_or_update_policy("looks-only", READ_ONLY)
    patch.setenv("VAULT_TOKEN", root.auth.token.create(policies=["looks-only"])["auth"]["client_token"])
    yield


@contextlib.contextmanager
def kms_key_that_is_missing(_world, patch, after=0):
    """Secrets Manager that can encrypt nothing any more, after so many versions."""
    aws, put = os.environ["AWS_ENDPOINT_URL"], []

    def forward(request):
        if request.headers["X-Amz-Target"].endswith((".PutSecretValue", ".CreateSecret")):
            put.append(request)
            if len(put) > after:
                refusal = {"__type": "EncryptionFailure", "message": "the key is pending deletion"}
                return 400, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(refusal)
        answer = requests.post(aws, headers=request.headers, data=request.body, timeout=20)
        return answer.status_code, {"Content-Type": "application/x-amz-json-1.1"}, answer.text

    with answering(forward) as url:
        patch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", url)
        yield


def kms_key_that_goes_during_the_rotation(world, patch):
    return kms_key_that_is_missing(world, patch, after=1)


@contextlib.contextmanager
def document_that_is_no_json(world, _patch):
    client = boto3.client("secretsmanager", region_name=world.store_settings["aws"]["region"])
    was = client.describe_secret(SecretId=world.path)["VersionIdsToStages"]
    current = next(version for version, stages in was.items() if "AWSCURRENT" in stages)
    made = client.put_secret_value(SecretId=world.path, SecretString="not JSON", VersionStages=["BY_HAND"])["VersionId"]

    def move(before, after):
        client.update_secret_version_stage(
            SecretId=world.path, VersionStage="AWSCURRENT", RemoveFromVersionId=before, MoveToVersionId=after
        )

    move(current, made)
    yield
    move(made, current)


BAD = [
    ("vault", token_without_write_permission, 'Add to the policy: path "secret/data/'),
    ("aws", kms_key_that_is_missing, "Allow kms:Decrypt and kms:GenerateDataKey"),
    ("aws", kms_key_that_goes_during_the_rotation, "Allow kms:Decrypt and kms:GenerateDataKey"),
    ("aws", document_that_is_no_json, "is not a JSON object of properties"),
]


@pytest.mark.parametrize(("store_settings", "bad", "words"), BAD, indirect=["store_settings"])
def test_a_rotation_into_a_store_that_cannot_be_used_is_one_error_and_leaves_the_old_key(
    world, new_login, monkeypatch, bad, words
):
    scene = Scene(world)
    assert scene.up()
    (old,), document = scene.alive(), scene.document()
    scene.moving = True  # it is looked at below, and not at each call: what is no JSON cannot be read
    with monkeypatch.context() as patch, bad(world, patch):
        stores._stores.clear()
        assert not scene.up(asked=True)
        assert any(words in said for said in scene.said[-2:])
    stores._stores.clear()
    scene.moving = False
    assert scene.alive() == {old}
    assert {name: scene.document()[name] for name in document} == document
    assert scene.opens()
    scene.no_secret_was_said()
    scene.settle()


@pytest.mark.parametrize(("store_settings", "bad", "words"), BAD[:2], indirect=["store_settings"])
def test_a_first_key_is_not_made_or_at_once_revoked_again(world, new_login, monkeypatch, bad, words):
    scene = Scene(world)
    with monkeypatch.context() as patch, bad(world, patch):
        assert not scene.up()
        assert any(words in said for said in scene.said[-2:])
    stores._stores.clear()
    assert scene.alive() == set()
    scene.settle()
