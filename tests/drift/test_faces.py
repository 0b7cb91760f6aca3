"""What is true of every face of a review, and of Markdown, SARIF and JUnit alone. The page has its own tests."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from markdown_it import MarkdownIt

from tests.drift import reviews
from tests.drift.reviews import HOSTILE, clean, hostile, large, plausible
from twilio_environments.drift.model import DriftedField, Location
from twilio_environments.drift.reports import junit, markdown, page, page_rows, sarif
from twilio_environments.visible import visible

FACES = {"markdown": markdown.render, "sarif": sarif.render, "junit": junit.render, "page": page.render}
REVIEWS = {"plausible": plausible, "hostile": hostile, "clean": clean}


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("review", REVIEWS)
def test_a_face_is_a_text_that_a_file_can_hold_without_a_control_character(face, review):
    text = FACES[face](REVIEWS[review]())
    text.encode()
    invisible = {character for character in text if not character.isprintable() and character != "\n"}
    assert not invisible


@pytest.mark.parametrize("face", FACES)
def test_a_face_says_which_stack_which_objects_and_what_to_type(face):
    text = FACES[face](plausible())
    for said in ("staging", "support", "pulumi up --refresh", "voice_url"):
        assert said in re.sub(r"&#(\d+);", lambda match: chr(int(match[1])), text), said


def test_the_same_review_gives_the_same_bytes_in_every_process():
    program = (
        "import hashlib; from tests.drift import reviews, test_faces\n"
        "for face in test_faces.FACES.values():\n"
        "    for review in test_faces.REVIEWS.values():\n"
        "        print(hashlib.sha256(face(review()).encode()).hexdigest())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=reviews.ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(reviews.ROOT)},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert len(runs[0].split()) == len(FACES) * len(REVIEWS)
    assert runs[0] == runs[1]


def test_what_cannot_be_seen_is_spelled_out():
    assert visible("a\u202eb\tc\nd\x1b\u200b\ud800\x00é漢🙂") == "a[U+202E]b⇥c↵d[U+001B][U+200B][U+D800][U+0000]é漢🙂"
    assert visible("a b\u00a0c\u2003d") == "a b[U+00A0]c[U+2003]d", "a space that is not one looks like one"


MARKED = [
    ("stored", "altered", "[stored]", "[altered]"),
    ("https://a.example.com/x", "https://a.partner.net/x", "https://a.[example.com]/x", "https://a.[partner.net]/x"),
    ("Press 1 for hours", "Press 1 for our hours", "Press 1 for hours", "Press 1 for [our ]hours"),
    ("+14155550100", "+14155550101", "+[14155550100]", "+[14155550101]"),
]


@pytest.mark.parametrize(("before", "after", "old", "new"), MARKED)
def test_what_is_different_between_two_values_is_marked_by_whole_words(before, after, old, new):
    brackets = {"<del>": "[", "</del>": "]", "<ins>": "[", "</ins>": "]", '<bdi class="value">': "", "</bdi>": ""}
    shown = []
    for side in page_rows.marked(before, after):
        text = side
        for tag, bracket in brackets.items():
            text = text.replace(tag, bracket)
        shown.append(text)
    assert shown == [old, new]


class Tags(HTMLParser):
    """The elements, the attributes and the text of HTML."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.attributes, self.text = set(), set(), ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.attributes |= {(name, value) for name, value in attrs}

    def handle_data(self, data):
        self.text += data


def rendered(text):
    return Tags(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))


OURS = {"h2", "h3", "p", "ul", "li", "b", "em", "strong", "code", "pre", "details", "summary"} | {
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}


def test_hostile_names_are_no_markdown_and_no_html():
    html = rendered(markdown.render(hostile()))
    assert html.elements <= OURS
    assert {name for name, _ in html.attributes} <= {"class"}
    assert visible(HOSTILE) in html.text


@pytest.mark.parametrize("typed", [HOSTILE, "/close", "a\n/close", "```\n```\n/close"])
def test_no_line_is_a_quick_action_of_gitlab(typed, monkeypatch):
    monkeypatch.setattr(reviews, "HOSTILE", typed)
    assert [line for line in markdown.render(hostile()).splitlines() if line.startswith("/")] == []


def test_nobody_is_mentioned_by_a_hostile_name():
    text = MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown.render(hostile()))
    outside = re.sub(r"<(code|pre)\b.*?</\1>", "", text, flags=re.DOTALL)
    assert not re.search(r"[@#]\w", re.sub(r"&#(\d+);", lambda match: chr(int(match[1])), outside))
    assert "everyone" in outside


def test_a_table_of_hostile_values_has_as_many_cells_as_a_plain_one():
    counts = [
        MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown.render(review())).count("<td>")
        for review in (plausible, hostile)
    ]
    assert counts[0] == counts[1] > 0


@pytest.mark.parametrize("number", [1, 100, 5_000])
def test_markdown_fits_the_host_and_keeps_the_summary(number):
    text = markdown.render(large(number))
    assert len(text) <= markdown.LIMIT
    assert text.startswith("<!-- twilio-environments drift twilio-environments/staging -->\n")
    html = rendered(text)
    assert f"{number} of {number} drifted" in html.text
    left = number - text.count("<details>")
    assert (f"{left} more findings" in html.text) == (left > 0)
    assert text.count("<details>") == text.count("</details>") > 0


def test_markdown_of_hostile_texts_without_end_fits_too():
    review = plausible()
    long = "@" * 200_000
    row = replace(review.rows[0], text=long, label=long, fields=(DriftedField("voice_url", long, long, long),))
    text = markdown.render(replace(review, rows=(row,) * 100, notes=(long,) * 500))
    assert len(text) <= markdown.LIMIT
    assert "5 of 14 drifted" in text


def test_the_marker_is_one_comment_whatever_the_stack_is_called():
    marker = markdown.marker(replace(plausible(), stack="a --> <b>\n"))
    assert marker.startswith("<!-- ")
    assert marker.index("-->") == len(marker) - 3
    assert marker.count("--") == 2


SARIF_SCHEMA = {
    # What SARIF 2.1.0 (OASIS) demands of what is written here, and what GitHub demands beside.
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "required": ["tool", "results"],
                "properties": {
                    "tool": {
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "required": ["name", "rules"],
                                "properties": {
                                    "rules": {
                                        "uniqueItems": True,
                                        "items": {
                                            "required": ["id", "shortDescription"],
                                            "properties": {
                                                "properties": {"properties": {"security-severity": {"type": "string"}}}
                                            },
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "automationDetails": {"required": ["id"], "properties": {"id": {"pattern": "/$"}}},
                    "invocations": {"items": {"required": ["executionSuccessful"]}},
                    "results": {
                        "type": "array",
                        "maxItems": 5_000,
                        "items": {
                            "required": ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"],
                            "properties": {
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": {
                                    "required": ["text"],
                                    "properties": {"text": {"type": "string", "minLength": 1}},
                                },
                                "partialFingerprints": {
                                    "required": ["primaryLocationLineHash"],
                                    "additionalProperties": {"type": "string"},
                                },
                                "locations": {
                                    "minItems": 1,
                                    "items": {
                                        "properties": {
                                            "physicalLocation": {
                                                "required": ["artifactLocation", "region"],
                                                "properties": {
                                                    "artifactLocation": {
                                                        "required": ["uri"],
                                                        "properties": {"uri": {"pattern": r"^[A-Za-z0-9._~%/-]+$"}},
                                                    },
                                                    "region": {
                                                        "required": ["startLine"],
                                                        "properties": {"startLine": {"type": "integer", "minimum": 1}},
                                                    },
                                                },
                                            }
                                        },
                                        "required": ["physicalLocation"],
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def run_of(review):
    document = json.loads(sarif.render(review))
    jsonschema.validate(document, SARIF_SCHEMA)
    (run,) = document["runs"]
    return run


@pytest.mark.parametrize("review", REVIEWS)
def test_sarif_is_valid_and_each_result_names_its_rule(review):
    run = run_of(REVIEWS[review]())
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules)
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])


def test_sarif_has_a_result_for_each_field_on_the_line_that_declares_it():
    review = plausible()
    results = run_of(review)["results"]
    assert [result["ruleId"] for result in results] == [
        "numbers.voice_url",
        "keys.key_by_hand",
        "numbers.friendly_name",
        "numbers.sms_url",
        "numbers.status_callback",
        "studio_flows.definition",
        "numbers.missing",
        "messaging_services.unmanaged",
        "verify_services.unchecked",
        "studio_flows.layout",
    ]
    place = results[0]["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("Pulumi.staging.yaml", 24)
    assert [result["level"] for result in results[:3]] == ["error", "error", "warning"]


def fingerprints(review):
    return [result["partialFingerprints"]["primaryLocationLineHash"] for result in run_of(review)["results"]]


def test_an_alert_stays_the_same_while_the_field_drifts_further_and_the_file_grows():
    review = plausible()
    row = review.rows[0]
    later = replace(
        row, fields=(replace(row.fields[0], live="https://x.example"),), location=Location("Pulumi.staging.yaml", 99)
    )
    assert fingerprints(replace(review, rows=(later, *review.rows[1:]))) == fingerprints(review)


def test_two_results_are_two_alerts_and_two_stacks_share_none():
    ours, theirs = fingerprints(plausible()), fingerprints(replace(plausible(), stack="prod"))
    assert len(set(ours) | set(theirs)) == len(ours) + len(theirs)


def test_sarif_leaves_out_the_least_severe_results_of_too_many_and_says_so():
    review = large(2_000)
    review = replace(review, rows=(plausible().rows[0], *review.rows))
    run = run_of(review)
    assert len(run["results"]) == sarif.MOST_RESULTS
    assert run["results"][0]["level"] == "error"
    assert "1001 more results" in run["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"]


def suite_of(review):
    root = ET.fromstring(junit.render(review))
    (suite,) = root
    assert root.attrib == suite.attrib
    return suite


def test_junit_has_a_case_for_each_object_and_the_counts_are_true():
    review = plausible()
    suite = suite_of(review)
    cases = {case.get("name"): [child.tag for child in case] for case in suite.iter("testcase")}
    assert set(cases) == {node.place for node in review.nodes} | {row.place for row in review.rows}
    assert cases["numbers.support"] == ["failure"]
    assert cases["verify_services.login"] == ["error"]
    assert cases["numbers.freephone"] == ["skipped"]
    assert cases["numbers.alerts-2"] == []
    outcomes = [tag for tags in cases.values() for tag in tags]
    for tag, count in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        assert int(suite.get(count, "")) == outcomes.count(tag)
    assert suite.get("tests") == str(len(cases))


def test_junit_shows_a_hostile_name_as_text():
    suite = suite_of(hostile())
    assert {element.tag for element in suite.iter()} <= {
        "testsuite",
        "properties",
        "property",
        "testcase",
        "failure",
        "error",
        "skipped",
    }
    assert visible(HOSTILE) in "".join(suite.itertext())


def test_a_clean_review_passes_in_junit_and_has_no_results_in_sarif():
    assert {suite_of(clean()).get(count) for count in ("failures", "errors", "skipped")} == {"0"}
    assert run_of(clean())["results"] == []
