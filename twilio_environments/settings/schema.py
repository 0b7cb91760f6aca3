"""The JSON Schema of a stack file."""

from __future__ import annotations

from typing import Any

from twilio_environments.settings.json_schema import StackFileSchema
from twilio_environments.settings.model import NAMESPACE, Settings


def stack_file_schema() -> dict[str, Any]:
    """Return the JSON Schema of a stack file, by which editors complete and check it."""
    schema = Settings.model_json_schema(schema_generator=StackFileSchema)
    properties = {f"{NAMESPACE}:{name}": value for name, value in schema["properties"].items()}
    required = [f"{NAMESPACE}:{name}" for name in schema["required"]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Pulumi stack file of a Twilio environment",
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "properties": properties,
                "required": required,
                "patternProperties": {f"^(?!{NAMESPACE}:)": {}},
                "additionalProperties": False,
            }
        },
        "$defs": schema["$defs"],
    }
