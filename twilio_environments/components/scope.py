"""What the parts of one environment share: its settings, its account, and what has been declared so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from twilio_environments.components.renaming import Renaming
from twilio_environments.kinds.registry import BY_SECTION, SECTIONS
from twilio_environments.lifecycle.declaration import Declaration, Declared, To
from twilio_environments.lifecycle.kind import Kind
from twilio_environments.lifecycle.values import plain
from twilio_environments.resources import RESOURCES
from twilio_environments.resources.recorded import Recorded
from twilio_environments.resources.resource import TwilioResource
from twilio_environments.secrets.delivery import Delivery, secondary
from twilio_environments.settings import Settings
from twilio_environments.settings.references import Name, References

_ACCOUNT = Name("subaccount", "")
_ALWAYS = ("Access", "Numbers", "Messaging", "Verification", "Flows")
"""The components that every state has had since 0.1.0, even if they are empty."""


class Scope:
    """The wiring of one environment: it makes the declared objects and knows what has been made."""

    def __init__(self, environment: pulumi.Resource, settings: Settings, recorded: Recorded) -> None:
        """Start with nothing made; `account_sid` is set as soon as the account is known."""
        self.settings = settings
        self.references = References(settings)
        declared = {section: self._identities(section) for section in SECTIONS}
        self.renaming = Renaming(settings.stack, settings.mark, declared, recorded)
        self.account_sid: pulumi.Input[str] = ""
        self.account: pulumi.Resource | None = None
        self._environment = environment
        self._groups: dict[str, pulumi.ComponentResource] = {}
        self._made: dict[Name, TwilioResource] = {}
        for component in _ALWAYS:
            self.group(component)

    def group(self, component: str) -> pulumi.ComponentResource:
        """Return the component that objects are children of."""
        if component not in self._groups:
            below = pulumi.ResourceOptions(parent=self._environment)
            self._groups[component] = pulumi.ComponentResource(
                f"twilio:environment:{component}", component.lower(), {}, below
            )
        return self._groups[component]

    def is_shown(self, section: str) -> bool:
        """Return whether the summary has a section."""
        return bool(self.settings.declared(section)) or SECTIONS[section].component in _ALWAYS

    def _identities(self, section: str) -> dict[str, dict[str, Any]]:
        return {f"{section}.{name}": self._identity(Name(section, name)) for name in self.settings.declared(section)}

    def _identity(self, name: Name) -> dict[str, Any]:
        """Return the inputs that identify a declared object; all of them are known before anything is created."""
        settings, kind = self.settings, SECTIONS[name.section]
        declared: Declaration = settings.declared(name.section)[name.name]
        identity = declared.minimal() | {
            "friendly_name": settings.friendly_name(name.section, name.name),
            "mark": settings.mark,
        }
        return identity | kind.identifying_inputs(name.name, self)

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
        """Return an attribute of a made object; a SID that is its id stays known in previews of an update."""
        if name == _ACCOUNT:
            return self.account_sid
        resource, kind = self._made[name], SECTIONS[name.section]
        if form := kind.addresses.get(attribute):
            # Built from values that are known in previews.
            return pulumi.Output.format(form, account_sid=self.account_sid, sid=resource.id)
        return resource.id if attribute == "sid" and kind.id_is_sid else getattr(resource, attribute)

    def definition(self, section: str, name: str) -> Any:
        """Return what the file of an object's definition says."""
        return self.settings.definitions[f"{section}.{name}"]

    def value(self, placeholder: str) -> pulumi.Input[str]:
        """Return the value of a placeholder; the object that it names has been declared already."""
        reference = self.references.placeholder(placeholder)
        return reference.text if reference.target is None else self.output(reference.target, reference.attribute)

    def make(self, name: Name) -> TwilioResource:
        """Declare an object, after those that it refers to, and remember it."""
        settings, kind = self.settings, SECTIONS[name.section]
        declared = settings.declared(name.section)[name.name]
        known = {"moved": self.renaming.moved(str(name)), "former_marks": self.renaming.former_marks(str(name))}
        taken = kind.declaration.model_fields.keys() - declared.children().keys()  # those are resources of their own
        fields = {field: value for field, value in self._resolved(declared).items() if field in taken}
        fields |= {"friendly_name": settings.friendly_name(name.section, name.name)}
        fields |= self.common(adopt=declared.adopt) | {field: value for field, value in known.items() if value}
        fields |= self.allowed(kind) | kind.resource_inputs(name.name, self)
        recorded = self.renaming.recorded(str(name))
        options = pulumi.ResourceOptions(
            parent=self.group(kind.component),
            # One that swaps objects with another is not protected in that run: Pulumi would refuse what releases
            # nothing.
            protect=kind.keeps(recorded) and not fields.get("allowed") and not known["moved"],
            deleted_with=self.account if kind.closes_with_account and not settings.shares_account else None,
            depends_on=[one for one in (self.account, self._made.get(self.taker(name))) if one],
            aliases=self.renaming.aliases(str(name)),
        )
        self._made[name] = made = RESOURCES[kind.resource](str(name), options, **fields)
        return made

    def make_children(self, name: Name) -> None:
        """Declare the parts of an object that are resources of their own, after everything else."""
        declared, owner = self.settings.declared(name.section)[name.name], self._made[name]
        for field, child in declared.children().items():
            part = getattr(declared, field)
            if part is not None:
                inputs = self._resolved(part) | self.common(adopt=declared.adopt) | {child.owner: owner.id}
                options = pulumi.ResourceOptions(parent=owner, deleted_with=owner)
                RESOURCES[BY_SECTION[child.section].resource](f"{name}.{field}", options, **inputs)

    def _resolved(self, declared: Declared) -> dict[str, Any]:
        """Return the declared fields with their references resolved, under the names that the resource takes."""
        fields = declared.minimal()
        for field, to in declared.naming().items():
            if to is not None and field in fields:
                fields[to.into or field] = self._named(fields.pop(field), to)
        return fields

    def _named(self, value: Any, to: To) -> Any:
        if isinstance(value, Mapping):
            return {key: self._named(item, to) for key, item in value.items()}
        if isinstance(value, list):
            return [self._named(item, to) for item in value]
        return self.output(Name(to.section, value), to.attribute) if to.names(value) else value

    def allowed(self, kind: Kind[Any]) -> dict[str, str]:
        """Return the reason why objects of a kind may be lost permanently, as their resources take it."""
        return {"allowed": getattr(self.settings.allow, kind.protection.name) or ""} if kind.protection else {}

    def common(self, *, adopt: bool = False) -> dict[str, Any]:
        """Return the inputs that every resource of the environment has."""
        return {
            "account_sid": self.account_sid,
            "adopt": adopt or not self.settings.shares_account,
            "mark": self.settings.mark,
        } | ({"local": True} if self.settings.local else {})

    def order(self) -> list[Name]:
        """Return all declared objects, each after those it refers to, and after what takes its object over."""
        order = self.references.order
        return order({name: self.taker(name) for name in order() if self.taker(name).name})

    def taker(self, name: Name) -> Name:
        """Return the new object that takes over that of `name` before it is given up; without a name if none does."""
        return Name(name.section, self.renaming.taker(str(name)).partition(".")[2])
