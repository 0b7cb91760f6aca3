"""Access: the subaccount, its API keys, and the document that tells consumers what there is."""

from __future__ import annotations

import os

import pulumi

from twilio_environments.components.scope import Scope
from twilio_environments.resources import ApiKey, SecretDocument, Subaccount
from twilio_environments.secrets import schedule
from twilio_environments.settings.references import Name


class Access(pulumi.ComponentResource):
    """The account of an environment, and what opens it."""

    def __init__(self, scope: Scope, opts: pulumi.ResourceOptions) -> None:
        """Make the account or take the existing one; everything else of the environment lives in it."""
        super().__init__("twilio:environment:Access", "access", {}, opts)
        self._scope = scope
        settings = scope.settings
        own = not settings.shares_account
        fields = settings.subaccount.minimal() | {
            "friendly_name": settings.subaccount_name if own else "",
            "mark": settings.mark,
            "documents": scope.documents(),
            "allowed": settings.allow.close_subaccount or "",
        }
        protect = own and settings.allow.close_subaccount is None
        scope.account = Subaccount("subaccount", pulumi.ResourceOptions(parent=self, protect=protect), **fields)
        scope.account_sid = scope.account.id if own else settings.subaccount.sid

    def key(self, name: str) -> ApiKey:
        """Make an API key and deliver it."""
        place = Name("keys", name)
        fields = self._scope.inputs(place) | {"delivery": self._scope.delivery(name)}
        for settled in ("document", "properties", "shape"):
            fields.pop(settled, None)
        if asked := schedule.asked_for(name, os.environ):
            fields["rotation"] = asked
        # Not `deleted_with` the account: its properties have to leave the store.
        options = pulumi.ResourceOptions(
            parent=self, aliases=self._scope.renaming.aliases(str(place)), depends_on=self._scope.account
        )
        return ApiKey(str(place), options, **fields)

    def document(self) -> SecretDocument:
        """Write the environment's document: SIDs, numbers, and the Auth Token if that is asked for."""
        settings = self._scope.settings
        assert settings.secrets is not None
        properties = {
            carried: self._scope.output(Name(section, name), attribute)
            for carried, (section, name, attribute) in settings.document_properties().items()
        }
        fields = self._scope.common() | {"document": self._scope.document(None), "properties": properties}
        if settings.secrets.auth_token:
            fields["auth_token_property"] = settings.secrets.auth_token
        return SecretDocument("secrets", pulumi.ResourceOptions(parent=self, depends_on=self._scope.account), **fields)
