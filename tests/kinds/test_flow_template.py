"""Placeholders in flows, and when two definitions are the same. `unrender` is tested where `twilio-env flows` is."""

import json
import random
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twilio_environments.studio.flow_template import canonical, placeholders, render, same, stand_ins

unhurried = settings(deadline=None)  # the machine may be busy with other tests
VALUES = {"values.greeting": "Hello", "numbers.support.phone_number": "+15005550006"}
RENDERED = {
    "${values.greeting}": ("Hello", "a placeholder alone"),
    "Say ${values.greeting}!": ("Say Hello!", "inside of text"),
    "${values.greeting}${values.greeting}": ("HelloHello", "twice"),
    "${ values.greeting }": ("Hello", "with blanks around the name"),
    "$${values.greeting}": ("${values.greeting}", "an escape stands for itself"),
    "$${values.greeting": ("${values.greeting", "an escape that nothing closes"),
    "${{flow.data.price}}": ("${{flow.data.price}}", "a dollar sign before Liquid"),
    "{{flow.data.name}}": ("{{flow.data.name}}", "Liquid"),
    "{% if a %}${values.greeting}{% endif %}": ("{% if a %}Hello{% endif %}", "inside of Liquid's tags"),
    "$5": ("$5", "a dollar sign"),
    "${": ("${", "nothing that closes"),
    "100% {a} $b": ("100% {a} $b", "nothing of ours"),
    "": ("", "nothing"),
}


@pytest.mark.parametrize("text", RENDERED)
def test_a_placeholder_is_replaced_and_everything_else_stays(text):
    expected, reason = RENDERED[text]
    assert render({"a": [text]}, VALUES) == {"a": [expected]}, reason


def test_a_value_is_never_taken_for_a_placeholder():
    assert render("${a.b}", {"a.b": "${c.d}"}) == "${c.d}"


def test_only_strings_are_templates_and_keys_are_not():
    definition = {"${values.greeting}": 1, "a": [True, None, 1.5]}
    assert render(definition, VALUES) == definition
    assert placeholders(definition) == set()


def test_a_placeholder_without_a_value_is_an_error():
    with pytest.raises(KeyError, match=r"values\.missing"):
        render("${values.missing}", VALUES)


def test_the_names_are_found_wherever_they_stand():
    definition = {"a": "${one.two.sid} and ${ three.four }", "b": [{"c": "$${not.this} ${{nor.this}}"}]}
    assert placeholders(definition) == {"one.two.sid", "three.four"}


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("a.b.sid", r"[A-Z]{2}[0-9a-f]{32}"),
        ("a.b.phone_number", r"\+\d+"),
        ("a.b.webhook_url", r"https://.+"),
        ("values.x", r".+"),
    ],
)
def test_what_stands_in_for_a_placeholder_has_its_shape(name, shape):
    assert re.fullmatch(shape, stand_ins(f"${{{name}}}")[name])


NAMES = st.from_regex(r"[a-z]{1,4}(\.[a-z]{1,4}){1,2}", fullmatch=True)
TEXTS = st.lists(st.text(alphabet="ab ${}.", max_size=6) | NAMES.map(lambda name: f"${{{name}}}")).map("".join)
SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
KEYS = st.sampled_from(["name", "offset", "x", "properties", "next"])
DEFINITIONS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)
OBJECTS = st.dictionaries(KEYS, DEFINITIONS, max_size=4)


# Every dollar sign begins a placeholder: what stands around one in `${${a}}` is text, and looks like one afterwards.
TEMPLATES = st.lists(st.text(alphabet="ab {}.", max_size=6) | NAMES.map(lambda name: f"${{{name}}}")).map("".join)


@unhurried
@given(st.recursive(TEMPLATES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4)))
def test_with_stand_ins_no_placeholder_is_left(definition):
    assert placeholders(render(definition, stand_ins(definition))) == set()


@unhurried
@given(OBJECTS)
def test_the_canonical_form_of_a_canonical_form_is_itself(definition):
    assert canonical(canonical(definition)) == canonical(definition)


def shuffled(value: Any, turn: random.Random) -> Any:
    """The same definition in another order of keys, with widgets elsewhere and null where something is left out."""
    if isinstance(value, dict):
        items = [(key, shuffled(item, turn)) for key, item in value.items() if key != "offset"]
        if turn.random() < 0.5:
            items.append(("offset", {"x": turn.random()}))
        if turn.random() < 0.5:
            items.append(("left out", None))
        turn.shuffle(items)
        return dict(items)
    if isinstance(value, list):
        return [shuffled(item, turn) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


@unhurried
@given(OBJECTS, st.randoms(use_true_random=False))
def test_order_layout_null_and_the_way_numbers_are_written_mean_nothing(definition, turn):
    other = shuffled(definition, turn)
    assert canonical(other) == canonical(definition)
    assert canonical(json.dumps(other, indent=2)) == canonical(definition)


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ({"a": 1}, {"a": 2}, "another value"),
        ({"a": 1}, {"a": True}, "true is not 1"),
        ({"a": 1}, {"a": "1"}, "a number is no text"),
        ({"a": [1, 2]}, {"a": [2, 1]}, "the order of a list"),
        ({"a": ""}, {}, "an empty text is not left out"),
        ({"a": [None]}, {"a": []}, "null in a list is an item"),
        ({"a": {}}, {}, "an empty object is not left out"),
        ({"b": 1}, {"B": 1}, "capitals of a key"),
    ],
)
def test_what_means_something_is_a_difference(one, other, reason):
    assert canonical(one) != canonical(other), reason


def test_layout_counts_where_files_are_compared():
    assert same({"a": 1, "b": None}, {"a": 1.0})
    assert not same({"offset": {"x": 1}}, {"offset": {"x": 2}})
    assert not same({"a": True}, {"a": 1})
