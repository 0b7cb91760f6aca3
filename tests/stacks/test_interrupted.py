"""Two runs at once, and a run that is interrupted: by Ctrl-C at a terminal, or by a CI that gives up."""

import os
import re
import signal
import threading

import pytest

LONG = bool(os.environ.get("TWILIO_ENVIRONMENTS_LONG"))
SERVICES = ("first", "second", "third", "fourth", "fifth", "sixth")
SIGNALS = [
    (os.killpg, signal.SIGINT),  # a terminal interrupts all processes of the run
    *([(os.kill, signal.SIGINT), (os.kill, signal.SIGTERM), (os.killpg, signal.SIGTERM)] if LONG else []),
]


def services_alone(config):
    config.clear()
    config["subaccount"] = {"friendly_name": "Acme"}
    config["messaging_services"] = {name: {"discard_inbound": True} for name in SERVICES}


def answers_late(stack):
    """Let the first service be made, and its answer wait until a run is let go on."""
    made, go_on = threading.Event(), threading.Event()

    def answer(method, _product, pattern, _status, _body):
        if (method, pattern) == ("POST", "/v1/Services") and not made.is_set():
            made.set()
            assert go_on.wait(100)

    stack.twilio.on_answer = answer
    return made, go_on


@pytest.mark.parametrize(("send", "number"), SIGNALS)
def test_the_second_run_is_told_who_runs_and_the_interrupted_first_loses_nothing(new_stack, send, number):
    stack = new_stack("interrupted")
    stack.edit(services_alone)
    made, go_on = answers_late(stack)
    run = stack.start("up", "--yes", "--skip-preview")
    assert made.wait(100)
    second = stack.up(fails=True)
    assert "currently locked" in second.output
    assert re.search(rf"created by \S+@\S+ \(pid {run.pid}\)", second.output)
    send(run.pid, number)
    go_on.set()
    output = "".join(run.communicate(timeout=100))
    assert run.returncode == 1
    assert "update canceled" in output
    assert "Traceback" not in output
    assert not stack.pending()
    recorded = {one.get("id") for one in stack.resources().values()}
    assert {row["sid"] for row in stack.rows("messaging_services")} <= recorded, "what was under way is recorded"
    stack.up()
    assert sorted(row["friendly_name"] for row in stack.rows("messaging_services")) == sorted(SERVICES)
