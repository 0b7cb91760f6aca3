"""Rate limits of a Verify service and their buckets (host verify, v2).

Facts: twilio-verify v2 OpenAPI document; 60207 to 60211 from the error dictionary. The numbers behind 60207 and 60210
are not published: they are switches.
"""

import re

from twilio_environments.emulator.fields import Field, assign, sent, text, whole
from twilio_environments.emulator.routing import Call, Reply, owned, route
from twilio_environments.emulator.state import Row, public

from .verify_parts import (
    BUCKETS,
    RATE_LIMITS,
    SERVICE_PATH,
    SERVICES,
    delete_part,
    get_part,
    insert_part,
    invalid,
    list_parts,
    refused,
    store_part,
    update_part,
)

_PATH = SERVICE_PATH + "/RateLimits"
_BUCKETS_PATH = _PATH + "/{limit_sid}/Buckets"
_LARGEST = 999_999_999  # our own bound: Twilio publishes none

_DESCRIPTION = (Field("Description", text(256, invalid)),)


@route("POST", "verify", _PATH, "/twilio/verify/rate-limit/create")
def create_rate_limit(call: Call, service_sid: str) -> Reply:
    """Add a rate limit; its unique name is for good."""
    owned(call, SERVICES, service_sid)
    name = call.form.required("UniqueName")
    rows = call.state.table(RATE_LIMITS).rows(service_sid=service_sid)
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", name):
        raise refused(call, 60209, "Invalid UniqueName: letters, digits, dash, underscore and dot only")
    if any(row["unique_name"] == name for row in rows):
        raise refused(call, 60208, f"A rate limit named {name} exists already")
    if len(rows) >= call.switches.verify_rate_limit_maximum:
        raise refused(call, 60207, "Maximum number of rate limits per service reached")
    sid = call.state.new_sid("RK")
    row = {"sid": sid, "service_sid": service_sid, "unique_name": name, "description": None}
    links = {"links": {"buckets": f"{call.base}{call.path}/{sid}/Buckets"}}
    return insert_part(call, RATE_LIMITS, f"{call.path}/{sid}", {**row, **sent(call, _DESCRIPTION), **links})


@route("GET", "verify", _PATH, "/twilio/verify/rate-limit/list")
def list_rate_limits(call: Call, service_sid: str) -> Reply:
    """List the service's rate limits."""
    return list_parts(call, RATE_LIMITS, "rate_limits", service_sid)


@route("GET", "verify", _PATH + "/{sid}", "/twilio/verify/rate-limit/read")
def read_rate_limit(call: Call, **_ids: str) -> Reply:
    """Read one rate limit."""
    return Reply(200, public(get_part(call, RATE_LIMITS)))


@route("POST", "verify", _PATH + "/{sid}", "/twilio/verify/rate-limit/update")
def update_rate_limit(call: Call, **_ids: str) -> Reply:
    """Change the description; a UniqueName sent is ignored, as any parameter an operation does not have."""
    return update_part(call, RATE_LIMITS, _DESCRIPTION)


@route("DELETE", "verify", _PATH + "/{sid}", "/twilio/verify/rate-limit/delete")
def delete_rate_limit(call: Call, service_sid: str, sid: str) -> Reply:
    """Delete one rate limit with its buckets."""
    reply, table = delete_part(call, RATE_LIMITS), call.state.table(BUCKETS)
    for bucket in table.rows(service_sid=service_sid, rate_limit_sid=sid):
        table.delete(bucket["_key"])
    return reply


_BUCKET = (
    Field("Max", whole(1, _LARGEST, 0, invalid)),
    Field("Interval", whole(1, _LARGEST, 0, invalid)),
)


def _check_interval(call: Call, service_sid: str, limit_sid: str, row: Row) -> list[Row]:
    rows = call.state.table(BUCKETS).rows(service_sid=service_sid, rate_limit_sid=limit_sid)
    others = [other for other in rows if other["_key"] != row.get("_key")]
    if any(other["interval"] == row["interval"] for other in others):
        raise refused(call, 60211, f"A bucket with an interval of {row['interval']} seconds exists already")
    return others


@route("POST", "verify", _BUCKETS_PATH, "/twilio/verify/bucket/create")
def create_bucket(call: Call, service_sid: str, limit_sid: str) -> Reply:
    """Add a bucket: so many verifications (Max) in so many seconds (Interval)."""
    get_part(call, RATE_LIMITS, call.path.removesuffix("/Buckets"))
    for parameter in ("Max", "Interval"):
        call.form.required(parameter)
    sid = call.state.new_sid("BL")
    row = {"sid": sid, "rate_limit_sid": limit_sid, "service_sid": service_sid, **sent(call, _BUCKET)}
    if len(_check_interval(call, service_sid, limit_sid, row)) >= call.switches.verify_bucket_maximum:
        raise refused(call, 60210, "Maximum number of buckets per rate limit reached")
    return insert_part(call, BUCKETS, f"{call.path}/{sid}", row)


@route("GET", "verify", _BUCKETS_PATH, "/twilio/verify/bucket/list")
def list_buckets(call: Call, service_sid: str, limit_sid: str) -> Reply:
    """List the buckets of one rate limit."""
    get_part(call, RATE_LIMITS, call.path.removesuffix("/Buckets"))
    return list_parts(call, BUCKETS, "buckets", service_sid, rate_limit_sid=limit_sid)


@route("GET", "verify", _BUCKETS_PATH + "/{sid}", "/twilio/verify/bucket/read")
def read_bucket(call: Call, **_ids: str) -> Reply:
    """Read one bucket."""
    return Reply(200, public(get_part(call, BUCKETS)))


@route("POST", "verify", _BUCKETS_PATH + "/{sid}", "/twilio/verify/bucket/update")
def update_bucket(call: Call, service_sid: str, limit_sid: str, sid: str) -> Reply:  # noqa: ARG001  in the path
    """Change maximum or interval."""
    row = get_part(call, BUCKETS)
    assign(row, sent(call, _BUCKET))
    _check_interval(call, service_sid, limit_sid, row)
    return store_part(call, BUCKETS, row)


@route("DELETE", "verify", _BUCKETS_PATH + "/{sid}", "/twilio/verify/bucket/delete")
def delete_bucket(call: Call, **_ids: str) -> Reply:
    """Delete one bucket."""
    return delete_part(call, BUCKETS)
