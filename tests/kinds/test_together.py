"""The members of a pool and the limits of a service are applied together, within the account's budget."""

from __future__ import annotations

import threading
from contextvars import ContextVar
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest

from twilio_environments.emulator import Fault
from twilio_environments.kinds import messaging_service, sender_pool, verify_service
from twilio_environments.lifecycle.together import together
from twilio_environments.rest.budget import DEFAULT
from twilio_environments.rest.progress import Progress, silent
from twilio_environments.rest.transport import Transport

from .test_calls import numbers
from .world import Resource, World

MEMBERS = 3 * DEFAULT
POOL = r"/Services/MG\w+/PhoneNumbers$"


def account(at_once: int) -> Any:
    return cast("Any", SimpleNamespace(at_once=at_once, progress=Progress(silent)))


@pytest.fixture
def pool(world: World) -> Resource:
    """A pool, declared, of a service that is there; its numbers are put into the account by hand."""
    service = Resource(world, messaging_service.KIND, friendly_name="alerts", discard_inbound=True)
    service.create()
    table = world.twilio.state.table("incoming_phone_numbers")
    row = table.rows(account_sid=world.account_sid)[0]
    sids = [f"PN{n:032x}" for n in range(100, 100 + MEMBERS)]
    for sid, fields in zip(sids, numbers(MEMBERS), strict=True):
        table.put(sid, row | fields | {"sid": sid})
    return Resource(world, sender_pool.KIND, service_sid=service.id, phone_numbers=sids)


def in_rounds(monkeypatch: pytest.MonkeyPatch, width: int) -> list[str]:
    """Every write waits until `width` of them are under way: it hangs, and fails, where fewer ever are."""
    barrier, exchange, sent = threading.Barrier(width), Transport._exchange, list[str]()

    def together_only(self, call, prepared, ends):
        if call.method != "GET":
            barrier.wait(20)
            sent.append(call.method)
        return exchange(self, call, prepared, ends)

    monkeypatch.setattr(Transport, "_exchange", together_only)
    return sent


def test_a_pool_takes_as_many_rounds_as_its_size_by_the_budget(pool, monkeypatch):
    rounds = in_rounds(monkeypatch, DEFAULT)
    assert not pool.create().incomplete
    assert pool.refreshed_diff() == []
    pool.delete()
    assert rounds == ["POST"] * MEMBERS + ["DELETE"] * MEMBERS


def test_rate_limits_are_made_together(world, monkeypatch):
    names = [f"limit{n}" for n in range(5)]  # as many as a service may have
    service = Resource(world, verify_service.KIND, friendly_name="Acme")
    service.create()
    service.declare(friendly_name="Acme", rate_limits={name: {"description": name} for name in names})
    rounds = in_rounds(monkeypatch, len(names))
    service.update()
    assert rounds == ["POST"] * len(names)
    assert service.refreshed_diff() == []


def test_a_pool_that_failed_half_way_is_recorded_so_and_the_next_run_finishes_it(world, pool):
    world.twilio.faults.add(Fault("status", method="POST", path=POOL, nth=10, status=403, code=20403))
    outcome = pool.create()
    assert outcome.incomplete
    made = len(world.twilio.state.table("messaging_phone_numbers").rows())
    assert 9 - DEFAULT < made < MEMBERS, "those under way were finished, and no other begun"
    assert pool.diff()
    world.twilio.journal.clear()
    assert not pool.update().incomplete
    assert world.methods()["POST"] == MEMBERS - made, "what is there is not sent once more"
    assert pool.refreshed_diff() == []


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_after_a_failure_or_an_interruption_no_further_job_is_begun(error):
    begun: list[str] = []
    failing = threading.Event()

    def fail() -> None:
        failing.set()
        raise error

    def under_way() -> None:
        assert failing.wait(20)
        begun.append("under way")

    def later() -> None:
        begun.append("later")

    with pytest.raises(error):
        together(account(2), [under_way, fail, *[later] * 50], "a test")
    assert begun in ([], ["under way"])


def test_what_jobs_return_comes_back_in_their_order():
    assert together(account(3), [partial(abs, n) for n in range(20)], "a test") == list(range(20))
    assert together(account(3), [], "a test") == []


def test_what_is_done_together_is_in_the_context_of_its_operation():
    mark = ContextVar("mark", default="none")
    mark.set("this operation")
    assert together(account(2), [mark.get, mark.get, mark.get], "asking") == ["this operation"] * 3
