"""sign_in.py COMMAND…: run a command with credentials that the job gets for its own identity, and that end soon (OIDC).

The host signs a token that says which job this is. AWS (AWS_ROLE_ARN) and Vault (VAULT_ROLE), whichever are set, give
credentials of an hour for it. With these the document CREDENTIALS_DOCUMENT is read, whose properties become variables
of the command: Twilio's credentials, since Twilio takes no such token. Nothing is written anywhere.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import boto3
import requests
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from ending import end

from twilio_environments.problems import Problem
from twilio_environments.secrets.stores import connect

_SECONDS = 30
_AWS_AUDIENCE = "sts.amazonaws.com"
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_OWN = re.compile(r"ACTIONS_ID_TOKEN_REQUEST_\w+|(AWS|VAULT)_JWT")  # what the command has no need of
_LOOK = "Look at docs/pipelines.md: what has to trust whom."


def sign_in(*command: str) -> None:
    """Become the command, with the credentials in its environment; raise Problem."""
    if role := os.environ.get("AWS_ROLE_ARN"):
        os.environ |= _aws(role, _identity("AWS_JWT", _AWS_AUDIENCE))
    if role := os.environ.get("VAULT_ROLE"):
        address = _variable("VAULT_ADDR").rstrip("/")
        os.environ |= _vault(address, role, _identity("VAULT_JWT", address))
    if path := os.environ.get("CREDENTIALS_DOCUMENT"):
        os.environ |= _document(path)
    environment = {name: value for name, value in os.environ.items() if not _OWN.fullmatch(name)}
    # The environment that runs this is the project's, and Pulumi takes the first python on the PATH.
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment.get('PATH', os.defpath)}"
    os.execvpe(command[0], command, environment)  # noqa: S606 - the pipeline's own words


def _identity(variable: str, audience: str) -> str:
    """Return the token for an audience: GitLab has put it into a variable, GitHub is asked for it."""
    if token := os.environ.get(variable):
        return token
    request = f"{_variable('ACTIONS_ID_TOKEN_REQUEST_URL')}&audience={quote(audience, safe='')}"
    headers = {"Authorization": f"Bearer {_variable('ACTIONS_ID_TOKEN_REQUEST_TOKEN')}"}
    return str(_json("The job's identity", "GET", request, headers=headers)["value"])


def _aws(role: str, token: str) -> dict[str, str]:
    client: Any = boto3.client("sts", region_name=_variable("AWS_REGION"), config=Config(signature_version=UNSIGNED))
    try:
        answer = client.assume_role_with_web_identity(
            RoleArn=role, RoleSessionName="twilio-environments", WebIdentityToken=token, DurationSeconds=3600
        )
    except (BotoCoreError, ClientError) as error:
        reason = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
        raise Problem(f"AWS does not let this job be {role} ({reason}).", _LOOK) from None
    credentials = answer["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
    }


def _vault(address: str, role: str, token: str) -> dict[str, str]:
    mount = os.environ.get("VAULT_AUTH_MOUNT") or "jwt"
    namespace = os.environ.get("VAULT_NAMESPACE")
    answer = _json(
        f"Vault's login as {role}",
        "POST",
        f"{address}/v1/auth/{mount}/login",
        headers={"X-Vault-Namespace": namespace} if namespace else {},
        json={"role": role, "jwt": token},
        verify=os.environ.get("VAULT_CACERT") or True,
    )
    return {"VAULT_TOKEN": str(answer["auth"]["client_token"])}


def _document(path: str) -> dict[str, str]:
    """Return a document's properties; raise Problem when it is not there or has something else in it than variables."""
    document = connect({"vault": {}} if os.environ.get("VAULT_ROLE") else {"aws": {}}).read(path)
    if document is None:
        raise Problem(f"There is no document {path} in the secret store.", _LOOK)
    if wrong := [name for name in document.properties if not _VARIABLE.fullmatch(name)]:
        raise Problem(
            f"{path} has properties that are no variables: {', '.join(wrong)}.", "Name them like TWILIO_ACCOUNT_SID."
        )
    return dict(document.properties)


def _json(what: str, method: str, url: str, **options: Any) -> Any:
    try:
        answer = requests.request(method, url, timeout=_SECONDS, allow_redirects=False, **options)
        if answer.ok:
            return answer.json()
        reason = f"HTTP {answer.status_code}"
    except requests.RequestException as error:
        reason = type(error).__name__
    raise Problem(f"{what} was not given ({reason}).", _LOOK)


def _variable(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise Problem(f"{name} is not set.", _LOOK)
    return value


if __name__ == "__main__":
    end(sign_in)
