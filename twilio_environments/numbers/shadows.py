"""Numbers whose own message handlers are never called, because the Messaging Service whose pool they are in takes all.

Messages to a number in a pool go to the service, or nowhere if that has no URL, unless it leaves them to its numbers'
handlers [Twilio: Messaging Services, `InboundRequestUrl`, `UseInboundWebhookOnNumber`].
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from twilio_environments.addresses import masked
from twilio_environments.lifecycle.review import Level, Notice, Reading, Severity, Surroundings, Trail
from twilio_environments.lifecycle.values import plain
from twilio_environments.problems import Problem
from twilio_environments.visible import HIDDEN

SERVICES, POOLS = "messaging_services", "senders"
_DEFERS = "use_inbound_webhook_on_number"
Pools = Mapping[str, tuple[str, ...]]
"""The SIDs of the phone numbers in the pool of each Messaging Service, by the service's SID."""


def answered_by(number: Mapping[str, Any], handlers: Sequence[str]) -> str:
    """Return which of a number's `handlers` takes its messages, "" if none does."""
    return next((name for name in handlers if number.get(name)), "")


def found(reading: Reading, around: Surroundings, handlers: Sequence[str], words: tuple[str, ...]) -> Iterator[Notice]:
    """Yield that a number is shadowed, unless it was applied that way, as the preview said.

    `around.beside` holds the account's Pools, `handlers` the fields that say who takes messages, `words` what the type
    of a pool's event contains.
    """
    own, sid = answered_by(reading.values, handlers), reading.sid
    pools: Pools = around.beside or {}
    service_sid = next((service for service, numbers in reversed([*pools.items()]) if sid in numbers), "")
    service = around.listed.get(SERVICES, {}).get(service_sid)
    if not own or service is None or service.get(_DEFERS) or service_sid in _recorded(reading, around, handlers):
        return

    def told(name: str) -> str:
        return HIDDEN if name in around.secret.get(service_sid, ()) else str(masked(service.get(name)))

    where = f"go to {told('inbound_request_url')}" if service.get("inbound_request_url") else "are discarded"
    because = f"it is in the pool of the Messaging Service {told('friendly_name')} ({service_sid})"
    declared = answered_by(reading.inputs, handlers)
    yield Notice(
        "shadowed",
        f"its messages {where}, because {because}; its own {own} is ignored",
        Severity(Level.BEHAVIOUR, "messages do not reach the webhook declared for the number"),
        "Remove the number from the pool, or make the service use its numbers' webhooks.",
        drops=(*handlers, "sms_method"),
        refusal=None if declared else Problem("Its own webhook is not declared.", "Revert the change that set it."),
        trail=Trail(service_sid, words, ("created",), about=sid),
    )


def _recorded(reading: Reading, around: Surroundings, handlers: Sequence[str]) -> set[str]:
    """Return the services that, by the record, take the number's messages although it has a handler of its own."""
    if not answered_by(reading.recorded, handlers):
        return set()
    services = around.recorded.get(SERVICES, {})
    return {
        service
        for service, pool in around.recorded.get(POOLS, {}).items()
        if reading.sid in (plain(pool.get("phone_numbers")) or ()) and not services.get(service, {}).get(_DEFERS)
    }
