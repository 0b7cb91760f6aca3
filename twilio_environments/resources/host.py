"""What has to be set right in Pulumi's dynamic-provider host process, and only there."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

_CHECK_SECONDS = 2.0
_prepared = threading.Event()


class Failure(Exception):
    """What the user reads."""


# Pulumi prints an exception of a module other than builtins with its module path.
Failure.__module__ = "builtins"
Failure.__qualname__ = "error"


def prepare() -> None:
    """Silence traceback frames and leave when Pulumi is gone; in the provider host only, and once.

    In the program process silenced frames would hang Pulumi, which reads them for source positions.
    """
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    if _prepared.is_set() or spec is None or spec.name != "pulumi.dynamic.__main__":
        return
    _prepared.set()
    sys.tracebacklimit = 0
    threading.Thread(target=_leave_with_pulumi, daemon=True).start()


def _leave_with_pulumi() -> None:
    # After SIGKILL of the CLI the host would go on for ever. Calls under way are safe to cut: the next run finds what
    # they made. Between the CLI and this process stands the shell that started it, and that stays.
    shell = os.getppid()
    pulumi = _parent_of(shell)
    while os.getppid() == shell and _parent_of(shell) == pulumi:
        time.sleep(_CHECK_SECONDS)
    os._exit(1)


def _parent_of(pid: int) -> int:
    """Return the parent of a process, 0 when it is gone."""
    if Path("/proc/self/stat").exists():
        try:
            status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return 0
        return int(status.rpartition(")")[2].split()[1])  # the name before it may hold anything
    command = ["ps", "-o", "ppid=", "-p", str(pid)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a number of our own
    return int(done.stdout.strip() or 0)
