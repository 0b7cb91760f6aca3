"""What a stack file may say about its secret store, and the one list of stores."""

from __future__ import annotations

from typing import Any, Self, get_args

import yaml
from pydantic import model_validator

from twilio_environments.secrets.stores.aws.settings import AwsSettings
from twilio_environments.secrets.stores.backend import Backend, StoreModel
from twilio_environments.secrets.stores.vault.settings import VaultSettings


class StoreSettings(StoreModel):
    """The one place where a stack's generated secrets go: exactly one of the stores, each registered by its line."""

    vault: VaultSettings | None = VaultSettings.offered()
    aws: AwsSettings | None = AwsSettings.offered()

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self._said()) != 1:
            examples = (f"{name}, for example {_flow({name: dict(one.example)})}" for name, one in BACKENDS.items())
            message = (
                f"name exactly one store: {', or '.join(examples)}; {{}} takes a store's defaults from the environment"
            )
            raise ValueError(message)
        return self

    @property
    def name(self) -> str:
        """The name of the store in a stack file."""
        return next(iter(self._said()))

    @property
    def backend(self) -> Backend:
        """The settings of the store."""
        return self._said()[self.name]

    def _said(self) -> dict[str, Backend]:
        return {name: said for name in BACKENDS if (said := getattr(self, name)) is not None}


BACKENDS: dict[str, type[Backend]] = {
    name: get_args(field.annotation)[0] for name, field in StoreSettings.model_fields.items()
}
"""The stores by their names in a stack file."""


def _flow(value: Any) -> str:
    return yaml.safe_dump(value, default_flow_style=True).strip()
