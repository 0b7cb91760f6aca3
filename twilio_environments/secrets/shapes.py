"""How the properties of a document are named: the names by which consumers find secrets there."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twilio_environments.lifecycle.declaration import Declared
from twilio_environments.secrets.delivery import PropertyName

Shape = Literal["default", "environment_variables", "aws_managed"]


class KeyProperties(Declared):
    """The properties of the document that a key is delivered to."""

    sid: Annotated[PropertyName, Field(examples=["api_key"])]
    """The property that carries the key's SID, such as api_key."""
    secret: Annotated[PropertyName, Field(examples=["api_secret"])]
    """The property that carries its secret, such as api_secret."""


def shaped(shape: Shape, name: str) -> str:
    """Return a property's name in a shape; `name` is the one in the default shape."""
    if shape == "environment_variables":
        return f"TWILIO_{name.upper()}"
    if shape == "aws_managed":
        head, *rest = name.split("_")
        return head + "".join(word.capitalize() for word in rest)
    return name


def snake(name: str) -> str:
    """Return a logical name as a part of a property's name: without capitals and hyphens."""
    return name.lower().replace("-", "_")


def properties_of(shape: Shape, key: str) -> KeyProperties:
    """Return the properties of a key that names none, by its logical name."""
    if shape == "aws_managed":
        return KeyProperties(sid="apiKeySid", secret="apiKeySecret")  # noqa: S106 - the name of a property
    stem = snake(key)
    return KeyProperties(sid=shaped(shape, f"{stem}_key"), secret=shaped(shape, f"{stem}_secret"))
