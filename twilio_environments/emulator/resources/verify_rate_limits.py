"""Rate limits of a Verify service and their buckets (host verify, v2).

Facts: twilio-verify v2 OpenAPI document; 60207 to 60211 from the error dictionary. The numbers behind 60207 and 60210
are not published, so they are switches.
"""

from twilio_environments.emulator.fields import Field, Refuse, fitting, missing, text, whole
from twilio_environments.emulator.resource import Limit, Resource

from .verify import SERVICES, invalid, refused

_LARGEST = 999_999_999  # our own bound: Twilio publishes none


def _refuse(code: int) -> Refuse:
    return lambda call, message: refused(call, code, message)


RATE_LIMITS = Resource(
    product="verify",
    path="/v2/Services/{service_sid}/RateLimits",
    table="verify_rate_limits",
    key="rate_limits",
    prefix="RK",
    parent=SERVICES,
    fields=(
        Field(
            "UniqueName",
            fitting(
                "[A-Za-z0-9_.-]+",
                _refuse(60209),
                "Invalid {parameter}: letters, digits, dash, underscore and dot only",
            ),
            required=missing,
            write_once=True,
            taken=lambda call, name: refused(call, 60208, f"A rate limit named {name} exists already"),
        ),
        Field("Description", text(256, invalid)),
    ),
    links={"buckets": "Buckets"},
    permission="/twilio/verify/rate-limit",
    limit=Limit(
        lambda call: call.switches.verify_rate_limit_maximum,
        _refuse(60207),
        "Maximum number of rate limits per service reached",
    ),
)

# Buckets: at most Max verifications in Interval seconds.
Resource(
    product="verify",
    path=RATE_LIMITS.path + "/{limit_sid}/Buckets",
    table="verify_buckets",
    key="buckets",
    prefix="BL",
    parent=RATE_LIMITS,
    columns={"limit_sid": "rate_limit_sid"},
    fields=(
        Field("Max", whole(1, _LARGEST, 0, invalid), required=missing),
        Field(
            "Interval",
            whole(1, _LARGEST, 0, invalid),
            required=missing,
            taken=lambda call, seconds: refused(
                call, 60211, f"A bucket with an interval of {seconds} seconds exists already"
            ),
        ),
    ),
    permission="/twilio/verify/bucket",
    limit=Limit(
        lambda call: call.switches.verify_bucket_maximum,
        _refuse(60210),
        "Maximum number of buckets per rate limit reached",
    ),
)
