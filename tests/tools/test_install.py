"""How the tools get here. Nothing in here reaches a network or builds anything."""

import hashlib
import io
import os
import re
import subprocess
import sys
import tarfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

TOOLS_FOLDER = Path(__file__).parents[2] / "tools"
sys.path.append(str(TOOLS_FOLDER))  # these are scripts: they run before anything is installed

import install  # noqa: E402
from recipes import PULUMI, RELEASES, TOOLS, Tool, pinned  # noqa: E402

ONE_SENTENCE = re.compile(r"[^\n]+[.:][^\n]*\.\n?")


def put_program(folder: Path, name: str, prints: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\necho '{prints}'\n")
    (folder / name).chmod(0o755)


def put_tool(folder: Path, tool: Tool, version: str) -> Path:
    for name in tool.programs:
        put_program(folder, name, version)
    return folder


def put_on_path(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    monkeypatch.setenv("PATH", os.pathsep.join(map(str, folders)))


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, an empty PATH and no network."""
    put_on_path(monkeypatch, tmp_path / "nothing")
    monkeypatch.setenv("TWILIO_ENVIRONMENTS_CACHE", str(tmp_path / "cache"))

    def no_network(url: str, timeout: float) -> None:
        raise OSError(f"a test asked for {url} within {timeout}")

    monkeypatch.setattr(install, "ask", no_network)
    return tmp_path / "cache"


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The builds that were asked for; each of them takes a moment and works."""
    asked: list[str] = []

    def build(tool: Tool, target: Path) -> None:
        asked.append(tool.name)
        time.sleep(0.1)
        put_tool(target, tool, "built")

    monkeypatch.setattr(install, "build", build)
    return asked


@pytest.mark.parametrize(
    ("printed", "version"),
    [
        ("v3.259.0\n", (3, 259, 0)),
        ("3.238.1-alpha.x1", (3, 238, 1)),
        ("Vault v1.21.0 (abc), built 2025-10-21", (1, 21, 0)),
        ("go1.26.8", (1, 26, 8)),
        ("", None),
        ("devel", None),
    ],
)
def test_version_is_read_from_what_programs_print(printed: str, version: tuple[int, ...] | None) -> None:
    assert install.parse_version(printed) == version


@pytest.mark.parametrize(
    ("printed", "too_old"),
    [("v3.237.9", True), ("v3.238.0", False), ("v3.1000.0", False), ("v10.0.0", False), ("v3.99.0", True), ("?", True)],
)
def test_versions_are_compared_as_numbers(printed: str, too_old: bool) -> None:
    assert install.older(printed, "3.238.0") is too_old


def test_first_new_enough_folder_of_path_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = put_tool(tmp_path / "old", PULUMI, "v3.100.0")
    new, newer = put_tool(tmp_path / "new", PULUMI, "v3.300.0"), put_tool(tmp_path / "newer", PULUMI, "v3.301.0")
    put_on_path(monkeypatch, old, new, newer)
    assert install.install(PULUMI) == (new, "found on PATH")


def test_pulumi_without_its_language_host_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_program(tmp_path / "half", "pulumi", "v3.300.0")
    put_on_path(monkeypatch, tmp_path / "half")
    assert install.find(PULUMI) is None


def test_what_is_on_path_comes_before_what_was_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = put_tool(install.kept_in(PULUMI) / "bin", PULUMI, "v3.259.0")
    assert install.find(PULUMI) == (kept, "kept from an earlier run")
    own = put_tool(tmp_path / "own", PULUMI, "v3.300.0")
    put_on_path(monkeypatch, own)
    assert install.find(PULUMI) == (own, "found on PATH")


def test_half_made_folders_are_not_used_and_are_made_again(cache: Path, builds: list[str]) -> None:
    final = install.kept_in(PULUMI)
    put_program(final / "bin", "pulumi", "half a copy")
    put_tool(cache / f"{final.name}.part-killed" / "made" / "bin", PULUMI, "killed before the rename")
    assert install.find(PULUMI) is None

    folder, how = install.install(PULUMI)

    assert builds == ["pulumi"]
    assert (folder, how.split(" in ")[0]) == (final / "bin", "built from its Go modules")
    assert "built" in (folder / "pulumi").read_text()
    assert sorted(entry.name for entry in cache.iterdir()) == [final.name, f"{final.name}.lock"]


def test_failed_build_leaves_nothing_that_looks_finished(
    cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def build(tool: Tool, target: Path) -> None:
        put_program(target, "pulumi")
        raise install.InstallError(f"Go could not build {tool.name}.")

    monkeypatch.setattr(install, "build", build)
    assert install.main(["pulumi"]) == 1
    assert [entry.name for entry in cache.iterdir()] == [f"{install.kept_in(PULUMI).name}.lock"]
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[-1] == "Go could not build pulumi."


def test_build_that_lacks_a_program_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "build", lambda tool, target: put_program(target, tool.name))
    with pytest.raises(install.InstallError, match="some of its programs are missing"):
        install.install(PULUMI)
    assert not install.kept_in(PULUMI).exists()


def test_two_runs_at_once_build_once(builds: list[str]) -> None:
    results: list[Path] = []
    threads = [threading.Thread(target=lambda: results.append(install.install(PULUMI)[0])) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert builds == ["pulumi"]
    assert results == [install.kept_in(PULUMI) / "bin"] * 3


@pytest.mark.parametrize("tool", TOOLS)
def test_without_go_one_sentence_says_what_to_install(tool: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert install.main([tool]) == 1
    sentence = capsys.readouterr().err.splitlines()[-1]
    assert ONE_SENTENCE.fullmatch(sentence)
    assert f"install Go {pinned(tool, 'go')} or newer, or {tool} {TOOLS[tool].oldest} or newer" in sentence


@pytest.mark.parametrize("version", ["go1.20.14", "go1.25.10", ""])
def test_old_go_is_refused_before_it_builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    put_program(tmp_path / "go", "go", version)
    put_on_path(monkeypatch, tmp_path / "go")
    with pytest.raises(install.InstallError, match=r"too old to build pulumi: install Go 1\.\d+\.\d+ or newer"):
        install.install(PULUMI)


def published(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, checksum: str | None = None, pinned_: bool = True
) -> Tool:
    """Publish a release in a folder, with its right checksum beside it; the pinned one may be another, or missing."""
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    folder.mkdir()
    archive = folder / f"pulumi-v{PULUMI.version}-linux-x64.tar.gz"
    with tarfile.open(archive, "w:gz") as tarred:
        for name in (*PULUMI.programs, "pulumi-language-nodejs"):
            entry = tarfile.TarInfo(f"pulumi/{name}")
            entry.size, entry.mode = 6, 0o644
            tarred.addfile(entry, io.BytesIO(b"vendor"))
    right = hashlib.sha256(archive.read_bytes()).hexdigest()
    (folder / "sums").write_text(f"{right}  {archive.name}\n")
    pins = folder / "releases.sha256"
    pins.write_text(f"# a comment\n{'0' * 64}  other.tar.gz\n" + (f"{checksum or right}  {archive.name}\n" * pinned_))
    monkeypatch.setattr(install, "RELEASES", pins)
    monkeypatch.setattr(install, "ask", lambda url, timeout: (folder / url.rpartition("/")[2]).open("rb"))
    return replace(PULUMI, checksums="https://vendor.invalid/sums")


def test_vendors_release_is_used_before_a_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, builds: list[str]
) -> None:
    folder, how = install.install(published(tmp_path / "vendor", monkeypatch))
    assert how.startswith("downloaded from the vendor")
    assert sorted(program.name for program in folder.iterdir()) == sorted(PULUMI.programs)
    assert install.complete(PULUMI, folder)
    assert builds == []


def test_release_with_another_checksum_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, builds: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = install.install(published(tmp_path / "vendor", monkeypatch, checksum="f" * 64))
    assert "is not the one in tools/releases.sha256" in capsys.readouterr().err
    assert builds == ["pulumi"]
    assert "vendor" not in (folder / "pulumi").read_text()


def test_a_release_is_not_taken_on_the_word_of_where_it_comes_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, builds: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    install.install(published(tmp_path / "vendor", monkeypatch, pinned_=False))
    assert "has no checksum of pulumi-v" in capsys.readouterr().err
    assert builds == ["pulumi"]


def test_pinning_takes_the_checksums_of_every_platform_and_keeps_other_tools(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pins = tmp_path / "releases.sha256"
    pins.write_text(f"# why\n{'1' * 64}  vault_1.0.0_linux_amd64.zip\n{'2' * 64}  pulumi-v1.0.0-linux-x64.tar.gz\n")
    names = [
        f"pulumi-v{PULUMI.version}-{system}-{cpu}.tar.gz" for system in ("darwin", "linux") for cpu in ("arm64", "x64")
    ]
    sums = "".join(f"{number:064x}  {name}\n" for number, name in enumerate([*names, "pulumi-windows.zip"]))
    monkeypatch.setattr(install, "RELEASES", pins)
    monkeypatch.setattr(install, "ask", lambda url, timeout: io.BytesIO(sums.encode()))
    assert install.main(["pin", "pulumi"]) == 0
    assert install.checksums(pins.read_text()) == {
        "vault_1.0.0_linux_amd64.zip": "1" * 64,
        **{name: f"{number:064x}" for number, name in enumerate(names)},
    }
    monkeypatch.setattr(install, "ask", lambda url, timeout: io.BytesIO(b"<html>"))
    before = pins.read_text()
    assert install.main(["pin", "pulumi"]) == 1
    assert pins.read_text() == before


def test_what_is_pinned_is_in_the_form_that_is_read() -> None:
    lines = [line for line in RELEASES.read_text().splitlines() if not line.startswith("#")]
    assert len(install.checksums("\n".join(lines))) == len(lines)


def test_a_pipeline_takes_the_pinned_version_whatever_is_on_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_on_path(monkeypatch, put_tool(tmp_path / "own", PULUMI, "v3.999.0"))
    assert install.find(PULUMI, only_pinned=True) is None
    kept = put_tool(install.kept_in(PULUMI) / "bin", PULUMI, f"v{PULUMI.version}")
    assert install.install(PULUMI, only_pinned=True) == (kept, "kept from an earlier run")
    steps = TOOLS_FOLDER.parent / "pipelines" / "steps"
    for line in "".join(file.read_text() for file in steps.glob("*.sh")).splitlines():
        assert "install.py" not in line or "--pinned" in line


def test_silent_network_is_given_up_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def hang(url: str, timeout: float) -> None:
        released.wait(20)
        raise OSError("too late")

    monkeypatch.setattr(install, "ask", hang)
    monkeypatch.setattr(install, "FIRST_ANSWER_WITHIN", 0.1)
    started = time.monotonic()
    with pytest.raises(OSError, match=r"no answer from vendor\.invalid"):
        install.first_answer("https://vendor.invalid/sums")
    assert time.monotonic() - started < 5
    released.set()


@pytest.mark.parametrize(
    "words",
    [[], ["path"], ["pin"], ["pin", "path", "pulumi"], ["pulumi", "vault"], ["path", "pulumi", "vault"], ["terraform"]],
)
def test_wrong_command_lines_are_refused(words: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        install.main(words)


def test_path_only_looks_and_prints_the_folder_alone(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"

    def run() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(TOOLS_FOLDER / "install.py"), "path", "vault"]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    missing = run()
    assert (missing.returncode, missing.stdout) == (1, "")
    assert missing.stderr == "vault is not installed yet: run `python3 tools/install.py vault`.\n"
    put_on_path(monkeypatch, put_tool(own, TOOLS["vault"], "Vault v1.21.0 (abc)"))
    found = run()
    assert (found.returncode, found.stdout) == (0, f"{own}\n")
    assert not cache.exists()


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
def test_pinned_version_is_one_we_would_take_from_path(tool: Tool) -> None:
    assert not install.older(tool.version, tool.oldest)


@pytest.mark.parametrize("folder", sorted({item.folder for tool in TOOLS.values() for item in tool.builds}))
def test_go_modules_are_locked_and_build_what_the_recipe_builds(folder: str) -> None:
    commands = [item.command for tool in TOOLS.values() for item in tool.builds if item.folder == folder]
    assert commands == re.findall(r"^tool (\S+)$", (TOOLS_FOLDER / folder / "go.mod").read_text(), re.MULTILINE)
    assert (TOOLS_FOLDER / folder / "go.sum").stat().st_size > 0
