"""Adoption by the real Pulumi CLI: the preview says what is taken over, `up` writes nothing at Twilio."""

import subprocess
import sys

from tests.adoption.accounts import MESSAGING, STUDIO, VERIFY, Description, build
from tests.kinds.cases.studio_flow import flow
from tests.stacks.conftest import new_stack, twilio  # noqa: F401 - fixtures
from tests.stacks.stack import Stack

HOOK = "https://hooks.acme.example.com"


def twilio_env(stack: Stack, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "twilio_environments.cli", *arguments]
    return subprocess.run(
        command, cwd=stack.folder, env=stack.environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_an_account_is_taken_over_without_a_write_and_then_nothing_differs(new_stack):  # noqa: F811
    stack: Stack = new_stack("adopted")
    built = build(stack.twilio, Description((), (), (), (), ()))
    service = built.post("services", MESSAGING, {"FriendlyName": "Alerts ☎", "StickySender": "false"})
    menu = built.post(
        "flows", STUDIO, {"FriendlyName": "Main menu", "Status": "published", "Definition": flow(f"{service} Zoë 😀")}
    )
    webhook = f"https://webhooks.twilio.com/v1/Accounts/{built.sid}/Flows/{menu}"
    number = built.post(
        "numbers", f"{built.base}/IncomingPhoneNumbers.json", {"PhoneNumber": "+14155550100", "VoiceUrl": webhook}
    )
    built.account.wire.post(f"{MESSAGING}/{service}/PhoneNumbers", PhoneNumberSid=number)
    login = built.post("verify", VERIFY, {"FriendlyName": "Login"})
    before = built.rows()
    stack.twilio.journal.clear()

    done = twilio_env(stack, "adopt", "--account", built.sid, "--stack", "adopted")

    assert (done.returncode, done.stderr) == (0, "")
    text = (stack.folder / "Pulumi.adopted.yaml").read_text()
    said = stack.preview().output
    for made in (service, menu, number, login):
        assert f"({made}) as it is" in said, said
    stack.up()
    stack.expect_no_changes()
    assert built.writes() == []
    assert built.rows() == before
    assert (stack.folder / "Pulumi.adopted.yaml").read_text() == text
