"""Pulumi's host for Python dynamic providers, made to exit as soon as Pulumi is gone, however it ended.

Pulumi holds the other end of its plugins' standard input, writes nothing to it, and closes it only by exiting. Pulumi's
own host does not watch it, and would stay forever after a SIGKILL of the CLI, with the run's credentials. Run as a
program, this is that host, watching from its first line on; `plugins` in Pulumi.yaml starts it.
"""

from __future__ import annotations

import os
import runpy
import stat
import threading

_WATCHER = "leave-with-pulumi"


def leave_with_pulumi() -> None:
    """Make this process exit when its standard input closes; once, and only if that is a pipe.

    Calls in progress are cut off, which is safe: the next run finds what they created.
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
