"""What a stack file says of the environment as a whole."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, WithJsonSchema

from twilio_environments.kinds.secret_document import Secrets
from twilio_environments.kinds.subaccount import Subaccount
from twilio_environments.lifecycle.declaration import Declared, LogicalName
from twilio_environments.rest.budget import DEFAULT, MOST
from twilio_environments.settings.limits import Limits

_WHOLE_OR_TEXT = {
    "anyOf": [{"type": "integer", "minimum": 1, "maximum": MOST}, {"type": "string", "pattern": "^[0-9]+$"}]
}
"""A number as people write it, or as `pulumi config set` does."""
Reason = Annotated[str, StringConstraints(min_length=10)]


class Allow(Declared):
    """Which guard rails are lifted for this stack; each with the reason, in a sentence."""

    release_numbers: Annotated[Reason | None, Field(examples=["these are test numbers"])] = None
    """Its phone numbers may be released; without this they are protected."""
    close_subaccount: Annotated[Reason | None, Field(examples=["this is a test account"])] = None
    """Its subaccount may be closed, which cannot be undone and releases its numbers; without this it is protected."""
    delete_registrations: Annotated[Reason | None, Field(examples=["the campaign has moved to another service"])] = None
    """Objects that carry a registration may be deleted, such as a Messaging Service with a US A2P campaign."""
    standard_keys: Annotated[Reason | None, Field(examples=["the gateway needs a product without permissions"])] = None
    """A production stack may have standard keys; without this all its keys must be restricted."""
    suspend_subaccount: Annotated[
        Reason | None, Field(examples=["the campaign is over, and the numbers are kept for the next one"])
    ] = None
    """A production stack's subaccount may be suspended, which stops all its traffic; without this it may not."""


class General(Declared):
    """Settings of the whole environment."""

    endpoint: str | None = None
    """Twilio's address, if not twilio.com: the emulator's. TWILIO_ENDPOINT overrides it."""
    region: str | None = None
    """Twilio's processing region, such as ie1; set it together with `edge`."""
    edge: str | None = None
    """Twilio's edge, such as dublin; set it together with `region`."""
    concurrency: Annotated[int, Field(ge=1, le=MOST), WithJsonSchema(_WHOLE_OR_TEXT)] = DEFAULT
    """The maximum number of concurrent calls per account; TWILIO_CONCURRENCY overrides it."""
    local: Annotated[bool, WithJsonSchema({"enum": [True, False, "true", "false"]})] = False
    """This stack never reaches the real Twilio: webhooks may use http and private hosts."""
    production: Annotated[bool | None, WithJsonSchema({"enum": [True, False, "true", "false"]})] = None
    """This stack serves real people: it runs only with explicitly named credentials, and with restricted keys."""
    subaccount: Annotated[Subaccount, Field(examples=[{"friendly_name": "Acme staging"}])]
    """The account that the environment lives in."""
    secrets: Secrets | None = None
    """The secret store; required if there is a key."""
    allow: Allow = Allow()
    """Which guard rails are lifted, and why."""
    limits: Limits = Limits()
    """Limits on what the stack may do."""
    values: dict[LogicalName, str] = {}
    """Texts of your own, for placeholders in flows: `${values.greeting}`. No secrets: the flow would contain them."""
