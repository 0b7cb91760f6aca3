"""The review as JSON, for programs; its schema is `docs/drift.schema.json`, and `version` counts breaking changes."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import Any

from pydantic import TypeAdapter

from twilio_environments.drift.model import Review
from twilio_environments.lifecycle.review import Level

VERSION = 1


def render(review: Review) -> str:
    """Return the review as JSON text; everything beyond ASCII is escaped, so that nothing in it acts on a terminal."""
    return json.dumps({"version": VERSION, "summary": review.summary, **_plain(review)}, indent=2) + "\n"


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the report."""
    made = TypeAdapter(Review).json_schema(mode="serialization")
    made["$defs"]["Level"] = {"type": "string", "enum": [str(level) for level in Level]}
    own = {
        "version": {"const": VERSION, "description": "Counts breaking changes of this schema."},
        "summary": {"type": "string", "description": "The first line of every report."},
    }
    made["properties"] = own | made["properties"]
    made["$defs"]["Row"]["properties"] = {"key": {"type": "string"}} | made["$defs"]["Row"]["properties"]
    for one in (made, *made["$defs"].values()):
        if "properties" in one:
            one["required"] = list(one["properties"])
            one["additionalProperties"] = False
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Drift review of a Twilio environment",
    } | {name: value for name, value in made.items() if name != "title"}


def _plain(value: Any) -> Any:
    if isinstance(value, Level):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        shown = {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
        return {"key": value.key} | shown if hasattr(value, "key") else shown
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
