"""What each store says about itself, for code that is not specific to any of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

from twilio_environments.secrets.stores.protocol import Store


class StoreModel(BaseModel):
    """Settings of a store. Credentials are not settings: they come from the environment."""

    # A token pasted into the wrong place must not come back in the message that refuses it.
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Backend(StoreModel, ABC):
    """A kind of store: the fields are what a stack file may say of it, the class attributes its identity card."""

    title: ClassVar[str]
    """Its name."""
    example: ClassVar[Mapping[str, Any]]
    """Settings as a stack file may have them."""
    given_up_by: ClassVar[str]
    """What `known_as` returns, in words."""
    can_check: ClassVar[bool] = False
    """Whether it is possible to check, before anything is written, that a login has all the rights it needs."""

    role_variable: ClassVar[str]
    """The variable in which a pipeline job says that it signs in with its own identity, and as which role."""
    token_variable: ClassVar[str]
    """The variable in which a host that does not issue a job's identity on request has put it."""
    is_open_to_machines: ClassVar[bool] = False
    """Whether the machine that a job runs on may log in as it is."""

    @classmethod
    @abstractmethod
    def audience(cls) -> str:
        """Return the audience for which a job's identity has to be issued; raise Problem."""

    @classmethod
    @abstractmethod
    def signed_in(cls, role: str, token: str) -> Mapping[str, str]:
        """Return, as variables, the credentials that a job gets in exchange for its identity `token`; raise Problem."""

    @classmethod
    def offered(cls) -> Any:
        """Return the field by which StoreSettings offers it."""
        return Field(default=None, description=f"Keep secrets in {cls.title}.", examples=[cls.example])

    @abstractmethod
    def resolved(self) -> Self:
        """Return these settings with the environment's defaults filled in.

        Raises Problem for what a file alone may not set, and where something required is missing.
        """

    @abstractmethod
    def known_as(self) -> str:
        """Return the name by which a store with these settings is given up; nothing is sent."""

    @abstractmethod
    def open(self) -> Store:
        """Return the store for these resolved settings; nothing is sent yet. Raises Problem."""
