"""What a program declares: a resource of this library, and the hook that fails a run that could not finish one."""

from __future__ import annotations

import os
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import pulumi
from pulumi.dynamic import Resource

from twilio_environments.lifecycle.objects import ACCOUNT, INCOMPLETE
from twilio_environments.lifecycle.protection import ALLOWED
from twilio_environments.lifecycle.values import plain
from twilio_environments.resources.adapter import PREVIEWED, Adapter
from twilio_environments.resources.boundary import SECRETS, secret_names


class TwilioResource(Resource):
    """A resource of this library: its inputs are the fields of the kind's declaration.

    It also takes `account_sid` (a subaccount; by default the credentials' own account) and `local` (webhooks may be
    http and private). What cannot be recovered is protected until `allowed` says why it may be lost.
    """

    adapter: ClassVar[type[Adapter]]

    def __init__(self, resource_name: str, opts: pulumi.ResourceOptions | None = None, **inputs: Any) -> None:
        """Declare an object by its fields; the friendly name defaults to the resource's own name, with its `mark`."""
        kind = self.adapter.kind
        if "friendly_name" in kind.declaration.model_fields:
            mark = inputs.get("mark") if kind.bears_mark else None
            name = pulumi.Output.concat(resource_name, " ", mark) if mark else resource_name
            inputs["friendly_name"] = _given(inputs.get("friendly_name"), name)
        if ACCOUNT in inputs:  # None would be missing in what the host gets, and so mean the credentials' own account
            inputs[ACCOUNT] = _given(inputs[ACCOUNT], "")
        options = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(hooks=_completeness()))
        if options.import_:  # the host would be called without what says which provider it is for
            instead = "pass adopt=True, and the object is taken over by its name or number"
            raise pulumi.RunError(f"{resource_name}: import_ does nothing in dynamic providers: {instead}.")
        if kind.protection:
            inputs[ALLOWED] = _given(inputs.get(ALLOWED), "")
            if options.protect is None and inputs[ALLOWED] == "" and kind.keeps(inputs):
                options.protect = True  # so that the preview already refuses it, in Pulumi's words
        inputs |= kind.asked_inputs(resource_name, os.environ)
        outputs = dict.fromkeys((*kind.facts, *kind.statuses, INCOMPLETE))
        outputs[SECRETS] = secret_names(inputs)
        if pulumi.runtime.is_dry_run():
            outputs[PREVIEWED] = True
        super().__init__(self.adapter(), resource_name, outputs | inputs, options)

    def __init_subclass__(cls, **named: Any) -> None:
        """Give every declared field an output; Pulumi sets those of the facts."""
        super().__init_subclass__(**named)
        kind = cls.adapter.kind
        for name, field in kind.declaration.model_fields.items():
            if name not in {*kind.facts, *kind.statuses}:
                default = field.get_default(call_default_factory=True)
                setattr(cls, name, _Declared(name, None if default is None else plain(default)))


class _Declared:
    """The output of a declared field; the state does not keep Twilio's defaults, for which Pulumi has None."""

    def __init__(self, name: str, default: Any) -> None:
        self._name, self._default = name, default

    def __set__(self, resource: TwilioResource, output: pulumi.Output[Any]) -> None:
        resource.__dict__[self._name] = output

    def __get__(self, resource: TwilioResource | None, _: type) -> Any:
        if resource is None:
            return self
        if self._name == "sid":
            return resource.id
        output = resource.__dict__.get(self._name)
        if output is None:
            return resource.urn.apply(lambda _: self._default)
        return output.apply(lambda value: self._default if value is None else value)


def _given(value: Any, otherwise: pulumi.Input[str]) -> Any:
    """Return an input, or its default if it is None, now or once it is known."""
    if isinstance(value, pulumi.Output):
        return value.apply(lambda known: otherwise if known is None else known)
    return otherwise if value is None else value


class Incomplete(Exception):
    """Something was created and recorded, but could not be finished; the next run finishes it."""


_bindings: WeakKeyDictionary[pulumi.Resource, pulumi.ResourceHookBinding] = WeakKeyDictionary()
"""By the root resource of a run: one process may have several, one after the other and in threads (Automation API)."""


def _completeness() -> pulumi.ResourceHookBinding:
    root = pulumi.runtime.get_root_resource()
    binding = _bindings.get(root) if root else None
    if binding is None:
        hook = pulumi.ResourceHook("twilio-environments:complete", _complain_if_incomplete)
        binding = pulumi.ResourceHookBinding(after_create=[hook], after_update=[hook])
        if root:
            _bindings[root] = binding
    return binding


def _complain_if_incomplete(args: pulumi.ResourceHookArgs) -> None:
    left = " ".join((args.new_outputs or {}).get(INCOMPLETE) or [])
    if left:
        state = "exists and is recorded, but is not complete"
        raise Incomplete(f"{args.name} {state}: {left} The next pulumi up completes it.")
