"""The pipelines' files: as few rights as there may be, nothing of a stranger's in a shell, approval before prod."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipelines.jobs import CALLED, GITHUB, GITLAB, PIPELINES, of_github, of_gitlab, read
from tests.servers import ROOT

JOBS = [*of_github(), *of_gitlab()]
WRITES = {  # step → what its job may write, at GitHub
    "preview": {"id-token", "pull-requests"},
    "up": {"id-token"},
    "drift": {"id-token", "issues"},
    "rotate": {"id-token"},
    "sweep": {"id-token"},
}


@pytest.mark.parametrize("job", JOBS, ids=lambda job: f"{job.name} {job.stack}")
def test_a_job_runs_a_step_that_there_is_in_an_environment_of_its_own_kind(job):
    assert (PIPELINES / "steps" / f"{job.step}.sh").exists()
    of_a_request = "preview" in job.name and "prod-preview" not in job.name
    kinds = {"preview": r"(pull|merge)-request" if of_a_request else "review", "drift": "review", "rotate": "rotation"}
    assert re.fullmatch(job.stack + (f"-{kinds[job.step]}" if job.step in kinds else ""), job.environment)


def test_every_step_has_a_job_at_either_host():
    assert {job.step for job in of_github()} == {job.step for job in of_gitlab()} == set(WRITES)


def test_what_a_job_runs_is_in_its_variables_and_not_in_the_text_of_its_script():
    for job in JOBS:
        assert not [line for line in job.lines if "${{" in line], job.name


def test_a_workflow_has_no_rights_and_its_jobs_have_those_that_their_step_needs():
    for file in GITHUB.glob("*.yml"):
        assert file.name == CALLED or read(file)["permissions"] == {}
    assert "permissions" not in read(GITHUB / CALLED)
    for job in of_github():
        written = {name for name, right in job.permissions.items() if right == "write"}
        in_a_request = job.environment.endswith("-pull-request")
        assert written == WRITES[job.step] - (set() if in_a_request else {"pull-requests"}), job.name
        assert {name: right for name, right in job.permissions.items() if right != "write"} == {"contents": "read"}


def test_a_pull_request_of_a_fork_has_no_job():
    (preview,) = read(GITHUB / "twilio-preview.yml")["jobs"].values()
    assert preview["if"] == "github.event.pull_request.head.repo.full_name == github.repository"
    assert "pull_request_target" not in "".join(file.read_text() for file in GITHUB.glob("*.yml"))


def test_prod_comes_after_staging_a_preview_and_an_approval():
    jobs = read(GITHUB / "twilio-up.yml")["jobs"]
    assert [(name, job.get("needs")) for name, job in jobs.items()] == [
        ("staging", None),
        ("prod-preview", "staging"),
        ("prod", "prod-preview"),
    ]
    file = read(GITLAB)
    assert file["prod"]["rules"][0]["when"] == "manual"
    assert "allow_failure" not in file["prod"], "the pipeline waits for it"
    assert file["stages"].index("staging") < file["stages"].index("approval") < file["stages"].index("prod")


def test_no_two_jobs_that_write_run_at_once_and_none_is_stopped_half_way():
    for job in JOBS:
        if job.step in {"up", "rotate", "sweep"}:
            github = job.definition.get("concurrency", {"group": ""})
            group = job.definition.get("resource_group", github["group"])
            assert group.startswith(f"twilio-{job.step}"), job.name
            assert not github.get("cancel-in-progress")
            assert not job.definition.get("interruptible")


def test_an_action_is_pinned_and_leaves_no_credentials():
    (called,) = read(GITHUB / CALLED)["jobs"].values()
    (action,) = (step for step in called["steps"] if "uses" in step)
    assert re.fullmatch(r"actions/checkout@[0-9a-f]{40}", action["uses"])
    assert action["with"] == {"persist-credentials": False}


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A repository with the workflows where GitHub looks for them."""
    folder = tmp_path_factory.mktemp("repository")
    shutil.copytree(GITHUB, folder / ".github" / "workflows")
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    return folder


def test_zizmor_finds_nothing_but_what_is_meant_so(repository):
    config = PIPELINES / "zizmor.yml"
    for line in config.read_text().splitlines()[1:]:
        assert not re.search(r"(ignore|disable): .*\S", line) or " # " in line, "each exception says why"
    zizmor = [str(Path(sys.executable).parent / "zizmor"), "--offline", "--no-progress", "--persona=pedantic"]
    done = subprocess.run(
        [*zizmor, "--config", str(config), str(repository)], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, "No findings" in done.stdout) == (0, True), done.stdout + done.stderr


def test_actionlint_finds_nothing(repository):
    bring = [sys.executable, "tools/install.py", "actionlint"]
    folder = subprocess.run(bring, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    done = subprocess.run(
        [Path(folder) / "actionlint", "-no-color"], cwd=repository, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_every_script_may_be_run():
    assert [path.name for path in PIPELINES.glob("steps/*.sh") if not os.access(path, os.X_OK)] == []
