"""A support bundle: what others need to help, and nothing else.

It is built from an allowlist, not by redaction: names of checks, their results,
Twilio's codes and request ids, HTTP statuses, times and versions. No text of a message, no SID, number, name, host or
path is on that list.
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from twilio_environments.cli.checks import engine
from twilio_environments.cli.checks.finding import Finding
from twilio_environments.problems import Problem
from twilio_environments.rest.session import Session

_PACKAGES = ("twilio-environments", "twilio", "pulumi", "pydantic", "requests", "urllib3", "hvac", "boto3")


def bundle(findings: Sequence[Finding], session: Session | None) -> dict[str, Any]:
    """Return the bundle, as JSON; `session` is None when there were no credentials to make one with."""
    return {
        "made": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "versions": {
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
            **{name: _version(name) for name in _PACKAGES},
            "pulumi's CLI": _cli_version(),
        },
        "credentials": session.credentials.kind if session else None,
        "twilio": {
            "region": (session.endpoint.region or "us1") if session else None,
            "emulator": bool(session and session.endpoint.url),
        },
        "findings": [_finding(one) for one in findings],
        "calls": [
            {
                "at": call.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "operation": call.operation,
                "status": call.status,
                "code": call.code,
                "request_id": call.request_id,
                "milliseconds": call.milliseconds,
            }
            for call in (session.recent_calls() if session else ())
        ],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    numbers = {"code": finding.code, "status": finding.status, "request_id": finding.request_id}
    return {"check": finding.check, "result": finding.state} | {name: one for name, one in numbers.items() if one}


def _cli_version() -> str:
    try:
        return engine.version() or "silent"
    except Problem:
        return "not installed"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
