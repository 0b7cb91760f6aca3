"""`pulumi stack rename`: what the stack has stays its own, under the new name, and consumers notice nothing."""

import subprocess
import sys
from typing import Any

import pytest

from tests.stacks.stack import Stack

STORES: dict[str, dict[str, Any]] = {"aws": {"aws": {"region": "eu-west-1"}}, "vault": {"vault": {}}}


def rename(stack: Stack, name: str) -> None:
    stack.pulumi("stack", "rename", name)
    stack.name = stack.environment["PULUMI_STACK"] = name


def contents(stack: Stack) -> dict[str, dict[str, str]]:
    assert stack.documents is not None
    return {path: stack.documents.read(path) for path in stack.documents.paths()}


@pytest.mark.parametrize(("store", "document"), [("aws", "team/twilio"), ("vault", "")])
def test_a_renamed_stack_goes_on_with_its_keys_and_documents_at_any_path(new_stack, store, document):
    stack = new_stack("one", store, "eu-west-1")

    def declare(config):
        config |= {
            "subaccount": {"friendly_name": "Acme"},
            "secrets": STORES[store] | ({"document": document} if document else {}),
            "keys": {"api": {}, "other": {"document": "team/other"}},
            "allow": {"close_subaccount": "the test is over, and so is the environment"},
        }

    stack.edit(declare)
    stack.up()
    keys, before = stack.rows("keys"), contents(stack)
    assert before.keys() == {document or "one/twilio", "team/other"}

    rename(stack, "two")
    doctor = [sys.executable, "-m", "twilio_environments.cli", "doctor", "--stack", "two"]
    looked = subprocess.run(
        doctor, cwd=stack.folder, env=stack.environment, capture_output=True, text=True, check=False
    )
    assert "fail  secret store" not in looked.stdout
    assert "the stack's name before it was renamed" in looked.stdout
    if document:
        assert set(stack.steps().values()) == {"update"}, "consumers would find nothing while it is replaced"
    stack.up()
    assert contents(stack) == {path.replace("one/", "two/"): properties for path, properties in before.items()}
    assert {row["sid"]: row["_secret"] for row in stack.rows("keys")} == {row["sid"]: row["_secret"] for row in keys}
    stack.expect_no_changes()

    rename(stack, "one")
    stack.destroy()
    assert contents(stack) == {}
    assert stack.rows("keys") == []
