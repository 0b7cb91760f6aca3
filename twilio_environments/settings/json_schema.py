"""How the JSON Schema of stack files is generated from the models."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from twilio_environments.lifecycle.descriptions import descriptions


class StackFileSchema(GenerateJsonSchema):
    """What may be left out may not be null, and names have the form that they must have.

    A line without a value is a mistake in a stack file.
    """

    def model_schema(self, schema: Any) -> JsonSchemaValue:
        """See GenerateJsonSchema; a field's docstring is its description."""
        made = super().model_schema(schema)
        said = descriptions(schema["cls"])
        for name, field in made.get("properties", {}).items():
            if name in said:
                field.setdefault("description", said[name])
        return made

    def nullable_schema(self, schema: Any) -> JsonSchemaValue:
        """See GenerateJsonSchema."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        """See GenerateJsonSchema."""
        return (
            self.generate_inner(schema["schema"]) if schema.get("default") is None else super().default_schema(schema)
        )

    def dict_schema(self, schema: Any) -> JsonSchemaValue:
        """See GenerateJsonSchema."""
        made = super().dict_schema(schema)
        return made | {"additionalProperties": False} if "patternProperties" in made else made
