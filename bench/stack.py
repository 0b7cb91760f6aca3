"""A stack under measurement: its project folder, its backend, and Pulumi's command line in it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from bench.process import Usage, measured
from tests.servers import ROOT
from tests.stacks.stack import pulumi_folder

FAST = {"PULUMI_SKIP_CHECKPOINTS": "true", "PULUMI_EXPERIMENTAL": "true"}
_ONE_BY_ONE = """

def _by_get(self, account, object_id, recorded):
    return self.observed(account, self.fetch(account, object_id), recorded)


ListedKind.look = _by_get
"""
_YES = ("--yes", "--skip-preview")
COMMANDS: dict[str, Sequence[str]] = {
    "create": ("up", *_YES),
    "preview": ("preview", "--expect-no-changes"),
    "refresh": ("refresh", "--expect-no-changes", *_YES),
    "change": ("up", *_YES),
    "destroy": ("destroy", *_YES),
}


@dataclass
class Stack:
    """One stack with its own backend, in a project folder."""

    folder: Path
    home: Path
    variables: dict[str, str]
    environment: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        for made in ("pulumi", "backend", "temporary"):
            (self.home / made).mkdir(parents=True, exist_ok=True)
        self.environment = {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), pulumi_folder(), os.defpath]),
            "HOME": str(self.home),
            "TMPDIR": str(self.home / "temporary"),
            "LANG": "C.UTF-8",
            "PULUMI_HOME": str(self.home / "pulumi"),
            "PULUMI_BACKEND_URL": f"{(self.home / 'backend').as_uri()}?metadata=skip",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            **self.variables,
        }
        self.run("stack", "init", "bench")
        self.environment["PULUMI_STACK"] = "bench"

    def run(self, *arguments: str, folder: Path | None = None) -> Usage:
        """Run Pulumi to its end, in another project folder of the same stack if one is given."""
        command = ["pulumi", *arguments, "--non-interactive", "--color=never"]
        return measured(command, folder=folder or self.folder, environment=self.environment)

    def drift(self) -> Usage:
        """Review the stack, which has drifted, as people do."""
        command = ["twilio-env", "drift", "--stack", "bench"]
        return measured(command, folder=self.folder, environment=self.environment, codes=(2,))


def project(folder: Path) -> Path:
    """Make a copy of our project folder: its files copied, its code linked."""
    folder.mkdir(parents=True)
    for linked in ("twilio_environments", "components"):
        (folder / linked).symlink_to(ROOT / linked)
    for copied in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / copied, folder)
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def one_by_one(original: Path, folder: Path) -> Path:
    """Make a copy of a project that reads each object with its own GET, as providers do that list nothing."""
    shutil.copytree(original, folder, symlinks=True)
    (folder / "twilio_environments").unlink()
    shutil.copytree(ROOT / "twilio_environments", folder / "twilio_environments")
    with (folder / "twilio_environments/lifecycle/listed.py").open("a", encoding="utf-8") as file:
        file.write(_ONE_BY_ONE)
    return folder


def noop_project(folder: Path) -> Path:
    """Make the reference project, with resources that do nothing."""
    folder.mkdir(parents=True)
    (folder / "bench").symlink_to(ROOT / "bench")
    (folder / "__main__.py").write_text("from bench.noop import program\n\nprogram()\n", encoding="utf-8")
    runtime = {"name": "python", "options": {"virtualenv": ".venv"}}
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump({"name": "bench", "runtime": runtime}), encoding="utf-8")
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def noop_settings(folder: Path, count: int, value: str) -> None:
    """Set how many resources the reference has, and their value."""
    config = {"bench:count": str(count), "bench:value": value}
    (folder / "Pulumi.bench.yaml").write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
