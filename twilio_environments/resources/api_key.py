from typing import ClassVar

import pulumi

from twilio_environments.kinds import api_key
from twilio_environments.resources.adapter import Adapter, TwilioResource


class ApiKeyProvider(Adapter):
    kind: ClassVar = api_key.KIND


class ApiKey(TwilioResource, module="twilio", name="ApiKey"):
    """An API key; its secret is in the store, and `sid` changes with a rotation."""

    adapter = ApiKeyProvider

    sid: pulumi.Output[str]
    fingerprint: pulumi.Output[str]
    version: pulumi.Output[str]
