import pytest

from twilio_environments.rest.catalogue import (
    ENTRIES,
    access,
    delivery,
    explain,
    messaging,
    numbers,
    studio,
    verify,
)

TABLES = (access, numbers, messaging, verify, studio, delivery)
EVERY = [entry for table in TABLES for entry in table.ENTRIES]


def test_no_code_is_told_twice():
    assert len(ENTRIES) == len(EVERY)


@pytest.mark.parametrize("entry", EVERY, ids=lambda entry: entry.code)
def test_an_entry_is_a_sentence_of_what_and_a_sentence_of_remedy(entry):
    assert entry.title
    assert entry.meaning
    assert entry.remedy.endswith(".")
    assert not entry.meaning.endswith(".")  # code and request id follow it
    assert not entry.title.endswith(".")


# What is widely copied about these codes is wrong; a word that the right meaning has and the wrong one has not.
@pytest.mark.parametrize(
    ("code", "word"),
    [
        (81016, "widget"),
        (20001, "parameter"),
        (20002, "friendly name"),
        (53000, "Video"),
        (60212, "at once"),
        (60223, "channel"),
        (21452, "area code"),
        (21422, "not for sale"),
        (21219, "call"),
        (21608, "send"),
        (30001, "queued"),
        (20009, "complete"),
        (21450, "caller ID"),
        (22300, "long-code"),
    ],
)
def test_popular_mistakes_are_not_repeated(code, word):
    assert word in ENTRIES[code].meaning


def test_only_what_was_never_processed_may_be_sent_again_by_any_verb():
    assert {entry.code for entry in EVERY if entry.retry == "safe"} == {20162, 20409, 20429}


@pytest.mark.parametrize("status", [0, 200, 302, 400, 401, 403, 404, 409, 418, 429, 500, 503, 599, 999])
@pytest.mark.parametrize("code", [0, 99999])
def test_a_status_stands_in_for_an_unknown_code(status, code):
    entry = explain(status, code)
    assert entry.meaning
    assert entry.remedy
