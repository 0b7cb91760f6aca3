"""What a drift review says about a delivered secret: how much its state matters, and who can say more."""

from __future__ import annotations

from twilio_environments.lifecycle.review import Level, Severity, Trail
from twilio_environments.secrets.delivery import ALTERED, MISSING, UNFINISHED

_REASONS = {
    MISSING: "the secret is missing from the store, and Twilio never shows it again",
    ALTERED: "the secret in the store was replaced, and does not match its SID",
    UNFINISHED: "a rotation was interrupted, and another key with this name may be valid",
}
UNDELIVERED = Severity(Level.SECURITY, "consumers find no secrets where they expect them")
OF_STORE = Trail(reason="See the store's own audit log; Twilio does not record this.")


def severity(status: str) -> Severity:
    """Return how much it matters that a secret in the store has this status, one of `delivery`'s."""
    return Severity(Level.SECURITY, _REASONS[status]) if status in _REASONS else UNDELIVERED
