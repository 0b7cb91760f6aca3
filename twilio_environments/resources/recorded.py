"""What the running stack has recorded, available to a program before it declares anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.runtime import rpc

from twilio_environments.visible import original

_READ = "pulumi:pulumi:readStackResourceOutputs"
_TYPE = "pulumi-python:dynamic/twilio:"

Recorded = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""By section of the stack file, then by the resource's name: the recorded outputs, completed."""


async def recorded() -> Recorded:
    """Return what is recorded of this library's resources in the running stack.

    Pulumi's engine reads it from the state, by the call behind `pulumi.StackReference`; that sends nothing
    that a run does not send anyway. Objects pending deletion are not included.
    """
    from twilio_environments.resources import RESOURCES  # noqa: PLC0415  which imports this

    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    answer = await pulumi.runtime.invoke_async(_READ, {"stackName": stack})
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for urn, resource in ((answer or {}).get("outputs") or {}).items():
        type_, outputs = resource["type"], resource["outputs"]
        made = RESOURCES.get(type_.removeprefix(_TYPE)) if type_.startswith(_TYPE) else None
        if made is not None:
            kind = made.adapter.kind
            in_clear = {name: rpc.unwrap_rpc_secret(value) for name, value in outputs.items()}
            completed = kind.declaration.completed(original(in_clear))
            found.setdefault(kind.section, {})[urn.rpartition("::")[2]] = completed
    return found
