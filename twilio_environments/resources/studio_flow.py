from typing import ClassVar

import pulumi

from twilio_environments.kinds import studio_flow
from twilio_environments.resources.adapter import Adapter, TwilioResource


class StudioFlowProvider(Adapter):
    kind: ClassVar = studio_flow.KIND


class StudioFlow(TwilioResource, module="twilio", name="StudioFlow"):
    """A Studio flow; `id` is its SID."""

    adapter = StudioFlowProvider

    webhook_url: pulumi.Output[str]
    revision: pulumi.Output[int]
