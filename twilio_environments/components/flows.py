"""Flows: Studio flows from files, with the environment's own SIDs, numbers and texts in their placeholders."""

from __future__ import annotations

import json

import pulumi

from twilio_environments.components.scope import Scope
from twilio_environments.resources import StudioFlow
from twilio_environments.settings.references import Name
from twilio_environments.studio import flow_template


class Flows(pulumi.ComponentResource):
    """The Studio flows of an environment."""

    def __init__(self, scope: Scope, opts: pulumi.ResourceOptions) -> None:
        """Start without flows."""
        super().__init__("twilio:environment:Flows", "flows", {}, opts)
        self._scope = scope

    def add(self, name: str) -> StudioFlow:
        """Make a flow; what its placeholders name is made already."""
        references = self._scope.settings.references
        definition = references.definitions[name]
        fields = self._scope.inputs(Name("studio_flows", name))
        fields.pop("file")
        fields["definition"] = json.dumps(definition, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        fields["placeholders"] = {
            placeholder: self._value(placeholder) for placeholder in sorted(flow_template.placeholders(definition))
        }
        return StudioFlow(f"studio_flows.{name}", self._scope.options(self, Name("studio_flows", name)), **fields)

    def _value(self, placeholder: str) -> pulumi.Input[str]:
        reference = self._scope.settings.references.placeholder(placeholder)
        if reference.target is None:
            return reference.text
        return self._scope.output(reference.target, reference.attribute)
