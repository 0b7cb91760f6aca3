"""A flow that runs becomes its file again: placeholders, and the file's own form."""

import difflib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.drift.reviews import sid
from twilio_environments.studio.flow_template import placeholders, render, same, stand_ins, unrender
from twilio_environments.studio.json_text import rewritten

unhurried = settings(deadline=None)
FILES = sorted((Path(__file__).parents[2] / "studio").glob("*.json"))
VALUES = {
    "values.greeting": "Hi",
    "values.empty": "",
    "values.words": "a b",
    "numbers.support.phone_number": "+15005550006",
    "messaging_services.alerts.sid": sid("MG", 1),
    "messaging_services.marketing.sid": sid("MG", 2),
    "verify_services.one.sid": sid("VA", 1),
    "verify_services.alias.sid": sid("VA", 1),
    "account.sid": sid("AC", 1),
    "studio_flows.ivr.sid": sid("FW", 1),
    "studio_flows.ivr.webhook_url": f"https://webhooks.twilio.com/v1/Accounts/{sid('AC', 1)}/Flows/{sid('FW', 1)}",
}

BACK = {
    "a text that did not change": ("${values.greeting}, press 1", "Hi, press 1", "${values.greeting}, press 1"),
    "a text around a placeholder": ("${values.greeting}, press 1", "Hi! Press 2", "${values.greeting}! Press 2"),
    "a placeholder in the middle": ("Well, ${values.greeting}.", "So, Hi!", "So, ${values.greeting}!"),
    "a word that only begins alike": ("${values.greeting} there", "High there", "High there"),
    "a number that only begins alike": ("${numbers.support.phone_number}", "+150055500061", "+150055500061"),
    "a text that no longer has the value": ("${values.greeting} there", "Good morning", "Good morning"),
    "a short value where it never stood": ("Hello", "Hi", "Hi"),
    "a short value more often than it stood": ("x ${values.greeting} y", "a Hi b Hi c", "a ${values.greeting} b Hi c"),
    "a SID where none stood": ("", sid("MG", 2), "${messaging_services.marketing.sid}"),
    "a number in a text": ("", "Call +15005550006.", "Call ${numbers.support.phone_number}."),
    "another number": ("${numbers.support.phone_number}", "+15005550007", "+15005550007"),
    "another service of ours": (
        "${messaging_services.alerts.sid}",
        sid("MG", 2),
        "${messaging_services.marketing.sid}",
    ),
    "a service of nobody": ("${messaging_services.alerts.sid}", sid("MG", 3), sid("MG", 3)),
    "a SID with two names, neither in the file": ("", sid("VA", 1), sid("VA", 1)),
    "a SID with two names, one at the place": (
        "${verify_services.alias.sid}!",
        f"{sid('VA', 1)}?",
        "${verify_services.alias.sid}?",
    ),
    "the longest of two": ("", VALUES["studio_flows.ivr.webhook_url"], "${studio_flows.ivr.webhook_url}"),
    "a text that looks like a placeholder": ("", "${values.greeting}", "$${values.greeting}"),
    "a dollar sign before Liquid": ("", "${{flow.data.price}}", "${{flow.data.price}}"),
    "a dollar sign before a SID": ("", f"${sid('MG', 1)}", f"${sid('MG', 1)}"),
}


@pytest.mark.parametrize("what", BACK)
def test_a_value_becomes_a_placeholder_where_it_cannot_mean_anything_else(what):
    template, live, expected = BACK[what]
    back = unrender({"say": live}, {"say": template}, VALUES)
    assert back == {"say": expected}
    assert render(back, VALUES) == {"say": live}


def test_a_placeholder_stays_with_its_widget_when_widgets_are_put_in_another_order():
    template = {"states": [{"name": "a", "say": "${values.greeting}"}, {"name": "b", "say": "Hi"}]}
    live = {"states": [{"name": "b", "say": "Hi", "loop": 2}, {"name": "a", "say": "Hi", "loop": 1}]}
    states = unrender(live, template, VALUES)["states"]
    assert [state["say"] for state in states] == ["Hi", "${values.greeting}"]


def test_null_is_as_in_the_template():
    assert unrender({"a": None, "b": 1}, {"b": 1, "c": None}, {}) == {"b": 1, "c": None}


PIECES = [
    *VALUES.values(),
    *(f"${{{name}}}" for name in VALUES),
    "${ values.greeting }",
    "$${",
    "${{x}}",
    "$",
    "{",
    "}",
    " ",
    "a",
]
TEXTS = (
    st.lists(st.sampled_from(PIECES), max_size=6).map("".join).filter(lambda text: placeholders(text) <= VALUES.keys())
)
KEYS = st.sampled_from(["name", "event", "key", "say", "offset"])


def _json(leaves):
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=10
    )


DEFINITIONS = _json(TEXTS | st.integers(0, 2) | st.booleans() | st.none())


@unhurried
@given(DEFINITIONS, DEFINITIONS)
def test_rendering_what_was_turned_back_gives_the_flow_that_runs(live, template):
    assert same(render(unrender(live, template, VALUES), VALUES), live)


@unhurried
@given(DEFINITIONS)
def test_a_flow_that_nobody_edited_comes_back_as_its_own_template(template):
    assert unrender(render(template, VALUES), template, VALUES) == template


ANY = _json(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4)
    | st.just("\ud800")
)
STYLES = st.sampled_from(
    [{"indent": 2}, {"indent": "\t"}, {"indent": 4, "ensure_ascii": False}, {}, {"separators": (",", ":")}]
)


def _text(value, style):
    """JSON text, without what no file could hold."""
    text = json.dumps(value, **style)
    return text if text.isprintable() or text.isascii() else json.dumps(value)


@unhurried
@given(ANY, ANY, STYLES)
def test_a_text_with_another_content_has_that_content_and_can_be_a_file(before, after, style):
    text = rewritten(_text(before, style), after)
    assert json.loads(text) == after
    text.encode()


@unhurried
@given(ANY, STYLES)
def test_a_text_with_the_same_content_keeps_every_byte(value, style):
    text = _text(value, style)
    assert rewritten(text, json.loads(text)) == text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_pulling_what_nobody_edited_changes_no_byte_of_the_projects_flows(path, line_end):
    text = path.read_text(encoding="utf-8").replace("\n", line_end)
    template = json.loads(text)
    values = stand_ins(template)
    # Twilio may order keys as it likes, and says null where nothing was sent.
    live = json.loads(json.dumps(render(template, values), sort_keys=True)) | {"extra": None}
    assert rewritten(text, unrender(live, template, values)) == text


def test_an_edit_changes_its_own_lines_and_is_written_as_the_file_is():
    path = next(path for path in FILES if path.name == "ivr.json")
    text = path.read_text(encoding="utf-8")
    template = json.loads(text)
    values = stand_ins(template) | {"values.greeting": "Thank you for calling."}
    live = json.loads(json.dumps(render(template, values), sort_keys=True))
    menu = live["states"][1]
    menu["properties"]["say"] = "Thank you for calling. Press 2."
    menu["properties"]["language"] = "en-GB"
    live["states"].append(
        {
            "name": "end",
            "type": "say-play",
            "transitions": [{"event": "audioComplete"}],
            "properties": {"say": "Bye", "loop": 1},
        }
    )
    changed = rewritten(text, unrender(live, template, values))
    ours = [line for line in difflib.ndiff(text.splitlines(), changed.splitlines()) if line[0] in "+-"]
    assert ours == [
        '-         "say": "${values.greeting} Press 1 to get our opening hours by text message.",',
        '+         "say": "${values.greeting} Press 2.",',
        '-         "number_of_digits": 1',
        '+         "number_of_digits": 1,',
        '+         "language": "en-GB"',
        "+     },",
        "+     {",
        '+       "name": "end",',
        '+       "type": "say-play",',
        '+       "transitions": [{"event": "audioComplete"}],',
        '+       "properties": {"say": "Bye", "loop": 1}',
    ]


def test_text_that_is_no_json_is_refused():
    with pytest.raises(ValueError, match="Expecting"):
        rewritten('{"a": 1,}', {})
