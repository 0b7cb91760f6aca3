from dataclasses import replace

import pytest

from twilio_environments.explain import (
    ENTRIES,
    access,
    calls,
    channels,
    delivery,
    explain,
    messaging,
    nearest,
    numbers,
    studio,
    verify,
    webhook,
)
from twilio_environments.rest.answers import NOT_PROCESSED, Call, Failure, judge

TABLES = (access, numbers, messaging, verify, studio, webhook, delivery, channels, calls)
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


# The codes that people search for, each on the occasion it is seen on.
@pytest.mark.parametrize(
    ("codes", "occasion"),
    [
        ((11200, 11205, 11217, 11220, 12100, 12300), "webhook"),
        ((21211, 21610, 21612, 21614, 30003, 30005, 30006, 30007, 30008, 30034, 63016, 63007), "sending"),
        ((60200, 60202, 60203, 60410), "verifying"),
        ((60200, 20003, 21422, 21712, 81022), "provisioning"),
        ((81016, 81017, 81018), "studio run"),
        ((53000, 53205), "video"),
        ((13224, 21219), "calling"),
    ],
)
def test_what_people_search_for_says_when_it_is_seen(codes, occasion):
    assert [code for code in codes if occasion not in ENTRIES[code].when] == []


def test_no_occasion_of_running_traffic_is_told_as_provisioning():
    running = [entry for table in (webhook, delivery, channels, calls) for entry in table.ENTRIES]
    assert [entry.code for entry in running if "provisioning" in entry.when] == []


def test_what_is_sent_again_in_vain_is_not_recommended():
    assert {code for code in (21610, 30005, 30007, 30034, 63016, 21211) if ENTRIES[code].retry != "never"} == set()


def test_the_codes_nearest_to_an_unknown_one_are_of_its_hundred():
    assert [entry.code for entry in nearest(30033)] == [30032, 30034, 30035]
    assert nearest(99999) == []


def test_only_what_was_never_processed_may_be_sent_again_by_any_verb():
    assert {entry.code for entry in EVERY if entry.retry == "safe"} == {20162, 20409, 20429} == NOT_PROCESSED


def test_no_explanation_lets_a_call_go_again(monkeypatch):
    monkeypatch.setitem(ENTRIES, 21422, replace(ENTRIES[21422], retry="safe"))
    judged = judge(Call("POST", "api", "/2010-04-01/Accounts.json"), 400, {}, b'{"code": 21422}')
    assert isinstance(judged, Failure)
    assert judged.again == "never"


@pytest.mark.parametrize("status", [0, 200, 302, 400, 401, 403, 404, 409, 418, 429, 500, 503, 599, 999])
@pytest.mark.parametrize("code", [0, 99999])
def test_a_status_stands_in_for_an_unknown_code(status, code):
    entry = explain(status, code)
    assert entry.meaning
    assert entry.remedy
