"""The sections that declare objects by name. Made from the kinds by `make generated`: edit these instead."""

from __future__ import annotations

from twilio_environments.kinds import api_key, application, messaging_service, phone_number, studio_flow, verify_service
from twilio_environments.lifecycle.declaration import LogicalName
from twilio_environments.settings.general import General


class Sections(General):
    """An environment, section by section."""

    keys: dict[LogicalName, api_key.Key] = {}
    """API keys by logical name."""
    numbers: dict[LogicalName, phone_number.PhoneNumber] = {}
    """Phone numbers by logical name."""
    applications: dict[LogicalName, application.Application] = {}
    """TwiML applications by logical name."""
    messaging_services: dict[LogicalName, messaging_service.MessagingService] = {}
    """Messaging Services by logical name."""
    verify_services: dict[LogicalName, verify_service.VerifyService] = {}
    """Verify services by logical name."""
    studio_flows: dict[LogicalName, studio_flow.FlowFile] = {}
    """Studio flows by logical name."""
