"""Numbers: bought or taken over, and wired to what takes their calls and messages."""

from __future__ import annotations

import pulumi

from twilio_environments.components.scope import Scope
from twilio_environments.resources import PhoneNumber
from twilio_environments.settings.references import Name


class Numbers(pulumi.ComponentResource):
    """The phone numbers of an environment."""

    def __init__(self, scope: Scope, opts: pulumi.ResourceOptions) -> None:
        """Start without numbers."""
        super().__init__("twilio:environment:Numbers", "numbers", {}, opts)
        self._scope = scope

    def add(self, name: str) -> PhoneNumber:
        """Make a number; its flows are made already."""
        settings = self._scope.settings
        fields = self._scope.inputs(Name("numbers", name))
        for reference, url in (("voice_flow", "voice_url"), ("sms_flow", "sms_url")):
            flow = fields.pop(reference, None)
            if flow is not None:
                fields[url] = self._scope.output(Name("studio_flows", flow), "webhook_url")
        fields["allowed"] = settings.allow.release_numbers or ""
        options = self._scope.options(self, Name("numbers", name), protect=settings.allow.release_numbers is None)
        return PhoneNumber(f"numbers.{name}", options, **fields)
