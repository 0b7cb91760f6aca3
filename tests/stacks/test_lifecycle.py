"""Every stack of the project, from nothing to nothing, by the real CLI."""

import json

import pytest
import yaml

from tests.stacks.leaks import leaks

KINDS = (
    "incoming_phone_numbers",
    "keys",
    "messaging_services",
    "messaging_phone_numbers",
    "messaging_alpha_senders",
    "verify_services",
    "verify_rate_limits",
    "verify_buckets",
    "verify_messaging_configurations",
    "verify_webhooks",
    "studio_flows",
)
CALLS = {"local": (29, 6, 16), "staging": (37, 6, 21), "prod": (38, 6, 21)}
"""How many calls `up`, a preview after it and `refresh` take: fewer are welcome, more need a reason.

A preview of what is declared as it was opens the account and looks for second objects: one listing for each kind.
"""
ALLOW = {
    "release_numbers": "the test is over, and so is the environment",
    "close_subaccount": "the test is over, and so is the environment",
}


@pytest.mark.parametrize("name", ["local", "staging", "prod"])
def test_a_stack_comes_up_stays_as_it_is_keeps_no_secret_and_goes(new_stack, name):
    stack = new_stack(name)
    twilio = stack.twilio

    previewed = stack.preview()
    config = yaml.safe_load((stack.folder / f"Pulumi.{name}.yaml").read_text(encoding="utf-8"))["config"]
    for rule, reason in config.get("twilio:allow", {}).items():
        assert f"twilio:allow {rule}: {reason}" in previewed.output
    assert twilio.count("POST", pattern="/v2/Flows/Validate") == twilio.count("POST"), "a preview changed something"
    twilio.journal.clear()
    stack.up()
    made = sum(len(stack.rows(kind)) for kind in KINDS) + 1  # the subaccount
    checks = twilio.count("POST", pattern="/v2/Flows/Validate")
    assert twilio.count("POST") - checks == made, "more than one POST per object"
    assert twilio.count("DELETE") == 0
    up = twilio.count()

    twilio.journal.clear()
    stack.preview("--json", "--expect-no-changes")
    assert twilio.count() == twilio.count("GET")
    looked = twilio.count()
    twilio.journal.clear()
    stack.refresh("--expect-no-changes")
    assert (up, looked, twilio.count()) == CALLS[name], twilio.journal.counters()
    stack.preview("--expect-no-changes")
    assert twilio.count("POST") == twilio.count("POST", pattern="/v2/Flows/Validate")
    assert leaks(stack) == []
    outputs = json.loads(stack.pulumi("stack", "output", "--json").stdout)
    environment = outputs.pop("environment")
    told = environment.pop("secrets")
    assert {outputs.pop("secrets_document")} <= set(told["documents"])
    assert outputs.pop("secrets_store") == told["store"]
    assert outputs == environment, "each part by itself, for `pulumi stack output` and StackReferences"
    assert {"account_sid", "numbers"} <= outputs.keys()

    if name == "prod":
        before, documents = stack.resources(), {path: stack.documents.read(path) for path in stack.documents.paths()}
        refused = stack.destroy(fails=True)
        assert "because it is protected" in refused.output
        assert stack.resources() == before
        assert {path: stack.documents.read(path) for path in stack.documents.paths()} == documents
        assert sum(len(stack.rows(kind)) for kind in KINDS) + 1 == made
        stack.edit(lambda config: config.update(allow=ALLOW))
        stack.up()
    stack.destroy("--skip-preview")
    assert stack.resources() == {}
    assert [row["status"] for row in stack.rows("accounts") if row["sid"] != twilio.account_sid] == ["closed"]
    assert {kind: stack.rows(kind) for kind in KINDS if stack.rows(kind)} == {}
    assert stack.documents.paths() == []
    print(*(f"{name} {run.arguments[0]}: {run.seconds:.1f} s" for run in stack.runs), sep="\n")
