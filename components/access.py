"""Access: the subaccount, its API keys, and the document that tells consumers what there is."""

from __future__ import annotations

import os
from typing import Any

import pulumi

from components.scope import Scope
from twilio_environments.kinds import rotation
from twilio_environments.kinds.declaration import plain
from twilio_environments.references import Name
from twilio_environments.resources import ApiKey, SecretDocument, Subaccount


class Access(pulumi.ComponentResource):
    """The account of an environment, and what opens it."""

    def __init__(self, scope: Scope, opts: pulumi.ResourceOptions) -> None:
        """Make the account or take the existing one; everything else of the environment lives in it."""
        super().__init__("twilio:environment:Access", "access", {}, opts)
        self._scope = scope
        settings = scope.settings
        if settings.shares_account:
            scope.account_sid = settings.subaccount.sid
            return
        protect = settings.allow.close_subaccount is None
        fields = settings.subaccount.minimal() | {"friendly_name": settings.subaccount_name, "mark": settings.mark}
        account = Subaccount("subaccount", pulumi.ResourceOptions(parent=self, protect=protect), **fields)
        scope.account_sid, scope.account = account.id, account

    def key(self, name: str) -> ApiKey:
        """Make an API key and deliver it."""
        settings = self._scope.settings
        key, properties = settings.keys[name], settings.key_properties(name)
        delivery = self._document(key.document) | {
            "sid_property": properties.sid,
            "secret_property": properties.secret,
        }
        if account_property := settings.account_property(name):
            delivery["account_sid_property"] = account_property
        fields = self._scope.inputs(Name("keys", name)) | {"delivery": delivery}
        for settled in ("document", "properties", "shape"):
            fields.pop(settled, None)
        if asked := rotation.asked_for(name, os.environ):
            fields["rotation"] = asked
        # Not `deleted_with` the account: its properties have to leave the store.
        return ApiKey(f"keys.{name}", pulumi.ResourceOptions(parent=self), **fields)

    def document(self) -> SecretDocument:
        """Write the environment's document: SIDs, numbers, and the Auth Token if that is asked for."""
        settings = self._scope.settings
        assert settings.secrets is not None
        properties = {
            carried: self._scope.output(Name(section, name), attribute)
            for carried, (section, name, attribute) in settings.document_properties().items()
        }
        fields = self._scope.common() | {"document": self._document(None), "properties": properties}
        if settings.secrets.auth_token:
            fields["auth_token_property"] = settings.secrets.auth_token
        return SecretDocument("secrets", pulumi.ResourceOptions(parent=self), **fields)

    def _document(self, path: str | None) -> dict[str, Any]:
        settings = self._scope.settings
        assert settings.secrets is not None
        store = plain(settings.secrets.store)
        return {"store": store, "path": settings.document_path(path), "owner": settings.owner}
