"""The one list of kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twilio_environments.kinds import (
    api_key,
    messaging_service,
    phone_number,
    secret_document,
    sender_pool,
    studio_flow,
    subaccount,
    verify_service,
)
from twilio_environments.lifecycle.kind import Kind
from twilio_environments.lifecycle.listed import ListedKind

KINDS: Mapping[str, Kind[Any]] = {
    "Subaccount": subaccount.KIND,
    "ApiKey": api_key.KIND,
    "PhoneNumber": phone_number.KIND,
    "MessagingService": messaging_service.KIND,
    "SenderPool": sender_pool.KIND,
    "VerifyService": verify_service.KIND,
    "StudioFlow": studio_flow.KIND,
    "SecretDocument": secret_document.KIND,
}
"""By the name of the resource type. It stands in the state, so it never changes."""
LISTED: tuple[ListedKind[Any], ...] = (
    phone_number.KIND,
    messaging_service.KIND,
    verify_service.KIND,
    studio_flow.KIND,
    api_key.KIND,
)
"""The kinds that live in an account and can be there without a stack."""
