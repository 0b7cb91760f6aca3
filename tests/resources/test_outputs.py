"""What a resource gives its program: every documented name, whether it was declared or left out."""

from typing import Any

import pulumi
import pytest

from tests.kinds.world import sid
from twilio_environments import resources

MARK = "[acme/prod]"
DECLARED: dict[str, dict[str, Any]] = {
    "ApiKey": {"delivery": {}},
    "SecretDocument": {"document": {}, "properties": {}},
    "SenderPool": {"service_sid": sid("MG")},
    "StudioFlow": {"definition": "{}"},
}


class Recording(pulumi.runtime.Mocks):
    """Answers as the host does: of what was declared it keeps what is not the default."""

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        kind = resources.RESOURCES[args.typ.rpartition(":")[2]].adapter.kind
        return f"id of {args.name}", kind.declaration.compact(args.inputs)

    def call(self, args: pulumi.runtime.MockCallArgs) -> Any:
        return {}


def outputs_of(resource: type[Any], *names: str, **inputs: Any) -> dict[str, Any]:
    """The outputs of a resource that is called `one`, as a program sees them."""
    seen: dict[str, Any] = {}
    pulumi.runtime.set_mocks(Recording(), project="acme", stack="prod", preview=False)

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def run() -> pulumi.Output[Any]:
        made = resource("one", **inputs)
        return pulumi.Output.all(**{name: getattr(made, name) for name in names}).apply(seen.update)

    run()
    return seen


@pytest.mark.parametrize("name", resources.RESOURCES)
def test_every_output_of_the_type_is_there(name):
    resource = resources.RESOURCES[name]
    names = [one for one in resource.__annotations__ if one != "adapter"]
    assert {*resource.adapter.kind.facts} <= {*names}
    seen = outputs_of(resource, *names, **DECLARED.get(name, {}))
    assert seen.keys() == {*names}


def test_what_was_left_out_and_what_is_the_default_anyway_are_the_default():
    names = ("sticky_sender", "mms_converter", "inbound_method", "validity_period", "status_callback", "allowed")
    seen = outputs_of(resources.MessagingService, *names, discard_inbound=True, sticky_sender=True, validity_period=60)
    assert {name: seen[name] for name in names[:5]} == {
        "sticky_sender": True,
        "mms_converter": True,
        "inbound_method": "POST",
        "validity_period": 60,
        "status_callback": "",
    }


def test_the_sid_of_a_subaccount_is_its_id():
    assert outputs_of(resources.Subaccount, "sid", mark=MARK) == {"sid": "id of one"}


@pytest.mark.parametrize(
    ("name", "inputs", "called"),
    [
        ("Subaccount", {"mark": MARK}, f"one {MARK}"),
        ("Subaccount", {"mark": pulumi.Output.from_input(MARK)}, f"one {MARK}"),
        ("Subaccount", {"mark": MARK, "friendly_name": f"Acme {MARK}"}, f"Acme {MARK}"),
        ("MessagingService", {"discard_inbound": True}, "one"),
        ("VerifyService", {"mark": MARK}, "one"),  # Twilio allows no such characters there
    ],
)
def test_a_name_that_is_left_out_is_the_resources_own_with_the_mark(name, inputs, called):
    assert outputs_of(resources.RESOURCES[name], "friendly_name", **inputs) == {"friendly_name": called}
