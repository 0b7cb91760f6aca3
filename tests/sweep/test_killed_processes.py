"""The bootstrap of a whole stack by Pulumi's own processes, killed by SIGKILL again and again until it is through."""

import os
import signal

import pytest

from tests import figures
from tests.stacks.conftest import moto_url, new_stack, twilio, vault_server_  # noqa: F401 - the same stacks as there
from tests.stacks.test_half_made import whole
from twilio_environments.emulator import Fault

EDGES = {
    "kill_before": 2,  # what went before it is answered, and may not be recorded yet
    "kill_after": 1,
}
"""Where a run is killed, and at which of its calls: each run gets a call further than the last."""
MOST = 80


@pytest.mark.skipif(not os.environ.get("SWEEP"), reason="`make sweep` does it; a few kills are in tests/stacks")
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("edge", EDGES)
def test_a_bootstrap_that_is_killed_at_call_after_call_comes_to_its_end(new_stack, record_property, edge):  # noqa: F811
    stack = new_stack("staging")
    killed = 0
    while True:
        run = stack.start("up", "--yes", "--skip-preview")
        strike = Fault(edge, method="POST", path=r"^(?!.*/Validate$)", nth=EDGES[edge], pid=run.pid)
        stack.twilio.faults.add(strike)
        output = "".join(run.communicate(timeout=600))
        stack.twilio.faults.clear()
        if run.returncode == 0:
            break
        assert run.returncode == -signal.SIGKILL, output
        killed += 1
        assert killed < MOST
        stack.pulumi("cancel", "--yes")
    stack.pulumi("refresh", "--yes", "--skip-preview", "--clear-pending-creates")
    assert not stack.pending()
    whole(stack)
    record_property(figures.COUNTED, ("sweep-processes", {"killed": killed, "violations": 0}))
