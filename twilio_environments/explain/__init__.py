"""Twilio's error codes: what each means, when it is seen and what to do, in our words.

Source: Twilio's error dictionary (https://www.twilio.com/docs/api/errors), checked code by code, because much of what
is copied about these codes elsewhere is wrong. An HTTP status stands in for a code that is not listed.
"""

from twilio_environments.explain import access, calls, channels, delivery, messaging, numbers, studio, verify, webhook
from twilio_environments.explain.entry import Entry, ErrorCause, Occasion, Retry

__all__ = ["ENTRIES", "Entry", "ErrorCause", "Occasion", "Retry", "explain", "explain_status", "nearest"]

_TABLES = (access, numbers, messaging, verify, studio, webhook, delivery, channels, calls)
ENTRIES: dict[int, Entry] = {entry.code: entry for table in _TABLES for entry in table.ENTRIES}

_REFUSED = "Correct the call's values; `twilio-env explain CODE` has more about Twilio's codes."
_BY_STATUS = {
    0: Entry(
        0,
        "No answer",
        "Twilio did not answer",
        "Check the network, the proxy, trusted certificates (REQUESTS_CA_BUNDLE) and status.twilio.com; run again.",
        "later",
    ),
    400: Entry(0, "Bad request", "Twilio refused the call's values", _REFUSED),
    401: Entry(
        0,
        "Not authenticated",
        "Twilio did not accept the credentials",
        "Check that SID and secret belong together, to this region, and were not revoked.",
    ),
    403: Entry(
        0,
        "Forbidden",
        "The credentials may not do this",
        "Use credentials that may, and check that the account is active and has the product.",
    ),
    404: Entry(
        0,
        "Not found",
        "Nothing exists at this address",
        "Check for a proxy that answers instead of Twilio, and that the object is in this account.",
    ),
    405: Entry(0, "No such method", "Twilio does not offer this operation", "Report this as a bug of this project."),
    408: Entry(0, "Request timed out", "Twilio gave up waiting for the request", "Run again.", "later"),
    409: Entry(
        0,
        "Conflict",
        "The object's current state does not allow this",
        "Look at the object in the Console, then run again.",
    ),
    429: Entry(
        0,
        "Too many requests",
        "Twilio received too many requests from this account at once, for longer than we wait",
        "Run again later, or with lower concurrency; Twilio raises the limit on request.",
        "safe",
    ),
}
_BY_CLASS = {
    2: Entry(
        0,
        "Unreadable answer",
        "Twilio's answer could not be read",
        "Run again; if it persists, look for a proxy that changes answers.",
        "later",
    ),
    3: Entry(
        0,
        "Redirected",
        "The answer was a redirect, which is not followed because the credentials would be sent along",
        "Check the endpoint, and look for a proxy or a login page between here and Twilio.",
    ),
    4: Entry(0, "Refused", "Twilio refused the call", _REFUSED),
    5: Entry(
        0,
        "Server error",
        "Twilio failed to process the call",
        "Check status.twilio.com and run again; existing objects are found first, so nothing is created twice.",
        "later",
    ),
}


def explain(status: int, code: int, message: str = "") -> Entry:
    """Return what Twilio's `code` means, given its `message`, else what the HTTP `status` means (0: no answer).

    Claims nothing about a code that is not in the catalogue. Never raises.
    """
    if entry := ENTRIES.get(code):
        return entry.of(message)
    known = explain_status(status)
    if not code or known.retry != "never" or status // 100 != 4:  # noqa: PLR2004 - a refusal
        return known
    remedy = f"Follow Twilio's message and its page on the code: https://www.twilio.com/docs/api/errors/{code}"
    return Entry(code, known.title, "Twilio refused the call for a reason that is not in our catalogue", remedy)


def explain_status(status: int) -> Entry:
    """Return what an HTTP status means by itself (0: there was no answer); never raises."""
    return _BY_STATUS.get(status) or _BY_CLASS.get(status // 100) or _BY_CLASS[4]


def nearest(code: int, most: int = 3) -> list[Entry]:
    """Return the entries of the codes around `code`, nearest first: Twilio numbers related codes within one hundred."""
    alike = [entry for entry in ENTRIES.values() if entry.code // 100 == code // 100]
    return sorted(alike, key=lambda entry: (abs(entry.code - code), entry.code))[:most]
