"""What somebody changes behind our back is named exactly, and the next `up` heals it."""

import json
from collections.abc import Mapping, Sequence

import pytest

from tests.stacks.changes import Changes, changes
from tests.stacks.meddling import CHANGED, GONE, Act, Scene, document_gone
from tests.stacks.stack import Stack

ACTS: Mapping[str, Sequence[Act]] = {
    "fields changed": CHANGED,
    "objects gone": GONE,
    "document gone from AWS": document_gone("staging", {"api", "reporting"}),
}


@pytest.fixture(scope="module")
def staging(new_shared_stack) -> Stack:
    """A whole stack, up; each test heals what it did to it."""
    stack: Stack = new_shared_stack("staging")
    stack.up()
    return stack


@pytest.mark.parametrize("acts", ACTS.values(), ids=ACTS.keys())
def test_drift_is_named_exactly_and_healed(staging, acts):
    named_exactly_and_healed(staging, acts)


def test_a_document_gone_from_vault_is_named_exactly_and_healed(new_stack):
    stack = new_stack("prod")
    stack.up()
    named_exactly_and_healed(stack, document_gone("prod", {"api"}))


def test_a_closed_subaccount_takes_everything_with_it_and_a_new_one_is_made(staging):
    before = staging.resources()
    objects = {name for name, one in before.items() if "dynamic" in one["type"]}
    closed = Scene(staging).sid("subaccount")
    staging.main().post(staging.main().accounts(f"/{closed}"), Status="closed")
    assert changes(staging.refresh_preview().stdout) == dict.fromkeys(objects, "delete")
    heal(staging)
    assert staging.resources()["subaccount"]["id"] != closed
    assert staging.resources().keys() == before.keys()


def test_only_the_meaning_of_a_flow_file_counts(staging):
    file = staging.folder / "studio" / "ivr.json"
    before = file.read_text()
    flow = json.loads(before)
    file.write_text(json.dumps(_moved(flow), indent=8, sort_keys=True) + "\n\n")
    staging.preview("--expect-no-changes")
    flow["states"][-1]["properties"]["say"] = "See you."
    file.write_text(json.dumps(flow))
    assert staging.steps() == {"studio_flows.ivr": "update"}
    file.write_text(before)


def named_exactly_and_healed(stack: Stack, acts: Sequence[Act]) -> None:
    scene = Scene(stack)
    expected: Changes = {}
    for one in acts:
        one.act(scene)
        expected |= one.drift
    assert changes(stack.refresh_preview().stdout) == expected
    for one in acts:
        stack.edit(one.review)
    heal(stack)


def heal(stack: Stack) -> None:
    stack.pulumi("up", "--refresh", "--yes", "--skip-preview")
    stack.expect_no_changes()
    keys = {row["sid"]: row for row in stack.rows("keys")}
    assert stack.documents
    documents = [stack.documents.read(path) for path in stack.documents.paths()]
    for name, resource in stack.resources().items():
        if name.startswith("keys."):
            key = keys[resource["outputs"]["sid"]]
            delivered = [document for document in documents if key["sid"] in document.values()]
            assert [key["_secret"] in document.values() for document in delivered] == [True], name


def _moved(flow):
    """The same flow, every widget elsewhere on the canvas."""
    for number, state in enumerate(flow["states"]):
        state["properties"]["offset"] = {"x": 1000 - number, "y": -7}
    return flow
