from typing import ClassVar

from twilio_environments.kinds import messaging_service
from twilio_environments.resources.adapter import Adapter, TwilioResource


class MessagingServiceProvider(Adapter):
    kind: ClassVar = messaging_service.KIND


class MessagingService(TwilioResource, module="twilio", name="MessagingService"):
    """A Messaging Service; `id` is its SID."""

    adapter = MessagingServiceProvider
