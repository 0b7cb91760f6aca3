"""Vault logins. Secrets come from the environment or from files, and are read again at every login."""

import os
import re
from http import HTTPStatus
from pathlib import Path
from typing import Any

import hvac

from twilio_environments.problems import Problem
from twilio_environments.stores.settings import VaultAuth
from twilio_environments.stores.vault_answers import Token
from twilio_environments.stores.vault_errors import Refused

_SERVICE_ACCOUNT_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token"  # noqa: S105 - the path, not the token
# What a run takes of a token that it cannot replace: some five calls for each resource that delivers something, and a
# minute for the calls to Twilio in between.
_USES, _SECONDS = 100, 60


def login(client: hvac.Client, auth: VaultAuth) -> Any:
    """Give `client` a token by `auth`'s method, and return Vault's answer, None where it was not asked.

    Raises Problem when the method's secret is not to be found or Vault refuses it; other refusals pass.
    """
    try:
        return _login(client, auth)
    except Refused as refused:
        # 400 or 403, depending on method and version.
        if not refused.is_of_vault or refused.status not in (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN):
            raise
        cause, remedy = _cause(refused.reasons)
        raise Problem(f"Vault at {client.url} refused the login {auth.method}{cause}.", remedy) from None


def _login(client: hvac.Client, auth: VaultAuth) -> Any:
    mount = auth.mount or auth.method
    match auth.method:
        case "token":
            client.token = _token()
        case "approle":
            return client.auth.approle.login(
                role_id=_variable("VAULT_ROLE_ID", auth),
                secret_id=_variable("VAULT_SECRET_ID", auth),
                mount_point=mount,
            )
        case "jwt":
            jwt = os.environ.get("VAULT_JWT", "").strip() or _file(_variable("VAULT_JWT_FILE", auth, "VAULT_JWT"))
            return client.auth.jwt.jwt_login(role=auth.role, jwt=jwt, path=mount)
        case "userpass":
            return client.auth.userpass.login(
                username=auth.username, password=_variable("VAULT_PASSWORD", auth), mount_point=mount
            )
        case "kubernetes":
            jwt = _file(os.environ.get("VAULT_JWT_FILE") or _SERVICE_ACCOUNT_TOKEN)
            return client.auth.kubernetes.login(role=auth.role, jwt=jwt, mount_point=mount)
    return None


def require_lasting(token: Token, address: str) -> None:
    """Raise Problem when a token that cannot be replaced will not do for a run."""
    remedy = "Set a fresh VAULT_TOKEN without a limit of uses, or choose another vault.auth.method: it logs in again."
    if token.num_uses and token.num_uses < _USES:
        left = max(token.num_uses, 0)
        raise Problem(f"The token for Vault at {address} has {left} uses left, and a run takes up to {_USES}.", remedy)
    if 0 < token.ttl < _SECONDS:
        raise Problem(
            f"The token for Vault at {address} expires in {token.ttl} s, and a run takes up to {_SECONDS} s.", remedy
        )


# What Vault 1.21 says of a login that it refuses, and what that comes down to. Its own words are not passed on: who
# answers need not be Vault, and text from elsewhere stays out of terminals.
_CAUSES = {
    "audience": ("the token is for another audience", "Ask for a JWT with the role's bound_audiences."),
    "expired": ("the token, or the role's secret, has expired", "Get a fresh one for this run."),
    "not active yet|before|issued in the future|nbf|iat": (
        "the token is not valid yet",
        "Set the clock of this machine, of Vault, or of who issued it.",
    ),
    "issuer": ("the token is of another issuer", "Correct bound_issuer or the discovery URL of the method's mount."),
    "signature|verif(y|ying) .*(key|token)|no known key": (
        "the token's signature does not fit the keys that Vault knows",
        "Check that it was issued by the one whose keys the method's mount is configured with.",
    ),
    "claim": (
        "a claim of the token is not as the role wants it",
        "Hold bound_claims, bound_subject and user_claim of the role against the token's claims.",
    ),
    "role .*(could not be found|not found)|invalid role name|missing role": (
        "it has no such role",
        "Correct vault.auth.role or vault.auth.mount.",
    ),
    "invalid role or secret ID|invalid secret id|invalid role ID": (
        "role id and secret id do not go together, or the secret id is used up or has expired",
        "Make a new secret id, with secret_id_num_uses=0: a run logs in more than once.",
    ),
    "invalid username or password": ("user name and password do not go together", "Check VAULT_PASSWORD."),
    "source address|CIDR": ("it does not let this machine's address in", "Correct the role's bound CIDRs."),
}


def _cause(reasons: str) -> tuple[str, str]:
    for pattern, (cause, remedy) in _CAUSES.items():
        if re.search(pattern, reasons, re.IGNORECASE):
            return f": {cause}", remedy
    return "", (
        "Check the role or user name, its secret in the environment, and where the method is mounted "
        "(vault.auth.mount)."
    )


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
