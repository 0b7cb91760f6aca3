"""A few of the random stacks through the real Pulumi CLI and Vault: what the others take Pulumi to do, it does."""

import os
import tempfile
from pathlib import Path

import hypothesis
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests import figures
from tests.emulator.wire import Wire
from tests.random_stacks.declarations import placed, stacks
from tests.random_stacks.drifting import Scene
from tests.random_stacks.test_random_stacks import QUIET
from tests.stacks.conftest import vault_server_  # noqa: F401 - the same server as there
from tests.stacks.documents import VaultDocuments
from tests.stacks.stack import Stack
from tests.sweep.stage import TABLES

RUNS = 5
FEW_ACTS = 10


def objects(stack):
    """Section and SID of what is recorded, by resource name."""
    found = {}
    for name, resource in stack.resources().items():
        section = name.partition(".")[0]
        if resource["custom"] and section in (*TABLES, "subaccount") and not name.endswith(".senders"):
            found[name] = (section, str(resource["outputs"].get("sid") or resource["id"]))
    return found


def alive(stack):
    return {(section, row["sid"]) for section, table in TABLES.items() for row in stack.rows(table)}


@pytest.mark.skipif(
    not os.environ.get("TWILIO_ENVIRONMENTS_LONG"), reason="`make test-long` does it: a minute for each"
)
@pytest.mark.timeout(3600)
def test_a_random_stack_has_an_orderly_life_with_pulumi_itself(twilio, vault_server_, record_property):  # noqa: F811
    counted = {"runs": 0}

    @hypothesis.seed(20261121)
    @settings(max_examples=RUNS, database=None, phases=[Phase.generate], suppress_health_check=QUIET)
    @given(generated=stacks(rich=True), data=st.data())
    def all_of_them(generated, data):
        twilio.reset()
        counted["runs"] += 1
        with tempfile.TemporaryDirectory() as folder:
            documents = VaultDocuments(vault_server_)
            stack = Stack.of_project("random", Path(folder) / "random", twilio, documents)
            shared = generated.config["subaccount"].get("sid")
            account = Wire(twilio).subaccount("shared").sid if shared else ""
            store = {"vault": {"address": vault_server_.address}}
            generated.write(stack.folder)
            stack.edit(
                lambda config: config.update(placed(generated, store=store, document="random/one", account=account))
            )
            live(stack, account, data)
            assert not documents.paths()

    all_of_them()
    record_property(figures.COUNTED, ("stacks-by-pulumi", counted))


def live(stack, account, data):
    stack.up()
    stack.preview("--expect-no-changes")
    made = objects(stack)
    assert alive(stack) == {one for one in made.values() if one[0] != "subaccount"}
    acts = Scene(stack.twilio, account or made["subaccount"][1], made, {}).acts()
    few = data.draw(st.integers(1, FEW_ACTS), label="how many acts")
    for name in data.draw(st.lists(st.sampled_from(sorted(acts)), min_size=few, max_size=few), label="acts"):
        acts[name]()
    stack.refresh()
    stack.up()
    stack.expect_no_changes()
    stack.destroy()
    assert not alive(stack)
