"""What a drift review says of a secret that was delivered: how much its state matters, and who can say more."""

from __future__ import annotations

from twilio_environments.lifecycle.review import Level, Severity, Trail
from twilio_environments.secrets.delivery import ALTERED, MISSING, UNFINISHED

_REASONS = {
    MISSING: "the secret is gone from the store, and nobody can be told it again",
    ALTERED: "the secret in the store was replaced, and does not open what it is said to open",
    UNFINISHED: "a rotation was interrupted, and another key of this name may be alive",
}
UNDELIVERED = Severity(Level.SECURITY, "consumers find no secrets where they look for them")
OF_STORE = Trail(reason="The store's own audit log says who; Twilio does not know of it.")


def severity(status: str) -> Severity:
    """Return how much it matters that a secret in the store is of this status, one of `delivery`'s."""
    return Severity(Level.SECURITY, _REASONS[status]) if status in _REASONS else UNDELIVERED
