"""What coding agents are told: every command there is, how far it goes, and the shape of each answer."""

import json
import re

import pytest

from tests.servers import ROOT
from twilio_environments.cli.answers import ANSWERS
from twilio_environments.cli.commands import COMMANDS

TEXT = (ROOT / "twilio_environments" / "SKILL.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^### (.+?)$.*?^```json\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL))


def test_every_command_is_there_with_how_far_it_goes():
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in TEXT.splitlines() if "| `" in line]
    assert {name.strip("`"): reach for name, reach, _ in rows} == {
        name: "; ".join([one.reach, *(f"with `{option}`: {reach}" for option, reach in one.options.items())])
        for name, one in COMMANDS.items()
    }
    finds = [f"`{name}`" for name, one in COMMANDS.items() if 2 in one.exits]
    assert f"{', '.join(finds[:-1])} and {finds[-1]} also exit with 2" in " ".join(TEXT.split())


@pytest.mark.parametrize("command", ANSWERS)
def test_an_answer_has_the_shape_that_is_shown(command):
    model = ANSWERS[command]
    shown = json.loads(EXAMPLES[f"{command[0].upper()}{command[1:]}"])
    model.model_validate(shown)
    if command != "explain, without a code":  # which shows the entries above, shorter
        assert shown.keys() == model.model_fields.keys()


def test_the_report_of_a_review_has_what_is_shown():
    schema = json.loads((ROOT / "docs" / "drift.schema.json").read_text(encoding="utf-8"))
    shown = json.loads(EXAMPLES["Drift"])
    assert shown["version"] == 1
    _held(shown, schema, schema)


def _held(shown, schema, whole):
    """Every name that is shown is one of the schema's."""
    for one in (schema, *schema.get("anyOf", ())):
        found = whole["$defs"][one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        if isinstance(shown, list) and "items" in found:
            for item in shown:
                _held(item, found["items"], whole)
        if isinstance(shown, dict) and "properties" in found:
            assert shown.keys() <= found["properties"].keys()
            for name, value in shown.items():
                _held(value, found["properties"][name], whole)


def test_only_looking_is_what_it_begins_with():
    rules = TEXT[TEXT.index("## Rules") : TEXT.index("## Which")]
    named = re.findall(r"`twilio-env ([a-z ]+)`", rules)
    assert named
    assert {COMMANDS[name].reach for name in named} == {"only looks"}
