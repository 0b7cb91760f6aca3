"""What somebody changes behind our back is named exactly, and the next `up` heals it."""

import json
from collections.abc import Mapping, Sequence

import pytest

from tests.stacks.changes import Changes, changes
from tests.stacks.meddling import CHANGED, GONE, Act, Scene, document_gone
from tests.stacks.stack import Stack

ACTS: Mapping[str, tuple[str, Sequence[Act]]] = {
    "fields changed": ("staging", CHANGED),
    "objects gone": ("staging", GONE),
    "document gone from AWS": ("staging", document_gone("staging", {"api", "reporting"})),
    "document gone from Vault": ("prod", document_gone("prod", {"api"})),
}


@pytest.mark.parametrize(("name", "acts"), ACTS.values(), ids=ACTS.keys())
def test_drift_is_named_exactly_and_healed(new_stack, name, acts):
    stack = new_stack(name)
    stack.up()
    scene = Scene(stack)
    expected: Changes = {}
    for one in acts:
        one.act(scene)
        expected |= one.drift
    assert changes(stack.refresh_preview().stdout) == expected
    heal(stack)


def test_a_closed_subaccount_takes_everything_with_it_and_a_new_one_is_made(new_stack):
    stack = new_stack("staging")
    stack.up()
    before = stack.resources()
    objects = {name for name, one in before.items() if "dynamic" in one["type"]}
    closed = Scene(stack).sid("subaccount")
    stack.main().post(stack.main().accounts(f"/{closed}"), Status="closed")
    assert changes(stack.refresh_preview().stdout) == dict.fromkeys(objects, "delete")
    heal(stack)
    assert stack.resources()["subaccount"]["id"] != closed
    assert stack.resources().keys() == before.keys()


def test_only_the_meaning_of_a_flow_file_counts(new_stack):
    stack = new_stack("staging")
    stack.edit(lambda config: [config.pop(name) for name in ("keys", "secrets", "verify_services")])
    stack.up()
    file = stack.folder / "studio" / "ivr.json"
    flow = json.loads(file.read_text())
    file.write_text(json.dumps(_moved(flow), indent=8, sort_keys=True) + "\n\n")
    stack.preview("--expect-no-changes")
    flow["states"][-1]["properties"]["say"] = "See you."
    file.write_text(json.dumps(flow))
    assert stack.steps() == {"studio_flows.ivr": "update"}


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
