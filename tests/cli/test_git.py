"""What git is run with, to say which commit a stack file is of."""

import os
import subprocess
import sys

from twilio_environments.cli import project
from twilio_environments.drift.review.project import Project
from twilio_environments.stackfile import StackFile

CREDENTIALS = {
    name: f"secret of {name}"
    for name in ("TWILIO_AUTH_TOKEN", "VAULT_TOKEN", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "PULUMI_ACCESS_TOKEN")
}


def test_git_gets_no_credentials(tmp_path, monkeypatch):
    told = tmp_path / "told"
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.write_text(
        f"#!{sys.executable}\nimport os\nopen({str(told)!r}, 'a').write(repr(dict(os.environ)))\nprint('abc')\n"
    )
    git.chmod(0o755)
    monkeypatch.setenv("PATH", f"{git.parent}{os.pathsep}{os.environ['PATH']}")
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    assert project.commit(Project("acme", "prod", tmp_path, StackFile("Pulumi.prod.yaml", ""))) == "abc+"
    assert "secret of" not in told.read_text()
    assert "'PATH'" in told.read_text()


def test_a_repository_runs_no_program_of_its_own(tmp_path):
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    (tmp_path / "Pulumi.prod.yaml").write_text("config: {}\n")
    hook = tmp_path / "hook"
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    git("init")
    git("add", "Pulumi.prod.yaml")
    git("commit", "--message", "first")
    git("config", "core.fsmonitor", str(hook))
    found = project.commit(Project("acme", "prod", tmp_path, StackFile("Pulumi.prod.yaml", "")))
    assert len(found) >= 7
    assert not (tmp_path / "ran").exists()
