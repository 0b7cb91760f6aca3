"""A project's folder, as the commands read it: its name, its stack files, and Twilio's address."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from twilio_environments import bounds, trust
from twilio_environments.drift.review.project import Project
from twilio_environments.problems import Problem
from twilio_environments.rest import sessions
from twilio_environments.settings import NAMESPACE
from twilio_environments.stackfile import StackFile
from twilio_environments.visible import visible

_GIT_NEEDS = ("PATH", "HOME", "XDG_CONFIG_HOME", "GIT_DIR", "GIT_WORK_TREE", "GIT_CEILING_DIRECTORIES")
_STACK = re.compile(r"[A-Za-z0-9_.-]{1,100}")


def read(path: Path) -> str:
    """Return a file's text with its line endings as they are; raise Problem."""
    try:
        return bounds.text_of(path)
    except (OSError, UnicodeDecodeError):
        raise Problem(
            f"{path.name} cannot be read.", "Run this in the project's folder, with the stack's name."
        ) from None
    except ValueError as error:
        raise Problem(f"{path.name} {error}.", "Use a file no larger than a stack file or a flow.") from None


def of_stack(stack: str, root: Path) -> Project:
    """Return the project in a folder with a stack's file; raise Problem."""
    project = name(root)
    short = stack.rpartition("/")[2]  # organisation/project/stack
    return Project(project, short, root, StackFile(f"Pulumi.{short}.yaml", read(root / f"Pulumi.{short}.yaml")))


def opened(stack: str, root: Path) -> Project:
    """Return what `of_stack` does, and point the session at the file's Twilio endpoint; raise Problem."""
    trust.require_own_environment(root)
    project = of_stack(stack, root)
    config = project.file.config()
    sessions.configure({one: config.get(f"{NAMESPACE}:{one}") for one in sessions.SETTINGS}, say=_say)
    return project


def name(root: Path) -> str:
    """Return the name of the project in a folder, to which the session belongs; raise Problem if there is none."""
    document = bounds.yaml_of("Pulumi.yaml", read(root / "Pulumi.yaml"))
    if not isinstance(document, dict) or not document.get("name"):
        raise Problem("Pulumi.yaml has no project name.", "Add one, such as: name: acme-twilio")
    sessions.belong_to(str(document["name"]))
    return str(document["name"])


def _say(line: str) -> None:
    print(visible(line), file=sys.stderr, flush=True)


def new_file(stack: str, root: Path, *, force: bool) -> tuple[StackFile, dict[str, Any]]:
    """Return the file of a stack to be written from scratch, and what in it is not ours and must stay.

    That is other namespaces below `config` and Pulumi's own keys next to it, such as encryptionsalt. Raise Problem for
    an invalid name, and, without `force`, if something is configured already.
    """
    if not _STACK.fullmatch(stack):
        raise Problem(f"{stack!r} is not a valid stack name.", "Use letters, digits, -, _ and ., such as staging.")
    path = root / f"Pulumi.{stack}.yaml"
    if not path.exists():
        return StackFile(path.name, ""), {}
    file = StackFile(path.name, read(path))
    config = file.config()
    if config and not force:
        raise Problem(f"{path.name} exists already.", "Choose another --stack, or replace it with --force.")
    rest = {key: value for key, value in file.document().items() if key != "config"}
    others = {key: value for key, value in config.items() if not key.startswith(f"{NAMESPACE}:")}
    return file, rest | {"config": others}


def commit(project: Project) -> str:
    """Return the commit of the stack file, with + if it changed since; "" outside of git."""
    git = shutil.which("git")
    if git is None:
        return ""
    said = [
        subprocess.run(
            # Without the run's credentials, and without programs named in the repository's own settings.
            [git, "-c", "core.fsmonitor=false", *arguments, "--", project.file.name],
            cwd=project.root,
            env={name: os.environ[name] for name in _GIT_NEEDS if name in os.environ},
            capture_output=True,
            text=True,
            check=False,
        )
        for arguments in (["log", "-1", "--format=%h"], ["status", "--porcelain"])
    ]
    found = said[0].stdout.strip() if not said[0].returncode else ""
    return found + ("+" if found and said[1].stdout.strip() else "")
