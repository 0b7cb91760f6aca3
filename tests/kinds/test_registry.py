"""Every kind has all that one has; what is missing is named by the file to write (`make kind` makes a first one)."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from tests.drift.mutations import WRITTEN_HERE
from tests.emulator.contract import PARAMETER
from tests.kinds.case import Case
from tests.kinds.cases import BY_SECTION, module_of
from tests.servers import ROOT
from tests.sweep.scenarios import SCENARIOS
from twilio_environments import resources
from twilio_environments.emulator.routing import routes
from twilio_environments.kinds.registry import KINDS, LISTED, SECTIONS
from twilio_environments.lifecycle.kind import Kind
from twilio_environments.settings import Settings

MARK = re.compile(r"\bDECIDE\b.*")
WRITTEN = (
    "twilio_environments/kinds/*.py",
    "twilio_environments/emulator/resources/*.py",
    "tests/kinds/cases/*.py",
    "docs/kinds/*.md",
)
"""What `make kind` writes; other files follow from these."""
KNOW_THEIR_KIND = {"emulator", "kinds", "numbers", "resources"}
SPOKEN_OF = {
    "cli/flows.py": {"studio_flows"},
    "settings/consistency.py": {"keys"},  # whose properties are anywhere in the store
    "settings/guard_rail_checks.py": {"keys"},  # of which the limits and permissions of a stack say something
    "settings/inbound.py": {"messaging_services", "numbers"},  # which together decide who takes a message
    "settings/sections.py": {*SECTIONS},  # made from the list
}
"""Where more than one kind is at stake, or one alone by the subject."""
by_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.section)


def case_of(kind: Kind[Any]) -> Case:
    file = f"tests/kinds/cases/{module_of(kind)}.py"
    assert kind.section in BY_SECTION, f"write {file}: its CASE"
    return BY_SECTION[kind.section]


def is_of_twilio(kind: Kind[Any]) -> bool:
    return kind.section != "secrets"  # a document is the secret store's


@by_kind
def test_it_has_an_identity_card(kind):
    listed = ("component", "prefix") if kind in LISTED else ()
    for name in ("order", "noun", "resource", "described", "section", "facts", *listed):
        assert getattr(kind, name, "") != "", f"write twilio_environments/kinds/{module_of(kind)}.py: `{name}`"


@by_kind
def test_it_has_a_page(kind):
    page = ROOT / "docs" / "kinds" / f"{module_of(kind)}.md"
    assert page.exists(), f"write docs/kinds/{page.name}"
    assert f"]({page.name})" in (page.parent / "README.md").read_text("utf-8"), "add its row to docs/kinds/README.md"


@by_kind
def test_it_has_a_conformance_case(kind):
    assert case_of(kind).kind is kind
    assert case_of(kind).full, f"write tests/kinds/cases/{module_of(kind)}.py: `full`, every field with a value"
    assert case_of(kind).changes, f"write tests/kinds/cases/{module_of(kind)}.py: `changes`, one of each field"


@by_kind
def test_twilios_documents_have_it(kind):
    if is_of_twilio(kind):
        assert case_of(kind).operations, f"write tests/kinds/cases/{module_of(kind)}.py: `operations`"


@by_kind
def test_the_emulator_serves_it(kind):
    served = {(route.product, PARAMETER.sub("{}", route.pattern)) for route in routes()}
    for operations in case_of(kind).operations:
        asked = {(operations.document.split("_")[0], PARAMETER.sub("{}", path)) for path in operations.paths}
        assert asked & served, f"write twilio_environments/emulator/resources: {operations.paths[0]}"
    if kind in LISTED:
        assert case_of(kind).table, f"write tests/kinds/cases/{module_of(kind)}.py: `table`, the emulator's"


@by_kind
def test_a_stack_file_may_declare_it(kind):
    if kind.section != "senders":  # which a Messaging Service has
        assert kind.section in Settings.model_fields, "run `make docs`: settings/sections.py does not have it"


@by_kind
def test_it_has_a_typed_resource(kind):
    assert kind.resource in resources.__all__, f"run `make docs`: resources/{module_of(kind)}.py is not there"


@by_kind
def test_it_is_swept(kind):
    assert f"{kind.section}-create" in SCENARIOS
    assert f"{kind.section}-delete" in SCENARIOS


@by_kind
def test_the_drift_review_meets_changes_of_it(kind):
    places = {place.partition(".")[0] for place in case_of(kind).altered}
    assert kind.section in places | WRITTEN_HERE, (
        f"write tests/kinds/cases/{module_of(kind)}.py: `estate`, its objects, and `altered`, what is changed there"
    )


@by_kind
def test_random_stacks_declare_it(kind):
    assert case_of(kind).random is not None, f"write tests/kinds/cases/{module_of(kind)}.py: `random`"


@by_kind
def test_an_account_that_is_adopted_has_it(kind):
    if kind in LISTED:
        assert case_of(kind).account is not None, f"write tests/kinds/cases/{module_of(kind)}.py: `account`"


def sections_in(file: Path) -> set[str]:
    """The sections that a module speaks of: in its texts, and as what it asks the settings for."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    texts = {one.value for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    asked = {one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute)} - {"keys"}  # which mappings have
    return SECTIONS.keys() & ({text.partition(".")[0] for text in texts} | asked)


def test_nobody_else_speaks_of_a_kind():
    library = ROOT / "twilio_environments"
    elsewhere = {
        name: found
        for file in sorted(library.rglob("*.py"))
        if (name := str(file.relative_to(library))).partition("/")[0] not in KNOW_THEIR_KIND
        and (found := sections_in(file) - SPOKEN_OF.get(name, set()))
    }
    assert elsewhere == {}, "ask the kind instead: let it say in its own file what is special to it"


def undecided() -> list[str]:
    return [
        f"{file.relative_to(ROOT)}:{number}: {found[0]}"
        for pattern in WRITTEN
        for file in sorted(ROOT.glob(pattern))
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if (found := MARK.search(line))
    ]


def test_nothing_is_left_for_a_person_to_decide():
    assert not undecided(), "\n".join(
        ["`make kind` wrote what Twilio's documents say; the rest is yours:", *undecided()]
    )
