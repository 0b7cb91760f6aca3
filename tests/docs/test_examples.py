"""What stands in the documentation as an example works."""

import json
import re
import shlex
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
import typer
import yaml
from pulumi.runtime import rpc

from tests.docs.pages import PAGES, Code, anchors, codes, links
from tests.servers import ROOT
from tests.settings.stack_file import as_pulumi
from twilio_environments import resources
from twilio_environments.cli.main import app
from twilio_environments.emulator import resource, routing
from twilio_environments.resources.boundary import SECRETS
from twilio_environments.settings import load
from twilio_environments.studio import flow_template

CODES = list(codes())
STACK_FILES = [one for one in CODES if one.language == "yaml" and re.search("^ *twilio:", one.text, re.MULTILINE)]
PROGRAMS = [one for one in CODES if one.language == "python" and "twilio_environments.resources" in one.text]
PYTHON = [one for one in CODES if one.language == "python"]
WHOLE: dict[str, Any] = {
    "twilio:subaccount": {"friendly_name": "Acme"},
    "twilio:production": False,
    "twilio:allow": dict.fromkeys(("release_numbers", "close_subaccount"), "the documentation may lose it"),
}
"""What an example that shows a few lines leaves out."""
COMMANDS = typer.main.get_command(app)
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("code", STACK_FILES, ids=str)
def test_a_stack_file_is_one(code):
    written = yaml.safe_load(code.text)
    config = WHOLE | {"twilio:secrets": {"aws": {}}} | written.get("config", written)
    load(as_pulumi(yaml.safe_dump(config)), project="acme", stack="staging", root=ROOT)


class Noted(pulumi.runtime.Mocks):
    """Checks what a program declares by the models, as the provider would."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.declared = 0

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        resource = getattr(resources, args.typ.rpartition(":")[2], None)
        if resource is None:
            return args.name, args.inputs
        self.declared += 1
        kind = resource.adapter.kind
        outputs = {
            name: args.inputs[name] for name in (*kind.facts, *kind.statuses, "incomplete") if name in args.inputs
        }
        inputs = {name: rpc.unwrap_rpc_secret(value) for name, value in args.inputs.items()}  # as the host has them
        given = {name: inputs[name] for name in inputs.keys() - outputs.keys() if name != "__provider"}
        given |= {name: outputs[name] for name in outputs if name in kind.declaration.model_fields}
        unknown = given.keys() - kind.declaration.model_fields.keys() - {"account_sid", "local", SECRETS}
        self.wrong += sorted(unknown)
        kind.read_inputs(given)
        if "definition" in given:
            placeholders = flow_template.placeholders(json.loads(given["definition"]))
            self.wrong += sorted(placeholders - given.get("placeholders", {}).keys())
        made = {"phone_number": "+12125550100", "webhook_url": "https://webhooks.twilio.com/v1/flow"}
        return f"{kind.prefix}{0:032x}", args.inputs | {name: made.get(name, "") for name in kind.facts}

    def call(self, args: pulumi.runtime.MockCallArgs) -> Any:
        return {}


@pytest.mark.parametrize("code", PROGRAMS, ids=str)
def test_a_program_declares_what_the_models_take(code, monkeypatch):
    monkeypatch.chdir(ROOT)
    noted = Noted()
    pulumi.runtime.set_mocks(noted, project="acme", stack="staging", preview=False)

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def run() -> None:
        exec(compile(code.text, str(code), "exec"), {})

    run()
    assert noted.declared
    assert noted.wrong == []


@pytest.mark.parametrize("code", [one for one in PYTHON if one not in PROGRAMS], ids=str)
def test_other_python_runs(code, monkeypatch):
    # A collection that a page declares to the emulator is forgotten after it.
    monkeypatch.setattr(routing, "_routes", {key: list(routes) for key, routes in routing._routes.items()})
    monkeypatch.setattr(resource, "_resources", resource.resources())
    exec(compile(code.text, str(code), "exec"), {})


def commands(first: str) -> Iterator[tuple[Code, list[str]]]:
    """Every command of that name in a block of code, a line or a step of a pipeline."""
    for code in CODES:
        if code.inline and code.text.startswith(f"{first} "):
            yield code, shlex.split(code.text)[1:]
        elif not code.inline and code.language in ("", "sh", "console", "bash"):
            for line in re.sub(r"\\\n", " ", code.text).splitlines():
                for found in re.finditer(rf"(?:^|[\s(;]){first} ([^|;&<>)#]*)", line):
                    yield code, shlex.split(found[1])


TYPED = list(commands("twilio-env"))


@pytest.mark.parametrize(
    ("code", "arguments"), TYPED, ids=[f"{code} {' '.join(arguments[:1])}" for code, arguments in TYPED]
)
def test_a_command_of_ours_takes_what_is_typed(code, arguments):
    command: Any = COMMANDS
    rest = ["20003" if one == "CODE" else one for one in arguments]
    while hasattr(command, "commands") and rest and not rest[0].startswith("-"):
        assert rest[0] in command.commands
        command = command.commands[rest.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    assert [one for one in rest if one.startswith("-") and one.partition("=")[0] not in known] == []
    if not code.inline and "--help" not in rest:
        command.make_context(str(code), rest)


MADE = list(commands("make"))


@pytest.mark.parametrize(("code", "arguments"), MADE, ids=[f"{code} {arguments}" for code, arguments in MADE])
def test_a_target_of_make_is_there(code, arguments):
    assert {one for one in arguments if not one.startswith("-") and "=" not in one} <= TARGETS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_leads_somewhere(page):
    for link in links(page):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_there_is_something_of_each():
    assert min(len(STACK_FILES), len(PROGRAMS)) > 8
    assert min(len(TYPED), len(MADE)) > 8
