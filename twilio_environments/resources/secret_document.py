from typing import ClassVar

import pulumi

from twilio_environments.kinds import secret_document
from twilio_environments.resources.adapter import Adapter, TwilioResource


class SecretDocumentProvider(Adapter):
    kind: ClassVar = secret_document.KIND


class SecretDocument(TwilioResource, module="twilio", name="SecretDocument"):
    """The environment's document in the secret store; `id` is its path."""

    adapter = SecretDocumentProvider

    path: pulumi.Output[str]
    version: pulumi.Output[str]
