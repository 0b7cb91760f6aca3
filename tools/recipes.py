"""What `install.py` knows about each tool: how to recognise, download and build it. Its version is in go.mod."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
RELEASES = HERE / "releases.sha256"
SDK = "github.com/pulumi/pulumi/sdk/v3"
CLI = "github.com/pulumi/pulumi/pkg/v3"
HOST = "pulumi-language-python"
VAULT = "github.com/hashicorp/vault"
ACTIONLINT = "github.com/rhysd/actionlint"


@dataclass(frozen=True)
class Build:
    """One command, built from the Go module in `folder`, and scripts that Pulumi's SDK module ships with it."""

    folder: str
    command: str
    flags: tuple[str, ...]
    scripts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tool:
    """One tool; the first of `programs` tells the version, the first build needs the newest Go."""

    name: str
    version: str
    oldest: str
    programs: tuple[str, ...]
    archive: str
    checksums: str
    x86_64: str
    builds: tuple[Build, ...]
    minutes: int
    asked: str = "version"
    """The arguments that print its version."""


def pinned(folder: str, what: str) -> str:
    """Read the version that follows `what` in a tool's go.mod."""
    text = (HERE / folder / "go.mod").read_text(encoding="utf-8")
    match = re.search(rf"^\s*(?:require )?{re.escape(what)} v?([\d.]+)", text, re.MULTILINE)
    if match is None:
        message = f"tools/{folder}/go.mod pins no version of {what}"
        raise ValueError(message)
    return match[1]


def linker_flags(version: str) -> str:
    """Return the flags that set the version: without them the Pulumi CLI takes itself for a development build."""
    return f"-ldflags=-s -w -X {SDK}/go/common/version.Version=v{version}"


PULUMI = Tool(
    name="pulumi",
    version=pinned("pulumi", CLI),
    oldest="3.238.0",  # from here on an after-hook that raises keeps the resource in state
    programs=("pulumi", HOST, f"{HOST}-exec", "pulumi-resource-pulumi-python"),
    archive="https://get.pulumi.com/releases/sdk/pulumi-v{version}-{os}-{cpu}.tar.gz",
    checksums="https://get.pulumi.com/releases/sdk/pulumi-{version}-checksums.txt",
    x86_64="x64",
    builds=(
        Build(
            folder="pulumi",
            command=f"{CLI}/cmd/pulumi",
            flags=("-tags=osusergo,grpcnotrace", linker_flags(pinned("pulumi", CLI))),  # as in Pulumi's own releases
            scripts=("python/dist/pulumi-resource-pulumi-python", f"python/cmd/{HOST}-exec"),
        ),
        # Older on purpose: later hosts are Go modules of their own that are not published.
        Build(
            folder=HOST,
            command=f"{SDK}/python/cmd/{HOST}",
            flags=(linker_flags(pinned(HOST, SDK)),),
            scripts=("python/dist/pulumi-analyzer-policy-python",),
        ),
    ),
    minutes=3,
)

TOOLS = {
    "pulumi": PULUMI,
    "vault": Tool(
        name="vault",
        version=pinned("vault", VAULT),
        oldest="1.15.0",
        programs=("vault",),
        archive="https://releases.hashicorp.com/vault/{version}/vault_{version}_{os}_{cpu}.zip",
        checksums="https://releases.hashicorp.com/vault/{version}/vault_{version}_SHA256SUMS",
        x86_64="amd64",
        builds=(Build(folder="vault", command=VAULT, flags=("-tags=minimal", "-ldflags=-s -w")),),
        minutes=4,
    ),
    "actionlint": Tool(
        name="actionlint",
        version=pinned("actionlint", ACTIONLINT),
        oldest="1.7.12",
        programs=("actionlint",),
        archive="https://github.com/rhysd/actionlint/releases/download/v{version}/actionlint_{version}_{os}_{cpu}.tar.gz",
        checksums="https://github.com/rhysd/actionlint/releases/download/v{version}/actionlint_{version}_checksums.txt",
        x86_64="amd64",
        builds=(Build(folder="actionlint", command=f"{ACTIONLINT}/cmd/actionlint", flags=("-ldflags=-s -w",)),),
        minutes=1,
        asked="-version",
    ),
}
