from typing import ClassVar

from twilio_environments.kinds import sender_pool
from twilio_environments.resources.adapter import Adapter, TwilioResource


class SenderPoolProvider(Adapter):
    kind: ClassVar = sender_pool.KIND


class SenderPool(TwilioResource, module="twilio", name="SenderPool"):
    """A Messaging Service's senders, whole; `id` is the service's SID."""

    adapter = SenderPoolProvider
