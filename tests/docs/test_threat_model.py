"""docs/threat-model.md names boundaries and tests that there are, in every line."""

import re

from tests.servers import ROOT

PAGE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("|") and "---" not in line]


def test_every_file_that_is_named_is_there():
    named = re.findall(r"`([\w/.-]+\.py|tests/[\w/.-]+)`", PAGE)
    assert len(named) > 30
    assert [
        one for one in named if not (ROOT / one).exists() and not (ROOT / "twilio_environments" / one).exists()
    ] == []


def test_every_boundary_names_its_test_or_says_that_there_is_none():
    held = [row for row in ROWS if len(row) > 3 or "tests/" in row[-1] or "the same" in row[-1]]
    assert len(held) > 20
    assert [row for row in held if not re.search(r"`tests/[\w/]+\.py`|the same", row[-1])] == [
        row for row in held if row[-1] == "test"
    ]


def test_security_md_and_the_readme_refer_to_it():
    for name in ("SECURITY.md", "README.md"):
        assert "(docs/threat-model.md)" in (ROOT / name).read_text(encoding="utf-8")
