"""What the components of one environment share: its settings, its account, and what has been made so far."""

from __future__ import annotations

from typing import Any

import pulumi

from twilio_environments.kinds.declaration import Declaration
from twilio_environments.references import Name
from twilio_environments.resources.adapter import TwilioResource
from twilio_environments.settings import Settings


class Scope:
    """The wiring between the components of one environment."""

    def __init__(self, settings: Settings) -> None:
        """Start with nothing made; `account_sid` is set as soon as the account is known."""
        self.settings = settings
        self.account_sid: pulumi.Input[str] = ""
        self.account: pulumi.Resource | None = None
        self._made: dict[Name, TwilioResource] = {}

    def made(self, name: Name, resource: TwilioResource) -> None:
        """Remember a resource by its place in the stack file."""
        self._made[name] = resource

    def output(self, name: Name, attribute: str) -> pulumi.Input[str]:
        """Return an attribute of a made object; `sid` is its id, which stays known in previews of an update."""
        if name.section == "subaccount":
            return self.account_sid
        resource = self._made[name]
        if name.section == "studio_flows" and attribute == "webhook_url":
            # Built from what is known in previews; Twilio promises this form for a flow's webhook_url.
            return pulumi.Output.format(
                "https://webhooks.twilio.com/v1/Accounts/{0}/Flows/{1}", self.account_sid, resource.id
            )
        return resource.id if attribute == "sid" else getattr(resource, attribute)

    def inputs(self, name: Name) -> dict[str, Any]:
        """Return the declared fields of an object as resource inputs, under the name it has at Twilio."""
        declared: Declaration = getattr(self.settings, name.section)[name.name]
        friendly_name = self.settings.friendly_name(name.section, name.name)
        return declared.minimal() | {"friendly_name": friendly_name} | self.common(adopt=declared.adopt)

    def common(self, *, adopt: bool = False) -> dict[str, Any]:
        """Return the inputs that every resource of the environment has."""
        return {
            "account_sid": self.account_sid,
            "adopt": adopt or not self.settings.shares_account,
            "mark": self.settings.mark,
        } | ({"local": True} if self.settings.local else {})

    def options(self, parent: pulumi.Resource, *, protect: bool = False) -> pulumi.ResourceOptions:
        """Return the options of a resource: it goes with the account when that is closed."""
        return pulumi.ResourceOptions(parent=parent, protect=protect, deleted_with=self.account)
