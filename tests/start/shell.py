"""A person at a terminal in an empty home, who has Python, Pulumi and the wheel, and types command after command."""

import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.stacks.stack import pulumi_folder
from tests.wheel import lend_dependencies

SEPARATOR = "\n--environment--\n"


@dataclass
class Shell:
    """What stays from one command to the next: the folder and the variables."""

    folder: Path
    variables: dict[str, str]
    servers: list["subprocess.Popen[str]"] = field(default_factory=list)

    @classmethod
    def in_home(cls, home: Path, wheel: Path, **more: str) -> "Shell":
        """Open a terminal in an empty folder."""
        programs = home / "programs"
        programs.mkdir(parents=True)
        (programs / "python3").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        (programs / "python3").chmod(0o755)
        for made in ("pulumi", "temporary"):
            (home / made).mkdir()
        variables = {
            "PATH": os.pathsep.join([str(programs), pulumi_folder(), os.defpath]),
            "HOME": str(home),
            "TMPDIR": str(home / "temporary"),
            "LANG": "C.UTF-8",
            "PULUMI_HOME": str(home / "pulumi"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(wheel.parent),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            **more,
        }
        return cls(home, variables)

    def run(self, command: str, *, code: int = 0) -> str:
        """Run a command to its end, and return what it prints."""
        done = subprocess.run(
            ["bash", "-c", f'{command}\ncode=$?; printf "%s" "{SEPARATOR}"; pwd; env -0; exit $code'],
            cwd=self.folder,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=200,
        )
        printed, _, after = done.stdout.partition(SEPARATOR)
        assert done.returncode == code, f"{command}: exit {done.returncode}\n{printed}{done.stderr}"
        folder, _, variables = after.partition("\n")
        self.folder = Path(folder)
        self.variables = dict(one.split("=", 1) for one in variables.split("\0") if "=" in one)
        if command == "python3 -m venv .venv":
            lend_dependencies(self.folder / ".venv")  # in place of a registry
        return printed

    def serve(self, command: str) -> list[str]:
        """Start a server in a terminal of its own, and return the `export` lines that it prints."""
        server = subprocess.Popen(
            ["bash", "-c", f"exec {command} --parent-pid {os.getpid()}"],
            cwd=self.folder,
            env=self.variables,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.servers.append(server)
        assert server.stdout is not None
        exports: list[str] = []
        for line in server.stdout:
            exports += re.findall(r"^export .*", line)
            if line.startswith("export TWILIO_AUTH_TOKEN="):
                break
        return exports

    def leave(self) -> None:
        """End the servers with Ctrl-C."""
        for server in self.servers:
            server.send_signal(signal.SIGINT)
            server.communicate(timeout=20)
