"""The Pulumi resources: one small class per kind, and the one adapter to Pulumi's dynamic-provider host.

Module paths and provider class names in here are state format: a released one is never renamed. Made from the kinds by
`make generated`: edit these instead.
"""

from collections.abc import Mapping

from twilio_environments.resources.api_key import ApiKey
from twilio_environments.resources.application import Application
from twilio_environments.resources.messaging_service import MessagingService
from twilio_environments.resources.phone_number import PhoneNumber
from twilio_environments.resources.resource import TwilioResource
from twilio_environments.resources.secret_document import SecretDocument
from twilio_environments.resources.sender_pool import SenderPool
from twilio_environments.resources.studio_flow import StudioFlow
from twilio_environments.resources.subaccount import Subaccount
from twilio_environments.resources.verify_service import VerifyService

RESOURCES: Mapping[str, type[TwilioResource]] = {
    resource.__name__: resource
    for resource in (
        Subaccount,
        ApiKey,
        PhoneNumber,
        Application,
        MessagingService,
        SenderPool,
        VerifyService,
        StudioFlow,
        SecretDocument,
    )
}
"""By the name of the resource type, which is that of the class."""

__all__ = [
    "RESOURCES",
    "ApiKey",
    "Application",
    "MessagingService",
    "PhoneNumber",
    "SecretDocument",
    "SenderPool",
    "StudioFlow",
    "Subaccount",
    "VerifyService",
]
