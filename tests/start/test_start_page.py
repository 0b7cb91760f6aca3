"""docs/start.md, typed command by command from an empty home, with the wheel alone."""

import re

import pytest

from tests.docs.pages import codes
from tests.servers import ROOT, moto_server
from tests.stacks.documents import AwsDocuments
from tests.start.shell import Shell

COMMANDS = [
    line
    for code in codes()
    if code.page == ROOT / "docs/start.md" and code.language == "sh"
    for line in code.text.splitlines()
]


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
                    printed[command] = shell.run(command)
        finally:
            shell.leave()
    (init,) = [text for command, text in printed.items() if "twilio-env init" in command]
    said = re.findall(r"^  (\S.*)", init, re.MULTILINE)
    assert len(said) == 3
    assert set(said) <= set(COMMANDS)
    (new,) = [text for command, text in printed.items() if command.startswith("twilio-env new")]
    following = new.partition("then: ")[2].strip().split("; ")
    assert len(following) == 2
    assert set(following) <= {command.removesuffix(" --yes") for command in COMMANDS}
    drift = printed["twilio-env drift --stack local"]
    assert "0 of 5 drifted, 0 missing, 0 unmanaged, 0 not checked" in drift
    assert "decide:" in (shell.folder / "Pulumi.staging.yaml").read_text()
    assert not (shell.folder / "twilio_environments").exists()
