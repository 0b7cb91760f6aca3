"""What means nothing in a program is refused before anything is made, and what is not known yet is not a mistake."""

from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from pulumi.output import Unknown

from tests.kinds.world import sid
from twilio_environments import resources
from twilio_environments.emulator import Emulator
from twilio_environments.resources import adapter
from twilio_environments.rest.credentials import Credentials
from twilio_environments.rest.endpoint import Endpoint
from twilio_environments.rest.session import Session
from twilio_environments.rest.sessions import use

NUMBER = {"friendly_name": "support", "phone_number": "+12125550150"}
SERVICE = {"friendly_name": "alerts", "discard_inbound": True}
LOGIN = {"friendly_name": "login"}
FLOW_URL = "is for stack files: in a program pass voice_url, such as the StudioFlow's webhook_url"
SID_OF_SERVICE = "is a name, which only stack files know: in a program pass the MessagingService's sid"
NO_SID = "is not a SID: pass AC and 32 hexadecimal digits, or leave it out for the credentials' own account"
REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "a flow by name": ("PhoneNumber", NUMBER | {"voice_flow": "ivr"}, f"voice_flow: {FLOW_URL}"),
    "an application by name": (
        "PhoneNumber",
        NUMBER | {"sms_application": "x"},
        "sms_application: is for stack files: in a program pass sms_application_sid, such as the Application's sid",
    ),
    "senders": (
        "MessagingService",
        SERVICE | {"senders": {"alpha_senders": ["ACME"]}},
        "senders: is for stack files: in a program declare a SenderPool whose service_sid is the id of this resource",
    ),
    "a service by name": (
        "VerifyService",
        LOGIN | {"messaging_configurations": {"US": "alerts", "GB": sid("MG", 1)}},
        f"messaging_configurations.US: {SID_OF_SERVICE}",
    ),
    "a text for local": ("VerifyService", LOGIN | {"local": "no"}, "local: must be True or False"),
    "a number for an account": ("VerifyService", LOGIN | {"account_sid": 5.0}, f"account_sid: {NO_SID}"),
    "nothing for an account": ("VerifyService", LOGIN | {"account_sid": ""}, f"account_sid: {NO_SID}"),
    "a definition that is none": (
        "StudioFlow",
        {"friendly_name": "ivr", "definition": "not json"},
        "definition: is not a JSON object: pass the text of a flow's file, such as studio/ivr.json",
    ),
    "a definition that is a list": (
        "StudioFlow",
        {"friendly_name": "ivr", "definition": "[" * 100_000},
        "definition: is not a JSON object: pass the text of a flow's file, such as studio/ivr.json",
    ),
}
UNKNOWN = {
    "an address of incoming messages": ("MessagingService", {"friendly_name": "alerts"}, "inbound_request_url"),
    "a number": ("PhoneNumber", {"friendly_name": "support"}, "phone_number"),
    "what a fallback is for": ("PhoneNumber", NUMBER | {"voice_fallback_url": "https://example.com/"}, "voice_url"),
}


@pytest.fixture
def checked(monkeypatch) -> Iterator[Any]:
    with Emulator() as twilio:
        credentials = Credentials(twilio.account_sid, twilio.account_sid, twilio.auth_token)

        def check(resource: str, inputs: dict[str, Any]) -> list[str]:
            monkeypatch.setattr(adapter, "_guarded", adapter._Guarded())
            use(Session(credentials, Endpoint(url=twilio.endpoint)))
            result = resources.RESOURCES[resource].adapter().check({}, dict(inputs))
            return [failure.reason for failure in result.failures]

        yield check
    use(None)


@pytest.mark.parametrize(("resource", "inputs", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_means_nothing_in_a_program_is_refused(checked, resource, inputs, reason):
    assert checked(resource, inputs) == [reason]


@pytest.mark.parametrize(("resource", "inputs", "unknown"), UNKNOWN.values(), ids=UNKNOWN)
def test_a_rule_waits_for_a_field_that_is_not_known_yet(checked, resource, inputs, unknown):
    assert checked(resource, inputs | {unknown: Unknown()}) == []
    assert checked(resource, inputs) != []
    assert checked(resource, inputs | {"account_sid": Unknown()}) != [], "no rule is about the account"


class Noted(pulumi.runtime.Mocks):
    def __init__(self) -> None:
        self.inputs: dict[str, dict[str, Any]] = {}

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.inputs[args.name] = args.inputs
        return args.name, args.inputs

    def call(self, args: pulumi.runtime.MockCallArgs) -> Any:
        return {}


def test_no_account_reaches_the_host_as_such():
    """Pulumi leaves None out of what it hands over, which would be the credentials' own account."""
    noted = Noted()
    pulumi.runtime.set_mocks(noted, project="acme", stack="staging", preview=False)

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def run() -> None:
        nothing: Any = None
        for name, account in (("now", nothing), ("later", pulumi.Output.from_input(nothing)), ("one", sid("AC"))):
            resources.VerifyService(name, account_sid=account, friendly_name=account and "Acme")
        resources.VerifyService("out")

    run()
    accounts = {name: inputs.get("account_sid") for name, inputs in noted.inputs.items() if len(name) < 6}
    assert accounts == {"now": "", "later": "", "one": sid("AC"), "out": None}
    assert noted.inputs["now"]["friendly_name"] == "now"
