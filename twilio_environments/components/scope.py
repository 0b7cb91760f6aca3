"""What the components of one environment share: its settings, its account, and what has been made so far."""

from __future__ import annotations

from typing import Any

import pulumi

from twilio_environments.components.renaming import Renaming
from twilio_environments.lifecycle.declaration import Declaration, plain
from twilio_environments.resources.adapter import TwilioResource
from twilio_environments.resources.recorded import Recorded
from twilio_environments.secrets.delivery import Delivery, secondary
from twilio_environments.settings import SECTIONS, Settings
from twilio_environments.settings.references import Name


class Scope:
    """The wiring between the components of one environment."""

    def __init__(self, settings: Settings, recorded: Recorded) -> None:
        """Start with nothing made; `account_sid` is set as soon as the account is known."""
        self.settings = settings
        declared = {section: self._identities(section) for section in SECTIONS}
        self.renaming = Renaming(settings.stack, settings.mark, declared, recorded)
        self.account_sid: pulumi.Input[str] = ""
        self.account: pulumi.Resource | None = None
        self._made: dict[Name, TwilioResource] = {}

    def made(self, name: Name, resource: TwilioResource) -> None:
        """Remember a resource by its place in the stack file."""
        self._made[name] = resource

    def _identities(self, section: str) -> dict[str, dict[str, Any]]:
        declared = getattr(self.settings, section)
        return {f"{section}.{name}": self._identity(Name(section, name)) for name in declared}

    def _identity(self, name: Name) -> dict[str, Any]:
        """Return the inputs by which a declared object is told apart; all of them are known before anything is made."""
        settings = self.settings
        declared: Declaration = getattr(settings, name.section)[name.name]
        identity = declared.minimal() | {
            "friendly_name": settings.friendly_name(name.section, name.name),
            "mark": settings.mark,
        }
        return identity | ({"delivery": self.delivery(name.name)} if name.section == "keys" else {})

    def document(self, path: str | None) -> dict[str, Any]:
        """Return the reference to a document: the one of `path`, else the environment's."""
        settings = self.settings
        assert settings.secrets is not None
        store = plain(settings.secrets.store)
        return {"store": store, "path": settings.document_path(path), "owner": settings.owner}

    def delivery(self, key: str) -> dict[str, Any]:
        """Return where a key's pair goes."""
        settings = self.settings
        properties = settings.key_properties(key)
        delivery = self.document(settings.keys[key].document) | {
            "sid_property": properties.sid,
            "secret_property": properties.secret,
        }
        account_property = settings.account_property(key)
        return delivery | ({"account_sid_property": account_property} if account_property else {})

    def documents(self) -> list[dict[str, Any]]:
        """Return the documents in the secret store, with the properties of each that are this stack's."""
        settings = self.settings
        if settings.secrets is None:
            return []
        names: dict[str, set[str]] = {settings.document_path(): {*settings.document_properties()}}
        if token := settings.secrets.auth_token:
            names[settings.document_path()] |= {token, secondary(token)}
        for name in settings.keys:
            delivery = Delivery.model_validate(self.delivery(name))
            names.setdefault(delivery.path, set()).update(delivery.all_names)
        return [self.document(path) | {"names": sorted(names[path])} for path in sorted(names)]

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
        known = {"moved": self.renaming.moved(str(name)), "former_marks": self.renaming.former_marks(str(name))}
        given = {field: value for field, value in known.items() if value}
        return declared.minimal() | {"friendly_name": friendly_name} | self.common(adopt=declared.adopt) | given

    def common(self, *, adopt: bool = False) -> dict[str, Any]:
        """Return the inputs that every resource of the environment has."""
        return {
            "account_sid": self.account_sid,
            "adopt": adopt or not self.settings.shares_account,
            "mark": self.settings.mark,
        } | ({"local": True} if self.settings.local else {})

    def order(self) -> list[Name]:
        """Return all declared objects, each after those it refers to, and after what takes its object over."""
        references = self.settings.references
        return references.order({name: self.taker(name) for name in references.order() if self.taker(name).name})

    def taker(self, name: Name) -> Name:
        """Return the new object that takes the one of `name` over before that gives it up; without a name for none."""
        return Name(name.section, self.renaming.taker(str(name)).partition(".")[2])

    def options(self, parent: pulumi.Resource, name: Name, *, protect: bool = False) -> pulumi.ResourceOptions:
        """Return the options of a resource: it keeps its object under a new name, and goes when the account is closed.

        One that changes objects with another is not protected in that run: Pulumi would refuse what releases nothing.
        """
        return pulumi.ResourceOptions(
            parent=parent,
            protect=protect and not self.renaming.moved(str(name)),
            deleted_with=None if self.settings.shares_account else self.account,
            depends_on=[one for one in (self.account, self._made.get(self.taker(name))) if one],
            aliases=self.renaming.aliases(str(name)),
        )
