"""A project's folder, as the commands read it: its name, its stack files, and where Twilio is."""

from __future__ import annotations

from pathlib import Path

import yaml

from twilio_environments.drift.stackfile import StackFile
from twilio_environments.problems import Problem
from twilio_environments.rest import session as sessions
from twilio_environments.settings import NAMESPACE, Settings, load


def read(path: Path) -> str:
    """Return a file's text with its line ends as they are; raise Problem."""
    try:
        with path.open(encoding="utf-8", newline="") as opened:
            return opened.read()
    except (OSError, UnicodeDecodeError):
        raise Problem(
            f"{path.name} cannot be read.", "Run this in the project's folder, with the stack's name."
        ) from None


def settings(stack: str, root: Path) -> Settings:
    """Return what a stack file declares, and let the session go where it says that Twilio is; raise Problem."""
    name = (yaml.safe_load(read(root / "Pulumi.yaml")) or {}).get("name", "")
    short = stack.rpartition("/")[2]
    file = f"Pulumi.{short}.yaml"
    config = StackFile(file, read(root / file)).config()
    place = {one: config.get(f"{NAMESPACE}:{one}") for one in ("endpoint", "region", "edge")}
    sessions.configure({one: str(value) for one, value in place.items() if value})
    return load(config, project=str(name), stack=short, root=root)
