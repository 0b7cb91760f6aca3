"""A run that fails, loses an answer or is killed in the middle loses nothing, and the next one finishes its work."""

import re
import signal

import pytest

from tests.servers import ROOT
from tests.stacks.leaks import leaks
from twilio_environments.emulator import Fault

ONE_EACH = {
    "incoming_phone_numbers": 6,
    "keys": 3,
    "messaging_services": 2,
    "messaging_phone_numbers": 3,
    "messaging_alpha_senders": 1,
    "verify_services": 1,
    "verify_rate_limits": 2,
    "verify_buckets": 3,
    "verify_messaging_configurations": 2,
    "verify_webhooks": 1,
    "studio_flows": 2,
}
"""What the stack staging declares, by the emulator's tables."""


def whole(stack):
    """Nothing is missing and nothing is there twice, at Twilio and in the state."""
    assert {kind: len(stack.rows(kind)) for kind in ONE_EACH} == ONE_EACH
    assert len([row for row in stack.rows("accounts") if row["sid"] != stack.twilio.account_sid]) == 1
    stack.expect_no_changes()


def test_a_service_that_is_half_made_is_kept_and_finished_by_a_later_run(new_stack):
    stack = new_stack("staging")

    def fails(status, code):
        stack.twilio.faults.add(
            Fault("status", method="POST", product="verify", path="/RateLimits$", status=status, code=code)
        )
        failed = stack.up(fails=True)
        stack.twilio.faults.clear()
        assert len(failed.errors) == 1, failed
        assert f"Twilio {code}, HTTP {status}" in failed.errors[0]
        assert "Traceback" not in failed.output
        (service,) = stack.rows("verify_services")
        recorded = stack.resources()["verify_services.login"]
        assert recorded["id"] == service["sid"]
        assert recorded["outputs"]["incomplete"]
        return failed.errors[0], service["sid"]

    made, sid = fails(500, 20500)
    assert "verify_services.login exists and is recorded, but is not finished" in made
    assert "Run pulumi up again" in made
    assert leaks(stack) == []
    assert fails(400, 60200)[1] == sid, "nor is it lost when it cannot be finished either"
    stack.up()
    whole(stack)
    assert stack.rows("verify_services")[0]["sid"] == sid


LOST = {
    "the subaccount": r"/Accounts\.json$",
    "a number that was searched for": r"/IncomingPhoneNumbers\.json$",
    "a standard key": r"/Keys\.json$",
    "a restricted key": r"^/v1/Keys$",
    "a Messaging Service": r"^/v1/Services$",
    "a Verify service": r"^/v2/Services$",
    "a Studio flow": r"^/v2/Flows$",
    "a sender": r"/PhoneNumbers$",
    "a rate limit": r"/RateLimits$",
}


def test_every_answer_that_is_lost_once_makes_nothing_twice(new_stack):
    stack = new_stack("staging")
    lost = [stack.twilio.faults.add(Fault("reset_after", method="POST", path=path, times=1)) for path in LOST.values()]
    runs = 0
    while (run := stack.pulumi("up", "--yes", "--skip-preview", fails=None)).code:
        runs += 1
        assert runs < 4, run
        assert "Traceback" not in run.output
    assert [fault.applied for fault in lost] == [1] * len(LOST)
    whole(stack)


ACCOUNT, NUMBER, KEY = (r"/Accounts\.json$", 1), (r"/IncomingPhoneNumbers\.json$", 3), (r"/Keys\.json$", 2)


@pytest.mark.parametrize("points", [(ACCOUNT, NUMBER), (KEY,)], ids=["the account, then a number", "a key"])
def test_a_run_that_is_killed_is_completed_by_the_next(new_stack, points):
    stack = new_stack("staging")
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8").partition("## When a run is killed\n")[2]
    cancel, refresh, _up = re.findall(r"^    pulumi (.+?) +# ", page, flags=re.MULTILINE)
    for path, nth in points:
        process = stack.start("up", "--yes", "--skip-preview")
        stack.twilio.faults.add(Fault("kill_after", method="POST", path=path, nth=nth, pid=process.pid))
        process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL
        stack.twilio.faults.clear()
        stack.pulumi(*cancel.split())
        assert "creating" in stack.pending().values()
    stack.pulumi(*refresh.split())
    stack.up()
    assert not stack.pending()
    whole(stack)
