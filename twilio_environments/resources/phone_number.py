from typing import ClassVar

import pulumi

from twilio_environments.kinds import phone_number
from twilio_environments.resources.adapter import Adapter, TwilioResource


class PhoneNumberProvider(Adapter):
    kind: ClassVar = phone_number.KIND


class PhoneNumber(TwilioResource, module="twilio", name="PhoneNumber"):
    """A phone number; `id` is its SID."""

    adapter = PhoneNumberProvider

    phone_number: pulumi.Output[str]
