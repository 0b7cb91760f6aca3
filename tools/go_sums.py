"""Rewrite each tool's go.sum after a change of its go.mod: `make sums`.

Go's own `mod tidy` pins what the tests of all dependencies need as well, which for Vault is four times as much. This
pins only what the builds read, on every system they support; Go checks each line it adds against its database.
"""

from __future__ import annotations

import subprocess

from environment import without_credentials
from recipes import HERE, SDK, TOOLS, Build

SYSTEMS = [(system, cpu) for system in ("linux", "darwin") for cpu in ("amd64", "arm64")]


def write(build: Build) -> None:
    """Pin the modules that one build reads."""
    folder = HERE / build.folder
    (folder / "go.sum").unlink(missing_ok=True)
    tags = [flag for flag in build.flags if flag.startswith("-tags")]
    for system, cpu in SYSTEMS:
        environment = without_credentials() | {"GOOS": system, "GOARCH": cpu, "CGO_ENABLED": "0", "GOWORK": "off"}
        asked = [["-deps", *tags, build.command], *([["-m", SDK]] if build.scripts else [])]
        for what in asked:
            command = ["go", "list", "-mod=mod", *what]
            subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    for tool in TOOLS.values():
        for one in tool.builds:
            write(one)
