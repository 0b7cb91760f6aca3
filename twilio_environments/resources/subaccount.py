"""Made from twilio_environments/kinds/subaccount.py by `make generated`: edit that instead."""

from typing import Any, ClassVar, Literal, Required, TypedDict, Unpack

import pulumi

from twilio_environments.kinds import subaccount
from twilio_environments.resources.adapter import Adapter
from twilio_environments.resources.arguments import StoreSettingsArgs
from twilio_environments.resources.resource import TwilioResource


class SubaccountProvider(Adapter):
    kind: ClassVar = subaccount.KIND


class OwnedDocumentArgs(TypedDict, total=False):
    store: Required[pulumi.Input[StoreSettingsArgs]]
    """The store that it is in."""
    path: Required[pulumi.Input[str]]
    """Where in the store it is."""
    owner: Required[pulumi.Input[str]]
    """The mark that says whose the document is: the stack's."""
    names: Required[pulumi.Input[list[pulumi.Input[str]]]]
    """All that a run may write, including during a rotation."""


class SubaccountArgs(TypedDict, total=False):
    adopt: pulumi.Input[bool]
    """Take over an existing object of this identity, although this stack did not make it."""
    mark: pulumi.Input[str]
    """What the end of a friendly name proves this stack's work by, such as [acme/prod]; in no stack file."""
    allowed: pulumi.Input[str]
    """Why it may be lost for good, "" for not at all; a stack file says it in `twilio:allow`."""
    sid: pulumi.Input[str]
    """Use this existing account instead of creating one; the stack then never suspends or closes it."""
    friendly_name: pulumi.Input[str]
    """Its name; the stack's mark is added, by which a later run recognizes it."""
    expires: pulumi.Input[str]
    """When it expires: from then on `twilio-env sweep` destroys the stack; in UTC, in quotes."""
    status: pulumi.Input[Literal["active", "suspended"]]
    """`suspended` stops all traffic; its numbers stay, and are still billed."""
    documents: pulumi.Input[list[pulumi.Input[OwnedDocumentArgs]]]
    """The documents in the secret store, by which a killed run's leftovers there are found."""
    account_sid: pulumi.Input[str]
    """The subaccount that it is in; the credentials' own account where left out."""
    local: pulumi.Input[bool]
    """Webhooks may be http and private: the program never meets the real Twilio."""


class Subaccount(TwilioResource, module="twilio", name="Subaccount"):
    """A subaccount; `id` is its SID."""

    adapter = SubaccountProvider

    owner_account_sid: pulumi.Output[str]
    adopt: pulumi.Output[bool]
    mark: pulumi.Output[str]
    allowed: pulumi.Output[str | None]
    sid: pulumi.Output[str]
    friendly_name: pulumi.Output[str]
    expires: pulumi.Output[str]
    status: pulumi.Output[str]
    documents: pulumi.Output[list[dict[str, Any]] | None]

    def __init__(
        self, resource_name: str, opts: pulumi.ResourceOptions | None = None, **inputs: Unpack[SubaccountArgs]
    ) -> None:
        super().__init__(resource_name, opts, **inputs)
