"""What a review costs at Twilio: its listings' pages, and one query of events for each object that drifted."""

from dataclasses import replace

import pytest

from tests.drift.estate import Estate, Quiet
from tests.kinds.world import through_pulumi
from twilio_environments.drift.review.project import Project
from twilio_environments.drift.review.run import Request, reviewed
from twilio_environments.drift.review.state import RecordedObject
from twilio_environments.kinds import phone_number
from twilio_environments.kinds.registry import LISTED
from twilio_environments.stackfile import StackFile

STACK_FILE = """\
config:
  twilio:subaccount: {{}}
  twilio:numbers:
    first: {{phone_number: "+14155550100", voice_url: https://hooks.acme.example.com/voice}}
"""


@pytest.fixture
def thousand(quiet: Quiet, tmp_path) -> list[RecordedObject]:
    """A thousand numbers, recorded; copied from one, since what matters here is how many there are."""
    estate = Estate(quiet, STACK_FILE.format(), tmp_path)
    table = quiet.twilio.state.table("incoming_phone_numbers")
    (row,) = table.rows(account_sid=quiet.account_sid)
    account, number = estate.recorded()[1], estate.recorded()[0]
    assert account.place == "subaccount"
    for n in range(1, 1000):
        table.put(f"PN{n:032x}", row | {"sid": f"PN{n:032x}", "phone_number": f"+1415556{n:04d}"})
    lives = phone_number.KIND.listed(quiet.run().account(quiet.account_sid))
    outputs = [through_pulumi(dict(number.outputs) | dict(live.values) | dict(live.facts)) for live in lives]
    numbers = [
        replace(
            number,
            urn=f"{number.urn}{n}",
            place=f"numbers.n{n}",
            id=live.id,
            inputs={**number.inputs, "phone_number": live.facts["phone_number"]},
            outputs=output,
        )
        for n, (live, output) in enumerate(zip(lives, outputs, strict=True))
    ]
    assert len(numbers) == 1000
    quiet.twilio.journal.clear()
    return [account, *numbers]


@pytest.mark.parametrize("drifted", [0, 7])
def test_a_thousand_numbers_cost_pages_and_one_query_for_each_that_drifted(quiet, thousand, tmp_path, drifted):
    for one in thousand[1 : 1 + drifted]:
        answer = quiet.wire.post(quiet.address("numbers", one.id), FriendlyName="else")
        assert answer.ok
    quiet.twilio.journal.clear()
    project = Project("acme", "staging", tmp_path, StackFile("Pulumi.staging.yaml", STACK_FILE.format()))

    review = reviewed(quiet.run(), Request(project, thousand, None, quiet.twilio.clock())).review

    assert review.counts.drifted == drifted
    counters = quiet.twilio.journal.counters()
    assert counters.pop("GET monitor /v1/Events", 0) == drifted
    # A listing may lag behind, so the lifecycle confirms by one GET what the listing shows changed.
    confirmed = "GET api /2010-04-01/Accounts/{account_sid}/IncomingPhoneNumbers/{sid}.json"
    assert counters.pop(confirmed, 0) == drifted
    # The account, others of its name, and each kind's collection, of which one has a thousand objects: a page each.
    assert sorted(counters.values()) == [1] * (2 + len(LISTED)), counters
