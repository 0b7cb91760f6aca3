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
    """Its phone numbers may be released; without it they are protected."""
    close_subaccount: Annotated[Reason | None, Field(examples=["this is a test account"])] = None
    """Its subaccount may be closed, which is for good and releases its numbers; without it it is protected."""
    delete_registrations: Annotated[Reason | None, Field(examples=["the campaign has moved to another service"])] = None
    """What carries a registration may be deleted, such as a Messaging Service with a US A2P campaign."""
    standard_keys: Annotated[Reason | None, Field(examples=["the gateway needs a product without permissions"])] = None
    """A production stack may have standard keys; without it all its keys are restricted."""
    suspend_subaccount: Annotated[
        Reason | None, Field(examples=["the campaign is over, and the numbers are kept for the next one"])
    ] = None
    """A production stack's subaccount may be suspended, which stops all its traffic; without it it may not."""


class General(Declared):
    """What holds for the whole environment."""

    endpoint: str | None = None
    """Where Twilio is, if not at twilio.com: the emulator's address. TWILIO_ENDPOINT overrides it."""
    region: str | None = None
    """Twilio's processing region, such as ie1; together with `edge` or not at all."""
    edge: str | None = None
    """Twilio's edge, such as dublin."""
    concurrency: Annotated[int, Field(ge=1, le=MOST), WithJsonSchema(_WHOLE_OR_TEXT)] = DEFAULT
    """How many calls at once an account gets at most; TWILIO_CONCURRENCY overrides it."""
    local: Annotated[bool, WithJsonSchema({"enum": [True, False, "true", "false"]})] = False
    """This stack never meets the real Twilio: webhooks may be http and private."""
    production: Annotated[bool | None, WithJsonSchema({"enum": [True, False, "true", "false"]})] = None
    """This stack serves real people: it runs with credentials that somebody named for it, and with restricted keys."""
    subaccount: Annotated[Subaccount, Field(examples=[{"friendly_name": "Acme staging"}])]
    """The account the environment lives in."""
    secrets: Secrets | None = None
    """The secret store; needed as soon as there is a key."""
    allow: Allow = Allow()
    """Which guard rails are lifted, and why."""
    limits: Limits = Limits()
    """What the stack may do at most."""
    values: dict[LogicalName, str] = {}
    """Texts of your own, for placeholders in flows: `${values.greeting}`. No secrets: they would stand in the flow."""
