"""What installers, compilers and other people's programs get of a run's environment."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS_FOLDER = Path(__file__).parents[2] / "tools"
sys.path.append(str(TOOLS_FOLDER))  # these are scripts: they run before anything is installed

import install  # noqa: E402
import python_env  # noqa: E402
from recipes import PULUMI  # noqa: E402

CREDENTIALS = (
    "TWILIO_AUTH_TOKEN",
    "TWILIO_API_SECRET",
    "VAULT_TOKEN",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_JWT",
    "VAULT_JWT",
    "GITHUB_TOKEN",
    "GITLAB_TOKEN",
    "CI_JOB_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_CONFIG_PASSPHRASE",
)


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on PATH whose programs write down their environment."""
    folder, file = tmp_path / "programs", tmp_path / "told"
    folder.mkdir()
    for name in (*PULUMI.programs, "go", "python3"):
        program = folder / name
        program.write_text(f"#!/bin/sh\nenv >>{file}\necho v{PULUMI.version} go1.99.0\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.defpath}")
    for name in CREDENTIALS:
        monkeypatch.setenv(name, "a secret value")
    return file


def test_no_program_that_is_asked_or_builds_gets_a_credential(told: Path) -> None:
    assert install.on_path(PULUMI) == told.parent / "programs"
    install.check_go(PULUMI)
    python_env._runs("go")
    python_env._run(["go"], "say it")
    assert len(re.findall("^PATH=", told.read_text(), re.MULTILINE)) == 4
    assert "a secret value" not in told.read_text()


def test_no_installer_of_a_job_gets_what_the_job_signs_in_with(told: Path) -> None:
    script = TOOLS_FOLDER.parent / "pipelines" / "steps" / "install.sh"
    subprocess.run(["bash", script], check=True, capture_output=True)
    said = told.read_text()
    assert len(re.findall("^PATH=", said, re.MULTILINE)) == 2
    for name in ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "GITHUB_TOKEN", "AWS_JWT", "VAULT_JWT", "CI_JOB_TOKEN"):
        assert name not in said
