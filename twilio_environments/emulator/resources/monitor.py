"""Monitor events (host monitor, v1). They are written by `State.event`."""

from datetime import UTC, datetime

from twilio_environments.emulator.resource import Resource
from twilio_environments.emulator.routing import ApiError, Call, Reply, iso, page

__all__ = ["EVENTS"]


def _list(call: Call) -> Reply:
    """List the account's events, newest first, by any of the filters; both dates are inclusive."""
    start, end = _date(call, "StartDate"), _date(call, "EndDate")
    rows = EVENTS.selected(call)
    rows = [row for row in rows if (start or "") <= row["event_date"] and (end is None or row["event_date"] <= end)]
    rows.reverse()  # so that the newest comes first within a second too: the sort keeps the order of equals
    return page(call, sorted(rows, key=lambda row: str(row["event_date"]), reverse=True), EVENTS.key)


def _date(call: Call, name: str) -> str | None:
    text = call.query.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ApiError(400, 20001, f"Invalid {name}: {text!r} is not an ISO 8601 date") from None
    return iso(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


EVENTS = Resource(
    product="monitor",
    path="/v1/Events",
    table="events",
    key="events",
    prefix="AE",
    verbs=("list", "read"),
    filters=("ActorSid", "EventType", "ResourceSid", "SourceIpAddress"),
    permission="/twilio/monitor/events",
    by_hand={"list": _list},
)
