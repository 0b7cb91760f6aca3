"""Run a command and measure its whole process tree: wall time, CPU and peak memory. Linux only (/proc)."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

EVERY = 0.05  # seconds between samples; a process that begins and ends between two is missed
_PAGE, _TICK = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
_HOST, _PROGRAM = "pulumi.dynamic", "pulumi-language-python-exec"


@dataclass(frozen=True)
class Usage:
    """Seconds, and MiB of resident memory: `host` and `program` are the largest process of each kind."""

    wall: float
    cpu: float
    memory: float
    host: float
    program: float


class Failed(Exception):
    """A measured command had an unexpected exit code."""


def measured(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str], codes: Sequence[int] = (0,)
) -> Usage:
    """Run a command to its end; raise Failed, with its output, for an unexpected exit code."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    sampler = _Sampler(process.pid)
    sampler.start()
    output, _ = process.communicate()
    wall = time.perf_counter() - began
    sampler.over.set()
    sampler.join()
    if process.returncode not in codes:
        raise Failed(f"{' '.join(command)}: exit {process.returncode}\n{output}")
    return Usage(wall, sum(sampler.cpu.values()), sampler.memory, sampler.peaks[_HOST], sampler.peaks[_PROGRAM])


class _Sampler(threading.Thread):
    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.over = threading.Event()
        self.cpu: dict[int, float] = {}
        self.memory = 0.0
        self.peaks = {_HOST: 0.0, _PROGRAM: 0.0}
        self._root = pid
        self._names: dict[int, str] = {}

    def run(self) -> None:
        while not self.over.wait(EVERY):
            sizes = {}
            for pid in self._tree(self._root):
                with suppress(OSError, IndexError, ValueError):  # it has ended meanwhile
                    sizes[pid] = self._look(pid)
            self.memory = max(self.memory, sum(sizes.values()))
            for pid, size in sizes.items():
                for kind in self.peaks:
                    if kind in self._names[pid]:
                        self.peaks[kind] = max(self.peaks[kind], size)

    def _look(self, pid: int) -> float:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        self.cpu[pid] = (int(stat[11]) + int(stat[12])) / _TICK
        command = Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
        self._names[pid] = command  # every time: a fork shows its parent's name until it runs another program
        return int(stat[21]) * _PAGE / 2**20

    def _tree(self, pid: int) -> list[int]:
        found = [pid]
        with suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                children = (task / "children").read_text(encoding="utf-8")
                for child in children.split():
                    found += self._tree(int(child))
        return found
