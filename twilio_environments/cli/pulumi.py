"""Pulumi's own command line, as the commands of `twilio-env` use it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

from twilio_environments import bounds, state_files
from twilio_environments.drift.review import state
from twilio_environments.guard_rails import ONLY_LOOKS
from twilio_environments.problems import Problem


def run(arguments: Sequence[str], *, environ: Mapping[str, str] | None = None, as_json: bool = False) -> int:
    """Run Pulumi in the foreground and return its exit code; `as_json`: its output goes to stderr."""
    return subprocess.run(
        [_program(), *arguments],
        env=os.environ | dict(environ or {}),
        stdout=sys.stderr if as_json else None,
        check=False,
    ).returncode


def output(arguments: Sequence[str]) -> str:
    """Return Pulumi's output; raise Problem with its own last line, and with what makes its state unreadable."""
    done = _asked(arguments)
    if done.returncode:
        stack = arguments[arguments.index("--stack") + 1].rpartition("/")[2] if "--stack" in arguments else None
        broken = [f"{one.what} {one.remedy}" for one in unreadable(stack)]
        remedy = " ".join([*broken, "Then run again."]) if broken else "Fix that, then run again."
        raise Problem(f"pulumi {arguments[0]} failed: {_reason(done).rstrip('.')}.", remedy)
    return done.stdout


def backend() -> str:
    """Return the URL of the backend, "" if Pulumi does not print it."""
    if url := os.environ.get("PULUMI_BACKEND_URL"):
        return url
    try:
        return str(json.loads(_asked(["whoami", "--json"]).stdout)["url"])
    except (ValueError, KeyError, TypeError):
        return ""


def unreadable(stack: str | None = None) -> list[state_files.Broken]:
    """Return the unreadable files of the backend, if it is a folder; with `stack` those that matter to it."""
    folder = state_files.folder_of(backend())
    return state_files.broken(folder, stack) if folder else []


def said(arguments: Sequence[str]) -> dict[str, Any]:
    """Return Pulumi's JSON output; raise Problem."""
    try:
        return dict(json.loads(output(arguments)))
    except (ValueError, TypeError, RecursionError):
        remedy = "Unset PULUMI_ENABLE_STREAMING_JSON_PREVIEW if it is set, then run again."
        raise Problem(f"pulumi {arguments[0]} did not print a JSON object.", remedy) from None


def recorded(stack: str) -> list[state.RecordedObject]:
    """Return this library's objects in the state of a stack, sorted by place; raise Problem."""
    export = ["stack", "export", "--stack", stack]
    found = said(export)
    if state.holds_secrets(found):  # only then: it takes the stack's key, which few stacks need otherwise
        found = said([*export, "--show-secrets"])
    return state.recorded(found)


def stacks(project: str) -> list[str]:
    """Return the names of the stacks of the project in the current folder, sorted; raise Problem.

    Pulumi lists none if it cannot read one of them; in a folder they are known all the same.
    """
    try:
        listed = json.loads(output(["stack", "ls", "--json"]))
        return sorted(str(one["name"]).rpartition("/")[2] for one in listed)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Problem("pulumi stack did not print a list of stacks.", "Run pulumi stack ls --json to see it.") from None
    except Problem:
        folder = state_files.folder_of(backend())
        known = state_files.stacks(folder, project) if folder else []
        if not known:
            raise
        return known


def _asked(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run Pulumi and return its output, which is kept in memory only; raise Problem if it is too large."""
    command, environ = [_program(), *arguments], os.environ | {ONLY_LOOKS: "1"}
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        with ThreadPoolExecutor() as pool:
            both = [pool.submit(_printed, process, stream) for stream in (process.stdout, process.stderr)]
        printed = [one.result() for one in both]
    if any(len(one) > bounds.PRINTED for one in printed):
        most = bounds.PRINTED // 1024**2
        raise Problem(f"pulumi {arguments[0]} printed more than {most} MiB, and was stopped.", "Split the stack.")
    texts = [one.decode(errors="replace") for one in printed]
    return subprocess.CompletedProcess(command, process.returncode, *texts)


def _printed(process: subprocess.Popen[bytes], stream: IO[bytes] | None) -> bytes:
    assert stream is not None
    printed = stream.read(bounds.PRINTED + 1)
    if len(printed) > bounds.PRINTED:
        process.kill()
    return printed


def _program() -> str:
    program = shutil.which("pulumi")
    if program is None:
        raise Problem("pulumi is not on the PATH.", 'Install the Pulumi CLI, or run: eval "$(make -s env)"')
    return program


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    """Return why a run failed: its first error, which a run with --json prints in the JSON."""
    try:
        diagnostics = json.loads(done.stdout)["diagnostics"]
        errors = [str(one["message"]) for one in diagnostics if one.get("severity") == "error"]
    except (ValueError, KeyError, TypeError):
        errors = []
    said = errors[0] if errors else (done.stderr or done.stdout).strip()
    said = re.sub(r"<\{%.*?%\}>", "", said)  # Pulumi's marks for colours
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ["it printed nothing"]
    if errors:
        return " ".join(lines).removeprefix("error:").strip()
    last = next((line for line in lines if line.startswith("error:")), lines[-1])
    return last.removeprefix("error:").strip()
