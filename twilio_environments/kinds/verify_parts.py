"""What hangs below a Verify service: rate limits with their buckets, messaging configurations, and webhooks.

Twilio promises: a rate limit's unique name and a configuration's country cannot be changed, so another one is another
object; a rate limit has at most one bucket per interval (60211). None of them is in the service's own answer
[Twilio: Verify RateLimit, Bucket, MessagingConfiguration, Webhook resources].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator

from twilio_environments.lifecycle.declaration import Declared, Url
from twilio_environments.lifecycle.listed import PAGE
from twilio_environments.lifecycle.together import together
from twilio_environments.problems import Problem
from twilio_environments.rest.errors import NotFound, TwilioError
from twilio_environments.rest.session import Account

_THERE_ALREADY = frozenset({60208, 60211, 60213})  # a rate limit, a bucket, a messaging configuration

UniqueName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
Country = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}|all)$")]


class Bucket(Declared):
    """At most `max` verifications in `interval` seconds."""

    max: Annotated[int, Field(ge=1)]
    """How many verifications may be started, such as 4."""
    interval: Annotated[int, Field(ge=1)]
    """In how many seconds, such as 60; one bucket for each interval."""


class RateLimit(Declared):
    """A rate limit of the application's own key, such as the user's address."""

    description: Annotated[str, StringConstraints(max_length=256)] = ""
    """What it is for."""
    buckets: list[Bucket] = []
    """How many verifications are allowed in which time; all of them hold."""

    @field_validator("buckets")
    @classmethod
    def _one_bucket_an_interval(cls, buckets: list[Bucket]) -> list[Bucket]:
        if len({bucket.interval for bucket in buckets}) < len(buckets):
            raise ValueError("has two buckets of the same interval, which Twilio refuses (60211)")
        return sorted(buckets, key=lambda bucket: bucket.interval)


class Webhook(Declared):
    """Where Verify reports factor and challenge events."""

    webhook_url: Annotated[Url, Field(min_length=1)]
    """Where Twilio reports to, such as https://example.com/verify."""
    event_types: Annotated[list[str], Field(min_length=1)] = ["*"]
    """Which events, such as factor.verified or challenge.denied; `*` is all."""
    status: Literal["enabled", "disabled"] = "enabled"
    """Whether it is asked at all."""
    version: Literal["v1", "v2"] = "v2"
    """The version of what is reported; v1 is Twilio's legacy."""

    @field_validator("event_types")
    @classmethod
    def _order_means_nothing(cls, event_types: list[str]) -> list[str]:
        return sorted(set(event_types))


Part = dict[str, tuple[str, Any]]
"""The objects of one part: what tells each apart → its SID and its value."""
PARTS = ("rate_limits", "messaging_configurations", "webhooks")


def parts_key(account: Account, service_sid: str) -> tuple[str, ...]:
    """Return the key of the shared listing of one service's parts."""
    return (account.sid, "verify_parts", service_sid)


def nothing() -> list[dict[str, Part]]:
    """Return the parts of a service that was just made, so that they need not be read."""
    return [{part: {} for part in PARTS}]


def read(account: Account, service_sid: str) -> dict[str, Part]:
    """Return all parts of a service; three listings, and one more for each rate limit."""
    return account.listings.get(parts_key(account, service_sid), lambda: [_read(account, service_sid)])[0]


def values(parts: Mapping[str, Part]) -> dict[str, Any]:
    """Return the parts in the form in which they are declared and compared."""
    return {part: {name: value for name, (_, value) in objects.items()} for part, objects in parts.items()}


def apply(account: Account, service_sid: str, wanted: Mapping[str, Mapping[str, Any]]) -> None:
    """Bring parts of a service to what is wanted: delete, then update, then create; raise what Twilio refuses."""
    live = read(account, service_sid)
    account.listings.drop(*parts_key(account, service_sid))
    for part in sorted(wanted):
        _apply(account, service_sid, part, live[part], wanted[part])


def _apply(account: Account, service_sid: str, part: str, live: Part, wanted: Mapping[str, Any]) -> None:
    service = account.client.verify.v2.services(service_sid)

    def write(name: str) -> None:
        try:
            _WRITE[part](service, name, live[name][0] if name in live else "", wanted[name])
        except TwilioError as error:
            if error.code not in _THERE_ALREADY:
                raise
            raise Problem(
                f"Twilio has {name!r} of {part} already, and its listing does not show it yet.",
                "Run again: by then it does, and nothing is made twice.",
            ) from None

    gone = sorted(live.keys() - wanted.keys())
    together(account, [partial(_delete, getattr(service, part)(live[name][0])) for name in gone], f"removing {part}")
    differing = [name for name in sorted(wanted) if name not in live or live[name][1] != wanted[name]]
    together(account, [partial(write, name) for name in differing], f"applying {part}")


def _read(account: Account, service_sid: str) -> dict[str, Part]:
    service: Any = account.client.verify.v2.services(service_sid)
    listed: list[list[Any]] = together(
        account, [partial(getattr(service, part).list, page_size=PAGE) for part in PARTS], "reading a Verify service"
    )
    rate_limits, configurations, hooks = listed
    below = together(account, [partial(_buckets, service, str(one.sid)) for one in rate_limits], "reading buckets")
    limits = {}
    for limit, buckets in zip(rate_limits, below, strict=True):
        if buckets is None:
            continue
        limits[str(limit.unique_name)] = (
            str(limit.sid),
            {
                "description": limit.description or "",
                "buckets": sorted(
                    ({"max": bucket.max, "interval": bucket.interval} for bucket in buckets),
                    key=lambda b: b["interval"],
                ),
            },
        )
    countries = {str(one.country): (str(one.country), one.messaging_service_sid) for one in configurations}
    webhooks = {
        str(one.friendly_name): (
            str(one.sid),
            {
                "webhook_url": one.webhook_url,
                "event_types": sorted(one.event_types or []),
                "status": str(one.status),
                "version": str(one.version),
            },
        )
        for one in hooks
    }
    return {"rate_limits": limits, "messaging_configurations": countries, "webhooks": webhooks}


def _buckets(service: Any, limit_sid: str) -> list[Any] | None:
    """Return a limit's buckets; None when the limit is gone and the listing that showed it is behind."""
    try:
        return list(service.rate_limits(limit_sid).buckets.list(page_size=PAGE))
    except NotFound:
        return None


def _rate_limit(service: Any, name: str, sid: str, wanted: Mapping[str, Any]) -> None:
    if sid:
        service.rate_limits(sid).update(description=wanted["description"])
        live = {one.interval: one for one in service.rate_limits(sid).buckets.list(page_size=PAGE)}
    else:
        sid = service.rate_limits.create(unique_name=name, description=wanted["description"]).sid
        live = {}
    buckets = service.rate_limits(sid).buckets
    intervals = {bucket["interval"]: bucket["max"] for bucket in wanted["buckets"]}
    for interval in live.keys() - intervals.keys():
        _delete(buckets(live[interval].sid))
    for interval, most in sorted(intervals.items()):
        if interval not in live:
            buckets.create(max=most, interval=interval)
        elif live[interval].max != most:
            buckets(live[interval].sid).update(max=most)


def _messaging_configuration(service: Any, country: str, sid: str, messaging_service_sid: str) -> None:
    if sid:
        service.messaging_configurations(country).update(messaging_service_sid=messaging_service_sid)
    else:
        service.messaging_configurations.create(country=country, messaging_service_sid=messaging_service_sid)


def _webhook(service: Any, name: str, sid: str, wanted: Mapping[str, Any]) -> None:
    arguments = {key: wanted[key] for key in ("event_types", "webhook_url", "status")}
    arguments |= {"friendly_name": name, "resource_version": wanted["version"]}
    if sid:
        service.webhooks(sid).update(**arguments)
    else:
        service.webhooks.create(**arguments)


_WRITE: dict[str, Callable[[Any, str, str, Any], None]] = {
    "rate_limits": _rate_limit,
    "messaging_configurations": _messaging_configuration,
    "webhooks": _webhook,
}


def _delete(one: Any) -> None:
    try:
        one.delete()
    except NotFound:
        return
