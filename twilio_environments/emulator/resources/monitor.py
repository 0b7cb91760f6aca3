"""Monitor events: host monitor, v1. They are written by `State.event`."""

from datetime import UTC, datetime

from twilio_environments.emulator.routing import ApiError, Call, Reply, iso, owned, page, route
from twilio_environments.emulator.state import public

FILTERS = {
    "ActorSid": "actor_sid",
    "EventType": "event_type",
    "ResourceSid": "resource_sid",
    "SourceIpAddress": "source_ip_address",
}


def _date(call: Call, name: str) -> str | None:
    text = call.query.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ApiError(400, 20001, f"Invalid {name}: {text!r} is not an ISO 8601 date") from None
    return iso(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


@route("GET", "monitor", "/v1/Events", "/twilio/monitor/events/list")
def listing(call: Call) -> Reply:
    """List the account's events, newest first, by any of the filters; both dates are inclusive."""
    equal = {field: value for name, field in FILTERS.items() if (value := call.query.get(name)) is not None}
    start, end = _date(call, "StartDate"), _date(call, "EndDate")
    rows = call.state.table("events").rows(account_sid=call.account_sid, **equal)
    rows = [row for row in rows if (start or "") <= row["event_date"] and (end is None or row["event_date"] <= end)]
    rows.reverse()  # so that the newest comes first within a second too: the sort keeps the order of equals
    return page(call, sorted(rows, key=lambda row: str(row["event_date"]), reverse=True), "events")


@route("GET", "monitor", "/v1/Events/{sid}", "/twilio/monitor/events/read")
def read(call: Call, sid: str) -> Reply:
    """Read one event."""
    return Reply(200, public(owned(call, "events", sid)))
