"""Keep the state that this version writes: `.venv/bin/python -m tests.state.write`, once for each release.

It brings the stack `staging` up, on Vault, against the emulator, and keeps its settings, its state and what that goes
with in `tests/state/releases/<version>`. A version that is kept already is not written anew: it has been released.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

import yaml

from tests.servers import ROOT, vault_server
from tests.state.releases import RELEASES, STACK, counted, new_stack, write
from twilio_environments.emulator import Emulator


def settings(project: Path) -> None:
    """Take the settings of the stack `staging`; which Vault it is, its environment says."""
    document = yaml.safe_load((ROOT / "Pulumi.staging.yaml").read_text(encoding="utf-8"))
    document["config"]["twilio:secrets"] = {"vault": {}, "auth_token": "auth_token"}
    text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
    (project / f"Pulumi.{STACK}.yaml").write_text(text, encoding="utf-8")
    shutil.copytree(ROOT / "studio", project / "studio")


def main() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    folder = RELEASES / version
    if folder.exists():
        sys.exit(f"The state of {version} is kept already, and a released state does not change.")
    (folder / "project").mkdir(parents=True)
    settings(folder / "project")
    with vault_server() as vault, tempfile.TemporaryDirectory() as home:
        os.environ["VAULT_TOKEN"] = vault.token
        with counted(), Emulator(auth_token="0" * 32) as twilio:
            stack = new_stack(Path(home) / STACK, folder, twilio, vault)
            stack.up()
            stack.expect_no_changes()
            write(folder, stack, vault)
    print(f"kept: {folder.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
