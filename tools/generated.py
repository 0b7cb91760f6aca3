"""Write the files that follow from the kinds, so that editors and type checkers see them.

That is a typed resource for each kind (twilio_environments/resources/<kind>.py, and the list of them), and the sections
of a stack file (twilio_environments/settings/sections.py). `make generated` runs it; a test keeps them up to date.
"""

from __future__ import annotations

import inspect
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from twilio_environments import files
from twilio_environments.kinds.registry import KINDS, SECTIONS
from twilio_environments.lifecycle.declaration import Declaration, To
from twilio_environments.lifecycle.descriptions import descriptions
from twilio_environments.lifecycle.kind import Kind

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "twilio_environments"
_INTERNAL = ("moved", "former_marks")
"""What only the environment's own components say about an object."""
_COMMON = """\
    account_sid: pulumi.Input[str]
    \"\"\"The subaccount that it is in; the credentials' own account where left out.\"\"\"
    local: pulumi.Input[bool]
    \"\"\"Webhooks may be http and private: the program never meets the real Twilio.\"\"\"
"""


def generated() -> dict[Path, str]:
    """Return the files with the text they should have."""
    shared = _Types()
    made = {PACKAGE / "resources" / f"{_module(kind)}.py": _resource(kind, shared) for kind in KINDS.values()}
    made[PACKAGE / "resources" / "arguments.py"] = _arguments(shared)
    made[PACKAGE / "resources" / "__init__.py"] = _resources()
    made[PACKAGE / "settings" / "sections.py"] = _sections()
    return {path: _formatted(text, path) for path, text in made.items()}


def _module(kind: Kind[Any]) -> str:
    return type(kind).__module__.rpartition(".")[2]


def _resource(kind: Kind[Any], shared: _Types) -> str:
    module, name = _module(kind), kind.resource
    types = _Types(type(kind).__module__, shared)
    fields = "".join(types.fields(kind.declaration, _fields(kind)))
    outputs = "".join(f"    {one}: pulumi.Output[{_output(type_)}]\n" for one, type_ in kind.facts.items())
    statuses = "".join(f"    {one}: pulumi.Output[str]\n" for one in kind.statuses)
    declared = "".join(
        f"    {one}: pulumi.Output[{_given(kind.declaration.model_fields[one].annotation)}]\n"
        for one in _fields(kind)
        if one not in {*kind.facts, *kind.statuses}
    )
    return f'''\
"""Made from twilio_environments/kinds/{module}.py by `make generated`: edit that instead."""

from typing import Any, ClassVar, Literal, Required, TypedDict, Unpack

import pulumi

from twilio_environments.kinds import {module}
from twilio_environments.resources.adapter import Adapter
{_imported(shared)}from twilio_environments.resources.resource import TwilioResource


class {name}Provider(Adapter):
    kind: ClassVar = {module}.KIND

{types.text()}

class {name}Args(TypedDict, total=False):
{fields}{_COMMON}

class {name}(TwilioResource, module="twilio", name="{name}"):
    """{kind.described}"""

    adapter = {name}Provider

{outputs}{statuses}{declared}
    def __init__(
        self, resource_name: str, opts: pulumi.ResourceOptions | None = None, **inputs: Unpack[{name}Args]
    ) -> None:
        super().__init__(resource_name, opts, **inputs)
'''


def _imported(shared: _Types) -> str:
    names = ", ".join(shared.names)
    return f"from twilio_environments.resources.arguments import {names}\n" if names else ""


def _fields(kind: Kind[Any]) -> list[str]:
    """Return the fields that a resource takes: no logical names, which only mean something in a stack file."""
    declaration: type[Declaration] = kind.declaration
    return [
        name
        for name, field in declaration.model_fields.items()
        if name not in _INTERNAL
        and name not in declaration.children()
        and not any(isinstance(note, To) and note.into for note in field.metadata)
    ]


def _output(type_: type) -> str:
    if type_ is dict:
        return "dict[str, Any]"
    return "list[dict[str, str]]" if type_ is list else type_.__name__


def _given(annotation: Any) -> str:
    """Return the type of what was declared, as the program gets it back."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _given(arguments[0])
    if origin in (Union, UnionType):
        return " | ".join("None" if one is NoneType else _given(one) for one in arguments)
    if origin is Literal:
        return " | ".join(sorted({type(one).__name__ for one in arguments}))
    if origin is not None:
        return f"{origin.__name__}[{', '.join(map(_given, arguments))}]"
    return "dict[str, Any]" if issubclass(annotation, BaseModel) else str(annotation.__name__)


def _arguments(shared: _Types) -> str:
    return f'''\
"""What several resources take, or parts of the library have. Made by `make generated`: edit the models instead."""

from typing import Literal, Required, TypedDict

import pulumi

{shared.text()}'''


class _Types:
    """The types of fields as source, and of the models among them as dictionaries: those of `module`, all if "".

    The others are added to `shared`.
    """

    def __init__(self, module: str = "", shared: _Types | None = None) -> None:
        self._module, self._shared = module, shared
        self._models: dict[str, str] = {}

    @property
    def names(self) -> list[str]:
        return sorted(self._models)

    def text(self) -> str:
        return "".join(f"\n\n{one}" for one in self._models.values())

    def fields(self, model: type[BaseModel], names: list[str] | None = None) -> Iterator[str]:
        said = descriptions(model)
        for name in names if names is not None else model.model_fields:
            field = model.model_fields[name]
            type_ = f"pulumi.Input[{self._source(field.annotation)}]"
            yield f"    {name}: {f'Required[{type_}]' if field.is_required() else type_}\n"
            if name in said:
                yield textwrap.indent(f'"""{said[name]}"""\n', "    ")

    def _source(self, annotation: Any) -> str:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Literal:
            return f"Literal[{', '.join(map(repr, arguments))}]"
        if origin is Annotated:
            return self._source(arguments[0])
        if origin is None:
            is_model = inspect.isclass(annotation) and issubclass(annotation, BaseModel)
            return self.model(annotation) if is_model else annotation.__name__
        inner = [self._source(one) for one in arguments if one is not NoneType]
        if origin in (Union, UnionType):
            return " | ".join(inner)
        return f"{origin.__name__}[{', '.join([*inner[:-1], f'pulumi.Input[{inner[-1]}]'])}]"

    def model(self, model: type[BaseModel]) -> str:
        name = f"{model.__name__}Args"
        if self._shared and model.__module__ != self._module:
            return self._shared.model(model)
        if name not in self._models:
            fields = "".join(self.fields(model))
            self._models[name] = f"class {name}(TypedDict, total=False):\n{fields}"
        return name


def _resources() -> str:
    names = {kind.resource: _module(kind) for kind in KINDS.values()}
    imports = "\n".join(f"from twilio_environments.resources.{module} import {name}" for name, module in names.items())
    return f'''\
"""The Pulumi resources: one small class per kind, and the one adapter to Pulumi's dynamic-provider host.

Module paths and provider class names in here are state format: a released one is never renamed. Made from the kinds by
`make generated`: edit these instead.
"""

from collections.abc import Mapping

from twilio_environments.resources.resource import TwilioResource
{imports}

RESOURCES: Mapping[str, type[TwilioResource]] = {{
    resource.__name__: resource for resource in ({", ".join(names)})
}}
"""By the name of the resource type, which is that of the class."""

__all__ = ["RESOURCES", {", ".join(f'"{name}"' for name in sorted(names))}]
'''


def _sections() -> str:
    modules = ", ".join(sorted(_module(kind) for kind in SECTIONS.values()))
    fields = "".join(
        f"    {section}: dict[LogicalName, {_module(kind)}.{kind.stack_file.__name__}] = {{}}\n"
        f'    """{kind.noun[0].upper()}{kind.noun[1:]}s by logical name."""\n'
        for section, kind in SECTIONS.items()
    )
    return f'''\
"""The sections that declare objects by name. Made from the kinds by `make generated`: edit these instead."""

from __future__ import annotations

from twilio_environments.kinds import {modules}
from twilio_environments.lifecycle.declaration import LogicalName
from twilio_environments.settings.general import General


class Sections(General):
    """An environment, section by section."""

{fields}'''


def _formatted(text: str, path: Path) -> str:
    for arguments in (["check", "--fix-only", "--quiet", "--select", "F401,I"], ["format", "--quiet"]):
        command = [_ruff(), *arguments, "--stdin-filename", str(path), "-"]
        text = subprocess.run(command, input=text, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    return text


def _ruff() -> str:
    return shutil.which("ruff", path=str(Path(sys.executable).parent)) or "ruff"


if __name__ == "__main__":
    for file, written in generated().items():
        if not file.exists() or file.read_text(encoding="utf-8") != written:
            files.replace([files.Draft(file, written)], ROOT)
            print(f"wrote {file.relative_to(ROOT)}")
