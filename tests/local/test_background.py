"""Servers that outlive their command."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import background
import pytest
from background import LocalError, Server

Make = Callable[..., Server]


def pid_and_port(folder: Path) -> tuple[int, int]:
    pid, port = (folder / "echo.pid").read_text().split()
    return int(pid), int(port)


def test_a_server_that_runs_is_found_and_not_started_again(server: Make, tmp_path: Path) -> None:
    url = server().start(dict(os.environ))
    started = pid_and_port(tmp_path)
    assert server().start(dict(os.environ)) == server().url() == url
    assert pid_and_port(tmp_path) == started


def test_a_server_comes_back_on_the_port_it_had(server: Make) -> None:
    url = server().start(dict(os.environ))
    assert server().stop()
    assert server().url() is None
    assert server().start(dict(os.environ)) == url


def test_a_pid_whose_number_another_process_has_now_is_stale(server: Make, tmp_path: Path) -> None:
    (tmp_path / "echo.pid").write_text(f"{os.getpid()} 1\n")
    assert server().url() is None
    assert not server().stop()
    server().start(dict(os.environ))
    assert pid_and_port(tmp_path)[0] != os.getpid()


@pytest.mark.parametrize("content", ["", "garbage\n", "12\n"])
def test_a_broken_pid_file_does_not_matter(server: Make, tmp_path: Path, content: str) -> None:
    (tmp_path / "echo.pid").write_text(content)
    assert server().start(dict(os.environ)) == server().url()


def test_a_port_taken_by_another_program_is_said_and_another_one_used(
    server: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        (tmp_path / "echo.pid").write_text(f"1 {taken}\n")
        url = server().start(dict(os.environ))
    assert not url.endswith(f":{taken}")
    assert capsys.readouterr().err.startswith(f"Port {taken} is taken by another program: echo uses ")


def test_a_server_that_hangs_is_replaced(
    server: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server().start(dict(os.environ))
    before = pid_and_port(tmp_path)[0]
    answers = iter([False])  # the first look fails, later ones are real
    real = server()
    flaky = Server("echo", tmp_path, real.command, lambda port: next(answers, None) is None and real.ready(port))
    monkeypatch.setattr(background, "ANSWERS_WITHIN", -1.0)
    flaky.start(dict(os.environ))
    assert pid_and_port(tmp_path)[0] != before
    assert "does not answer" in capsys.readouterr().err


def test_a_server_that_cannot_start_is_explained_by_its_own_words(server: Make, tmp_path: Path) -> None:
    with pytest.raises(LocalError, match=r"echo did not start: .*echo\.log ends with: .*no disk left"):
        server("fails").start(dict(os.environ))
    assert server().url() is None


def test_a_lost_pid_ends_nobody(server: Make, tmp_path: Path) -> None:
    server().start(dict(os.environ))
    recorded = (tmp_path / "echo.pid").read_text()
    (tmp_path / "echo.pid").write_text("")
    with pytest.raises(LocalError, match="its pid is lost"):
        server().stop()
    (tmp_path / "echo.pid").write_text(recorded)
