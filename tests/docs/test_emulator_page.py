"""docs/emulator.md names what there is, and its calls are taken."""

import json
import re
from typing import get_args

import pytest
import requests

from tests.servers import ROOT
from twilio_environments.emulator import Emulator
from twilio_environments.emulator.control import _HANDLERS, HEADER, PREFIX
from twilio_environments.emulator.faults import Action

PAGE = (ROOT / "docs" / "emulator.md").read_text(encoding="utf-8")
CALLS = re.findall(
    r'curl -X (\w+) -H "Emulator-Control: 1" \$TWILIO_ENDPOINT/_emulator/(\w+)[ \\\n]+-d \'([^\']*)\'', PAGE
)


def test_every_fault_is_named():
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == list(get_args(Action))


def test_every_control_call_is_named():
    assert set(re.findall(r"`(GET|POST|DELETE) (\w+)`", PAGE)) == set(_HANDLERS)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call[1]} {call[2]}")
def test_a_call_is_taken(call):
    method, path, body = call
    with Emulator() as twilio:
        url = twilio.endpoint + PREFIX + path
        answer = requests.request(method, url, json=json.loads(body), headers={HEADER: "1"}, timeout=20)
        assert answer.ok, answer.text


def test_all_calls_of_the_page_are_among_them():
    assert len(CALLS) == PAGE.count("curl ") > 3
