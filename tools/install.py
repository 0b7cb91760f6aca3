#!/usr/bin/env python3
"""Find Pulumi, Vault or actionlint on this machine, or install it, and print the folder to put on PATH.

    python3 tools/install.py pulumi             # progress on stderr, the folder on stdout
    python3 tools/install.py path pulumi        # only look; fails if it is not installed
    python3 tools/install.py --pinned pulumi    # the pinned version, whatever is on PATH: for pipelines
    python3 tools/install.py pin pulumi         # fetch the vendor's checksums of the pinned version, to be committed

Three ways, in this order: what is on PATH, if it is new enough; the vendor's own release, if `tools/releases.sha256`
has its checksum; a build from the Go modules that `tools/<name>/go.sum` pins, which Go checks against its database.
A checksum from the same place as the release proves nothing, so an install fetches none. The last two ways install into
the user's cache folder, once. Needs only Python 3.9, on Linux or macOS (on Windows: in WSL), as it runs before there
is a `.venv`.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from environment import without_credentials
from recipes import HERE, RELEASES, SDK, TOOLS, Tool, pinned

FIRST_ANSWER_WITHIN = 5.0  # seconds: on a closed network the next way must not wait long


class InstallError(Exception):
    """What the user reads instead of a traceback: one sentence that says what to do."""


def say(text: str) -> None:
    """Report progress; stdout is for the answer."""
    print(text, file=sys.stderr, flush=True)


def parse_version(text: str) -> tuple[int, ...] | None:
    """Return the first x.y.z in what a program prints about itself."""
    match = re.search(r"(\d+)\.(\d+)\.(\d+)", text)
    return tuple(int(number) for number in match.groups()) if match else None


def older(text: str, than: str) -> bool:
    """Tell whether a version is below another; one that cannot be read counts as too old."""
    return (parse_version(text) or ()) < (parse_version(than) or ())


def kept_in(tool: Tool) -> Path:
    """Return the tool's folder in the user's cache."""
    own = os.environ.get("TWILIO_ENVIRONMENTS_CACHE")
    user = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    base = Path(own).expanduser().absolute() if own else Path(user) / "twilio-environments" / "tools"
    return base / f"{tool.name}-{tool.version}"


def complete(tool: Tool, folder: Path) -> bool:
    """Tell whether every program exists and is executable."""
    return all((folder / name).is_file() and os.access(folder / name, os.X_OK) for name in tool.programs)


def on_path(tool: Tool) -> Path | None:
    """Find the first folder of PATH that holds the whole tool, new enough."""
    environment = without_credentials(PULUMI_SKIP_UPDATE_CHECK="true")
    for folder in (Path(entry or ".").absolute() for entry in os.get_exec_path()):
        if not complete(tool, folder):
            continue
        command = [str(folder / tool.programs[0]), tool.asked]
        try:
            asked = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if not older(asked.stdout, tool.oldest):
            return folder
        say(f"{command[0]} is older than {tool.oldest}: not used.")
    return None


def find(tool: Tool, *, only_pinned: bool = False) -> tuple[Path, str] | None:
    """Return the tool's folder and where it comes from, if it is installed; `only_pinned` ignores PATH."""
    if not only_pinned and (found := on_path(tool)):
        return found, "found on PATH"
    folder = kept_in(tool) / "bin"
    return (folder, "kept from an earlier run") if complete(tool, folder) else None


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one run at a time proceed; the lock ends with the process, however that ends."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Another run is already doing this: waiting for it.")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def install(tool: Tool, *, only_pinned: bool = False) -> tuple[Path, str]:
    """Return the tool's folder and where it comes from, installing it if need be."""
    if found := find(tool, only_pinned=only_pinned):
        return found
    final, started = kept_in(tool), time.monotonic()
    final.parent.mkdir(parents=True, exist_ok=True)
    with locked(final.with_name(f"{final.name}.lock")):
        if found := find(tool, only_pinned=only_pinned):
            return found
        for leftover in final.parent.glob(f"{final.name}.part-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        # Made aside and renamed, so that whatever has the final name is complete.
        with tempfile.TemporaryDirectory(prefix=f"{final.name}.part-", dir=final.parent) as aside:
            made = Path(aside, "made", "bin")
            made.mkdir(parents=True)
            if download(tool, Path(aside), made):
                how = "downloaded from the vendor"
            else:
                build(tool, made)
                how = "built from its Go modules"
            if not complete(tool, made):
                raise InstallError(f"{tool.name} {tool.version} was {how}, but some of its programs are missing.")
            shutil.rmtree(final, ignore_errors=True)
            made.parent.rename(final)
    return final / "bin", f"{how} in {time.monotonic() - started:.0f} s"


def ask(url: str, timeout: float) -> Any:
    """Open one of the recipes' own https addresses."""
    return urllib.request.urlopen(url, timeout=timeout)  # noqa: S310 - the scheme is in the recipe


def first_answer(url: str) -> str:
    """Fetch a small text, or fail soon: a socket's own timeout does not cover name resolution."""
    answer: list[str] = []

    def fetch() -> None:
        try:
            with ask(url, FIRST_ANSWER_WITHIN) as response:
                answer.append(response.read(1_000_000).decode("utf-8", "replace"))
        except (OSError, ValueError):
            pass  # reported below, like no answer at all

    thread = threading.Thread(target=fetch, daemon=True)
    thread.start()
    thread.join(FIRST_ANSWER_WITHIN)
    if not answer:
        raise OSError(f"no answer from {url.split('/')[2]}")
    return answer[0]


def fetch_release(tool: Tool, aside: Path) -> None:
    """Unpack the vendor's release into `aside` if its checksum is the pinned one; else OSError or the like."""
    machine = platform.machine().lower()
    cpu = {"x86_64": tool.x86_64, "amd64": tool.x86_64, "aarch64": "arm64"}.get(machine, machine)
    url = tool.archive.format(version=tool.version, os=platform.system().lower(), cpu=cpu)
    archive = aside / url.rpartition("/")[2]
    expected = checksums(RELEASES.read_text(encoding="utf-8")).get(archive.name)
    if expected is None:
        raise OSError(f"tools/{RELEASES.name} has no checksum of {archive.name} (`install.py pin` takes it)")
    first_answer(tool.checksums.format(version=tool.version))  # fails soon if there is no network
    say(f"Downloading {archive.name}.")
    with ask(url, timeout=30) as response, archive.open("wb") as file:
        shutil.copyfileobj(response, file)
    if hashlib.sha256(archive.read_bytes()).hexdigest() != expected:
        raise OSError(f"the checksum of {archive.name} is not the one in tools/{RELEASES.name}")
    shutil.unpack_archive(archive, aside)


def checksums(text: str) -> dict[str, str]:
    """Read checksums as sha256sum writes them, by file name."""
    return {name: digest for digest, name in re.findall(r"^([0-9a-f]{64}) [ *](\S+)$", text, re.MULTILINE)}


def pin(tool: Tool) -> None:
    """Write the vendor's checksums of the pinned version into the repository; OSError if they cannot be fetched."""
    published = checksums(first_answer(tool.checksums.format(version=tool.version)))
    names = {
        tool.archive.format(version=tool.version, os=system, cpu=cpu).rpartition("/")[2]
        for system in ("linux", "darwin")
        for cpu in (tool.x86_64, "arm64")
    }
    if missing := sorted(names - published.keys()):
        raise OSError(f"no checksum is published for {', '.join(missing)}")
    lines = [line for line in RELEASES.read_text(encoding="utf-8").splitlines() if f"  {tool.name}" not in line]
    lines += [f"{published[name]}  {name}" for name in sorted(names)]
    RELEASES.write_text("\n".join(lines) + "\n", encoding="utf-8")
    say(
        f"Compare tools/{RELEASES.name} with what {tool.name}'s vendor says of {tool.version} elsewhere, and commit it."
    )


def download(tool: Tool, aside: Path, target: Path) -> bool:
    """Put the vendor's release into `target`, if possible; tell whether it was."""
    try:
        fetch_release(tool, aside)
    except (OSError, ValueError, EOFError, shutil.ReadError) as error:
        say(f"{tool.name} was not downloaded: {error}.")
        return False
    for program in [path for path in aside.rglob("*") if path.name in tool.programs and path.is_file()]:
        place(program, target)
    return complete(tool, target)


def place(program: Path, target: Path) -> None:
    """Copy a program into `target` and make it executable, which neither an archive nor a Go module guarantees."""
    shutil.copyfile(program, target / program.name)
    (target / program.name).chmod(0o755)


def run_go(folder: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Go in one of the modules next to this file, reporting now and then that it is still running."""
    # Without user settings that build for another machine, need a C compiler, or use a workspace above.
    kept = {key: value for key, value in without_credentials().items() if key not in ("GOOS", "GOARCH")}
    environment = {"HOME": str(Path.home()), **kept, "CGO_ENABLED": "0", "GOWORK": "off"}
    pipe, started, command = subprocess.PIPE, time.monotonic(), ["go", *arguments]
    with subprocess.Popen(command, cwd=HERE / folder, env=environment, stdout=pipe, stderr=pipe, text=True) as process:
        while True:
            try:
                output, errors = process.communicate(timeout=30)
                return subprocess.CompletedProcess(command, process.returncode, output, errors)
            except subprocess.TimeoutExpired:
                say(f"  … {time.monotonic() - started:.0f} s")
            except BaseException:
                process.terminate()
                raise


def check_go(tool: Tool) -> None:
    """Fail with what to install unless there is a Go that is new enough (if allowed to, Go fetches a newer Go)."""
    folder = tool.builds[0].folder
    needed = pinned(folder, "go")
    remedy = (
        f"install Go {needed} or newer, or {tool.name} {tool.oldest} or newer, or run `install.py pin {tool.name}` "
        "(it takes the checksum by which a download is checked), and run this again."
    )
    if shutil.which("go") is None:
        raise InstallError(f"{tool.name} is not here, cannot be downloaded, and there is no Go to build it: {remedy}")
    if older(run_go(folder, "env", "GOVERSION").stdout, needed):
        raise InstallError(f"The Go on PATH is too old to build {tool.name}: {remedy}")


def build(tool: Tool, target: Path) -> None:
    """Build the tool from the Go modules its go.mod pins, and copy the scripts that those modules ship."""

    def go(folder: str, *arguments: str) -> str:
        done = run_go(folder, *arguments)
        if done.returncode:
            say("\n".join(done.stderr.splitlines()[-15:]))
            raise InstallError(f"Go could not build {tool.name} {tool.version}; its last words are above.")
        return done.stdout.strip()

    check_go(tool)
    say(f"Building {tool.name} {tool.version} from its Go modules: about {tool.minutes} minutes on two cores, once.")
    for item in tool.builds:
        flags = ("-mod=readonly", "-buildvcs=false", "-trimpath", *item.flags)
        go(item.folder, "build", *flags, "-o", f"{target}{os.sep}", item.command)
        for script in item.scripts:
            place(Path(go(item.folder, "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", SDK), script), target)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pinned", action="store_true", help="ignore what is on PATH")
    parser.add_argument("tool", nargs="+", choices=["path", "pin", *TOOLS], help="what to install, find or pin")
    given = parser.parse_args(arguments)
    *verb, name = given.tool
    if name not in TOOLS or verb not in ([], ["path"], ["pin"]):
        parser.error("say one tool, or `path` or `pin` and one tool")
    tool = TOOLS[name]
    try:
        if verb == ["pin"]:
            pin(tool)
            return 0
        found = (find if verb else install)(tool, only_pinned=given.pinned)
    except (InstallError, OSError) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("Stopped; nothing half-finished is kept.")
        return 130
    if found is None:
        say(f"{name} is not installed yet: run `python3 tools/install.py {'--pinned ' if given.pinned else ''}{name}`.")
        return 1
    folder, how = found
    say(f"{name}: {how}.")
    print(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
