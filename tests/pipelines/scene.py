"""A project with its pipelines, a host that starts its jobs, and what they sign in to: Vault, and AWS for the state."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from tests.pipelines.hosts import PULL_REQUEST, HostStandIn
from tests.pipelines.jobs import Job, resolved
from tests.pipelines.trust import claims_of, trusting
from tests.servers import ROOT, Vault
from tests.stacks.documents import VaultDocuments
from tests.stacks.stack import Stack, pulumi_folder
from twilio_environments.emulator import Emulator

sys.path.append(str(ROOT / "tools"))  # these are scripts

from recipes import PULUMI

STACK_FILE = """\
config:
  twilio:subaccount: {friendly_name: Acme staging}
  twilio:secrets: {vault: {}}
  twilio:keys:
    api: {rotate_every: 90d}
    web: {rotate_every: 90d}
  twilio:numbers:
    support: {phone_number: "+12125550110", voice_url: "https://hooks.acme.example.com/voice"}
"""
# No region of AWS's own is asked: moto is at AWS_ENDPOINT_URL.
AWS = {"AWS_REGION": "eu-west-1", "AWS_EC2_METADATA_DISABLED": "true"}
BUCKET = "acme-pulumi"


@dataclass
class Scene:
    """The stack staging of a project, before its first job; nothing but its jobs has credentials that last."""

    stack: Stack
    documents: VaultDocuments
    host: HostStandIn
    vault: Vault
    moto_url: str
    ran: list[tuple[Job, str]] = field(default_factory=list)
    said: str = ""

    @classmethod
    def of_project(cls, folder: Path, twilio: Emulator, host: HostStandIn, vault: Vault, moto_url: str) -> "Scene":
        """Do what docs/pipelines.md tells to do once."""
        project = folder / "project"
        project.mkdir()
        for linked in ("twilio_environments", "components", "pipelines"):
            (project / linked).symlink_to(ROOT / linked)
        (project / ".venv").symlink_to(sys.prefix)
        shutil.copytree(ROOT / "tools", project / "tools")  # a script's real place is where it installs
        for copied in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(ROOT / copied, project)
        kept = folder / "tools" / f"pulumi-{PULUMI.version}"  # as after a first run of install.sh
        kept.mkdir(parents=True)
        (kept / "bin").symlink_to(pulumi_folder())
        (project / "Pulumi.staging.yaml").write_text(STACK_FILE)
        documents = VaultDocuments(vault)
        _s3(moto_url).create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        own = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_ENDPOINT_URL": moto_url}
        documents.variables |= AWS | own | {"PULUMI_BACKEND_URL": backend(moto_url)}
        stack = Stack.at("staging", project, folder, twilio, documents)
        scene = cls(stack, documents, host, vault, moto_url)
        trusting(vault, host, "staging")
        credentials = {"TWILIO_ACCOUNT_SID": twilio.account_sid, "TWILIO_AUTH_TOKEN": twilio.auth_token}
        for document in ("ci/staging", "ci/staging-preview", "ci/staging-review"):
            documents.write(document, credentials | {"GITLAB_TOKEN": host.gitlab_token})
        return scene

    def run(self, job: Job, *, fails: bool = False, **more: str) -> str:
        """Run all lines of a job, each as its host would; return what they said."""
        said = ""
        variables = self.variables(job) | more
        for line in job.lines:
            done = self.bash(line, variables)
            self.ran.append((job, line))
            said += done.stdout
            if done.returncode:
                break
        self.said += said
        assert bool(done.returncode) == fails, f"{job.name} {job.stack}: exit {done.returncode}\n{said}"
        return said

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the stack's lock as another run does."""
        lock = {"Bucket": BUCKET, "Key": ".pulumi/locks/organization/twilio-environments/staging/another.json"}
        content = {"pid": 1, "username": "somebody", "hostname": "elsewhere", "timestamp": "2026-01-01T00:00:00Z"}
        _s3(self.moto_url).put_object(**lock, Body=json.dumps(content))
        yield
        _s3(self.moto_url).delete_object(**lock)

    def let_keys_come_of_age(self) -> None:
        """Let the record say that the keys were made long ago."""
        state = {"Bucket": BUCKET, "Key": ".pulumi/stacks/twilio-environments/staging.json"}
        content = json.load(_s3(self.moto_url).get_object(**state)["Body"])
        for one in content["checkpoint"]["latest"]["resources"]:
            if one["type"].endswith(":ApiKey"):
                one["outputs"]["created"] = "2020-01-01T00:00:00Z"
        _s3(self.moto_url).put_object(**state, Body=json.dumps(content))

    def state(self) -> dict[str, str]:
        """What the backend holds: object → its tag, which every write changes."""
        listed = _s3(self.moto_url).list_objects_v2(Bucket=BUCKET)["Contents"]
        return {one["Key"]: f"{one['ETag']} {one['LastModified']}" for one in listed}

    def expect_no_leak(self) -> None:
        """No secret is in what the jobs said, in what they published, or in a file of the project."""
        posts = [post for posts in self.host.posts.values() for post in posts]
        kept = [file.read_text("utf-8", "replace") for file in self.stack.folder.iterdir() if file.is_file()]
        text = json.dumps(posts) + self.said + "".join(kept)
        known = [row["_secret"] for row in self.stack.rows("keys")]
        known += [self.stack.twilio.auth_token, self.host.gitlab_token, *self.host.tokens, *self.host.identities]
        assert len(known) > 8
        assert not [secret for secret in known if secret in text]
        assert list((self.stack.home / "temporary").iterdir()) == [], "what a step wrote aside is gone"

    def bash(self, line: str, variables: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
        """Run a line of a script."""
        return subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", line],
            cwd=self.stack.folder,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )

    def variables(self, job: Job) -> dict[str, str]:
        """Return what a job has at its host: what its file says, the host's own, and no credentials."""
        is_github = job.name.startswith("twilio-")
        given = AWS | {
            "AWS_ROLE_ARN": f"arn:aws:iam::123456789012:role/{job.environment}",
            "VAULT_ADDR": self.vault.address,
            "VAULT_ROLE": f"{'github' if is_github else 'gitlab'}-{job.environment}",
            "CREDENTIALS_DOCUMENT": f"ci/staging{_looks(job.environment)}",
            "PULUMI_BACKEND_URL": backend(self.moto_url),
        }
        kept = {name: self.stack.environment[name] for name in ("HOME", "TMPDIR", "LANG", "PULUMI_HOME")}
        kept |= {name: value for name, value in self.stack.environment.items() if name.startswith("PULUMI_SKIP")}
        bare = Path(getattr(sys, "_base_executable", sys.executable)).parent  # a runner's Python, without our packages
        kept |= {"PATH": os.pathsep.join([str(bare), os.defpath]), "AWS_ENDPOINT_URL": self.moto_url}
        kept["TWILIO_ENVIRONMENTS_CACHE"] = str(self.stack.home / "tools")
        kept |= {"TWILIO_ENDPOINT": self.stack.twilio.endpoint, "AWS_EC2_METADATA_DISABLED": "true"}
        kept["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"
        if not is_github:
            claims = claims_of("gitlab", job.environment)
            expanded = {
                name: one["aud"].replace("$VAULT_ADDR", self.vault.address)
                for name, one in job.definition["id_tokens"].items()
            }
            tokens = {name: self.host.signed(claims, audience) for name, audience in expanded.items()}
            return kept | given | dict(job.variables) | self.host.gitlab() | tokens
        own = self.host.github(job.permissions, claims_of("github", job.environment))
        values = {f"vars.{name}": value for name, value in given.items()} | {
            "github.token": own["GITHUB_TOKEN"],
            "github.event.pull_request.number": str(PULL_REQUEST) if "pull-request" in job.environment else "",
        }
        declared = {name: resolved(value, values) for name, value in job.variables.items()}
        assert not [value for value in declared.values() if "${{" in value], "nothing else is a job's at GitHub"
        return kept | own | declared


def _looks(environment: str) -> str:
    return "-preview" if environment.endswith("-request") else "-review" if environment.endswith("-review") else ""


def _s3(url: str) -> Any:
    session = boto3.Session("x", "x", region_name="eu-west-1")  # moto takes anything
    return session.client("s3", endpoint_url=url)


def backend(moto_url: str) -> str:
    """The state's address, as on the page, and where moto is."""
    return f"s3://{BUCKET}?region=eu-west-1&endpoint={moto_url}&s3ForcePathStyle=true"
