"""What a released version wrote into the state, the newest version reads: nothing changes at Twilio."""

import json
import re
import tomllib
from datetime import date

import pytest

from tests.servers import ROOT
from tests.state.releases import RELEASES, STACK, new_stack, read, released, store_documents, twilio_of


@pytest.mark.parametrize("version", released())
def test_the_newest_version_finds_nothing_to_change_in_the_state_of_a_release(version, vault, tmp_path):
    folder = RELEASES / version
    store_documents(folder, vault)
    with twilio_of(folder) as twilio:
        stack = new_stack(tmp_path / STACK, folder, twilio, vault)
        state = tmp_path / "state.json"
        state.write_text(json.dumps(read(folder, "state")), encoding="utf-8")
        stack.pulumi("stack", "import", "--file", str(state))
        # Without a refresh, which writes the state anew. Release 0.1.0 did not record why something may be lost; while
        # that is, a preview does not know a number that others name.
        assert set(stack.steps().values()) <= {"update"}
        stack.up()
        stack.expect_no_changes()
        assert twilio.calls, "it looked at this Twilio"
        assert not [call for call in twilio.calls if call.method != "GET" and not call.path.endswith("/Validate")]


def test_the_state_of_this_version_is_kept():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert version in released(), "a new version: .venv/bin/python -m tests.state.write"


@pytest.mark.parametrize("version", released())
def test_a_kept_state_has_every_kind_and_no_secret(version):
    folder = RELEASES / version
    state, twilio = json.dumps(read(folder, "state")), read(folder, "twilio")
    kinds = {
        *("Subaccount", "ApiKey", "SecretDocument", "PhoneNumber", "MessagingService", "SenderPool"),
        *("VerifyService", "StudioFlow"),
    }
    assert not [kind for kind in kinds if f"twilio:{kind}" not in state]
    rows = [*twilio["accounts"].values(), *twilio["keys"].values()]
    secrets = [row.get("auth_token") or row["_secret"] for row in rows]
    assert len(secrets) == len(set(secrets)) == 5
    assert not [secret for secret in secrets if secret in state]


def test_the_changelog_has_every_release_and_what_came_after_above_them():
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings.pop(0) == "Unreleased"
    assert [heading.split(" - ")[0] for heading in headings] == released()[::-1]
    assert all(date.fromisoformat(heading.split(" - ")[1]) for heading in headings)
