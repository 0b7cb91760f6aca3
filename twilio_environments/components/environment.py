"""An environment: everything that its stack file declares, each object after those it refers to."""

from __future__ import annotations

from functools import partial
from typing import Any

import pulumi

from twilio_environments.components.scope import Scope
from twilio_environments.kinds import subaccount
from twilio_environments.kinds.registry import SECTIONS
from twilio_environments.resources import SecretDocument, Subaccount
from twilio_environments.resources.recorded import Recorded
from twilio_environments.settings import Settings
from twilio_environments.settings.references import Name


class Environment(pulumi.ComponentResource):
    """One Twilio environment.

    `summary` lists the objects, by logical name, and where the secrets are. `outputs` are for the stack: the summary
    as `environment`, and each of its parts by itself, so that `pulumi stack output account_sid` and a StackReference
    find it: `account_sid`, each section shown (`numbers`, …), `secrets_store` and `secrets_document`, the path
    of the environment's own. Neither holds a secret.
    """

    summary: pulumi.Output[dict[str, Any]]
    outputs: dict[str, pulumi.Output[Any]]

    def __init__(
        self,
        name: str,
        settings: Settings,
        opts: pulumi.ResourceOptions | None = None,
        *,
        recorded: Recorded | None = None,
    ) -> None:
        """Declare all objects of `settings`; those that are `recorded` under other names are renamed."""
        super().__init__("twilio:environment:Environment", name, {}, opts)
        scope = Scope(self, settings, recorded or {})
        _make_account(scope)
        summary: dict[str, Any] = {"account_sid": scope.account_sid}
        summary |= {section: {} for section in SECTIONS if scope.is_shown(section)}
        order = scope.order()
        for place in order:
            scope.make(place)
            declared = settings.declared(place.section)[place.name]
            shown = SECTIONS[place.section].exported(declared, partial(scope.output, place), settings)
            summary[place.section][place.name] = shown
        for place in order:
            scope.make_children(place)
        if settings.secrets is not None:
            _write_document(scope)
            summary["secrets"] = {
                "store": settings.secrets.name,
                "documents": sorted(
                    {settings.document_path(key.document) for key in settings.keys.values()}
                    | {settings.document_path()}
                ),
            }
        self.summary = pulumi.Output.from_input(summary)
        flat = {name: value for name, value in summary.items() if name != "secrets"}
        if settings.secrets is not None:
            flat |= {"secrets_store": settings.secrets.name, "secrets_document": settings.document_path()}
        self.outputs = {"environment": self.summary, **{name: pulumi.Output.from_input(flat[name]) for name in flat}}
        self.register_outputs({"summary": self.summary})


def _make_account(scope: Scope) -> None:
    """Create the account or use the existing one; everything else in the environment lives in it."""
    settings, kind = scope.settings, subaccount.KIND
    own = not settings.shares_account
    fields = settings.subaccount.minimal() | {
        "friendly_name": settings.subaccount_name if own else "",
        "mark": settings.mark,
        "documents": scope.documents(),
        **scope.allowed(kind),
    }
    scope.account = Subaccount("subaccount", pulumi.ResourceOptions(parent=scope.group(kind.component)), **fields)
    scope.account_sid = scope.account.id if own else settings.subaccount.sid


def _write_document(scope: Scope) -> None:
    """Write the environment's document: SIDs, numbers, and the Auth Token if requested."""
    settings = scope.settings
    assert settings.secrets is not None
    properties = {
        carried: scope.output(Name(section, name), attribute)
        for carried, (section, name, attribute) in settings.document_properties().items()
    }
    fields = scope.common() | {"document": scope.document(None), "properties": properties}
    if settings.secrets.auth_token:
        fields["auth_token_property"] = settings.secrets.auth_token
    options = pulumi.ResourceOptions(parent=scope.group("Access"), depends_on=scope.account)
    SecretDocument("secrets", options, **fields)
