"""`.venv` from the locks. No test installs anything: pip and venv are recorded."""

import subprocess
import sys
from pathlib import Path

import pytest
import python_env
from background import LocalError


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that would have been run; `-m venv` makes the folders that venv makes."""
    asked: list[str] = []

    def run(command: list[str], doing: str) -> None:
        if command[1:3] == ["-m", "venv"]:
            (Path(command[3]) / "bin").mkdir(parents=True)
            (Path(command[3]) / "bin" / "python").symlink_to(sys.executable)
            (Path(command[3]) / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
            asked.append("venv")
        else:
            asked.append(Path(command[-1]).name)

    monkeypatch.setattr(python_env, "_run", run)
    return asked


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in python_env.LOCKS:
        (tmp_path / name).write_text(f"{name}\n")
    return tmp_path


def test_what_is_installed_is_not_installed_again(root: Path, commands: list[str]) -> None:
    python_env.ensure(root)
    python_env.ensure(root)
    assert commands == ["venv", "requirements.txt"]


def test_the_tests_packages_come_on_top_and_then_serve_both(root: Path, commands: list[str]) -> None:
    python_env.ensure(root)
    python_env.ensure(root, dev=True)
    python_env.ensure(root)
    assert commands == ["venv", "requirements.txt", "requirements-dev.txt"]


@pytest.mark.parametrize("name", python_env.LOCKS)
def test_a_changed_lock_is_installed(root: Path, commands: list[str], name: str) -> None:
    python_env.ensure(root, dev=True)
    (root / name).write_text("newer\n")
    python_env.ensure(root, dev=True)
    assert commands == ["venv", "requirements-dev.txt", "requirements-dev.txt"]


def test_an_installation_that_was_cut_short_is_taken_up_again(
    root: Path, commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(command: list[str], doing: str) -> None:
        raise KeyboardInterrupt

    python_env.ensure(root)
    (root / "requirements.txt").write_text("newer\n")
    with monkeypatch.context() as patch:
        patch.setattr(python_env, "_run", cut)
        with pytest.raises(KeyboardInterrupt):
            python_env.ensure(root)
    (root / "requirements.txt").write_text("requirements.txt\n")
    python_env.ensure(root)
    assert commands == ["venv", "requirements.txt", "requirements.txt"]


def test_a_venv_whose_python_is_gone_is_made_anew(root: Path, commands: list[str]) -> None:
    python = python_env.ensure(root) / "bin" / "python"
    python.unlink()
    python.symlink_to(root / "upgraded-away")
    python_env.ensure(root)
    assert commands == ["venv", "requirements.txt"] * 2


def test_a_lent_venv_is_left_alone(root: Path, commands: list[str], tmp_path: Path) -> None:
    (tmp_path / "lent").mkdir()
    (root / ".venv").symlink_to(tmp_path / "lent")
    python_env.ensure(root, dev=True)
    assert commands == []
    assert not list((tmp_path / "lent").iterdir())


def test_the_command_runs_from_any_folder(root: Path, commands: list[str], tmp_path: Path) -> None:
    command = python_env.ensure(root) / "bin" / "twilio-env"
    ran = subprocess.run([command, "--help"], cwd=tmp_path, env={}, capture_output=True, text=True, check=False)
    # The venv here is empty: that its Python was reached and asked for the module is all there is to see.
    assert "twilio_environments" in ran.stderr


def put_python(folder: Path, name: str, *, runs: bool) -> str:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\nexit {int(not runs)}\n")
    (folder / name).chmod(0o755)
    return str(folder / name)


def test_an_old_python_looks_for_a_newer_one_that_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_python(tmp_path / "bin", "python3.13", runs=False)
    newer = put_python(tmp_path / "bin", "python3.12", runs=True)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(sys, "version_info", (3, 9, 6))
    assert python_env.find_python() == newer


def test_an_old_python_alone_is_explained_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "version_info", (3, 9, 6))
    with pytest.raises(LocalError, match=r"^This needs Python 3\.11 or newer, and python3 is 3\.9: [^.]+\.$"):
        python_env.find_python()
