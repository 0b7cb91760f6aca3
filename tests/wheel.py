"""The package as others get it: its wheel; the dependencies are those of the Python that runs the tests."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.servers import ROOT


def build(folder: Path) -> Path:
    """Build the wheel into a folder."""
    python(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


def lend_dependencies(venv: Path) -> Path:
    """Let a venv have the dependencies, and return its folder of packages."""
    (packages,) = venv.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return packages


def python(*command: str | Path) -> str:
    """Run a command without this checkout on its path, and return what it prints."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [str(part) for part in command], cwd="/", env=environment, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
