"""The calls at once of an account: they shrink when Twilio says that there are too many, and grow back."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from twilio_environments.emulator import Emulator, Fault
from twilio_environments.problems import Problem
from twilio_environments.rest.budget import Budget, budget_from
from twilio_environments.rest.endpoint import Endpoint
from twilio_environments.rest.transport import Transport


def used(budget: Budget, calls: int, *, limited: bool = False) -> int:
    """The width after so many calls, one after the other."""
    for _ in range(calls):
        budget.give_back(budget.take(), limited=limited)
    return budget.width


def test_a_refusal_halves_the_budget_and_one_call_at_least_is_left():
    budget = Budget(8)
    assert [used(budget, 1, limited=True) for _ in range(5)] == [4, 2, 1, 1, 1]


def test_refusals_of_calls_that_were_under_way_together_count_once():
    budget = Budget(8)
    tickets = [budget.take() for _ in range(8)]
    for ticket in tickets:
        budget.give_back(ticket, limited=True)
    assert budget.width == 4


def test_the_budget_grows_by_one_when_as_many_calls_as_it_is_wide_went_through_and_never_beyond():
    budget = Budget(4)
    used(budget, 1, limited=True)
    assert used(budget, 1) == 2
    assert used(budget, 1) == 3
    assert used(budget, 3) == 4
    assert used(budget, 100) == 4


def test_twilio_never_sees_more_calls_at_once_than_the_budget_and_fewer_after_it_complained():
    with Emulator() as twilio, ThreadPoolExecutor(24) as threads:
        transport = Transport(Endpoint(url=twilio.endpoint), concurrency=6, sleep=lambda _seconds: None)
        auth = (twilio.account_sid, twilio.auth_token)

        def most(calls: int) -> int:
            """What the emulator has seen at once, at most."""
            answers = threads.map(
                lambda _: transport.request("GET", "https://api.twilio.com/2010-04-01/Accounts.json", auth=auth),
                range(calls),
            )
            return max(int((answer.headers or {})["Twilio-Concurrent-Requests"]) for answer in answers)

        delay = Fault("delay", milliseconds=20)  # so that calls meet
        twilio.faults.add(delay)
        assert 1 < most(24) <= 6
        budget = transport._budget(auth)
        for _ in range(2):
            twilio.faults.add(Fault("status", status=429, times=1))
            most(1)
        assert budget.width == 2
        assert most(2) <= 2
        most(30)
        assert budget.width == 6


@pytest.mark.parametrize("text", ["0", "-1", "101", "many", "1.5", "٣٣٣"])
def test_a_budget_that_is_none_is_refused(text):
    with pytest.raises(Problem, match="from 1 to 100"):
        budget_from({}, {"TWILIO_CONCURRENCY": text})


def test_the_environment_comes_before_the_stack_and_8_is_what_there_is_otherwise():
    assert budget_from({}, {}) == 8
    assert budget_from({"concurrency": "3"}, {}) == 3
    assert budget_from({"concurrency": "3"}, {"TWILIO_CONCURRENCY": " 12 "}) == 12
