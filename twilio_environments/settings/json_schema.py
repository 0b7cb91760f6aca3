"""How the JSON Schema of stack files is made of the models."""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise
from textwrap import dedent
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue


def descriptions(model: type[BaseModel]) -> dict[str, str]:
    """Return what the docstrings below the fields of a model and of its bases say.

    Pydantic can keep them as descriptions (`use_attribute_docstrings`), and parses every model's source for that
    whenever it is imported: half of the import of this package, and only a schema has use for it.
    """
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if not issubclass(base, BaseModel) or base is BaseModel:
            continue
        (definition,) = ast.parse(dedent(inspect.getsource(base))).body
        assert isinstance(definition, ast.ClassDef)
        for field, text in pairwise(definition.body):
            match field, text:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(said))):
                    found[name] = inspect.cleandoc(said)
    return found


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
