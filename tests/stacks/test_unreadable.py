"""A state that a killed run, or a full disk, left unreadable is mended as docs/recovery.md says it: nothing is lost."""

import signal
import subprocess
from functools import reduce

from tests.servers import ROOT
from tests.stacks.test_interrupted import SERVICES, services_alone
from twilio_environments.emulator import Fault

PAGE = (ROOT / "docs" / "recovery.md").read_text(encoding="utf-8")


def commands(heading: str) -> list[str]:
    """What a section of the page says to type."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [line.partition(" #")[0].strip() for line in section.splitlines() if line.startswith("    ")]


def test_a_state_that_is_cut_off_is_put_back_and_what_it_lacks_is_found(new_stack):
    stack = new_stack("unreadable")
    stack.edit(services_alone)
    run = stack.start("up", "--yes", "--skip-preview")
    stack.twilio.faults.add(Fault("kill_before", method="POST", product="messaging", nth=len(SERVICES), pid=run.pid))
    run.communicate(timeout=100)
    assert run.returncode == -signal.SIGKILL
    stack.twilio.faults.clear()
    (state,) = stack.home.glob("backend/.pulumi/stacks/*/unreadable.json")
    state.write_text(state.read_text()[:1000])
    state.with_name(f"{state.name}.attrs").write_text("")
    assert "failed to load checkpoint: EOF" in stack.pulumi("stack", "export", fails=True).output

    here = {"/srv/state": str(stack.home / "backend"), "/acme/": f"/{state.parent.name}/", "prod.json": state.name}
    for command in commands("Pulumi cannot read its state"):
        ours = reduce(lambda text, name: text.replace(name, here[name]), here, command)
        subprocess.run(ours, shell=True, check=True)
    assert len(stack.resources()) < len(SERVICES) + 9, "not all of it is recorded"
    for command in commands("A run was killed"):
        _, *arguments = command.split()
        stack.pulumi(*arguments, *([] if "--yes" in arguments else ["--yes", "--skip-preview"]))

    stack.expect_no_changes()
    assert sorted(row["friendly_name"] for row in stack.rows("messaging_services")) == sorted(SERVICES)
