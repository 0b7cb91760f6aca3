"""The project's `.venv`: made from the hashed lock files, and remade when they change.

Run by itself, it installs what a run of Pulumi needs, but not what tests and lint also need.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from background import LocalError, say
from environment import without_credentials

ROOT = Path(__file__).resolve().parents[1]
OLDEST = (3, 11)
NAMES = ("python3.14", "python3.13", "python3.12", "python3.11")
LOCKS = ("requirements.txt", "requirements-dev.txt")  # the second includes the first
COMMAND = """\
#!/bin/sh
# Made by tools/python_env.py: the console script, without a build of the package.
exec "${0%/*}/python" -m twilio_environments.cli "$@"
"""


def find_python() -> str:
    """Return a Python that is new enough: the one that runs this, or one on PATH; LocalError if there is none."""
    if sys.version_info >= OLDEST:
        # In an activated .venv this is its own python, which cannot remake .venv.
        return str(getattr(sys, "_base_executable", sys.executable))
    for name in NAMES:
        found = shutil.which(name)
        if found and _runs(found):
            return found
    have, need = (".".join(map(str, version[:2])) for version in (sys.version_info, OLDEST))
    raise LocalError(
        f"This needs Python {need} or newer, and python3 is {have}: install a newer one, or put it on PATH."
    )


def ensure(root: Path = ROOT, *, dev: bool = False) -> Path:
    """Return the folder of `.venv`, with the locked packages installed; `dev` adds what tests and lint need."""
    venv = root / ".venv"
    if venv.is_symlink():
        return venv  # another checkout's, linked here: that one maintains it
    stamp, wanted = venv / "installed", _digest(root)
    installed = stamp.read_text().split() if stamp.exists() else []
    python = venv / "bin" / "python"
    if not python.exists():  # absent, or its Python is gone after an upgrade of the machine's
        installed = []
        shutil.rmtree(venv, ignore_errors=True)
        _run([find_python(), "-m", "venv", str(venv)], "make .venv; on Debian and Ubuntu, install python3-venv")
    if installed[:1] != [wanted] or (dev and "dev" not in installed):
        say("Installing the locked Python packages into .venv.")
        stamp.unlink(missing_ok=True)
        lock = root / LOCKS[dev]
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
        _run([*pip, "--require-hashes", "--requirement", str(lock)], f"install {lock.name}; pip's reason is above")
        # Instead of an editable install, which would need a locked build backend and one more run of pip.
        packages = next((venv / "lib").glob("python*/site-packages"))
        (packages / "twilio_environments_checkout.pth").write_text(f"{root}\n")
        command = venv / "bin" / "twilio-env"
        command.write_text(COMMAND)
        command.chmod(0o755)
        stamp.write_text(f"{wanted} {'dev' if dev else ''}\n")
    return venv


def _digest(root: Path) -> str:
    """Return what a venv depends on: the content of both locks, and its path, which its scripts contain."""
    content = [(root / name).read_bytes() for name in LOCKS]
    return hashlib.sha256(b"\0".join([str(root).encode(), *content])).hexdigest()


def _runs(python: str) -> bool:
    """Tell whether it really runs: pyenv puts names on PATH for versions that are not selected."""
    return (
        subprocess.run([python, "-c", ""], env=without_credentials(), capture_output=True, check=False).returncode == 0
    )


def _run(command: list[str], doing: str) -> None:
    if subprocess.run(command, env=without_credentials(), stdout=sys.stderr, check=False).returncode:
        raise LocalError(f"Python could not {doing}.")


if __name__ == "__main__":
    try:
        ensure()
    except LocalError as error:
        say(str(error))
        sys.exit(1)
