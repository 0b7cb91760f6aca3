"""Secret stores behind one protocol: compare-and-set in each of them, and a folder for each."""

import hashlib
import hmac
import threading
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from twilio_environments.problems import Problem
from twilio_environments.secrets.stores.backend import Backend
from twilio_environments.secrets.stores.given_up import GivenUpStore, is_given_up
from twilio_environments.secrets.stores.protocol import Document, NotOurs, Overtaken, Store, Unsettled
from twilio_environments.secrets.stores.settings import BACKENDS, StoreSettings

__all__ = [
    "BACKENDS",
    "Backend",
    "Document",
    "NotOurs",
    "Overtaken",
    "Store",
    "StoreSettings",
    "Unsettled",
    "connect",
    "fingerprint",
    "require_another_login",
]

_stores: dict[Backend, Store] = {}
_lock = threading.Lock()


def connect(settings: StoreSettings | Mapping[str, Any]) -> Store:
    """Return the store that `settings` name; equal settings share one store, and thus one login, per process.

    Nothing is sent yet, and nothing ever is to a store that was given up. Raises Problem when the settings are invalid
    or credentials cannot be found.
    """
    if not isinstance(settings, StoreSettings):
        try:
            settings = StoreSettings.model_validate(settings)
        except ValidationError as error:
            reasons = "; ".join(
                f"{'.'.join(str(part) for part in e['loc']) or 'store'}: {e['msg']}" for e in error.errors()
            )
            raise Problem(f"The settings of the secret store are not valid: {reasons}.", "Correct them.") from None
    if is_given_up(settings):
        return GivenUpStore(settings.backend.known_as())
    resolved = settings.backend.resolved()
    with _lock:
        if resolved not in _stores:
            _stores[resolved] = resolved.open()
        return _stores[resolved]


def require_another_login() -> None:
    """Raise Problem when a login of this process is known to have been the last one: the update logs in again."""
    with _lock:
        opened = list(_stores.values())
    for store in opened:
        store.require_another_login()


def fingerprint(value: str, salt: str) -> str:
    """Return 16 hexadecimal digits that show later whether a value is still `value`, without keeping it.

    A keyed SHA-256: equal values under different salts do not look equal. Twilio's secrets are random enough (128 bits)
    that the fingerprint and the salt do not give them away; do not use it for values that people choose.
    """
    return hmac.new(salt.encode(), value.encode(), hashlib.sha256).hexdigest()[:16]
