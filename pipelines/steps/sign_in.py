"""sign_in.py COMMAND…: run a command with short-lived credentials that the job gets for its own identity (OIDC).

The host signs a token that says which job this is. Each store whose role is set (VAULT_ROLE, AWS_ROLE_ARN) exchanges
it for credentials that last an hour. With these the document CREDENTIALS_DOCUMENT is read; its properties become the
command's variables: Twilio's credentials, since Twilio accepts no such token. Nothing is written anywhere.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from urllib.parse import quote

from ending import end

from twilio_environments.problems import Problem
from twilio_environments.secrets.stores import BACKENDS, Backend, connect
from twilio_environments.secrets.stores.job import LOOK, given, variable

_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_TOKENS = "|".join(backend.token_variable for backend in BACKENDS.values())
_OWN = re.compile(rf"ACTIONS_ID_TOKEN_REQUEST_\w+|{_TOKENS}")  # what the command does not need


def sign_in(*command: str) -> None:
    """Become the command, with the credentials in its environment; raise Problem."""
    for backend in BACKENDS.values():
        if role := os.environ.get(backend.role_variable):
            os.environ |= backend.signed_in(role, _identity(backend))
    if path := os.environ.get("CREDENTIALS_DOCUMENT"):
        os.environ |= _document(path)
    environment = {name: value for name, value in os.environ.items() if not _OWN.fullmatch(name)}
    # This runs in the project's environment, and Pulumi uses the first python on the PATH.
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment.get('PATH', os.defpath)}"
    os.execvpe(command[0], command, environment)  # noqa: S606 - the pipeline's own words


def _identity(backend: type[Backend]) -> str:
    """Return the token for a store's audience: GitLab sets a variable, GitHub has to be asked."""
    audience = backend.audience()
    if token := os.environ.get(backend.token_variable):
        return token
    request = f"{variable('ACTIONS_ID_TOKEN_REQUEST_URL')}&audience={quote(audience, safe='')}"
    headers = {"Authorization": f"Bearer {variable('ACTIONS_ID_TOKEN_REQUEST_TOKEN')}"}
    return str(given("The job's identity", "GET", request, headers=headers)["value"])


def _document(path: str) -> dict[str, str]:
    """Return a document's properties; raise Problem if it does not exist or has anything but variables."""
    signed_in = [name for name, backend in BACKENDS.items() if os.environ.get(backend.role_variable)]
    let_in = [name for name, backend in BACKENDS.items() if backend.is_open_to_machines]
    document = connect({(signed_in or let_in)[0]: {}}).read(path)
    if document is None:
        raise Problem(f"There is no document {path} in the secret store.", LOOK)
    if wrong := [name for name in document.properties if not _VARIABLE.fullmatch(name)]:
        raise Problem(
            f"{path} has properties that are not variable names: {', '.join(wrong)}.",
            "Name them like TWILIO_ACCOUNT_SID.",
        )
    return dict(document.properties)


if __name__ == "__main__":
    end(sign_in)
