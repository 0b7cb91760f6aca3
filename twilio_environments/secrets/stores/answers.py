"""The one place where a store's answer is checked against the shape that the store documents.

A proxy, a captive portal or a truncated body can stand in for any answer, with any status. So nothing is concluded from
an answer that is not shaped like the store's own: a read is retried, a write is looked up (`merging`), and if that does
not settle it, the user is told that the store does not answer as it should.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

M = TypeVar("M", bound=BaseModel)


class Malformed(Exception):
    """An answer that did not come from the store. Never leaves this package."""


class Shape(BaseModel):
    """What an answer has to look like; what it has beyond that is the store's business."""

    # Strict: "7" for a number is a rewritten answer. What is refused may be a secret, so no error repeats it.
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, hide_input_in_errors=True)


def shaped(shape: type[M], body: Any) -> M:
    """Return `body` as `shape`; raise Malformed when it is anything else."""
    try:
        return shape.model_validate(body)
    except ValidationError:
        raise Malformed from None


def mapping(body: Any) -> Mapping[str, Any]:
    """Return `body`, which is to be an object; raise Malformed when it is anything else."""
    if not isinstance(body, dict) or not all(isinstance(name, str) for name in body):
        raise Malformed
    return body
