"""Short codes (host api, v2010). Twilio leases them out by hand, so their rows come from the control path alone."""

from twilio_environments.emulator.routing import Call, Reply, owned, page, route
from twilio_environments.emulator.state import public

PATH = "/2010-04-01/Accounts/{account_sid}/SMS/ShortCodes"
FILTERS = {"FriendlyName": "friendly_name", "ShortCode": "short_code"}


@route("GET", "api", PATH + ".json")
def listing(call: Call, account_sid: str) -> Reply:
    """List the account's short codes; filters by exact value."""
    equal = {field: value for name, field in FILTERS.items() if (value := call.query.get(name)) is not None}
    return page(call, call.state.table("short_codes").rows(account_sid=account_sid, **equal), "short_codes")


@route("GET", "api", PATH + "/{sid}.json")
def read(call: Call, account_sid: str, sid: str) -> Reply:  # noqa: ARG001  (routed by path, checked by owned())
    """Read one short code."""
    return Reply(200, public(owned(call, "short_codes", sid)))
