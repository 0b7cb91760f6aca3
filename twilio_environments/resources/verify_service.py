from typing import ClassVar

from twilio_environments.kinds import verify_service
from twilio_environments.resources.adapter import Adapter, TwilioResource


class VerifyServiceProvider(Adapter):
    kind: ClassVar = verify_service.KIND


class VerifyService(TwilioResource, module="twilio", name="VerifyService"):
    """A Verify service with its rate limits, messaging configurations and webhooks; `id` is its SID."""

    adapter = VerifyServiceProvider
