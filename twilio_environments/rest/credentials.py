"""The credentials for Twilio, checked before the first call, and the environment variables that hold them.

`TWILIO_AUTH_TOKEN` wins over `TWILIO_API_KEY` with `TWILIO_API_SECRET`. Twilio's CLI has it the other way round,
but only SID + Auth Token can create a subaccount and read back its token, and a Standard key on Accounts or Keys gets
401/20003 there, like a wrong password [Twilio: "REST API: Subaccounts", "API keys overview"].
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from twilio_environments.problems import Problem

VARIABLES = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_API_KEY", "TWILIO_API_SECRET")
_HEX = "[0-9a-fA-F]{32}"  # after the two letters that identify the kind [Twilio OpenAPI: ^AC[0-9a-fA-F]{32}$]


def account_sid(value: str, name: str) -> str:
    """Return `value` if it has the form of an account SID; raise Problem, naming `name` and never the value."""
    return _sid(value, "AC", name, "the Account SID, which is AC and 32 hexadecimal digits")


def _sid(value: str, prefix: str, name: str, meant: str) -> str:
    if not re.fullmatch(prefix + _HEX, value):
        raise Problem(f"{name} does not have the form {prefix} and 32 hexadecimal digits.", f"Set it to {meant}.")
    return value


@dataclass(frozen=True)
class Credentials:
    """Basic authentication for one account: `username` is its SID (with the Auth Token) or the SID of a key of it.

    Raises Problem if a SID is malformed or the secret cannot be one; no message and no repr contains the secret.
    """

    account_sid: str
    username: str
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        account_sid(self.account_sid, "TWILIO_ACCOUNT_SID")
        if self.username != self.account_sid:
            _sid(self.username, "SK", "TWILIO_API_KEY", "the SID of an API key, which is SK and 32 hexadecimal digits")
        # Anything else fails later, in an encoder whose exception carries the secret.
        if not re.fullmatch(r"[!-~]+", self.password):
            name = "TWILIO_AUTH_TOKEN" if self.kind == "auth_token" else "TWILIO_API_SECRET"
            raise Problem(
                f"{name} is empty, or contains blanks or other characters that no secret has.", "Copy it again."
            )

    @property
    def kind(self) -> Literal["auth_token", "api_key"]:
        """What `password` is."""
        return "auth_token" if self.username == self.account_sid else "api_key"


def from_environment(environ: Mapping[str, str]) -> Credentials:
    """Read the credentials; whitespace around a value is stripped, an empty value counts as missing.

    Raises Problem if they are missing, incomplete or malformed.
    """
    sid, token, key, secret = (environ.get(name, "").strip() for name in VARIABLES)
    if not sid:
        given = token or key or secret
        raise Problem(
            "TWILIO_ACCOUNT_SID is not set."
            if given
            else "There are no Twilio credentials in the environment, and the Twilio CLI has no active profile.",
            "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN to those of the main account (Twilio Console, front page).",
        )
    if token:
        return Credentials(account_sid=sid, username=sid, password=token)
    if key and secret:
        return Credentials(account_sid=sid, username=key, password=secret)
    if key or secret:
        present, absent = ("TWILIO_API_KEY", "TWILIO_API_SECRET") if key else ("TWILIO_API_SECRET", "TWILIO_API_KEY")
        raise Problem(f"{present} is set without {absent}.", "Set both, or set only TWILIO_AUTH_TOKEN instead.")
    raise Problem(
        "TWILIO_ACCOUNT_SID is set without a secret.",
        "Set TWILIO_AUTH_TOKEN, or TWILIO_API_KEY and TWILIO_API_SECRET if an API key is enough.",
    )
