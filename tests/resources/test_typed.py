"""Resources say what they take and what they give: in files made from the kinds, to type checkers and to people."""

import sys

import pytest
from mypy import api

from tests.servers import ROOT

sys.path.insert(0, str(ROOT / "tools"))
from generated import generated

RIGHT = """
import pulumi
from twilio_environments.resources import ApiKey, MessagingService, PhoneNumber, VerifyService

account: pulumi.Output[str] = pulumi.Output.from_input("AC")
number = PhoneNumber("support", phone_number="+15005550006", account_sid=account, sms_method="GET")
PhoneNumber("other", pulumi.ResourceOptions(protect=True), search={"country": "US", "sms_enabled": True})
MessagingService("alerts", status_callback=number.sid.apply(lambda sid: f"https://example.com/{sid}"))
VerifyService("login", rate_limits={"ip": {"buckets": [{"max": 4, "interval": 60}]}})
version: pulumi.Output[str] = ApiKey(
    "api", delivery={"store": {"vault": {}}, "path": "a/b", "owner": "a", "sid_property": "s", "secret_property": "t"}
).version
"""
WRONG = {
    'PhoneNumber("support", phone_nummer="+15005550006")': 'Unexpected keyword argument "phone_nummer"',
    'PhoneNumber("support", sms_method="PUT")': "expected \"Literal['GET', 'POST']",
    'PhoneNumber("support", voice_flow="ivr")': 'Unexpected keyword argument "voice_flow"',
    'PhoneNumber("support", search={"contry": "US"})': 'expected "NumberSearchArgs',
    'MessagingService("alerts", senders={"numbers": ["support"]})': 'Unexpected keyword argument "senders"',
    'VerifyService("login", code_length="6")': 'has incompatible type "str"',
    'ApiKey("api")': 'Missing named argument "delivery"',
    'pulumi.export("number", PhoneNumber("support").number)': 'has no attribute "number"',
}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What the type checker says of one program with all of it: its lines by number."""
    program = tmp_path_factory.mktemp("typed") / "program.py"
    program.write_text(RIGHT + "\n".join(WRONG) + "\n")
    said, errors, _ = api.run(["--config-file", str(ROOT / "pyproject.toml"), str(program)])
    assert not errors
    lines: dict[int, str] = {}
    for line in said.splitlines()[:-1]:
        _, number, _, what = line.split(":", 3)
        lines[int(number)] = lines.get(int(number), "") + what
    return lines


def test_a_right_program_passes(found):
    assert min(found) > len(RIGHT.splitlines())


@pytest.mark.parametrize("number", range(len(WRONG)), ids=[use.replace(" ", "") for use in WRONG])
def test_a_wrong_use_is_a_type_error(found, number):
    assert list(WRONG.values())[number] in found[len(RIGHT.splitlines()) + number + 1]


def test_the_files_are_as_they_are_made_from_the_kinds():
    stale = [path.name for path, text in generated().items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "run make generated, and commit what it changes"
