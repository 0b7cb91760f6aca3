"""The settings of a stack: what its stack file says, which stack it is, and what follows from both."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import model_validator
from pydantic.json_schema import SkipJsonSchema

from twilio_environments.kinds.registry import SECTIONS
from twilio_environments.lifecycle import webhooks
from twilio_environments.lifecycle.declaration import Declaration
from twilio_environments.secrets.shapes import KeyProperties, Shape, properties_of, shaped, snake
from twilio_environments.settings.sections import Sections

NAMESPACE = "twilio"
_LONGEST_MARK = 32


class Settings(Sections):
    """An environment, as its stack file declares it."""

    project: SkipJsonSchema[str] = ""
    """The Pulumi project."""
    stack: SkipJsonSchema[str] = ""
    """The stack's name."""
    definitions: SkipJsonSchema[Mapping[str, Any]] = {}
    """What the flow files say, by the places of the flows, such as studio_flows.ivr."""

    @model_validator(mode="before")
    @classmethod
    def _named_by_logical_name(cls, data: Any) -> Any:
        """Let a friendly name that is left out be the logical name, so that it is checked like a written one."""
        if not isinstance(data, Mapping):
            return data
        named = dict(data)
        for section in SECTIONS:
            if isinstance(named.get(section), Mapping):
                named[section] = {
                    name: {"friendly_name": name} | dict(one) if isinstance(one, Mapping) else one
                    for name, one in named[section].items()
                }
        return named

    @property
    def owner(self) -> str:
        """What marks documents in the secret store as this stack's."""
        return f"{self.project}/{self.stack}"

    @property
    def mark(self) -> str:
        """What marks friendly names as this stack's."""
        return mark_of(self.project, self.stack)

    @property
    def shares_account(self) -> bool:
        """Whether the account is not this stack's own, so that it contains objects of others."""
        return bool(self.subaccount.sid)

    def document_path(self, path: str | None = None) -> str:
        """Return a document's path: the one given, else the environment's."""
        return path or (self.secrets and self.secrets.document) or f"{self.stack}/twilio"

    def shape_of(self, key: str | None = None) -> Shape:
        """Return the shape of a key's properties, or that of the environment's document."""
        own = self.keys[key].shape if key else None
        return own or (self.secrets.shape if self.secrets else "default")

    def key_properties(self, name: str) -> KeyProperties:
        """Return the properties that a key is delivered to."""
        return self.keys[name].properties or properties_of(self.shape_of(name), name)

    def account_property(self, name: str) -> str | None:
        """Return the property that names the account in a key's own document; None in the environment's document."""
        if self.document_path(self.keys[name].document) == self.document_path():
            return None
        return shaped(self.shape_of(name), "account_sid")

    def friendly_name(self, section: str, name: str) -> str:
        """Return the friendly name of a declared object at Twilio, with the mark where it proves what is ours."""
        declared: Any = self.declared(section)[name]
        kind = SECTIONS[section]
        if kind.always_marked or (self.shares_account and kind.bears_mark and not declared.adopt):
            return f"{declared.friendly_name} {self.mark}"
        return str(declared.friendly_name)

    def webhooks(self) -> list[tuple[str, str]]:
        """Return every URL that is declared for Twilio to call, with its place in the stack file."""
        return list(webhooks.declared(self))

    @property
    def subaccount_name(self) -> str:
        """The subaccount's friendly name at Twilio."""
        return f"{self.subaccount.friendly_name or self.stack} {self.mark}"

    def declared(self, section: str) -> Mapping[str, Declaration]:
        """Return what a section declares, by logical name."""
        found: Mapping[str, Declaration] = getattr(self, section)
        return found

    def document_properties(self) -> dict[str, tuple[str, str, str]]:
        """Return what the environment's document carries: property → (section, logical name, attribute)."""
        return dict(self.carried())

    def carried(self) -> Iterator[tuple[str, tuple[str, str, str]]]:
        """Yield what the environment's document carries, one by one; two of one property are a mistake."""
        yield shaped(self.shape_of(), "account_sid"), ("subaccount", "", "sid")
        for section, kind in SECTIONS.items():
            if kind.carried:
                for name in self.declared(section):
                    yield self.carried_as(section, name), (section, name, kind.carried.attribute)

    def carried_as(self, section: str, name: str) -> str:
        """Return the property of the environment's document for an object of that name, "" where it carries none."""
        carried = SECTIONS[section].carried
        return shaped(self.shape_of(), f"{carried.stem}_{snake(name)}") if carried else ""


def mark_of(project: str, stack: str) -> str:
    """Return the suffix of the names that a stack of a project creates; long names are cut and get a hash."""
    owner = f"{project}/{stack}"
    if len(owner) + 2 <= _LONGEST_MARK:
        return f"[{owner}]"
    return f"[{stack[:20]}~{hashlib.sha256(owner.encode()).hexdigest()[:8]}]"
