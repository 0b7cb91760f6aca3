"""Pulumi's side of the local environment: run its command line, clear a dead run's lock, show what there is."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from background import LocalError, say

STACK = "local"


def stack_exists(state: Path) -> bool:
    """Tell whether this folder has the stack."""
    return any(state.glob(f".pulumi/stacks/*/{STACK}.json"))


@dataclass(frozen=True)
class Pulumi:
    """The command line, run where the program is; `state` is the file backend's folder."""

    state: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str) -> int:
        """Run it on the user's terminal, and return its exit code.

        A Ctrl-C goes to Pulumi, which then finishes the calls it has begun and saves its state.
        """
        before = signal.signal(signal.SIGINT, lambda *_: None)  # a function, as a child would inherit SIG_IGN
        try:
            return subprocess.run(["pulumi", *arguments], env=self.environment, check=False).returncode
        finally:
            signal.signal(signal.SIGINT, before)

    def ask(self, *arguments: str) -> str:
        """Run it and return what it prints; LocalError with its reason if it fails."""
        done = subprocess.run(["pulumi", *arguments], env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise LocalError(f"`pulumi {' '.join(arguments)}` failed: {done.stderr.strip()}")
        return done.stdout

    def select(self) -> None:
        """Select the stack, creating it if need be, so that plain `pulumi preview` uses it."""
        self.ask("stack", "select", "--create", STACK, "--non-interactive")

    def clear_up(self, mend: Sequence[str]) -> bool:
        """Clear away what a killed run left: its lock and, with the command `mend`, half-written files.

        Tell whether there were such files; LocalError if a run is active.
        """
        owners = list(self._lock_owners())
        for pid, host in owners:
            if host != socket.gethostname() or _is_pulumi(pid):
                raise LocalError(
                    f"Another pulumi run is using this stack (process {pid} on {host}): wait for it to end, "
                    f'or, if it is certainly gone, run `eval "$(make -s env)" && pulumi cancel --yes --stack {STACK}`.'
                )
        mended = subprocess.run(mend, env=self.environment, stdout=subprocess.PIPE, text=True, check=False)
        if mended.stdout:
            say(f"{mended.stdout.rstrip()} What is not recorded is found again, not created twice.")
        if mended.returncode:
            raise LocalError("Pulumi's state cannot be read, and was not repaired, for the reason above.")
        if owners:
            say("An earlier pulumi run was killed: clearing its lock. What it began is found again, not created twice.")
            self.ask("cancel", "--yes", "--stack", STACK)
        return bool(mended.stdout)

    def _lock_owners(self) -> Iterator[tuple[int, str]]:
        for path in self.state.glob(f".pulumi/locks/*/*/{STACK}/*.json"):
            try:
                content = json.loads(path.read_text())
            except (OSError, ValueError):
                continue  # just gone, or half-written by a run that was killed: cancelled with the rest
            yield int(content.get("pid", 0)), str(content.get("hostname", ""))

    def summary(self) -> list[str]:
        """Describe what the stack has."""
        return describe(self._environment)

    def document(self) -> str:
        """Return the path of a document that the stack has in the local AWS, "" if it has none there."""
        secrets = self._environment.get("secrets") or {}
        return next(iter(secrets.get("documents", [])), "") if secrets.get("store") == "aws" else ""

    @cached_property
    def _environment(self) -> Mapping[str, Any]:
        """The stack's output `environment`; read once, when everything is done."""
        if not stack_exists(self.state):
            return {}
        return json.loads(self.ask("stack", "output", "--json", "--stack", STACK)).get("environment") or {}


def describe(environment: Mapping[str, Any]) -> list[str]:
    """Lay out sections of names and values; a single value takes one line, an empty section none."""
    rows: list[tuple[str, str, str]] = []
    for section, content in environment.items():
        title = section.replace("_", " ")
        if isinstance(content, Mapping):
            for name, value in content.items():
                rows.append((title, str(name), _text(value)))
                title = ""
        else:
            rows.append((title, "", _text(content)))
    widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
    return [f"  {title:{widths[0]}}  {name:{widths[1]}}  {value}" for title, name, value in rows]


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "  ".join(map(_text, value.values()))
    return ", ".join(map(_text, value)) if isinstance(value, list) else str(value)


def _is_pulumi(pid: int) -> bool:
    """Tell whether the process exists and is Pulumi: after a restart another may have its pid."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    asked = subprocess.run(["ps", "-p", str(pid), "-o", "comm="], capture_output=True, text=True, check=False)
    return asked.returncode != 0 or "pulumi" in asked.stdout
