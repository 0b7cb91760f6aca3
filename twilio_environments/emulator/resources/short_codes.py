"""Short codes (host api, v2010). Twilio leases them out manually, so their rows come only from the control path."""

from twilio_environments.emulator.resource import Resource

__all__ = ["SHORT_CODES"]

SHORT_CODES = Resource(
    product="api",
    path="/2010-04-01/Accounts/{account_sid}/SMS/ShortCodes",
    table="short_codes",
    key="short_codes",
    prefix="SC",
    verbs=("list", "read"),
    filters=("FriendlyName", "ShortCode"),
)
