"""docs/reliability.md says what is so: its tables are what the transport does."""

import re
from typing import Any

import pytest

from tests.rest.scripted import Clock, cuts_off, refuses, resets, says, says_nothing, scripted
from tests.rest.test_transport import HTML, outcome, transport
from tests.servers import ROOT
from twilio_environments.lifecycle import absence
from twilio_environments.rest import budget
from twilio_environments.rest import transport as transports
from twilio_environments.rest.endpoint import Endpoint

PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
ANSWERS: dict[str, list[Any]] = {
    "429, or 409 with code 20162 or 20409": [refuses(429, 20429), says(429), refuses(409, 20162), refuses(409, 20409)],
    "500, 502, 503, 504 or 408": [says(502, HTML), *(refuses(status, 20500) for status in (500, 503, 504, 408))],
    "none: no connection, or an untrusted certificate": [None],
    "none: the connection dropped, or timed out": [resets, says_nothing],
    "2xx that cannot be read: empty, cut off, HTML, wrong types": [
        says(200), cuts_off, says(200, HTML), says(201, {"sid": 7}),
    ],
    "404 with code 20404, and any other 4xx": [
        refuses(404, 20404), says(404, HTML), refuses(400, 21422), refuses(401, 20003), refuses(409, 21712),
    ],
    "a redirect": [says(302, Location="/elsewhere")],
}  # fmt: skip


def table(heading):
    """The rows below a heading, without the head: the first cell → the others."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    return {first: rest for first, *rest in rows[2:]}


def as_written(answer, method):
    """What the page would say of such an answer."""
    clock = Clock()
    with scripted(answer or says(200)) as twilio:
        if answer is not None:
            came = outcome(transport(twilio.url, clock, timeouts=(5.0, 0.2 if answer is says_nothing else 5.0)), method)
    if answer is None:  # there is nobody by now
        came = outcome(transport(twilio.url, clock), method)
    attempts = len(clock.slept) + 1
    if attempts > 10:
        return "until the deadline"
    looked_up = ", then it is looked up" if came[0] == "OutcomeUnknown" else ""
    return ("once" if attempts == 1 else f"{attempts} attempts") + looked_up


def test_the_table_has_these_rows():
    assert list(table("What is retried")) == list(ANSWERS)


@pytest.mark.parametrize("row", ANSWERS)
def test_what_is_retried_is_what_the_table_says(row):
    written = table("What is retried")[row]
    for answer in ANSWERS[row]:
        assert [as_written(answer, method) for method in ("GET", "DELETE", "POST")] == [written[0], *written]


def test_the_page_names_the_deadlines_pauses_and_budget_of_the_code():
    default = transports.Transport(Endpoint())
    seconds = [int(row[0]) for row in table("How long it takes").values()]
    assert seconds == [*default._timeouts, default._deadline, transports.OPERATION]
    assert f"up to\n{transports.LONGEST_WAIT:.0f} s" in PAGE
    assert f"{budget.DEFAULT} calls at once at first and at most" in PAGE
    assert f"1 to {budget.MOST}; TWILIO_CONCURRENCY" in PAGE
    *pauses, last = re.findall(r"after ([0-9, ]+) and ([0-9]+) seconds", PAGE)[0]
    assert [int(pause) for pause in f"0, {pauses[0]}, {last}".split(", ")] == list(absence._LOOKS)
