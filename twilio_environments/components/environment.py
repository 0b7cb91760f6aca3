"""An environment: everything that its stack file declares, each object after those it refers to."""

from __future__ import annotations

from typing import Any

import pulumi

from twilio_environments.components.access import Access
from twilio_environments.components.flows import Flows
from twilio_environments.components.messaging import Messaging
from twilio_environments.components.numbers import Numbers
from twilio_environments.components.scope import Scope
from twilio_environments.components.verification import Verification
from twilio_environments.resources import MessagingService
from twilio_environments.resources.recorded import Recorded
from twilio_environments.settings import Settings


class Environment(pulumi.ComponentResource):
    """One Twilio environment.

    `summary` says what there is, by logical name, and where its secrets are; it holds no secret.
    """

    summary: pulumi.Output[dict[str, Any]]

    def __init__(
        self,
        name: str,
        settings: Settings,
        opts: pulumi.ResourceOptions | None = None,
        *,
        recorded: Recorded | None = None,
    ) -> None:
        """Declare all objects of `settings`; those that are `recorded` under other names are renamed."""
        super().__init__("twilio:environment:Environment", name, {}, opts)
        below = pulumi.ResourceOptions(parent=self)
        scope = Scope(settings, recorded or {})
        access = Access(scope, below)
        messaging = Messaging(scope, below)
        makers = {
            "numbers": Numbers(scope, below).add,
            "messaging_services": messaging.add,
            "verify_services": Verification(scope, below).add,
            "studio_flows": Flows(scope, below).add,
        }
        summary: dict[str, Any] = {"account_sid": scope.account_sid} | {section: {} for section in makers}
        services: dict[str, MessagingService] = {}
        for place in scope.order():
            resource = makers[place.section](place.name)
            scope.made(place, resource)
            shown = "phone_number" if place.section == "numbers" else "sid"
            summary[place.section][place.name] = scope.output(place, shown)
            if isinstance(resource, MessagingService):
                services[place.name] = resource
        for service_name, service in services.items():
            messaging.add_pool(service_name, service)
        summary["keys"] = {
            name: {"sid": access.key(name).sid, "type": key.type, "document": settings.document_path(key.document)}
            for name, key in settings.keys.items()
        }
        if settings.secrets is not None:
            access.document()
            summary["secrets"] = {
                "store": settings.secrets.name,
                "documents": sorted(
                    {settings.document_path(key.document) for key in settings.keys.values()}
                    | {settings.document_path()}
                ),
            }
        self.summary = pulumi.Output.from_input(summary)
        self.register_outputs({"summary": self.summary})
