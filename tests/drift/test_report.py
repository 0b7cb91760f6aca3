"""The published schema of the JSON report holds, and is the one in docs."""

import json
from typing import get_args

import jsonschema
import pytest

from tests.drift.estate import PERSON
from tests.servers import ROOT
from twilio_environments.cli.drift import exit_code
from twilio_environments.drift.model import Counts, Remedy, Review, Row, Step, Window
from twilio_environments.drift.reports import json_report
from twilio_environments.drift.reports.registry import FORMATS
from twilio_environments.lifecycle.review import Level, RowKind, Severity

SCHEMA = ROOT / "docs" / "drift.schema.json"


def test_the_schema_in_docs_is_the_one_of_the_code():
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json_report.schema()


def test_a_report_with_everything_in_it_keeps_to_the_schema(estate):
    estate.post(estate.url("numbers.office"), PERSON, VoiceUrl="https://else.example.net/x")
    estate.delete(estate.url("numbers.alerts-1"))
    estate.post(estate.world.address("keys"), FriendlyName="mine")
    report = json.loads(json_report.render(estate.review()))

    jsonschema.validate(report, json.loads(SCHEMA.read_text(encoding="utf-8")))

    assert report["summary"] == f"3 of {len(estate.objects)} drifted, 1 missing, 1 unmanaged, 0 not checked"
    assert report["counts"]["by_level"] == {"behaviour": 2, "security": 2}
    assert [row["severity"]["level"] for row in report["rows"]] == ["security", "security", "behaviour", "behaviour"]
    assert report["rows"][-1]["location"]["file"] == "Pulumi.staging.yaml"


def review(*found: tuple[str, Level]) -> Review:
    step = Step("")
    rows = tuple(
        Row(kind, f"numbers.n{n}", "phone number", "", "", "", Severity(level, ""), Remedy(step, step, step))  # type: ignore[arg-type]  # one of the kinds
        for n, (kind, level) in enumerate(found)
    )
    counts = Counts(unchecked=sum(row.kind == "unchecked" for row in rows))
    return Review("acme", "staging", "", counts, rows, (), Window("", ""))


EXITS = {
    "clean": ((), Level.COSMETIC, 0),
    "drift as bad as asked": ((("changed", Level.COSMETIC),), Level.COSMETIC, 2),
    "worse": ((("changed", Level.SECURITY),), Level.BEHAVIOUR, 2),
    "not as bad": ((("changed", Level.COSMETIC),), Level.BEHAVIOUR, 0),
    "could not tell": ((("unchecked", Level.BEHAVIOUR),), Level.COSMETIC, 1),
    "could not tell, and nothing as bad as asked": (
        (("unchecked", Level.BEHAVIOUR), ("changed", Level.COSMETIC)), Level.SECURITY, 1),
    "drift outweighs what could not be checked": (
        (("unchecked", Level.BEHAVIOUR), ("changed", Level.SECURITY)), Level.SECURITY, 2),
}  # fmt: skip


@pytest.mark.parametrize(("found", "fail_on", "code"), EXITS.values(), ids=EXITS.keys())
def test_the_exit_code_says_clean_drift_or_could_not_tell(found, fail_on, code):
    assert exit_code(review(*found), fail_on) == code


def test_the_page_names_every_format_and_every_kind_of_finding():
    page = (ROOT / "docs" / "drift.md").read_text(encoding="utf-8")

    assert f"--format {' | '.join(FORMATS)}" in page
    assert all(f"| `{kind}` |" in page for kind in get_args(RowKind))
