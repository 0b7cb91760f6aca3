"""What a job signs in with, and what the command then has: the way by AWS alone, and what is refused."""

import json
import os

import pytest
import sign_in

from tests.stacks.documents import AwsDocuments
from twilio_environments.problems import Problem
from twilio_environments.secrets import stores

SIGNED_IN = {"id-token": "write"}


@pytest.fixture
def job(host, monkeypatch):
    """Set what a job at GitHub has, and return the environment that the command gets."""
    for name in [one for one in os.environ if one.startswith(("AWS_", "VAULT_", "TWILIO_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(stores, "_stores", {})  # a job is a process of its own: it knows no store yet
    given: list[dict[str, str]] = []
    monkeypatch.setattr(os, "execvpe", lambda _program, _arguments, environment: given.append(environment))

    def run(permissions=SIGNED_IN, **variables):
        for name, value in (host.github(permissions) | variables).items():
            monkeypatch.setenv(name, value)
        sign_in.sign_in("true")
        return given[-1]

    return run


@pytest.fixture
def aws(moto_url):
    documents = AwsDocuments(moto_url, "eu-west-1")
    return documents, {
        "AWS_ENDPOINT_URL": moto_url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": "eu-west-1",
        "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/twilio-prod",
    }


def test_aws_gives_credentials_of_its_own_and_the_document(job, aws):
    documents, variables = aws
    documents.write("ci/prod", {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "token"})
    environment = job(**variables, CREDENTIALS_DOCUMENT="ci/prod")
    assert environment["AWS_ACCESS_KEY_ID"].startswith("ASIA"), "what STS gives for a role"
    assert environment["AWS_SESSION_TOKEN"]
    assert (environment["TWILIO_ACCOUNT_SID"], environment["TWILIO_AUTH_TOKEN"]) == ("AC1", "token")
    assert not [name for name in environment if name.startswith("ACTIONS_ID_TOKEN") or name.endswith("_JWT")]


def test_a_document_can_set_variables_and_nothing_else(job, aws):
    documents, variables = aws
    with pytest.raises(Problem, match="no document ci/prod"):
        job(**variables, CREDENTIALS_DOCUMENT="ci/prod")
    documents.write("ci/prod", {"auth_token": "a secret value"})
    with pytest.raises(Problem, match="properties that are not variable names: auth_token") as refused:
        job(**variables, CREDENTIALS_DOCUMENT="ci/prod")
    assert "a secret value" not in json.dumps([*map(str, refused.value.args)])


def test_a_job_without_an_identity_is_told_so(job, aws):
    with pytest.raises(Problem, match="ACTIONS_ID_TOKEN_REQUEST_URL is not set"):
        job(permissions={}, **aws[1])


def test_without_a_role_nothing_is_signed_in_to(job):
    assert "AWS_ACCESS_KEY_ID" not in job()
