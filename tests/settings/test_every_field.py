"""What holds for every field of every model, whoever adds one."""

import importlib
import json
import pkgutil
import re

import pytest
from pydantic import BaseModel

import twilio_environments
from tests.settings.fields import places, planted
from twilio_environments.lifecycle import mistakes
from twilio_environments.lifecycle.declaration import Declared
from twilio_environments.lifecycle.descriptions import descriptions
from twilio_environments.lifecycle.forms import words_of
from twilio_environments.settings import Settings, SettingsProblem, load

PLACES = list(places())
CANARY = "canary4canary"
PLANTED = [
    CANARY,
    f"{CANARY}\u202e",
    f" {CANARY}",
    f"https://user:{CANARY}@example.com/",
    f"http://{CANARY}.example.com/",
    f"https://{CANARY}\u2100.example.com/",
    f"https://[{CANARY}",
    f"https://{CANARY}.internal/?{CANARY}",
    f"+1{CANARY}",
    f"../{CANARY}",
    f"AC{CANARY}",
    CANARY * 100,
    [CANARY, CANARY],
    {"name": CANARY},
    [{"name": CANARY}],
]


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_value_is_never_repeated(place, tmp_path):
    (tmp_path / "flow.json").write_text("{}")
    for value in PLANTED:
        said = "".join(told(planted(place.steps, value), tmp_path))
        assert CANARY not in said
        assert "Input" not in said
        assert "is not valid here" not in said
        assert not re.search(r"valid (string|integer|dictionary|list|boolean)", said)


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_values_of_every_type_are_taken_or_end_in_words_of_ours(place, tmp_path):
    (tmp_path / "flow.json").write_text("{}")
    for value in (None, 7.5, -1, True, "", [], {}, [None], {"": None}):
        said = "".join(told(planted(place.steps, value), tmp_path))
        assert "is not valid here" not in said
        assert "is not in the right form" not in said


def told(data, root):
    """Return the lines of mistakes for settings, handed over as Pulumi does it."""
    handed_over = {
        f"twilio:{name}": value if isinstance(value, str) else json.dumps(value) for name, value in data.items()
    }
    try:
        load(handed_over, project="project", stack="stack", root=root)
    except SettingsProblem as problem:
        return [str(mistake) for mistake in problem.mistakes]
    return []


def test_a_field_that_must_be_there_has_an_example_for_when_it_is_not():
    required = [place for place in PLACES if place.field.is_required()]
    assert required
    assert [str(place) for place in required if not mistakes.example_of(Settings, place.steps)] == []


CHECKED_BY_CODE = {
    r"^(https?://\S+)?$",  # URLs
    r"^[0-9]+$",  # numbers that `pulumi config set` wrote
}


def test_every_pattern_has_its_words():
    patterns = set(re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', json.dumps(Settings.model_json_schema())))
    patterns = {json.loads(pattern) for pattern in patterns} - CHECKED_BY_CODE
    assert len(patterns) > 10
    assert not {pattern for pattern in patterns if "in the right form" in words_of(pattern)[0]}


def _models(of=Declared):
    for model in of.__subclasses__():
        yield model
        yield from _models(model)


def test_every_field_of_every_model_has_a_description():
    for module in pkgutil.walk_packages(twilio_environments.__path__, "twilio_environments."):
        if not module.name.endswith(".__main__"):
            importlib.import_module(module.name)
    own = {model for model in _models() if model.__module__.startswith("twilio_environments.")}  # tests make some too
    models: set[type[BaseModel]] = {place.model for place in PLACES} | own
    missing = sorted(
        f"{model.__name__}.{name}"
        for model in models
        for name, field in model.model_fields.items()
        if not (field.description or descriptions(model).get(name, "")).strip()
    )
    assert not missing
