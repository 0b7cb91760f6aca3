"""Messaging: Messaging Services and their sender pools."""

from __future__ import annotations

import pulumi

from twilio_environments.components.scope import Scope
from twilio_environments.resources import MessagingService, SenderPool
from twilio_environments.settings.references import Name


class Messaging(pulumi.ComponentResource):
    """The Messaging Services of an environment."""

    def __init__(self, scope: Scope, opts: pulumi.ResourceOptions) -> None:
        """Start without services."""
        super().__init__("twilio:environment:Messaging", "messaging", {}, opts)
        self._scope = scope

    def add(self, name: str) -> MessagingService:
        """Make a service; its pool follows when the numbers are there, since flows of theirs may name the service."""
        place, allowed = Name("messaging_services", name), self._scope.settings.allow.delete_registrations
        fields = self._scope.inputs(place) | {"allowed": allowed or ""}
        fields.pop("senders", None)
        options = self._scope.options(
            self, place, protect=allowed is None and self._scope.renaming.registered(str(place))
        )
        options.deleted_with = None  # what it carries is asked for before the account is closed
        return MessagingService(str(place), options, **fields)

    def add_pool(self, name: str, service: MessagingService) -> None:
        """Fill the pool of a service, if its settings manage it."""
        declared = self._scope.settings.messaging_services[name]
        if declared.senders is None:
            return
        fields = declared.senders.minimal() | self._scope.common(adopt=declared.adopt)
        numbers = [self._scope.output(Name("numbers", number), "sid") for number in fields.pop("numbers", [])]
        options = pulumi.ResourceOptions(parent=service, deleted_with=service)
        SenderPool(
            f"messaging_services.{name}.senders", options, service_sid=service.id, phone_numbers=numbers, **fields
        )
