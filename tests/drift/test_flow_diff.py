"""The difference between two flows, by widget."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.drift.reviews import HOSTILE, edited_flow, flow
from twilio_environments.drift.model import ABSENT, DriftedField
from twilio_environments.drift.reports.flow_diff import FlowChange, difference, lines, of_field
from twilio_environments.studio.flow_template import canonical

unhurried = settings(deadline=None)
WIDGET = {
    "name": "menu",
    "type": "gather-input-on-call",
    "transitions": [{"event": "keypress", "next": "choice"}, {"event": "timeout"}],
    "properties": {"say": "Hello", "loop": 1, "offset": {"x": 0, "y": 0}},
}
CHOICE = {
    "name": "choice",
    "type": "split-based-on",
    "transitions": [
        {"event": "noMatch"},
        {"event": "match", "next": "a", "conditions": [{"friendly_name": "If 1", "value": "1"}]},
        {"event": "match", "next": "b", "conditions": [{"friendly_name": "If 2", "value": "2"}]},
    ],
    "properties": {"input": "{{widgets.menu.Digits}}"},
}


def definition(*widgets, **more):
    return {"description": "d", "states": copy.deepcopy(list(widgets)), "initial_state": "menu", "flags": {}} | more


def changed(path, value):
    """WIDGET and CHOICE with the value at a path replaced."""
    result = definition(WIDGET, CHOICE)
    at = result["states"]
    *way, last = path
    for step in way:
        at = at[step]
    at[last] = value
    return result


ONE_CHANGE = {
    "a property": ([0, "properties", "say"], "Bye", ("menu", FlowChange("properties.say", "Hello", "Bye"))),
    "a new property": (
        [0, "properties", "voice"],
        "alice",
        ("menu", FlowChange("properties.voice", ABSENT, "alice")),
    ),
    "a type": ([0, "type"], "say-play", ("menu", FlowChange("type", "gather-input-on-call", "say-play"))),
    "where an event leads": (
        [0, "transitions", 0, "next"],
        "other",
        ("menu", FlowChange("transitions.keypress", "choice", "other")),
    ),
    "an event that led nowhere": (
        [0, "transitions", 1, "next"],
        "choice",
        ("menu", FlowChange("transitions.timeout", "", "choice")),
    ),
    "one of two conditions": (
        [1, "transitions", 2, "next"],
        "c",
        (
            "choice",
            FlowChange(
                "transitions.match (If 2)",
                {"next": "b", "conditions": [{"friendly_name": "If 2", "value": "2"}]},
                {"next": "c", "conditions": [{"friendly_name": "If 2", "value": "2"}]},
            ),
        ),
    ),
}


@pytest.mark.parametrize("what", ONE_CHANGE)
def test_one_change_is_the_only_one_that_is_named(what):
    path, value, (widget, change) = ONE_CHANGE[what]
    found = difference(definition(WIDGET, CHOICE), changed(path, value))
    assert [(one.name, one.state, one.changes) for one in found.widgets] == [(widget, "changed", (change,))]
    assert found.matters
    assert not found.flow


def test_a_widget_that_was_moved_is_told_apart_from_one_that_was_changed():
    found = difference(
        definition(WIDGET),
        changed([0, "properties", "offset"], {"x": 10, "y": 0})
        | {"states": [changed([0, "properties", "offset"], {"x": 10, "y": 0})["states"][0]]},
    )
    assert [(one.state, one.changes) for one in found.widgets] == [("moved", ())]
    assert found
    assert not found.matters


def test_widgets_come_and_go():
    found = difference(definition(WIDGET), definition(CHOICE))
    assert [(one.name, one.state) for one in found.widgets] == [("choice", "added"), ("menu", "removed")]
    assert FlowChange("properties.say", "Hello", ABSENT) in found.widgets[1].changes


def test_a_widget_under_another_name_is_the_same_widget():
    found = difference(definition(WIDGET), definition(WIDGET | {"name": "greeting"}))
    assert [(one.name, one.renamed_from, one.changes) for one in found.widgets] == [("greeting", "menu", ())]
    assert found.matters


def test_what_is_no_widget_is_named_too():
    found = difference(definition(WIDGET), definition(WIDGET, description="other", initial_state="choice"))
    assert found.flow == (FlowChange("description", "d", "other"), FlowChange("initial_state", "menu", "choice"))


@pytest.mark.parametrize(("before", "after"), [({"a": None}, {}), ({"a": 1}, {"a": 1.0})])
def test_null_and_the_form_of_a_number_are_no_difference(before, after):
    assert not difference(definition(**before), definition(**after))


@pytest.mark.parametrize("nothing", [None, [], "text", 3, {"states": None}, {"states": ["text"]}, {"states": {}}])
def test_what_is_no_definition_has_no_widgets_and_does_no_harm(nothing):
    assert [one.state for one in difference(nothing, definition(WIDGET)).widgets] == ["added"]
    difference(definition(WIDGET), nothing)


def test_the_flow_of_a_field_is_read_from_its_text_and_another_field_has_none():
    before, after = canonical(flow("ivr")), canonical(edited_flow())
    found = of_field(DriftedField("definition", before, before, after))
    assert found is not None
    assert {(one.name, one.state) for one in found.widgets} == {
        ("menu", "changed"),
        ("goodbye", "changed"),
        ("agent", "added"),
        ("send_hours", "removed"),
    }
    assert of_field(DriftedField("voice_url", "", before, after)) is None
    assert of_field(DriftedField("definition", "", ABSENT, after)) is None


def test_lines_show_both_sides_and_every_control_character():
    said = "\n".join(lines(difference(definition(WIDGET), changed([0, "properties", "say"], HOSTILE))))
    assert "- Hello" in said
    assert all(character.isprintable() or character == "\n" for character in said)


NAMES = st.sampled_from(["a", "b", "c"])
TRANSITIONS = st.lists(st.fixed_dictionaries({"event": NAMES}, optional={"next": NAMES}), max_size=3)
WIDGETS = st.fixed_dictionaries(
    {"name": NAMES, "type": NAMES, "transitions": TRANSITIONS},
    optional={
        "properties": st.dictionaries(st.sampled_from(["say", "offset"]), st.none() | st.integers(0, 2), max_size=2)
    },
)
DEFINITIONS = st.fixed_dictionaries({"states": st.lists(WIDGETS, max_size=4)}, optional={"description": NAMES})


@unhurried
@given(DEFINITIONS, DEFINITIONS)
def test_a_difference_is_said_exactly_where_the_lifecycle_sees_one(before, after):
    assert difference(before, after).matters == (canonical(before) != canonical(after))
    assert not difference(before, json.loads(json.dumps(before)))
