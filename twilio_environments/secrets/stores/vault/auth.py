"""Vault logins. Secrets come from the environment or from files, and are read again at every login."""

import os
import re
from http import HTTPStatus
from pathlib import Path
from typing import Any

import hvac

from twilio_environments.problems import Problem
from twilio_environments.secrets.stores.vault.answers import Token
from twilio_environments.secrets.stores.vault.errors import Refused
from twilio_environments.secrets.stores.vault.settings import VaultAuth

_SERVICE_ACCOUNT_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token"  # noqa: S105 - the path, not the token
# What a run needs from a token that it cannot replace: about five calls for each resource that delivers something, and
# a minute for the calls to Twilio in between.
_USES, _SECONDS = 100, 60


def login(client: hvac.Client, auth: VaultAuth) -> Any:
    """Give `client` a token by `auth`'s method, and return Vault's answer, None if it was not asked.

    Raises Problem when the method's secret cannot be found or Vault refuses it; other refusals pass through.
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


def lookup_of(role: str, auth: VaultAuth) -> str:
    """Return the path at which an AppRole shows what is left of a secret id."""
    return f"auth/{auth.mount or auth.method}/role/{role}/secret-id/lookup"


def look_up(client: hvac.Client, role: str, auth: VaultAuth) -> Any:
    """Ask what is left of the secret id of this run."""
    return client.adapter.post(f"/v1/{lookup_of(role, auth)}", json={"secret_id": _variable("VAULT_SECRET_ID", auth)})


def require_lasting(token: Token, address: str) -> None:
    """Raise Problem when a token that cannot be replaced will not do for a run."""
    remedy = "Set a fresh VAULT_TOKEN without a use limit, or choose another vault.auth.method, which can log in again."
    if token.num_uses and token.num_uses < _USES:
        left = max(token.num_uses, 0)
        raise Problem(f"The token for Vault at {address} has {left} uses left, and a run takes up to {_USES}.", remedy)
    if 0 < token.ttl < _SECONDS:
        raise Problem(
            f"The token for Vault at {address} expires in {token.ttl} s, and a run takes up to {_SECONDS} s.", remedy
        )


# What Vault 1.21 says about a login that it refuses, and what that means. Its own words are not passed on: the answer
# need not come from Vault, and text from elsewhere stays out of terminals.
_CAUSES = {
    r"audience \(aud\)": ("the JWT is for another audience", "Request one with the role's bound_audiences."),
    r"\(exp\) claim|is expired": ("the JWT has expired", "Get a fresh one for this run."),
    r"no issued at": ("the JWT contains no time", "Issue it with exp, iat or nbf."),
    r"\(nbf\) claim|\(iat\) claim|not yet valid": (
        "the JWT is not valid yet",
        "Set the clock of this machine, of Vault, or of the issuer.",
    ),
    r"issuer \(iss\)": ("the JWT has another issuer", "Correct bound_issuer of the method's mount."),
    r"subject \(sub\)": ("the JWT has another subject", "Correct bound_subject of the role."),
    r'claim "(?P<claim>[A-Za-z0-9_./:-]{1,60})" (is missing|does not match)': (
        "the JWT's claim {claim} is not what the role requires",
        "Compare the role's bound_claims with the JWT.",
    ),
    r"illegal base64|malformed|compact JWS": ("what was sent is not a JWT", "Correct VAULT_JWT or VAULT_JWT_FILE."),
    r"token signature|no known key": (
        "the JWT's signature does not match the keys that Vault knows",
        "Check that it comes from the issuer whose keys the method's mount is configured with.",
    ),
    r"role .*could not be found|invalid role name|missing role": (
        "it has no such role",
        "Correct vault.auth.role or vault.auth.mount.",
    ),
    r"invalid role or secret ID|invalid secret id|invalid role ID": (
        "role id and secret id do not match, or the secret id has expired or is used up",
        "Create a new secret id, for a role with secret_id_num_uses=0: a run logs in more than once.",
    ),
    r"invalid username or password": ("user name and password do not match", "Check VAULT_PASSWORD."),
}


def _cause(reasons: str) -> tuple[str, str]:
    for pattern, (cause, remedy) in _CAUSES.items():
        if found := re.search(pattern, reasons):
            return f": {cause.format(**found.groupdict())}", remedy
    return "", (
        "Check the role or user name, its secret in the environment, the addresses that the role is bound to, and "
        "where the method is mounted (vault.auth.mount)."
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
            "There is no Vault token: VAULT_TOKEN is not set, and ~/.vault-token does not exist.",
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
