"""The pages of the kinds say what the models say."""

import pytest

import tests.docs.pages  # noqa: F401 - puts tools/ on the path
from tests.servers import ROOT
from tests.settings.fields import places
from twilio_environments.kinds.registry import KINDS

import reference  # isort: skip

PAGES = reference.pages()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_committed_page_is_what_is_made(page):
    assert page.read_text(encoding="utf-8") == reference.written(page), "renew it: make docs"


def test_every_kind_has_a_page():
    assert {path.stem for path in (ROOT / "docs" / "kinds").glob("*.md")} - {"README"} == {
        kind.declaration.__module__.rpartition(".")[2] for kind in KINDS.values()
    }


def test_every_field_of_a_stack_file_is_on_a_page():
    rows = {line.split("`")[1] for page in PAGES for line in page.read_text("utf-8").splitlines() if line[:3] == "| `"}
    models = set()
    for page in PAGES:
        for found in reference.FIELDS.finditer(page.read_text(encoding="utf-8")):
            schema = reference.model_at(found["path"]).model_json_schema()
            models |= {schema["title"], *schema.get("$defs", ())}
    for place in places():
        assert str(place.steps[-1]) in rows
        assert place.model.__name__ in models
