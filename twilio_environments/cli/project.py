"""A project's folder, as the commands read it: its name, its stack files, and where Twilio is."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import yaml

from twilio_environments.drift.accept import Project
from twilio_environments.drift.stackfile import StackFile
from twilio_environments.problems import Problem
from twilio_environments.rest import session as sessions
from twilio_environments.settings import NAMESPACE


def read(path: Path) -> str:
    """Return a file's text with its line ends as they are; raise Problem."""
    try:
        with path.open(encoding="utf-8", newline="") as opened:
            return opened.read()
    except (OSError, UnicodeDecodeError):
        raise Problem(
            f"{path.name} cannot be read.", "Run this in the project's folder, with the stack's name."
        ) from None


def opened(stack: str, root: Path) -> Project:
    """Return the project in a folder with a stack's file, and let the session go where that says that Twilio is.

    Raise Problem.
    """
    name = (yaml.safe_load(read(root / "Pulumi.yaml")) or {}).get("name", "")
    short = stack.rpartition("/")[2]  # organisation/project/stack
    file = StackFile(f"Pulumi.{short}.yaml", read(root / f"Pulumi.{short}.yaml"))
    config = file.config()
    sessions.configure({one: config.get(f"{NAMESPACE}:{one}") for one in sessions.SETTINGS})
    return Project(str(name), short, root, file)


def commit(project: Project) -> str:
    """Return the commit that the stack file is of, with + when it was changed since; "" outside of git."""
    git = shutil.which("git")
    if git is None:
        return ""
    said = [
        subprocess.run(
            [git, *arguments, "--", project.file.name], cwd=project.root, capture_output=True, text=True, check=False
        )
        for arguments in (["log", "-1", "--format=%h"], ["status", "--porcelain"])
    ]
    found = said[0].stdout.strip() if not said[0].returncode else ""
    return found + ("+" if found and said[1].stdout.strip() else "")
