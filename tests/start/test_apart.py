"""Two projects that were initialised apart, below one main account."""

import sys
from pathlib import Path
from typing import Any

from tests.stacks.stack import Stack
from twilio_environments import files
from twilio_environments.emulator import Emulator
from twilio_environments.environments.init import Init, Wanted
from twilio_environments.secrets.stores import BACKENDS


def stack_of(project: str, folder: Path, twilio: Emulator) -> Stack:
    root = folder / project
    root.mkdir()
    files.replace(Init(project, [Wanted("staging")], next(iter(BACKENDS))).drafts(root), root)
    (root / ".venv").symlink_to(sys.prefix)
    home = folder / f"home-{project}"
    home.mkdir()
    return Stack.at("local", root, home, twilio)


def test_two_projects_never_touch_each_other(tmp_path):
    with Emulator() as twilio:
        ours, theirs = (stack_of(project, tmp_path, twilio) for project in ("acme", "umbrella"))
        ours.up()
        before = live(ours)
        theirs.up()
        names = {row["friendly_name"] for row in live(ours)["accounts"] if row["sid"] != twilio.account_sid}
        assert names == {"local [acme/local]", "local [umbrella/local]"}
        ours.expect_no_changes()
        theirs.destroy("--skip-preview")
        assert live(ours) == before
        ours.expect_no_changes()


def live(stack: Stack) -> dict[str, list[dict[str, Any]]]:
    tables = {table: stack.rows(table) for table in ("messaging_services", "incoming_phone_numbers", "studio_flows")}
    assert all(tables.values())
    return {"accounts": stack.twilio.state.table("accounts").rows(status="active"), **tables}
