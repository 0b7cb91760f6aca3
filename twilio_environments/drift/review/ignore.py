"""Findings that somebody chose to accept for a while: a rule has a reason, an owner and an expiry date.

```yaml
# drift-ignore.yaml
- place: numbers.support        # as in the stack file; * stands for anything
  field: voice_url              # if omitted: every field, and findings without fields
  kind: changed                 # if omitted: every kind
  reason: the agency tests its own webhook until the campaign ends
  owner: telephony@acme.example.com
  expires: 2027-01-31           # the last day on which it holds
```
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from twilio_environments import bounds
from twilio_environments.drift.review.compare import DriftFinding
from twilio_environments.lifecycle.declaration import Declared
from twilio_environments.lifecycle.mistakes import mistakes_of
from twilio_environments.problems import Problem

FILE = "drift-ignore.yaml"


class IgnoreRule(Declared):
    """One rule; it applies to the findings that match all of its patterns."""

    place: Annotated[str, Field(description="Pattern of the path in the stack file: `numbers.*`.")]
    field: Annotated[str, Field(description="Pattern of the field; every field if omitted.")] = "*"
    kind: Annotated[str, Field(description="Pattern of the finding's kind: `changed`, `unmanaged`.")] = "*"
    reason: Annotated[str, StringConstraints(min_length=10), Field(description="Why it may stay; 10 characters.")]
    owner: Annotated[str, StringConstraints(min_length=1), Field(description="Who to ask about it.")]
    expires: Annotated[date, Field(description="The last day on which the rule applies.")]

    def __str__(self) -> str:
        what = self.place + (f" {self.field}" if self.field != "*" else "")
        return f"{what} ({self.owner}: {self.reason})"


def rules(text: str) -> list[IgnoreRule]:
    """Return the rules of a file; raise Problem with all its mistakes."""
    try:
        return TypeAdapter(list[IgnoreRule]).validate_python(bounds.yaml_of(FILE, text) or [])
    except ValidationError as error:
        lines = "; ".join(str(mistake) for mistake in mistakes_of(error))
        raise Problem(f"{FILE} has mistakes: {lines}.", "Each rule has place, reason, owner and expires.") from None


def applied(
    found: Iterable[DriftFinding], given: Sequence[IgnoreRule], today: date
) -> tuple[list[DriftFinding], list[DriftFinding], list[str]]:
    """Return the findings that are left, those that a rule hides, and a note for each rule that expired.

    A rule for one field hides that field; the finding goes with its last field. What could not be checked is never
    hidden: a rule must not keep a check from failing.
    """
    holding = [rule for rule in given if rule.expires >= today]
    left, hidden = [], []
    for one in found:
        fitting = [rule for rule in holding if fnmatchcase(one.place, rule.place) and fnmatchcase(one.kind, rule.kind)]
        if one.kind == "unchecked":
            fitting = []
        fields = tuple(field for field in one.fields if any(fnmatchcase(field.name, rule.field) for rule in fitting))
        whole = any(rule.field == "*" for rule in fitting) if not one.fields else len(fields) == len(one.fields)
        if whole:
            hidden.append(one)
            continue
        if fields:
            hidden.append(replace(one, fields=fields))
        left.append(replace(one, fields=tuple(field for field in one.fields if field not in fields)))
    notes = [f"The rule for {rule} expired on {rule.expires}." for rule in given if rule.expires < today]
    return left, hidden, sorted(notes)
