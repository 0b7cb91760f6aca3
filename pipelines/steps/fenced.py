"""fenced.py COMMAND…: run a command, and print its output so that the runner cannot act on it.

Previews and errors quote what somebody typed at Twilio, and a runner obeys commands in its job's log. Each line is
printed with its control characters spelled out, which leaves no colour, carriage return or section mark (GitLab's
consist of them), and everything stands between GitHub's `stop-commands` and its end, under an unpredictable token
[GitHub: Workflow commands, Stopping and starting workflow commands].
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from types import FrameType

from twilio_environments.visible import visible

_LONGEST = 65_536  # bytes of a line to wait for before printing them


def fenced(*command: str) -> int:
    """Run it, and return its exit code."""
    word = secrets.token_hex(16) if os.environ.get("GITHUB_ACTIONS") else ""
    if word:
        print(f"::stop-commands::{word}", flush=True)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:  # noqa: S603 - the pipeline's own words

        def passed_on(number: int, _: FrameType | None) -> None:
            process.send_signal(number)

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, passed_on)
        assert process.stdout is not None
        broken = False
        while line := process.stdout.readline(_LONGEST):
            text = line.decode("utf-8", "backslashreplace")
            broken = not text.endswith("\n")
            print(visible(text.removesuffix("\n")), end="" if broken else "\n", flush=True)
    if word:
        print("\n" * broken + f"::{word}::", flush=True)
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


if __name__ == "__main__":
    sys.exit(fenced(*sys.argv[1:]))
