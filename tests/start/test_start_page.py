"""docs/start.md, typed command by command from an empty home, with the wheel alone."""

import re
from collections.abc import Mapping
from types import SimpleNamespace

import pytest

from tests.docs.pages import codes
from tests.emulator.wire import Wire
from tests.servers import ROOT, moto_server
from tests.stacks.documents import AwsDocuments
from tests.start.shell import Shell

COMMANDS = [
    line
    for code in codes()
    if code.page == ROOT / "docs/start.md" and code.language == "sh"
    for line in code.text.splitlines()
]


def somebodys_account(variables: Mapping[str, str]) -> str:
    """An account with something in it that was made by hand."""
    twilio = SimpleNamespace(
        endpoint=variables["TWILIO_ENDPOINT"],
        account_sid=variables["TWILIO_ACCOUNT_SID"],
        auth_token=variables["TWILIO_AUTH_TOKEN"],
    )
    account = Wire(twilio).subaccount("By hand")
    account.wire.post("https://messaging.twilio.com/v1/Services", FriendlyName="alerts").raise_for_status()
    return account.sid


@pytest.mark.timeout(900)  # thirty commands, a third of them runs of Pulumi
def test_every_command_of_the_page_works_and_every_printed_one_is_on_it(tmp_path, wheel):
    printed: dict[str, str] = {}
    with moto_server() as aws:
        shell = Shell.in_home(
            tmp_path / "home", wheel, AWS_REGION="eu-west-1", **AwsDocuments(aws, "eu-west-1").variables
        )
        try:
            for command in COMMANDS:
                if command.startswith(".venv/bin/twilio-env emulator"):
                    for export in shell.serve(command):
                        shell.run(export)
                else:
                    if "$ACCOUNT" in command:
                        shell.run(f"export ACCOUNT={somebodys_account(shell.variables)}")
                    printed[command] = shell.run(command)
        finally:
            shell.leave()
    (init,) = [text for command, text in printed.items() if "twilio-env init" in command]
    said = re.findall(r"^  (\S.*)", init, re.MULTILINE)
    assert len(said) == 3
    assert set(said) <= set(COMMANDS)
    for command, count in (("twilio-env new", 2), ("twilio-env adopt", 3)):
        (text,) = [text for typed, text in printed.items() if typed.startswith(command)]
        following = text.partition("then: ")[2].strip().split("; ")
        assert len(following) == count
        assert set(following) <= {typed.removesuffix(" --yes") for typed in COMMANDS}
    assert "takes over 1 Messaging Service." in text
    drift = printed["twilio-env drift --stack local"]
    assert "0 of 5 drifted, 0 missing, 0 unmanaged, 0 not checked" in drift
    assert "decide:" in (shell.folder / "Pulumi.staging.yaml").read_text()
    assert not (shell.folder / "twilio_environments").exists()
