"""A stack in a private copy of the project, run by the real Pulumi CLI against servers on loopback."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.emulator.wire import Wire
from tests.servers import ROOT
from tests.stacks.documents import Documents
from twilio_environments.emulator import Emulator

Config = dict[str, Any]
_LAST_WORDS = ("an unhandled error occurred: program exited with", "update failed", "preview failed")
_INHERITED = dict(os.environ)  # as it was before any test changed HOME


@dataclass(frozen=True)
class Run:
    """What one run of the CLI came to."""

    arguments: tuple[str, ...]
    code: int
    stdout: str
    stderr: str
    seconds: float

    @property
    def output(self) -> str:
        return self.stdout + self.stderr

    @property
    def errors(self) -> list[str]:
        """What stands under Diagnostics, without the engine's own last word on a run that failed."""
        text = re.split(r"\n(?:Outputs|Resources):\n", self.output.partition("Diagnostics:\n")[2])[0]
        text = re.sub(r"^  \S+ \(\S+\):$", "", text, flags=re.MULTILINE)  # which resource the next ones are of
        said = [one.strip() for one in re.split(r"^ *error: ", text, flags=re.MULTILINE)[1:]]
        return [one for one in said if not one.startswith(_LAST_WORDS)]

    def __str__(self) -> str:
        return f"pulumi {' '.join(self.arguments)}: exit {self.code} after {self.seconds:.1f} s\n{self.output}"


@cache
def pulumi_folder() -> str:
    """The folder of the CLI, brought when it is not there."""
    command = [sys.executable, "tools/install.py", "pulumi"]
    return subprocess.run(
        command, cwd=ROOT, env=_INHERITED, check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()


def environment(home: Path, twilio: Emulator, **more: str) -> dict[str, str]:
    """The environment of a run: nothing of whoever runs the tests but the language."""
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), pulumi_folder(), os.defpath]),
        "HOME": str(home),
        "TMPDIR": str(home / "temporary"),
        "LANG": "C.UTF-8",
        "PULUMI_HOME": str(home / "pulumi"),
        # Without metadata: the file beside each checkpoint is not written atomically, and a SIGKILL in the middle of it
        # makes the stack unreadable ("failed to load checkpoint: EOF").
        "PULUMI_BACKEND_URL": f"{(home / 'backend').as_uri()}?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "TWILIO_ENDPOINT": twilio.endpoint,
        "TWILIO_ACCOUNT_SID": twilio.account_sid,
        "TWILIO_AUTH_TOKEN": twilio.auth_token,
        **more,
    }


@dataclass
class Stack:
    """One stack: its private project folder, its environment variables, and every run so far."""

    name: str
    folder: Path
    home: Path
    environment: dict[str, str]
    twilio: Emulator
    documents: Documents | None = None
    runs: list[Run] = field(default_factory=list)

    @classmethod
    def of_project(cls, name: str, folder: Path, twilio: Emulator, documents: Documents | None) -> "Stack":
        """Copy what a stack may change, link the code, and make the stack `name`."""
        project = folder / "project"
        project.mkdir(parents=True)
        for linked in ("twilio_environments", "components"):
            (project / linked).symlink_to(ROOT / linked)
        (project / ".venv").symlink_to(sys.prefix)
        shutil.copytree(ROOT / "studio", project / "studio")
        for copied in ("Pulumi.yaml", "__main__.py", f"Pulumi.{name}.yaml"):
            if (ROOT / copied).exists():
                shutil.copy(ROOT / copied, project)
        return cls.at(name, project, folder, twilio, documents)

    @classmethod
    def at(cls, name: str, project: Path, home: Path, twilio: Emulator, documents: Documents | None = None) -> "Stack":
        """Make the stack `name` of the project in a folder, with a backend of its own."""
        for made in ("pulumi", "backend", "temporary"):
            (home / made).mkdir(exist_ok=True)
        variables = environment(home, twilio, **documents.variables if documents else {})
        stack = cls(name, project, home, variables, twilio, documents)
        stack.pulumi("stack", "init", name)
        stack.environment["PULUMI_STACK"] = name
        return stack

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start the CLI and do not wait for it."""
        return subprocess.Popen(
            ["pulumi", *arguments, "--non-interactive", "--color=never"],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def pulumi(self, *arguments: str, fails: bool | None = False) -> Run:
        """Run the CLI to its end; it has to succeed, to fail, or (None) to do either."""
        began = time.monotonic()
        process = self.start(*arguments)
        stdout, stderr = process.communicate(timeout=120)
        run = Run(arguments, process.returncode, stdout, stderr, time.monotonic() - began)
        self.runs.append(run)
        assert fails is None or (run.code != 0) == fails, str(run)
        return run

    def preview(self, *options: str, fails: bool = False) -> Run:
        return self.pulumi("preview", *options, fails=fails)

    def up(self, *, fails: bool = False) -> Run:
        return self.pulumi("up", "--yes", "--skip-preview", fails=fails)

    def refresh(self, *options: str, fails: bool = False) -> Run:
        return self.pulumi("refresh", "--yes", "--skip-preview", *options, fails=fails)

    def refresh_preview(self) -> Run:
        """Say what a refresh would find, and change nothing."""
        return self.pulumi("refresh", "--preview-only", "--diff")

    def expect_no_changes(self) -> None:
        """Nothing differs: neither what is live from the state, nor the state from what is declared."""
        self.preview("--refresh", "--expect-no-changes")

    def destroy(self, *options: str, fails: bool = False) -> Run:
        return self.pulumi("destroy", "--yes", *options, fails=fails)

    def steps(self) -> dict[str, str]:
        """What a preview would do: resource name → operation, for those that change."""
        plan = json.loads(self.preview("--json").stdout)
        return {step["urn"].rpartition("::")[2]: step["op"] for step in plan["steps"] if step["op"] != "same"}

    def resources(self) -> dict[str, dict[str, Any]]:
        """The state, as it is in the backend's file: resource name → resource."""
        return {one["urn"].rpartition("::")[2]: one for one in self._state().get("resources") or []}

    def pending(self) -> dict[str, str]:
        """The operations that Pulumi does not know the end of: resource name → what was under way."""
        operations = self._state().get("pending_operations") or []
        return {one["resource"]["urn"].rpartition("::")[2]: one["type"] for one in operations}

    def _state(self) -> dict[str, Any]:
        (file,) = (self.home / "backend" / ".pulumi" / "stacks").glob(f"*/{self.name}.json")
        state: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))["checkpoint"]["latest"]
        return state

    def main(self) -> Wire:
        """The main account, by its own credentials."""
        return Wire(self.twilio)

    def account(self) -> Wire:
        """The environment's account, by its own credentials: what somebody else does in it."""
        table = self.twilio.state.table("accounts")
        row = next(row for row in table.rows(status="active") if row["sid"] != self.twilio.account_sid)
        return Wire(self.twilio, (row["sid"], row["auth_token"]))

    def rows(self, table: str) -> list[dict[str, Any]]:
        """What the emulated Twilio has of one kind, in all accounts that are not closed."""
        state = self.twilio.state
        closed = {row["sid"] for row in state.table("accounts").rows(status="closed")}
        rows = state.table(table).rows()
        return [row for row in rows if (row.get("account_sid") or row.get("_account_sid")) not in closed]

    def hurry(self) -> None:
        """Have later runs wait for Twilio a tenth of a second at a time."""
        self.environment["PYTHONPATH"] = str(Path(__file__).parent / "hasty")

    def edit(self, change: Callable[[Config], Any]) -> Any:
        """Change the stack file's `config`, given without the namespace `twilio:`; return what `change` returns."""
        path = self.folder / f"Pulumi.{self.name}.yaml"
        document = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
        config = {key.removeprefix("twilio:"): value for key, value in (document.get("config") or {}).items()}
        returned = change(config)
        document["config"] = {key if ":" in key else f"twilio:{key}": value for key, value in config.items()}
        path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return returned
