"""One call to Vault: login, time-outs, retry, and every way it fails turned into a `Problem`."""

import json
import threading
from collections.abc import Callable
from typing import Any

import hvac
import requests
from hvac import exceptions
from hvac.adapters import JSONAdapter
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from twilio_environments.problems import Problem
from twilio_environments.stores.merging import Conflict
from twilio_environments.stores.settings import VaultSettings
from twilio_environments.stores.vault_auth import login

_TIMEOUT = (5, 20)  # seconds: to connect, and between two bytes of the answer

Call = Callable[[hvac.Client], Any]


class _Adapter(JSONAdapter):
    """Refuses what hvac lets through or trips over: an answer that is not Vault's, as from a proxy, or a redirect."""

    def request(self, *args: Any, **kwargs: Any) -> Any:
        try:
            answer = super().request(*args, **kwargs)  # type: ignore[no-untyped-call]  # hvac has no types
        except exceptions.InvalidPath as error:
            # A path without a secret, unless nothing is mounted there; a deleted secret has metadata in the body.
            if "no handler for route" in _reasons(error):
                raise
            answer = error.json or {}
        if isinstance(answer, requests.Response) and answer.status_code == requests.codes.no_content:
            return {}
        if isinstance(answer, dict) and isinstance(answer.get("data") or {}, dict):
            return answer
        raise exceptions.UnexpectedError

    def get_login_token(self, response: Any) -> str:
        try:
            return str(response["auth"]["client_token"])
        except (KeyError, TypeError):
            raise exceptions.UnexpectedError from None


class VaultClient:
    """An hvac client that is logged in when needed, once more when its token died, and raises only our exceptions."""

    def __init__(self, settings: VaultSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        # token="": hvac would read VAULT_TOKEN, whatever the method. No redirects: requests would carry the token
        # along to whatever host the answer names.
        self._client = hvac.Client(  # type: ignore[no-untyped-call]  # hvac has no types
            url=settings.address,
            token="",
            verify=settings.ca_cert or True,
            timeout=_TIMEOUT,
            namespace=settings.namespace,
            allow_redirects=False,
            adapter=_Adapter,
        )

    def call(self, need: str, function: Call) -> dict[str, Any]:
        """Return the JSON body that `function` gets from Vault, also when the status is 404; {} when there is none.

        `need` is the policy it takes, as in `create,update on secret/data/prod/twilio`. Raises Conflict when a write's
        `cas` did not match, and Problem for all else. A repeated write is safe because it is compare-and-set.
        """
        token = self._token(instead_of=None)
        try:
            return self._send(function)
        except exceptions.Forbidden:
            # Vault answers 403 for a dead token and for a missing policy alike. A token that another
            # thread has replaced by now was the dead one.
            if self._client.token == token and self._is_alive():
                raise self._denied(need) from None
        if self._token(instead_of=token) == token:
            raise Problem(
                f"Vault at {self._settings.address} does not accept the token: it has expired, was revoked, "
                "or belongs to another Vault.",
                "Run vault login, or set a fresh VAULT_TOKEN.",
            )
        try:
            return self._send(function)
        except exceptions.Forbidden:
            raise self._denied(need) from None

    def _token(self, instead_of: str | None) -> str:
        """Return the token in use, after a login when there is none or it is still `instead_of`."""
        with self._lock:
            # Another thread may have logged in since `instead_of` was refused.
            if not self._client.token or self._client.token == instead_of:
                self._send(lambda client: login(client, self._settings.auth))
            return str(self._client.token)

    def _is_alive(self) -> bool:
        # The policy `default` allows it; a token without that policy looks dead, costs one login, and is then denied.
        try:
            self._send(lambda client: client.auth.token.lookup_self())
        except exceptions.Forbidden:
            return False
        return True

    def _send(self, function: Call) -> dict[str, Any]:
        """Return the body; raise hvac's Forbidden, Conflict or Problem."""
        try:
            answer = Retrying(
                retry=retry_if_exception(_is_transient),
                stop=stop_after_attempt(3),
                wait=wait_random_exponential(multiplier=0.2, max=2),
                reraise=True,
            )(function, self._client)
        except exceptions.Forbidden:
            raise
        except (exceptions.VaultError, requests.RequestException, OSError) as error:
            # OSError: requests raises it as it is for a CA file that does not exist.
            raise self._translated(error) from None
        return answer if isinstance(answer, dict) else {}

    def _translated(self, error: Exception) -> Conflict | Problem:
        match error:
            case exceptions.InvalidRequest() if "check-and-set parameter did not match" in _reasons(error):
                return Conflict()
            case exceptions.VaultDown() if "sealed" in _reasons(error):
                what, remedy = "is sealed", "Have it unsealed, then run again."
            case exceptions.InvalidPath():
                what = (
                    f"has nothing mounted where a call went (KV mount {self._settings.mount}, "
                    f"login {self._settings.auth.method})"
                )
                remedy = "Correct vault.mount or vault.auth.mount in the stack's settings."
            case exceptions.UnexpectedError():
                what, remedy = "does not answer as Vault does", "Use the address of its active node itself."
            case exceptions.VaultError():
                what = f"did not do what it was asked ({type(error).__name__})"
                remedy = "Look at Vault's own log, then run again."
            case requests.exceptions.SSLError():
                what = "has a certificate that could not be verified"
                remedy = "Name its CA by VAULT_CACERT or vault.ca_cert, and check the host name in the address."
            case _:
                what = f"could not be reached ({type(error).__name__})"
                remedy = "Check VAULT_ADDR or vault.address, vault.ca_cert, and the network between here and there."
        return Problem(f"Vault at {self._settings.address} {what}.", remedy)

    def _denied(self, need: str) -> Problem:
        capabilities, _, path = need.partition(" on ")
        return Problem(
            f"Vault at {self._settings.address} does not allow {need}, or there is no such mount.",
            f"Add to the policy of the {self._settings.auth.method} login: {policy(path, capabilities.split(','))}",
        )


def policy(path: str, capabilities: list[str]) -> str:
    """Return the line of a Vault policy that allows `capabilities` on `path`."""
    return f'path "{path}" {{ capabilities = {json.dumps(capabilities)} }}'


def _is_transient(error: BaseException) -> bool:
    if isinstance(error, exceptions.VaultError):
        passing = (exceptions.RateLimitExceeded, exceptions.BadGateway, exceptions.VaultDown)
        return isinstance(error, passing) and "sealed" not in _reasons(error)
    passing_network = (requests.exceptions.ConnectionError, requests.exceptions.Timeout)
    return isinstance(error, passing_network) and not isinstance(error, requests.exceptions.SSLError)


def _reasons(error: exceptions.VaultError) -> str:
    return " ".join(str(reason) for reason in error.errors or [])
