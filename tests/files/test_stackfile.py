from unittest.mock import Mock

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from twilio_environments.problems import Problem
from twilio_environments.stackfile import Edit, Remark, Rename, StackFile, path_of
from twilio_environments.yaml_text import REMOVED

TEXT = """\
# Acme.
config:
  twilio:local: "true" # only here
  twilio:numbers:
    support: # the hotline
      phone_number: "+14155550100"

      voice_flow: ivr   # the menu
      # about messages
      sms_flow: autoreply
    office: {phone_number: "+14155550101", voice_url: https://a.example}
    empty:
  twilio:messaging_services:
    alerts:
      senders:
        numbers: [a, b] # both
        alpha_senders:
          - ACME # ours
          - "ACME 2"
          - ACME-3
  twilio:keys: {}

# the end
encryptionsalt: v1:abc
"""
NUMBERS = ("config", "twilio:numbers")
SENDERS = ("config", "twilio:messaging_services", "alerts", "senders")


def lines(edit: Edit | Rename | Remark) -> tuple[list[str], list[str]]:
    """The lines that an edit takes away and those that it adds, without the rest, which has to be untouched."""
    before, after = TEXT.splitlines(), StackFile("f", TEXT).edited([edit]).text.splitlines()
    start = next(n for n in range(len(before) + 1) if before[: n + 1] != after[: n + 1])
    end = 0
    while before[len(before) - 1 - end] == after[len(after) - 1 - end] and end < min(len(before), len(after)) - start:
        end += 1
    return before[start : len(before) - end], after[start : len(after) - end]


CASES = {
    "a value is replaced and the comment beside it stays": (
        Edit((*NUMBERS, "support", "voice_flow"), "menu"),
        ["      voice_flow: ivr   # the menu"],
        ["      voice_flow: menu   # the menu"],
    ),
    "a new field comes behind the last one": (
        Edit((*NUMBERS, "support", "voice_method"), "GET"),
        [],
        ["      voice_method: GET"],
    ),
    "a removed field takes its own line and no comment above it": (
        Edit((*NUMBERS, "support", "sms_flow"), REMOVED),
        ["      sms_flow: autoreply"],
        [],
    ),
    "a field in braces stays in braces": (
        Edit((*NUMBERS, "office", "voice_url"), "https://b.example/?x=1&y=#z"),
        ['    office: {phone_number: "+14155550101", voice_url: https://a.example}'],
        ['    office: {phone_number: "+14155550101", voice_url: "https://b.example/?x=1&y=#z"}'],
    ),
    "a field leaves the braces": (
        Edit((*NUMBERS, "office", "voice_url"), REMOVED),
        ['    office: {phone_number: "+14155550101", voice_url: https://a.example}'],
        ['    office: {phone_number: "+14155550101"}'],
    ),
    "what is declared with nothing behind it gets its first field": (
        Edit((*NUMBERS, "empty", "voice_url"), "https://b.example"),
        [],
        ["      voice_url: https://b.example"],
    ),
    "a list in brackets is replaced and the comment beside it stays": (
        Edit((*SENDERS, "numbers"), ["b"]),
        ["        numbers: [a, b] # both"],
        ["        numbers: [b] # both"],
    ),
    "an item of a list goes with its line": (
        Edit((*SENDERS, "alpha_senders"), ["ACME", "ACME-3"]),
        ['          - "ACME 2"'],
        [],
    ),
    "an item of a list comes behind the others": (
        Edit((*SENDERS, "alpha_senders"), ["ACME", "ACME 2", "ACME-3", "on"]),
        [],
        ['          - "on"'],
    ),
    "an object is added to its section": (
        Edit((*NUMBERS, "new"), {"adopt": True, "phone_number": "+14155550102"}),
        [],
        ["    new:", "      adopt: true", '      phone_number: "+14155550102"'],
    ),
    "an object is removed with all of its lines": (
        Edit((*NUMBERS, "support"), REMOVED),
        TEXT.splitlines()[4:10],
        [],
    ),
    "a section that is not there is made": (
        Edit(("config", "twilio:verify_services", "login"), {"friendly_name": "Acme Login"}),
        [],
        ["  twilio:verify_services:", "    login:", '      friendly_name: "Acme Login"'],
    ),
    "a key is called otherwise, and what is below it stays": (
        Rename((*NUMBERS, "support"), "helpdesk"),
        ["    support: # the hotline"],
        ["    helpdesk: # the hotline"],
    ),
    "a key in braces is called otherwise": (
        Rename((*NUMBERS, "office", "voice_url"), "sms_url"),
        ['    office: {phone_number: "+14155550101", voice_url: https://a.example}'],
        ['    office: {phone_number: "+14155550101", sms_url: https://a.example}'],
    ),
    "an item of a list in brackets is another": (
        Edit((*SENDERS, "numbers", 0), "on"),
        ["        numbers: [a, b] # both"],
        ['        numbers: ["on", b] # both'],
    ),
    "an item of a list is another on its own line": (
        Edit((*SENDERS, "alpha_senders", 0), "ACME-9"),
        ["          - ACME # ours"],
        ["          - ACME-9 # ours"],
    ),
    "an object is added to a section in braces": (
        Edit(("config", "twilio:keys", "api"), {}),
        ["  twilio:keys: {}"],
        ["  twilio:keys: {api: {}}"],
    ),
    "a comment stands above the line of what it is about, and below the comments there": (
        Remark((*NUMBERS, "support", "sms_flow"), "decide: which?"),
        [],
        ["      # decide: which?"],
    ),
    "a comment on what is in braces stands above them": (
        Remark((*NUMBERS, "office", "voice_url"), "theirs"),
        [],
        ["    # theirs"],
    ),
    "a comment on what is not there stands above what would hold it": (
        Remark((*NUMBERS, "empty", "voice_url"), "none"),
        [],
        ["    # none"],
    ),
    "a comment on the whole stands behind those at the top": (Remark((), "Anvils."), [], ["# Anvils."]),
}


@pytest.mark.parametrize(("edit", "gone", "come"), CASES.values(), ids=CASES.keys())
def test_an_edit_changes_its_own_lines_and_no_other(edit, gone, come):
    assert lines(edit) == (gone, come)


def test_windows_line_ends_and_a_missing_last_one_are_no_obstacle():
    text = "config:\r\n  twilio:numbers:\r\n    a:\r\n      voice_url: https://a.example"
    file = StackFile("f", text).edited([Edit((*NUMBERS, "a", "sms_url"), "https://b.example")])
    assert yaml.safe_load(file.text)["config"]["twilio:numbers"]["a"]["sms_url"] == "https://b.example"
    assert file.text == text + "\r\n      sms_url: https://b.example\r\n"


def test_a_form_that_cannot_be_changed_safely_is_refused():
    text = "config:\n  twilio:numbers:\n    a: &shared\n      voice_url: https://a.example\n    b: *shared\n"
    with pytest.raises(Problem, match="Edit the file yourself"):
        StackFile("f", text).edited([Edit((*NUMBERS, "b", "voice_url"), "https://b.example")])


def test_what_is_said_once_for_several_is_changed_for_all_of_them_or_refused():
    text = (
        "config:\n  twilio:numbers:\n    a: {voice_flow: &menu ivr} # one\n    b: {voice_flow: *menu, sms_flow: %s}\n"
    )
    edits = [Edit((*NUMBERS, name, "voice_flow"), "menu") for name in ("a", "b")]
    changed = StackFile("f", text % "ivr").edited(edits)
    assert changed.text == (text % "ivr").replace("&menu ivr", "&menu menu")
    with pytest.raises(Problem, match="Edit the file yourself"):
        StackFile("f", text % "*menu").edited(edits)


def test_a_line_is_found_for_a_field_else_for_what_holds_it():
    file = StackFile("f", TEXT)
    wanted = {
        ("numbers.support", "voice_flow"): 8,
        ("numbers.support", "voice_url"): 5,
        ("numbers.nobody", ""): 4,
        ("messaging_services.alerts.senders", "alpha_senders"): 17,
        ("verify_services.login", ""): 2,
    }
    assert {key: file.line(*key) for key in wanted} == wanted


def test_a_file_is_parsed_once_however_many_lines_are_asked_for(monkeypatch):
    compose = Mock(wraps=yaml.compose)
    monkeypatch.setattr(yaml, "compose", compose)
    file = StackFile("f", TEXT + "# asked for a thousand times\n")

    assert {file.line("numbers.support", "voice_flow") for _ in range(1000)} == {8}
    assert compose.call_count == 1


values = st.recursive(
    st.text(max_size=20) | st.booleans() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None)  # the machine may be busy
@given(
    st.sampled_from(["numbers.support", "numbers.office", "numbers.empty", "numbers.new", "keys.api"]),
    st.text(min_size=1, max_size=8),
    values,
)
def test_whatever_is_written_is_read_again_or_refused(place, name, value):
    try:
        file = StackFile("f", TEXT).edited([Edit((*path_of(place), name), value)])
    except Problem:
        return
    document = yaml.safe_load(file.text)
    for key in (*path_of(place), name):
        document = document[key]
    assert document == value
    assert [line for line in TEXT.splitlines() if line.startswith("#")] == [
        line for line in file.text.splitlines() if line.startswith("#")
    ]
