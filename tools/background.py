"""A server that outlives the command that started it: one at a time, found again, never mistaken for another.

The server itself holds the lock on NAME.pid, which it inherits: a pid without a lock is stale, whichever process has
that number now, after a crash as after a restart of the machine.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

READY_WITHIN = 60.0  # seconds: imports from a cold disk on a busy machine
ANSWERS_WITHIN = 10.0  # seconds that a running server gets to answer
STOPS_WITHIN = 10.0  # seconds from SIGTERM to SIGKILL
LOOK_EVERY = 0.05  # seconds
STARTS = 3  # another program may take a free port a moment later


class LocalError(Exception):
    """What the user reads instead of a traceback: one sentence that says what to do."""


def say(text: str) -> None:
    """Report progress; stdout is for the answer."""
    print(text, file=sys.stderr, flush=True)


def try_lock(file: IO[str]) -> bool:
    """Lock an open file, and tell whether that worked; the lock ends with the last process that has the file open."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until the condition holds, and return True; False if the seconds run out first."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK_EVERY)
    return True


def choose_port(wanted: int) -> int:
    """Return the wanted port of 127.0.0.1 if it is free, else one that is."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: old connections do not count
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise LocalError("No port of 127.0.0.1 can be listened on: free some, or allow programs to listen, and try again.")


@dataclass(frozen=True)
class Server:
    """One server; `folder` keeps its NAME.pid (pid and port), NAME.out (its stdout, only for the user) and NAME.log."""

    name: str
    folder: Path
    command: Callable[[int], list[str]]  # what to run for a port
    ready: Callable[[int], bool]  # whether what listens on a port answers as this server

    @property
    def _pid_file(self) -> Path:
        return self.folder / f"{self.name}.pid"

    @property
    def out(self) -> Path:
        """The stdout of this run."""
        return self.folder / f"{self.name}.out"

    @property
    def log(self) -> Path:
        """The stderr of this and of earlier runs."""
        return self.folder / f"{self.name}.log"

    def url(self) -> str | None:
        """Return its address, None if it is not running."""
        if not self._pid_file.exists():
            return None
        with self._pid_file.open("r+") as file:
            return None if try_lock(file) else f"http://127.0.0.1:{_recorded(file)[1]}"

    def start(self, environment: dict[str, str]) -> str:
        """Return the server's address; if it is not running, start it first, on its last port."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._pid_file.open("a+") as file:
            port = _recorded(file)[1]
            if not try_lock(file):
                if wait_until(lambda: self.ready(port), ANSWERS_WITHIN):
                    return f"http://127.0.0.1:{port}"
                say(f"{self.name} is running but does not answer: restarting it.")
                self.stop()
                try_lock(file)
            return f"http://127.0.0.1:{self._started(file, port, environment)}"

    def _started(self, file: IO[str], wanted: int, environment: dict[str, str]) -> int:
        """Start it, and return its port; `file` is NAME.pid, locked."""
        for _ in range(STARTS):
            port = choose_port(wanted)
            if wanted and port != wanted:
                say(f"Port {wanted} is taken by another program: {self.name} uses {port}.")
            if self._serves(self._spawned(file, port, environment), port):
                return port
        last = self.log.read_text(errors="replace").splitlines()[-3:]
        raise LocalError(f"{self.name} did not start: {self.log} ends with: {' | '.join(last) or 'nothing'}.")

    def _spawned(self, file: IO[str], port: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
        _record(file, 0, port)  # from here on the server may hold the lock: no old pid may stand in the file
        with self.out.open("w") as out, self.log.open("a") as log:
            process = subprocess.Popen(
                self.command(port),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=log,
                start_new_session=True,  # a Ctrl-C stops the command, not its servers
                pass_fds=[file.fileno()],
            )
        _record(file, process.pid, port)
        return process

    def _serves(self, process: subprocess.Popen[bytes], port: int) -> bool:
        """Wait until it answers and leave it running, or end it."""
        wait_until(lambda: process.poll() is not None or self.ready(port), READY_WITHIN)
        if process.poll() is None and self.ready(port):
            process.returncode = 0  # left running on purpose: keeps Popen from warning
            return True
        process.kill()
        process.wait()
        return False

    def stop(self) -> bool:
        """Stop it, and tell whether it was running."""
        if not self._pid_file.exists():
            return False
        with self._pid_file.open("r+") as file:
            if try_lock(file):
                return False
            pid, _ = _recorded(file)
            if not pid:
                raise LocalError(f"{self.name} is running, but its pid is lost: end what has {self._pid_file} open.")
            for signal_number in (signal.SIGTERM, signal.SIGKILL):
                with suppress(ProcessLookupError):  # it has ended since
                    os.kill(pid, signal_number)
                if wait_until(lambda: try_lock(file), STOPS_WITHIN):
                    return True
        raise LocalError(f"{self.name} (process {pid}) does not stop: end that process, and run this again.")


def _recorded(file: IO[str]) -> tuple[int, int]:
    """Read pid and port; zeros where there is nothing to read."""
    file.seek(0)
    words = [word for word in file.read().split() if word.isdigit()]
    pid, port = [*map(int, words), 0, 0][:2]
    return pid, port


def _record(file: IO[str], pid: int, port: int) -> None:
    file.seek(0)
    file.truncate()
    file.write(f"{pid} {port}\n")
    file.flush()
