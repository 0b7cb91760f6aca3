"""The local AWS, as somebody reads it who knows nothing of stages."""

import json

import boto3
import pytest
import requests

from tests.servers import moto_server
from twilio_environments.secrets.stores.aws.settings import AwsSettings
from twilio_environments.secrets.stores.aws.store import AwsStore

REGION = "us-east-1"


@pytest.fixture
def client(monkeypatch):
    with moto_server() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        yield boto3.client("secretsmanager", region_name=REGION)


def test_who_asks_without_a_stage_gets_the_current_version(client):
    store = AwsStore(AwsSettings(region=REGION).resolved())

    def read():
        (batch,) = client.batch_get_secret_value(SecretIdList=["local/twilio"])["SecretValues"]
        alone = client.get_secret_value(SecretId="local/twilio")
        assert batch["SecretString"] == alone["SecretString"]
        assert alone["VersionStages"].count("AWSCURRENT") == 1
        return json.loads(alone["SecretString"])

    for turn in range(3):
        written = store.write("local/twilio", "acme/local", {"api_secret": str(turn)})
        assert read() == {"api_secret": str(turn)}
    client.put_secret_value(SecretId="local/twilio", SecretString=json.dumps({"api_secret": "by hand"}))
    assert read() == {"api_secret": "by hand"}
    versions = client.describe_secret(SecretId="local/twilio")["VersionIdsToStages"]
    current = next(version for version, stages in versions.items() if "AWSCURRENT" in stages)
    client.update_secret_version_stage(
        SecretId="local/twilio", VersionStage="AWSCURRENT", RemoveFromVersionId=current, MoveToVersionId=written
    )
    assert read() == {"api_secret": "2"}, "a rollback"


@pytest.mark.parametrize("headers", [{"Origin": "https://attacker.example"}, {"Host": "attacker.example"}])
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/moto-api/reset"), ("GET", "/moto-api/data.json"), ("POST", "/")]
)
def test_a_web_page_gets_nothing(client, headers, method, path):
    client.create_secret(Name="kept", SecretString="x")
    refused = requests.request(method, client.meta.endpoint_url + path, headers=headers, timeout=20)
    assert refused.status_code == 403
    assert not [name for name in refused.headers if name.startswith("Access-Control")]
    assert client.get_secret_value(SecretId="kept")["SecretString"] == "x"
