"""Pulumi's command line, its backend, and the stack in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from twilio_environments.cli import pulumi
from twilio_environments.cli.checks.finding import Finding, passed

LEAST = (3, 238)
"""The oldest version that keeps a half-made object in its state; `pyproject.toml` asks the same of the SDK."""


def look(stack: str) -> Iterator[Finding]:
    """Yield the lines about Pulumi; raise Problem with its own words when it fails."""
    said = pulumi.output(["version"]).strip()
    version = re.search(r"(\d+)\.(\d+)\.", said)
    wanted = ".".join(map(str, LEAST))
    if version is None or (int(version[1]), int(version[2])) < LEAST:
        remedy = f"Install {wanted} or newer: an older one loses what was made when a creation fails half-way."
        yield Finding("pulumi", "fail", f"Pulumi's CLI is {said[:40] or 'silent about its version'}", remedy)
    else:
        yield passed("pulumi", f"its CLI is {version.string.strip()}")
    backend = json.loads(pulumi.output(["whoami", "--json"]))
    yield passed("backend", f"{backend.get('url') or 'it'} answers")
    names = {str(one["name"]) for one in json.loads(pulumi.output(["stack", "ls", "--json"]))}
    short = stack.rpartition("/")[2]
    if {stack, short} & (names | {name.rpartition("/")[2] for name in names}):
        yield passed("stack", f"{stack} is there")
    else:
        yield Finding("stack", "warn", f"{stack} is not in the backend yet", f"pulumi stack init {stack}")
