"""The operations of Twilio's that write a kind's objects or look for them, out of what its OpenAPI documents state."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

import tests.docs.pages  # noqa: F401 - puts tools/ on the path

import facts  # isort: skip


@dataclass(frozen=True)
class Operations:
    """The operations of one collection, and the model that declares what they take: first the paths that create.

    `covered` are parameters that no field of the model has the name of, with what covers them. `not_taken` are values
    of an enumeration that are refused, by field, with the reason. `other_lengths` are greatest lengths: ours, the
    document's, and why they differ.
    """

    model: type[BaseModel]
    document: str
    paths: tuple[str, ...]
    method: str = "post"
    covered: Mapping[str, str] = field(default_factory=dict)
    not_taken: Mapping[tuple[str, str], str] = field(default_factory=dict)
    other_lengths: Mapping[str, tuple[int | None, int, str]] = field(default_factory=dict)

    @property
    def is_of_account(self) -> bool:
        """Whether it is a collection of an account, and no part of an object or search in it."""
        return self.method == "post" and set(re.findall(r"{(\w+)}", self.paths[0])) <= {"AccountSid"}

    def url(self, account_sid: str, object_id: str = "") -> str:
        """The URL of the collection in an account, or of an object in it."""
        path = re.sub(r"{(Sid|Country)}", object_id, self.paths[bool(object_id)])
        return f"https://{self.document.partition('_')[0]}.twilio.com{path.replace('{AccountSid}', account_sid)}"

    def parameters(self) -> Iterator[facts.Parameter]:
        for path in self.paths:
            yield from facts.parameters(facts.of(self.document), path, self.method)
