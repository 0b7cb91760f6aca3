"""Pulumi's host of Python's dynamic providers, and its end: it leaves as soon as Pulumi is gone, whatever ended that.

Pulumi holds the other end of its plugins' standard input, writes nothing to it, and closes it only by ending. Pulumi's
own host does not look, and would stay for ever after a SIGKILL of the CLI, with the run's credentials. Run as a program
this is that host, and looks from its first line on; `plugins` in Pulumi.yaml has it started.
"""

from __future__ import annotations

import os
import runpy
import stat
import threading

_WATCHER = "leave-with-pulumi"


def leave_with_pulumi() -> None:
    """Have this process end when its standard input does; once, and only where that is a pipe.

    Calls under way are cut, which is safe: the next run finds what they made.
    """
    watched = any(thread.name == _WATCHER for thread in threading.enumerate())
    if not watched and stat.S_ISFIFO(os.fstat(0).st_mode):
        threading.Thread(target=_watch, name=_WATCHER, daemon=True).start()


def _watch() -> None:
    while os.read(0, 1024):
        pass
    os._exit(1)


if __name__ == "__main__":
    leave_with_pulumi()
    runpy.run_module("pulumi.dynamic", run_name="__main__", alter_sys=True)
