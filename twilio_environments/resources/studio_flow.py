"""Made from twilio_environments/kinds/studio_flow.py by `make generated`: edit that instead."""

from typing import ClassVar, Literal, Required, TypedDict, Unpack

import pulumi

from twilio_environments.kinds import studio_flow
from twilio_environments.resources.adapter import Adapter
from twilio_environments.resources.resource import TwilioResource


class StudioFlowProvider(Adapter):
    kind: ClassVar = studio_flow.KIND


class StudioFlowArgs(TypedDict, total=False):
    adopt: pulumi.Input[bool]
    """Take over an existing object of this identity, although this stack did not make it."""
    mark: pulumi.Input[str]
    """What the end of a friendly name proves this stack's work by, such as [acme/prod]; in no stack file."""
    allowed: pulumi.Input[str]
    """Why it may be lost for good, "" for not at all; a stack file says it in `twilio:allow`."""
    friendly_name: pulumi.Input[str]
    """Its name; default: the logical name."""
    status: pulumi.Input[Literal["published", "draft"]]
    """`published` runs; `draft` is saved without being published."""
    commit_message: pulumi.Input[str]
    """The revision's commit message; sent with a change, but not a change by itself."""
    reviewed: pulumi.Input[int]
    """The revision of a Console edit that somebody has reviewed, so that an update may overwrite it."""
    definition: Required[pulumi.Input[str]]
    """The definition's JSON, with placeholders."""
    placeholders: pulumi.Input[dict[str, pulumi.Input[str]]]
    """The value of each placeholder."""
    account_sid: pulumi.Input[str]
    """The subaccount that it is in; the credentials' own account where left out."""
    local: pulumi.Input[bool]
    """Webhooks may be http and private: the program never meets the real Twilio."""


class StudioFlow(TwilioResource, module="twilio", name="StudioFlow"):
    """A Studio flow; `id` is its SID."""

    adapter = StudioFlowProvider

    sid: pulumi.Output[str]
    webhook_url: pulumi.Output[str]
    revision: pulumi.Output[int]
    template: pulumi.Output[str]
    written: pulumi.Output[int]
    adopt: pulumi.Output[bool]
    mark: pulumi.Output[str]
    allowed: pulumi.Output[str | None]
    friendly_name: pulumi.Output[str]
    status: pulumi.Output[str]
    commit_message: pulumi.Output[str]
    reviewed: pulumi.Output[int | None]
    definition: pulumi.Output[str]
    placeholders: pulumi.Output[dict[str, str]]

    def __init__(
        self, resource_name: str, opts: pulumi.ResourceOptions | None = None, **inputs: Unpack[StudioFlowArgs]
    ) -> None:
        super().__init__(resource_name, opts, **inputs)
