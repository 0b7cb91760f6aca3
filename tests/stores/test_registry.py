"""What a store has to bring beside its folder and its line in StoreSettings: what it lacks is named here."""

import re
import tomllib

import pytest

from tests.servers import ROOT
from tests.stores import conftest
from twilio_environments.cli.checks import store as doctor
from twilio_environments.secrets.stores import BACKENDS, StoreSettings
from twilio_environments.settings import load

LIBRARY = ROOT / "twilio_environments"
STORES = LIBRARY / "secrets" / "stores"
each = pytest.mark.parametrize("name", BACKENDS)


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@each
def test_a_store_is_a_folder_named_as_in_a_stack_file(name):
    assert BACKENDS[name].__module__ == f"twilio_environments.secrets.stores.{name}.settings"
    assert BACKENDS[name].__doc__


@each
def test_a_store_is_held_to_what_every_store_promises(name):
    assert hasattr(conftest, f"{name}_backend"), f"write {name}_backend in tests/stores/conftest.py"


@each
def test_the_example_of_a_store_is_one(name):
    said = StoreSettings.model_validate({name: BACKENDS[name].example})
    assert said.name == name
    assert said.backend.model_dump(exclude_unset=True) == BACKENDS[name].example
    assert said.backend.known_as()


@each
def test_a_store_has_a_section_of_its_own_in_the_docs(name):
    heading = f"### {BACKENDS[name].title}\n"
    assert heading in page("secrets.md"), f"write what a run needs in it, below {heading!r} in docs/secrets.md"
    assert BACKENDS[name].role_variable in page("pipelines.md"), "write how a job signs in to it, in docs/pipelines.md"


@each
def test_the_doctor_says_of_a_store_what_it_says_of_itself(name, request, monkeypatch, tmp_path):
    conftest.built(name, request)
    monkeypatch.setenv("AWS_REGION", conftest.REGION)
    values = {"twilio:subaccount": "{}", "twilio:secrets": f'{{"{name}": {{}}, "document": "registry/{name}"}}'}
    (found,) = doctor.look(load(values, project="acme", stack="staging", root=tmp_path))
    assert found.state == "pass", found
    assert f"registry/{name} in {name} " in found.what
    assert ("does not say whether it may be written" in found.what) is not BACKENDS[name].can_check


@each
def test_no_store_knows_another_one_and_nobody_else_knows_its_folder(name):
    linted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    module = f"twilio_environments.secrets.stores.{name}"
    assert [one["name"] for one in linted["contracts"] if module in one.get("modules", [])], "name it in pyproject.toml"
    assert [one["name"] for one in linted["contracts"] if module in one.get("protected_modules", [])], "as above"


def test_nobody_chooses_between_stores_by_their_names():
    names = "|".join(BACKENDS)
    chosen = re.compile(rf"\b(secrets|store|settings|chosen)\.({names})\b|[\"']({names})[\"']")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sorted(LIBRARY.rglob("*.py"))
        if not {STORES / name for name in BACKENDS} & {*path.parents}
        for line in path.read_text(encoding="utf-8").splitlines()
        if chosen.search(line) and "import" not in line
    ]
    assert found == []
