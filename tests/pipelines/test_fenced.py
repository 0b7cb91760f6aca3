"""What a step prints is read by people, and obeyed by no runner."""

import os
import re
import signal
import subprocess
import sys

import pytest

from tests.servers import ROOT

FENCED = ROOT / "pipelines" / "steps" / "fenced.py"
ACTING = (
    "::add-mask::a\n  ::error::b\n##[add-mask]c\nx ##[warning]d\r\n\x1b[31m\x1b]0;title\x07e\x9b2J\n"
    "section_start:1:a[collapsed=true]\r\x1b[0Kf\n\u202eg\u2028h\r::stop-commands::i\n::endgroup::"
)
WRITES = f"import sys; sys.stdout.buffer.write({ACTING!r}.encode() + b'\\n\\xff\\xfe'); sys.exit(3)"


def fenced(*command: str, github: bool) -> "subprocess.CompletedProcess[bytes]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    environment |= {"GITHUB_ACTIONS": "true"} if github else {"GITLAB_CI": "true"}
    return subprocess.run(
        [sys.executable, FENCED, *command], cwd=ROOT, env=environment, capture_output=True, timeout=60, check=False
    )


def obeyed(log: str) -> list[str]:
    """What GitHub's runner would take for commands: `::` at the start of a line, or `##[` anywhere in one."""
    found, word = [], ""
    for line in re.split(r"\r\n|\r|\n", log):
        command = re.match(r"\s*::([^ :]+)[^:]*::(.*)", line)
        if word:
            word = "" if command and command[1] == word else word
        elif command and command[1] == "stop-commands":
            word = command[2]
        elif command or "##[" in line:
            found.append(line)
    assert not word, "what the runner itself says next is no command either"
    return found


def test_the_stand_in_for_a_runner_obeys_what_is_not_fenced():
    assert len(obeyed(ACTING.replace("::stop-commands::i", ""))) == 5


def test_nothing_is_obeyed_at_github():
    done = fenced(sys.executable, "-c", WRITES, github=True)
    log = done.stdout.decode()
    assert done.returncode == 3
    assert obeyed(log) == []
    words = re.findall(r"^::stop-commands::([0-9a-f]{32})$", log, re.MULTILINE)
    assert log.endswith(f"\n::{words[0]}::\n")
    assert fenced(sys.executable, "-c", "", github=True).stdout.decode().split("\n")[0][-32:] != words[0]


@pytest.mark.parametrize("github", [True, False])
def test_nothing_that_acts_is_left(github):
    log = fenced(sys.executable, "-c", WRITES, github=github).stdout.decode()
    assert all(line.isprintable() for line in log.split("\n"))
    assert "[U+001B][31m" in log
    assert "section_start:1:a[collapsed=true][U+000D][U+001B][0Kf" in log
    assert "::stop-commands" in log.partition("section_start")[0] or not github


def test_what_goes_wrong_is_printed_with_the_rest_and_in_order():
    code = "import sys; print(1, flush=True); print(2, file=sys.stderr, flush=True); print(3, flush=True)"
    done = fenced(sys.executable, "-c", code, github=False)
    assert (done.stdout, done.stderr) == (b"1\n2\n3\n", b"")


def test_a_job_that_is_cancelled_cancels_the_command():
    waits = "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7)); print('up', flush=True); signal.pause()"
    code = f"import signal, sys; {waits}"
    with subprocess.Popen(
        [sys.executable, FENCED, sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        while b"up" not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 7
