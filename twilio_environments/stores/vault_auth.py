"""Vault logins. Secrets come from the environment or from files, and are read again at every login."""

import os
from pathlib import Path

import hvac
from hvac import exceptions

from twilio_environments.problems import Problem
from twilio_environments.stores.settings import VaultAuth

_SERVICE_ACCOUNT_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token"  # noqa: S105 - the path, not the token


def login(client: hvac.Client, auth: VaultAuth) -> None:
    """Give `client` a token by `auth`'s method.

    Raises Problem when the method's secret is not to be found or Vault refuses it; other exceptions of hvac pass.
    """
    try:
        _login(client, auth)
    except (exceptions.InvalidRequest, exceptions.Forbidden):
        # 400 or 403, depending on method and version.
        raise Problem(
            f"Vault at {client.url} refused the login {auth.method}.",
            "Check the role or user name, its secret in the environment, and where the method is mounted "
            "(vault.auth.mount).",
        ) from None


def _login(client: hvac.Client, auth: VaultAuth) -> None:
    mount = auth.mount or auth.method
    match auth.method:
        case "token":
            client.token = _token()
        case "approle":
            client.auth.approle.login(
                role_id=_variable("VAULT_ROLE_ID", auth),
                secret_id=_variable("VAULT_SECRET_ID", auth),
                mount_point=mount,
            )
        case "jwt":
            jwt = os.environ.get("VAULT_JWT", "").strip() or _file(_variable("VAULT_JWT_FILE", auth, "VAULT_JWT"))
            client.auth.jwt.jwt_login(role=auth.role, jwt=jwt, path=mount)
        case "userpass":
            client.auth.userpass.login(
                username=auth.username, password=_variable("VAULT_PASSWORD", auth), mount_point=mount
            )
        case "kubernetes":
            jwt = _file(os.environ.get("VAULT_JWT_FILE") or _SERVICE_ACCOUNT_TOKEN)
            client.auth.kubernetes.login(role=auth.role, jwt=jwt, mount_point=mount)


def _token() -> str:
    token = os.environ.get("VAULT_TOKEN", "").strip()
    if not token:
        try:
            # Where `vault login` leaves it.
            token = (Path.home() / ".vault-token").read_text(encoding="utf-8").strip()
        except OSError:
            token = ""
    if not token:
        raise Problem(
            "There is no Vault token: VAULT_TOKEN is not set, and ~/.vault-token is not there.",
            "Run vault login, set VAULT_TOKEN, or choose another vault.auth.method in the stack's settings.",
        )
    return token


def _variable(name: str, auth: VaultAuth, alternative: str = "") -> str:
    value = os.environ.get(name, "").strip()  # CI secrets often end in a line break
    if not value:
        names = f"{alternative} or {name}" if alternative else name
        raise Problem(f"The Vault login {auth.method} needs {names}, which is not set.", f"Set {names}.")
    return value


def _file(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Problem(
            f"The Vault login cannot read the token file {path}: {error.strerror}.",
            "Correct VAULT_JWT_FILE or the file.",
        ) from None
