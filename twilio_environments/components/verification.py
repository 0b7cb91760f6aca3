"""Verification: Verify services with what hangs below them."""

from __future__ import annotations

import pulumi

from twilio_environments.components.scope import Scope
from twilio_environments.resources import VerifyService
from twilio_environments.settings.references import Name


class Verification(pulumi.ComponentResource):
    """The Verify services of an environment."""

    def __init__(self, scope: Scope, opts: pulumi.ResourceOptions) -> None:
        """Start without services."""
        super().__init__("twilio:environment:Verification", "verification", {}, opts)
        self._scope = scope

    def add(self, name: str) -> VerifyService:
        """Make a service; the Messaging Services that it names are made already."""
        fields = self._scope.inputs(Name("verify_services", name))
        if "messaging_configurations" in fields:
            fields["messaging_configurations"] = {
                country: self._service_sid(target) for country, target in fields["messaging_configurations"].items()
            }
        return VerifyService(
            f"verify_services.{name}", self._scope.options(self, Name("verify_services", name)), **fields
        )

    def _service_sid(self, target: str) -> pulumi.Input[str]:
        if target in self._scope.settings.messaging_services:
            return self._scope.output(Name("messaging_services", target), "sid")
        return target
