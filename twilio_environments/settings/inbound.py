"""Who handles each number's calls and messages, worked out from the stack file.

Calls go to the number's own handler. Messages do too, unless the number is in the pool of a Messaging Service: then the
service handles or drops them, and the number's own handler is not called; `use_inbound_webhook_on_number` reverses
that [Twilio: Messaging Services, `InboundRequestUrl`, `UseInboundWebhookOnNumber`]. What happens to a
message to a number without a handler in such a pool is undocumented, whatever URL the service has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from twilio_environments.kinds.phone_number import CALLS, MESSAGES
from twilio_environments.lifecycle.mistakes import Mistake
from twilio_environments.settings.model import Settings

_OF_SERVICE = ("inbound_request_url", "fallback_url")
_DEFERS = "use_inbound_webhook_on_number"


@dataclass(frozen=True)
class Route:
    """Who handles what one number receives: the number's and the service's logical names, and fields as handlers.

    `service` is "" for a number in no declared pool, `own` the field of the number for its messages, `calls` the one
    for its calls; "" if there is none.
    """

    number: str
    service: str
    own: str
    calls: str
    defers: bool = False
    """The service leaves messages to the handlers of its numbers."""
    discards: bool = False
    """The service says that messages are dropped."""

    @property
    def lost(self) -> bool:
        """Whether messages reach nobody, although nobody said that they are to be dropped."""
        return bool(self.service) and self.defers and not self.own and not self.discards

    @property
    def shadowed(self) -> bool:
        """Whether the number has a handler for messages that is never called."""
        return bool(self.service and self.own) and not self.defers


def routes(settings: Settings) -> Iterator[Route]:
    """Yield who handles what each declared number receives."""
    pool_of = {
        number: name
        for name, service in settings.messaging_services.items()
        for number in (service.senders.numbers if service.senders else ())
    }
    for name, number in settings.numbers.items():
        own, calls = _first(number, MESSAGES), _first(number, CALLS)
        service = settings.messaging_services.get(pool_of.get(name, ""))
        if service is None:
            yield Route(name, "", own, calls)
            continue
        yield Route(
            name,
            pool_of[name],
            own,
            calls,
            defers=service.use_inbound_webhook_on_number,
            discards=service.discard_inbound,
        )


def mistakes(settings: Settings, doubtful: Collection[str]) -> Iterator[Mistake]:
    """Yield the numbers whose messages would reach nobody.

    `doubtful` are the parts that are incomplete because of their own mistakes; nothing is yielded for what they lack.
    """
    for route in routes(settings):
        parts = {"numbers", "messaging_services", f"numbers.{route.number}", f"messaging_services.{route.service}"}
        if route.lost and not parts & {*doubtful}:
            yield Mistake(
                f"numbers.{route.number}.sms_url",
                f"is missing, and so are {_others()}: messaging_services.{route.service} leaves "
                f"messages to each number ({_DEFERS}), so those to this one would reach nobody; set one of them, "
                "or set discard_inbound: true on the service",
            )


def notes(settings: Settings) -> Iterator[str]:
    """Yield, as sentences, which declared handlers are never called, and which numbers nobody answers."""
    found = list(routes(settings))
    for name, service in settings.messaging_services.items():
        members = [route for route in found if route.service == name]
        place = f"messaging_services.{name}"
        if shadowed := [f"numbers.{one.number}.{one.own}" for one in members if one.shadowed]:
            takes = "takes" if service.inbound_request_url else "discards"
            yield f"{', '.join(shadowed)}: ignored, because {place} {takes} the messages to its pool."
        deferred = [f"numbers.{one.number}" for one in members if one.defers and one.own]
        if deferred and (unasked := [f"{place}.{field}" for field in _OF_SERVICE if getattr(service, field)]):
            yield f"{', '.join(unasked)}: ignored for messages to {', '.join(deferred)} ({_DEFERS})."
    if silent := [f"numbers.{one.number}" for one in found if not (one.service or one.own or one.calls)]:
        yield f"{', '.join(silent)}: nobody handles calls or messages."


def _first(number: Any, fields: Collection[str]) -> str:
    return next((field for field in fields if getattr(number, field)), "")


def _others() -> str:
    *names, last = (name for name in MESSAGES if name != "sms_url")
    return f"{', '.join(names)} and {last}"
