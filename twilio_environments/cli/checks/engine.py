"""Pulumi's command line, its backend, and the stack in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from twilio_environments import bounds, state_files
from twilio_environments.cli import pulumi
from twilio_environments.cli.checks.finding import Finding, failed, passed
from twilio_environments.cli.project import read
from twilio_environments.problems import Problem

LEAST = (3, 238)
"""The oldest version that keeps a half-made object in its state; `pyproject.toml` asks the same of the SDK."""
_PROGRAM = "pulumi-resource-pulumi-python"
_HOST = "Name it in Pulumi.yaml under plugins, as the library's README shows."
_SKIP = "End PULUMI_BACKEND_URL, or the URL passed to pulumi login, with ?metadata=skip."


def version() -> str | None:
    """Return the version of the CLI, such as 3.259.0, None if it prints none; raise Problem if there is no CLI."""
    found = re.search(r"\d+\.\d+\.\d+", pulumi.output(["version"]))
    return found[0] if found else None


def look(stack: str, project: str) -> Iterator[Finding]:
    """Yield the lines about Pulumi; raise Problem with its own words when it fails."""
    found = version()
    if found is None or tuple(map(int, found.split(".")[:2])) < LEAST:
        remedy = (
            f"Install {'.'.join(map(str, LEAST))} or newer: "
            "an older one loses what was created when a creation fails half-way."
        )
        yield Finding("pulumi", "fail", f"the Pulumi CLI is {found or 'of unknown version'}", remedy)
    else:
        yield passed("pulumi", f"the Pulumi CLI is {found}")
    try:
        backend = json.loads(pulumi.output(["whoami", "--json"]))
    except Problem as problem:
        yield failed("backend", problem)
        return
    url = str(backend.get("url") or "")
    if url.startswith(state_files.SCHEME) and state_files.SKIP not in url:
        yield Finding("backend", "warn", f"{url} answers; a killed run can make a stack unreadable", _SKIP)
    else:
        yield passed("backend", f"{url or 'it'} answers")
    broken = pulumi.unreadable()
    yield from (Finding("state", "fail", one.what, one.remedy) for one in broken)
    short = stack.rpartition("/")[2]
    if short in pulumi.stacks(project):
        yield passed("stack", f"{stack} exists")
    else:
        yield Finding("stack", "warn", f"{stack} is not in the backend yet", f"pulumi stack init {stack}")


def host(root: Path) -> Iterator[Finding]:
    """Yield whether the provider host of the project in a folder exits when the CLI is killed."""
    plugins = (bounds.yaml_of("Pulumi.yaml", read(root / "Pulumi.yaml")) or {}).get("plugins") or {}
    named = next((one for one in plugins.get("providers") or [] if one.get("name") == "pulumi-python"), None)
    if named is None:
        what = (
            "Pulumi's own keeps running, with the run's credentials, if the CLI is killed before the host's first call"
        )
        yield Finding("provider host", "warn", what, _HOST)
    elif not (root / str(named.get("path")) / _PROGRAM).is_file():
        yield Finding("provider host", "fail", f"Pulumi.yaml names {named.get('path')}, which has no {_PROGRAM}", _HOST)
    else:
        yield passed("provider host", "it exits with Pulumi")
