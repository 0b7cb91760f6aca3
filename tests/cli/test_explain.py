"""`twilio-env explain`, as it is typed."""

import json

import pytest
from typer.testing import CliRunner

from twilio_environments.cli import answers
from twilio_environments.cli.main import app
from twilio_environments.explain import ENTRIES
from twilio_environments.problems import Problem


def explained(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["explain", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return str(result.output)


@pytest.mark.parametrize("typed", ["81016", "Twilio 81016", "https://www.twilio.com/docs/api/errors/81016.", "#81016"])
def test_a_code_is_found_in_what_people_paste(typed):
    said = explained(typed)
    assert said.startswith("81016: ")
    assert "studio run" in said
    assert "not     It says nothing about Twilio credentials" in said
    assert ENTRIES[81016].remedy in said
    assert "A retry does not help" in said


def test_whether_repeating_helps_is_said_for_each_kind():
    assert "may help after a while" in explained("30003")
    assert "as this library does" in explained("20429")


def test_a_status_alone_is_explained():
    said = explained("503")
    assert said.startswith("HTTP 503: ")
    assert "errors/503" not in said


def test_an_unknown_code_is_one_line_with_its_status_and_what_is_near():
    with pytest.raises(Problem) as caught:
        explained("30033", "--status", "403")
    said = str(caught.value)
    assert "\n" not in said
    assert "30033 is not in the catalogue." in said
    assert "HTTP 403 means: The credentials may not do this." in said
    assert "30032 Toll-free number not verified; 30034 " in said


def test_without_a_code_all_are_listed_and_words_find_those_that_have_them_all():
    assert explained().splitlines() == [f"{code}: {entry.title}" for code, entry in sorted(ENTRIES.items())]
    found = explained("Toll", "free").splitlines()
    assert "30032: Toll-free number not verified" in found
    assert len(found) < len(ENTRIES) / 4
    listed = answers.Codes.model_validate_json(explained("toll free", "--json")).codes
    assert [f"{one.code}: {one.title}" for one in listed] == found


def test_every_entry_has_the_documented_shape():
    for one in answers.Codes.model_validate_json(explained("--json")).codes:
        assert answers.Explanation.model_validate_json(explained(str(one.code), "--json")) == one


@pytest.mark.parametrize("typed", ["", "thirty", "30034 30035", "12"])
def test_what_is_no_code_is_said(typed):
    with pytest.raises(Problem, match="not a single code"):
        explained(typed)


def test_json_has_the_whole_entry():
    said = json.loads(explained("60200", "--json"))
    assert (said["code"], said["when"]) == (60200, ["provisioning", "verifying"])
    assert {"title", "meaning", "remedy", "retry", "not_this"} <= said.keys()


def test_the_causes_of_a_code_that_has_several_are_told_one_by_one():
    said = explained("20003")
    assert "  or      The main account's profile at Twilio (Trust Hub) is not approved. Finish it" in said
    assert "  or      A Twilio policy does not allow this call" in said
    told = json.loads(explained("20003", "--json"))
    assert [one["name"] for one in told["causes"]] == ["compliance", "policy", "region"]
    assert "usual" not in told
