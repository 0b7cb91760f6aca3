"""A run that fails, loses an answer or is killed in the middle loses nothing, and the next one finishes its work."""

import os
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
    assert "verify_services.login exists and is recorded, but is not complete" in made
    assert "The next pulumi up completes it" in made
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
    stack.hurry()
    lost = [stack.twilio.faults.add(Fault("reset_after", method="POST", path=path, times=1)) for path in LOST.values()]
    runs = 0
    while (run := stack.pulumi("up", "--yes", "--skip-preview", fails=None)).code:
        runs += 1
        assert runs < 4, run
        assert "Traceback" not in run.output
    assert [fault.applied for fault in lost] == [1] * len(LOST)
    whole(stack)


LONG = bool(os.environ.get("TWILIO_ENVIRONMENTS_LONG"))
FAST = {"PULUMI_SKIP_CHECKPOINTS": "true", "PULUMI_EXPERIMENTAL": "true"}
"""With these Pulumi writes the state at the end only, and a run that is killed has recorded nothing."""
ACCOUNT, NUMBER, KEY = (r"/Accounts\.json$", 1), (r"/IncomingPhoneNumbers\.json$", 3), (r"/Keys\.json$", 2)
KILLS = {
    "recorded: a key": ({}, [KEY]),
    "unrecorded: the account, then a number": (FAST, [ACCOUNT, NUMBER]),
}
if LONG:
    KILLS["recorded: the account, then a number"] = ({}, [ACCOUNT, NUMBER])
    paths = (r"/Keys\.json$", "/v1/Keys$", "/v1/Services$", "/v2/Services$", "/PhoneNumbers$", "/RateLimits$")
    KILLS |= {f"unrecorded: {path}": (FAST, [(path, 1)]) for path in paths}
    KILLS |= {f"unrecorded: second {path}": (FAST, [(path, 2)]) for path in (KEY[0], "/v2/Flows$", "/PhoneNumbers$")}
ELSEWHERE = "https://staging.acme.example.com/twilio/elsewhere"


@pytest.mark.parametrize(("mode", "points"), KILLS.values(), ids=KILLS)
def test_a_run_that_is_killed_is_completed_by_the_next(new_stack, mode, points):
    stack = new_stack("staging")
    stack.environment |= mode
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8").partition("## When a run is killed\n")[2]
    cancel, refresh, _up = re.findall(r"^    pulumi (.+?) +# ", page, flags=re.MULTILINE)
    assert cancel == "cancel --yes"
    for path, nth in points:
        killed(stack, "up", "--skip-preview", method="POST", path=path, nth=nth)
        assert ("creating" in stack.pending().values()) == (mode != FAST)
    if mode != FAST:
        stack.pulumi(*refresh.split())
    stack.up()
    assert not stack.pending()
    whole(stack)


@pytest.mark.skipif(not LONG, reason="a search of many runs, for `make test-long`")
@pytest.mark.parametrize("nth", [1, 3, 6])
def test_a_change_and_a_destruction_that_are_killed_unrecorded_are_completed_by_the_next(new_stack, nth):
    stack = new_stack("staging")
    stack.environment |= FAST
    stack.up()
    stack.edit(lambda config: [one.update(status_callback=ELSEWHERE) for one in config["numbers"].values()])
    killed(stack, "up", "--skip-preview", method="POST", path="/IncomingPhoneNumbers/", nth=nth)
    stack.up()
    whole(stack)
    assert {row["status_callback"] for row in stack.rows("incoming_phone_numbers")} == {ELSEWHERE}
    killed(stack, "destroy", method="DELETE", path="/Keys/", nth=1 + nth // 3)
    stack.destroy()
    assert [stack.rows(kind) for kind in ONE_EACH] == [[] for _ in ONE_EACH]
    assert stack.resources() == {}


def killed(stack, *command, **where):
    """Run a command that is killed after a call at Twilio, as soon as that is carried out."""
    process = stack.start(*command, "--yes")
    stack.twilio.faults.add(Fault("kill_after", pid=process.pid, **where))
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    stack.twilio.faults.clear()
    stack.pulumi("cancel", "--yes")
