"""Regenerate the parts of the documentation that come from the models: the field tables, in place, in every page.

A page marks the place with the model's path; people write the text around it:

    <!-- fields: twilio_environments.kinds.phone_number.PhoneNumber -->
    <!-- end of fields -->

`beyond NAME` after the path omits the fields of the base class NAME.

    <!-- outputs: PhoneNumber -->
    <!-- end of outputs -->

is the docstring of the Pulumi resource of that name, with its outputs;

    <!-- commands -->
    <!-- end of commands -->

is how far each command goes and how it exits; `answers`, likewise, is what each prints with --json. `--check` writes
nothing and fails if a page is out of date.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from twilio_environments import files, resources
from twilio_environments.cli.answers import ANSWERS
from twilio_environments.cli.commands import COMMANDS, EXITS, Command
from twilio_environments.kinds.registry import KINDS
from twilio_environments.lifecycle.declaration import Declaration
from twilio_environments.lifecycle.forms import words_of
from twilio_environments.settings.json_schema import StackFileSchema

ROOT = Path(__file__).parents[1]
FIELDS = re.compile(
    r"(?P<head><!-- fields: (?P<path>[\w.]+)(?: beyond (?P<base>\w+))? -->\n).*?(?P<end><!-- end of fields -->)",
    re.DOTALL,
)
_OUTPUTS = re.compile(r"(?P<head><!-- outputs: (?P<name>\w+) -->\n).*?(?P<end><!-- end of outputs -->)", re.DOTALL)
_LISTS = re.compile(r"(?P<head><!-- (?P<list>commands|answers) -->\n).*?(?P<end><!-- end of (?P=list) -->)", re.DOTALL)
_HEAD = "| field | type | default | description |\n| --- | --- | --- | --- |\n"
_URL = r"^(https?://\S+)?$"
_TYPES = {"string": "text", "integer": "a whole number", "number": "a number", "boolean": "`true` or `false`"}
_NOTHING = "-"
_PAGES = {
    kind.stack_file.__name__: type(kind).__module__.rpartition(".")[2] for kind in KINDS.values() if kind.component
}
_PAGES["StoreSettings"] = _PAGES["Secrets"]
"""The models with their own page in docs/kinds; other pages link to it."""
Schema = Mapping[str, Any]


def pages() -> list[Path]:
    """Return the pages that may contain such marks."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def written(page: Path) -> str:
    """Return the text of a page as it should be."""
    text = page.read_text(encoding="utf-8")
    text = FIELDS.sub(lambda found: _filled(found, _Tables(page, found).text()), text)
    text = _OUTPUTS.sub(lambda found: _filled(found, _outputs(found)), text)
    return _LISTS.sub(lambda found: _filled(found, {"commands": _commands, "answers": _answers}[found["list"]]()), text)


def _filled(found: re.Match[str], made: str) -> str:
    return f"{found['head']}\n{made}\n{found['end']}"


def model_at(path: str) -> type[BaseModel]:
    """Return the model of a dotted path."""
    module, _, name = path.rpartition(".")
    model: type[BaseModel] = getattr(importlib.import_module(module), name)
    return model


def _outputs(found: re.Match[str]) -> str:
    resource = getattr(resources, found["name"])
    kind = resource.adapter.kind
    names = ", ".join(f"`{name}`" for name in (*kind.facts, *kind.statuses))
    return f"`{found['name']}`: {inspect.getdoc(resource)} Outputs besides its fields: {names}.\n"


def _commands() -> str:
    rows = [_command(name, command) for name, command in COMMANDS.items()]
    codes = [f"| {code} | {meaning} |" for code, meaning in EXITS.items()]
    return "\n".join(
        [
            "| exit code | meaning |",
            "| --- | --- |",
            *codes,
            "",
            "| command | how far it goes | its own exit codes |",
            "| --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _command(name: str, command: Command) -> str:
    further = "".join(f"; with `{option}`: {reach}" for option, reach in command.options.items())
    exits = "; ".join(f"{code}: {meaning}" for code, meaning in command.exits.items())
    if command.pulumis:
        exits = "as the `pulumi` command that it runs"
    return f"| `{name}` | {command.reach}{further} | {exits or '-'} |"


def _answers() -> str:
    tables = []
    for command, answer in ANSWERS.items():
        schema = answer.model_json_schema()
        rest = [("", schema)]
        tables.append(f"### {command[0].upper()}{command[1:]}\n")
        while rest:
            place, one = rest.pop(0)
            tables.append((f"`{place}`:\n\n" if place else "") + "| field | type | description |\n| --- | --- | --- |")
            for name, about in one["properties"].items():
                tables[-1] += f"\n| `{name}` | {_json_type(about)} | {' '.join(about['description'].split())} |"
                below = (about.get("items") or about).get("$ref", "").rpartition("/")[2]
                if below:
                    step = f"{name}[]" if "items" in about else name
                    rest.append((f"{place}.{step}" if place else step, schema["$defs"][below]))
            tables[-1] += "\n"
    return "\n".join(tables)


def _json_type(schema: Schema) -> str:
    if "enum" in schema:
        return " or ".join(f"`{one}`" for one in schema["enum"])
    if schema.get("type") == "array":
        return f"a list; each: {_json_type(schema['items'])}"
    return {**_TYPES, "object": "an object"}[schema["type"]] if "type" in schema else "the fields below"


class _Tables:
    """The tables of one model and of the models below it."""

    def __init__(self, page: Path, found: re.Match[str]) -> None:
        self._page, self._model = page, model_at(found["path"])
        bases = [one for one in self._model.__mro__ if one.__name__ == found["base"] and issubclass(one, BaseModel)]
        self._inherited = {name for base in bases for name in base.model_fields}

    def text(self) -> str:
        return "\n".join(self._tables())

    def _tables(self) -> Iterator[str]:
        schema = self._model.model_json_schema(schema_generator=StackFileSchema)
        names = [name for name in schema["properties"] if name not in self._inherited]
        names.sort(key=lambda name: name == "adopt")  # the rarest goes last
        rest = [("", {name: schema["properties"][name] for name in names}, set(schema.get("required", ())))]
        while rest:
            place, fields, required = rest.pop(0)
            rows = [self._row(name, field, name in required, place) for name, field in fields.items()]
            yield (f"`{place}`:\n\n" if place else "") + _HEAD + "".join(rows)
            for name, field in fields.items():
                for step, model in _below(f"{place}.{name}" if place else name, field):
                    one = schema["$defs"][model]
                    if model not in _PAGES:
                        rest.append((step, one["properties"], set(one.get("required", ()))))

    def _row(self, name: str, field: Schema, required: bool, place: str) -> str:
        said = " ".join(str(field.get("description", "")).split()).replace("|", r"\|")
        if not place and self._replaces(name):
            said += " A change replaces the object."
        default = "**required**" if required else _default(field)
        return f"| `{name}` | {self._takes(field, example='such as' not in said)} | {default} | {said} |\n"

    def _replaces(self, name: str) -> bool:
        note = self._model.table().get(name) if issubclass(self._model, Declaration) else None
        return note is not None and note.replaces and note.compared

    def _takes(self, schema: Schema, *, example: bool = True) -> str:
        """Describe a field's type in words."""
        if "$ref" in schema:
            return self._link(schema["$ref"].rpartition("/")[2])
        if "enum" in schema:
            return " or ".join(f"`{_literal(one)}`" for one in schema["enum"] if one not in ("", "true", "false"))
        if "anyOf" in schema:
            return self._takes(schema["anyOf"][0], example=example)  # the others are what `pulumi config set` writes
        if schema["type"] == "array":
            most = f", at most {schema['maxItems']}" if "maxItems" in schema else ""
            return f"a list{most}; each: {self._takes(schema['items'], example=example)}"
        if schema["type"] == "object":
            ((pattern, item),) = (schema.get("patternProperties") or {"": schema["additionalProperties"]}).items()
            names = f"names ({words_of(pattern)[0].removeprefix('a name: ')})" if pattern else "names"
            return f"a mapping of {names} to {self._takes(item, example=example)}"
        return _scalar(schema, example=example)

    def _link(self, model: str) -> str:
        if model not in _PAGES:
            return "the fields below"
        target = os.path.relpath(ROOT / "docs" / "kinds" / f"{_PAGES[model]}.md", self._page.parent)
        return f"[these fields]({target})"


def _scalar(schema: Schema, *, example: bool) -> str:
    pattern = schema.get("pattern", "")
    what, such_as = _TYPES[schema["type"]], next(iter(schema.get("examples", ())), "")
    if pattern == _URL:
        what = "a URL"
    elif pattern:
        what, such_as = words_of(pattern)
    if schema.get("maxLength"):
        what += f", at most {schema['maxLength']} characters"
    if schema.get("minLength", 0) > 1:
        what += f", at least {schema['minLength']} characters"
    if "minimum" in schema:
        what += (
            f", {schema['minimum']} to {schema['maximum']}"
            if "maximum" in schema
            else f", at least {schema['minimum']}"
        )
    return what + (f", such as `{such_as}`" if such_as and example else "")


def _default(schema: Schema) -> str:
    default = schema.get("default")
    shown = default is False or (default and not isinstance(default, dict))  # a mapping has its own table
    return f"`{_literal(default)}`" if shown else _NOTHING


def _literal(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _below(place: str, schema: Schema) -> Iterator[tuple[str, str]]:
    """Yield the models below a field: the path to each, as in a stack file, and its name."""
    if "$ref" in schema:
        yield place, schema["$ref"].rpartition("/")[2]
    for item in (schema.get("patternProperties") or {}).values():
        yield from _below(f"{place}.<name>", item)
    if isinstance(schema.get("additionalProperties"), dict):
        yield from _below(f"{place}.<name>", schema["additionalProperties"])
    if "items" in schema:
        yield from _below(f"{place}[]", schema["items"])


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, and fail if a page is out of date")
    check = parser.parse_args().check
    stale = {page: text for page in pages() if (text := written(page)) != page.read_text(encoding="utf-8")}
    for page in stale:
        print(page.relative_to(ROOT))
    if not check:
        files.replace([files.Draft(page, text) for page, text in stale.items()], ROOT)
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
