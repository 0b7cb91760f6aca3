"""10 to 60 % of refusals and server errors: everything finishes, or fails in words and is finished by the next run."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import figures
from tests.sweep.scenarios import SCENARIOS
from tests.sweep.stage import Stage
from twilio_environments.emulator import Emulator, Fault
from twilio_environments.problems import Problem
from twilio_environments.rest.endpoint import Endpoint
from twilio_environments.rest.errors import OutcomeUnknown
from twilio_environments.rest.transport import Transport

WHOLE = bool(os.environ.get("TWILIO_ENVIRONMENTS_LONG"))
DEADLINE = 120.0  # seconds of a whole call, the transport's default
RATES = (10, 20, 30, 40, 50, 60)
RETRY_AFTER = {"absent": None, "sane": 2, "absurd": 10**12, "before now": -5}
RUNS = 60
"""So many runs at most, in the worst storm; each gets at least one object further."""
FEW = [(10, "absent", 0), (30, "sane", 0), (40, "absurd", 0), (60, "before now", 0)]
STORMS = [
    (rate, retry_after, seed)
    for seed in range(5)
    for rate in RATES
    for retry_after in RETRY_AFTER
    if WHOLE or (rate, retry_after, seed) in FEW
]


def storm(twilio: Emulator, rate: int, retry_after: str, seed: int) -> None:
    """Refuse half of the calls that go wrong; of the others one half fails before Twilio did anything, one after."""
    after, share = RETRY_AFTER[retry_after], rate / 100
    for number, (action, status, part) in enumerate((("status", 503, 4), ("status", 429, 2), ("status_after", 500, 4))):
        twilio.faults.add(
            Fault(
                action,  # type: ignore[arg-type]  # mypy does not see the literals in the tuples
                status=status,
                probability=share / part,
                seed=100 * seed + 10 * rate + number,
                retry_after=after,
            )
        )


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("chosen", STORMS, ids=lambda chosen: "-".join(map(str, chosen)))
def test_an_environment_comes_up_and_goes_in_a_storm(twilio, store, log, record_property, chosen):
    rate, retry_after, seed = chosen
    scenario = SCENARIOS["vault-environment-bootstrap"]
    stage = Stage(scenario, twilio, store)
    purchases = sum(declared.adapter.kind.section == "numbers" for declared in stage.program)
    storm(twilio, rate, retry_after, seed)
    log.calls.clear()
    runs = 1
    while not stage.run():
        runs += 1
        assert runs < RUNS, stage.engine.said[-1]
    twilio.faults.clear()
    attempts, calls = log.attempts, len(log.calls)
    wrong = [f"sent again: {call}" for call in log.repeated()]
    wrong += [f"past its deadline: {call}" for call in log.overdue(DEADLINE)]
    wrong += stage.violations(purchases)
    storm(twilio, rate, retry_after, seed + 1)
    for _ in range(RUNS):
        stage.program = []
        if stage.run():
            break
    twilio.faults.clear()
    wrong += [f"left: {one}" for one in sorted(stage._live() - stage.strangers)]
    assert log.attempts > len(log.calls), "no call was hit"
    counted = {"storms": 1, "runs": runs, "calls": calls, "attempts": attempts, "violations": len(wrong)}
    record_property(figures.COUNTED, ("storms", counted))
    assert not wrong, "\n".join(wrong)


def test_in_a_storm_too_there_are_never_more_calls_at_once_than_the_budget(twilio, log):
    most, services = 4, [f"service {number}" for number in range(60)]
    twilio.reset()
    twilio.faults.add(Fault("delay", milliseconds=5))  # so that calls meet
    storm(twilio, 40, "sane", 7)
    transport = Transport(Endpoint(url=twilio.endpoint), concurrency=most, sleep=lambda _seconds: None)
    auth = (twilio.account_sid, twilio.auth_token)

    def make(name: str) -> str:
        try:
            transport.request(
                "POST",
                "https://messaging.twilio.com/v1/Services",
                data={"FriendlyName": name, "InboundRequestUrl": "https://example.com/"},
                auth=auth,
            )
        except OutcomeUnknown:
            return "unknown"
        except Problem:
            return "not made"
        return "made"

    with ThreadPoolExecutor(24) as threads:
        outcomes = dict(zip(services, threads.map(make, services), strict=True))
    assert 1 < log.at_once <= most
    assert not log.repeated()
    made = [row["friendly_name"] for row in twilio.state.table("messaging_services").rows()]
    assert len(made) == len(set(made)), "none was made twice"
    assert {name for name, outcome in outcomes.items() if outcome == "made"} <= set(made)
    assert {"made", "unknown"} <= set(outcomes.values())
    assert not [name for name, outcome in outcomes.items() if outcome == "not made" and name in made]
