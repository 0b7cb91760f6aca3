"""The library as others use it: from its wheel, in a program of their own, without this project's settings."""

import json
import os
import stat
import sys
import zipfile
from pathlib import Path

import pytest

from tests.servers import ROOT
from tests.stacks.stack import Stack
from tests.wheel import build, lend_dependencies
from tests.wheel import python as run
from twilio_environments.environments.init import TEMPLATE

PROGRAM = """\
import pulumi
from twilio_environments.resources import MessagingService

service = MessagingService("alerts", inbound_request_url="https://example.com/messages")
pulumi.export("sid", service.id)
"""


ENVIRONMENT = """\
from pathlib import Path

import pulumi
from twilio_environments.components import Environment, stack
from twilio_environments.resources.recorded import recorded

settings = stack.settings(Path(__file__).parent)


async def program():
    environment = Environment("environment", settings, recorded=await recorded())
    return environment.outputs


pulumi.run(program)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory) -> Path:
    """An interpreter that has the wheel, and the dependencies of the one that runs the tests."""
    folder: Path = tmp_path_factory.mktemp("venv")
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    with zipfile.ZipFile(wheel) as archive:  # pure Python, so unpacking it is installing it
        archive.extractall(lend_dependencies(folder))
    return folder / "bin" / "python"


def test_a_program_elsewhere_needs_the_wheel_alone(python, tmp_path, twilio):
    assert Path(run(python, "-c", "import twilio_environments as it; print(it.__file__)").strip()).is_relative_to(
        python.parents[1]
    )
    project = tmp_path / "project"
    project.mkdir()
    (project / "__main__.py").write_text(PROGRAM)
    (project / "Pulumi.yaml").write_text("name: elsewhere\nruntime: python\n")
    stack = Stack.at("dev", project, tmp_path, twilio)
    stack.environment["PATH"] = os.pathsep.join([str(python.parent), stack.environment["PATH"]])
    stack.up()
    (service,) = stack.rows("messaging_services")
    assert json.loads(stack.pulumi("stack", "output", "--json").stdout) == {"sid": service["sid"]}
    assert (service["account_sid"], service["friendly_name"]) == (twilio.account_sid, "alerts")
    stack.expect_no_changes()
    stack.destroy("--skip-preview")
    assert stack.rows("messaging_services") == []


def test_an_environment_is_declared_elsewhere_by_a_stack_file_alone(python, tmp_path, twilio):
    project = tmp_path / "project"
    project.mkdir()
    (project / "__main__.py").write_text(ENVIRONMENT)
    (project / "Pulumi.yaml").write_text("name: elsewhere\nruntime: python\n")
    (project / "Pulumi.dev.yaml").write_text(
        "config:\n  twilio:subaccount: {}\n  twilio:verify_services: {login: {}}\n"
    )
    stack = Stack.at("dev", project, tmp_path, twilio)
    stack.environment["PATH"] = os.pathsep.join([str(python.parent), stack.environment["PATH"]])
    stack.up()
    (service,) = stack.rows("verify_services")
    outputs = json.loads(stack.pulumi("stack", "output", "--json").stdout)
    output = outputs.pop("environment")
    assert outputs == output, "each part by itself, for StackReferences"
    assert output["verify_services"] == {"login": service["sid"]}
    assert output["account_sid"] == service["account_sid"] != twilio.account_sid


def test_the_wheel_holds_the_library_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    template = {path.relative_to(ROOT).as_posix() for path in TEMPLATE.rglob("*") if path.is_file()}
    assert {name for name in names if "/template/" in name} == {one for one in template if "__pycache__" not in one}
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"twilio_environments"}
    assert {"twilio_environments/py.typed", "twilio_environments/SKILL.md"} <= set(names)
    launcher = "twilio_environments/plugin/pulumi-resource-pulumi-python"
    assert zipfile.ZipFile(wheel).getinfo(launcher).external_attr >> 16 & stat.S_IXUSR
    data = [name for name in names if not name.startswith("twilio_environments/template/")]
    assert not [name for name in data if name.endswith((".pyc", ".env", ".json"))]
