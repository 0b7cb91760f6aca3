"""One call to Vault: login, timeouts, retries, and every failure turned into a `Problem`."""

import copy
import json
import threading
import uuid
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

import hvac
import requests
from hvac.adapters import RawAdapter
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from twilio_environments.problems import Problem
from twilio_environments.secrets.stores.answers import Malformed
from twilio_environments.secrets.stores.bounded import Bounded
from twilio_environments.secrets.stores.primitives import Conflict
from twilio_environments.secrets.stores.protocol import Unsettled
from twilio_environments.secrets.stores.vault.answers import Mount, Reply, SecretId, Token, role_of, token_of
from twilio_environments.secrets.stores.vault.auth import login, look_up, lookup_of, require_lasting
from twilio_environments.secrets.stores.vault.errors import INVALID_TOKEN, Refused, is_transient, translated
from twilio_environments.secrets.stores.vault.settings import VaultSettings
from twilio_environments.secrets.stores.vault.tls import authority, client_certificate, trust_folder

_TIMEOUT = (5, 20)  # seconds: to connect, and between two bytes of the answer

T = TypeVar("T")
Call = Callable[[hvac.Client], Any]


class _Adapter(RawAdapter):
    """Returns what came over the wire as `Reply`; hvac would judge by the status alone, and fails on an HTML page."""

    def request(self, *args: Any, **kwargs: Any) -> Any:
        try:
            answer = super().request(*args, **kwargs | {"raise_exception": False})  # type: ignore[no-untyped-call]
        except requests.RequestException:
            raise
        except ValueError:  # a Location that is no address, which `requests` reads although it is not followed
            raise Malformed from None
        try:
            body = answer.json() if answer.content else None
        except (ValueError, RecursionError):
            body = answer.text
        # 404 says that there is no such document, unless it has a reason; any other status is a refusal.
        refused = Refused(answer.status_code, body)
        if answer.status_code in (HTTPStatus.OK, HTTPStatus.NO_CONTENT):
            return Reply(answer.status_code, body)
        if answer.status_code == HTTPStatus.NOT_FOUND and not refused.reasons:
            return Reply(answer.status_code, body)
        raise refused

    def get_login_token(self, response: Reply) -> str:
        return token_of(response).client_token


class VaultClient:
    """An hvac client that logs in when needed, and again when its token has died, and raises only our exceptions."""

    def __init__(self, settings: VaultSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._role = ""  # of the AppRole that let this process in
        verify = authority(settings)
        # token="": hvac would read VAULT_TOKEN, whatever the method. No redirects: requests would carry the token
        # along to whatever host the answer names.
        self._client = hvac.Client(  # type: ignore[no-untyped-call]  # hvac has no types
            url=settings.address,
            token="",
            verify=verify,
            cert=client_certificate(),
            timeout=_TIMEOUT,
            namespace=settings.namespace,
            allow_redirects=False,
            adapter=_Adapter,
        )
        for scheme in ("https://", "http://"):
            self._client.session.mount(scheme, Bounded())
        if verify is not True and Path(str(verify)).is_dir():
            trust_folder(self._client.session, str(verify))

    def call(self, need: str, function: Call, shape: Callable[[Reply], T], *, changes: bool = False) -> T:
        """Return what `shape` reads from Vault's answer to `function`; it raises Malformed if that is not Vault's.

        `need` is the policy it needs, as in `create,update on secret/data/prod/twilio`. A read is retried if that may
        help. What `changes` something is sent once, and raises Unsettled when it may have been carried out. Raises
        Conflict when a write's `cas` did not match, and Problem for everything else.
        """
        token = self._token(instead_of=None)
        try:
            return self._send(function, shape, changes=changes)
        except Denied as denied:
            reasons = denied.reasons
        if not self._is_dead(token, reasons):
            raise self._denied(need)
        try:
            renewed = self._token(instead_of=token)
        except Problem:
            if INVALID_TOKEN not in reasons:  # it may have been the policy after all
                raise self._denied(need) from None
            raise
        if renewed == token:
            raise Problem(
                f"Vault at {self._settings.address} does not accept the token: it expired, was revoked, is used up, "
                "or belongs to another Vault.",
                "Run vault login, or set a fresh VAULT_TOKEN.",
            )
        try:
            return self._send(function, shape, changes=changes)
        except Denied:
            raise self._denied(need) from None

    def reads(self, need: str, function: Call, shape: Callable[[Reply], T]) -> T | None:
        """Like `call`, but return None where the policy does not allow it."""
        try:
            return self.call(need, function, shape)
        except Forbidden:
            return None

    def require_another_login(self) -> None:
        """Raise Problem when the secret id of an AppRole has been used up by the login of this process.

        Asks Vault, or tries another login if the policy does not let it ask.
        """
        role, auth = self._role, self._settings.auth
        if not role:
            return
        try:
            left = self.call(f"update on {lookup_of(role, auth)}", lambda c: look_up(c, role, auth), SecretId.looked_up)
        except Forbidden:
            left = self._another_login()
        if left is None:
            self._role = role
            raise Problem(
                f"The secret id for Vault at {self._settings.address} was used up by this preview, and the update logs "
                "in again.",
                "Use an AppRole with secret_id_num_uses=0, or log in once yourself: set VAULT_TOKEN to the result of "
                "vault write -field=token auth/approle/login, and remove vault.auth.",
            )
        self._role = ""  # asked once

    def _another_login(self) -> SecretId | None:
        try:
            self._token(instead_of=self._client.token)
        except Problem:
            return None
        return SecretId(secret_id_num_uses=0)

    def require_namespaces(self, url: str) -> None:
        """Raise Problem when Vault ignores namespaces: what was meant for one would land in the root.

        Repeats an answered request in a namespace that does not exist: only a server without namespaces answers it.
        """
        namespace = f"{self._settings.namespace}/{uuid.uuid4().hex}"
        try:
            self._send(lambda client: _within(client, namespace).get(url), Mount.read)
        except (Denied, Problem):
            return
        raise Problem(
            f"Vault at {self._settings.address} has no namespaces, so {self._settings.namespace} is not one of them.",
            "Remove vault.namespace and VAULT_NAMESPACE, or use the address of a Vault that has namespaces.",
        )

    def _token(self, instead_of: str | None) -> str:
        """Return the token in use, after a login when there is none or it is still `instead_of`."""
        with self._lock:
            # Another thread may have logged in since `instead_of` was refused.
            if not self._client.token or self._client.token == instead_of:
                answer = self._send(lambda client: login(client, self._settings.auth), lambda reply: reply)
                self._role = role_of(answer) if self._settings.auth.method == "approle" else ""
                if self._settings.auth.method == "token":
                    self._require_lasting()
            return str(self._client.token)

    def _require_lasting(self) -> None:
        try:
            token = self._send(lambda client: client.auth.token.lookup_self(), Token.looked_up)
        except Denied:
            return  # dead, or not allowed to read itself: the call that needs it shows which
        try:
            require_lasting(token, self._settings.address or "")
        except Problem:
            self._client.token = ""  # so that the next call checks again
            raise

    def _is_dead(self, token: str, reasons: str) -> bool:
        """Return whether `token` may have died: Vault answers 403 both for that and for a missing policy."""
        if INVALID_TOKEN in reasons or self._client.token != token:
            return True
        # Vault before 1.14 does not say. The policy `default` allows asking; without it, a login decides.
        try:
            self._send(lambda client: client.auth.token.lookup_self(), Token.looked_up)
        except Denied as again:
            return INVALID_TOKEN in again.reasons or self._settings.auth.method != "token"
        return False

    def _send(self, function: Call, shape: Callable[[Reply], T], *, changes: bool = False) -> T:
        """Return what `shape` makes of the answer; raise Denied, Conflict, Unsettled or Problem."""

        def once() -> T:
            answer = function(self._client)
            return shape(answer)

        def again(error: BaseException) -> bool:
            return is_transient(error, changes=changes)

        try:
            return Retrying(
                retry=retry_if_exception(again),
                stop=stop_after_attempt(3),
                wait=wait_random_exponential(multiplier=0.2, max=2),
                reraise=True,
            )(once)
        except Refused as error:
            if error.status == HTTPStatus.FORBIDDEN and error.is_of_vault:
                raise Denied(error.reasons) from None
            if error.says("check-and-set parameter did not match"):
                raise Conflict from None
            raise self._translated(error, changes=changes) from None
        except (Malformed, requests.RequestException, OSError) as error:
            # OSError: requests raises it as it is for a certificate that does not exist.
            raise self._translated(error, changes=changes) from None

    def _translated(self, error: Exception, *, changes: bool) -> Problem:
        problem, may_be_done = translated(error, self._settings)
        if changes and may_be_done:
            return Unsettled(
                f"{problem.what} The request may have been carried out.",
                f"{problem.remedy} Existing data is looked up first.",
            )
        return problem

    def _denied(self, need: str) -> Problem:
        capabilities, _, path = need.partition(" on ")
        return Forbidden(
            f"Vault at {self._settings.address} does not allow {need}, or there is no such mount.",
            f"Add to the policy of the {self._settings.auth.method} login: {policy(path, capabilities.split(','))}",
        )


def _within(client: hvac.Client, namespace: str) -> Any:
    adapter = copy.copy(client.adapter)
    adapter.namespace = namespace
    return adapter


class Denied(Exception):
    """403 in Vault's own shape: a policy that does not allow it, or a token that died. Never leaves this module."""

    def __init__(self, reasons: str) -> None:
        super().__init__()
        self.reasons = reasons


class Forbidden(Problem):
    """The policy of the login does not allow a call."""


def policy(path: str, capabilities: list[str]) -> str:
    """Return the line of a Vault policy that allows `capabilities` on `path`."""
    return f'path "{path}" {{ capabilities = {json.dumps(capabilities)} }}'
