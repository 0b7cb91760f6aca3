"""The jobs of the pipelines as their files say them: which lines each runs, with which variables."""

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tests.servers import ROOT

PIPELINES = ROOT / "pipelines"
GITHUB = PIPELINES / "github"
CALLED = "twilio-job.yml"
GITLAB = PIPELINES / "gitlab" / ".gitlab-ci.yml"


@dataclass(frozen=True)
class Job:
    """One job on one stack; values may hold expressions of the host."""

    name: str
    step: str
    stack: str
    environment: str
    lines: tuple[str, ...]
    variables: Mapping[str, str]
    permissions: Mapping[str, str]
    """GitHub's, of the job's own token."""
    definition: Mapping[str, Any]
    """The job in its file."""


def read(path: Any) -> dict[Any, Any]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def of_github() -> Iterator[Job]:
    """All jobs of all workflows, through the one that they call."""
    (called,) = read(GITHUB / CALLED)["jobs"].values()
    lines = tuple(step["run"] for step in called["steps"] if "run" in step)
    for file in sorted(GITHUB.glob("*.yml")):
        for name, job in read(file)["jobs"].items() if file.name != CALLED else ():
            for stack in job.get("strategy", {}).get("matrix", {}).get("stack", [job["with"]["stack"]]):
                given = {key: resolved(value, {"matrix.stack": stack}) for key, value in job["with"].items()}
                values = {f"inputs.{key}": value for key, value in given.items()}
                yield Job(
                    name=f"{file.stem}: {name}",
                    lines=lines,
                    variables={key: resolved(value, values) for key, value in called["env"].items()},
                    permissions=job["permissions"],
                    definition=job,
                    **given,
                )


def of_gitlab() -> Iterator[Job]:
    """All jobs of the file, each with what it extends."""
    file = read(GITLAB)
    for name, own in file.items():
        if name == "stages" or name.startswith("."):
            continue
        base = file[own["extends"]]
        matrix = own.get("parallel", {}).get("matrix", [{}])[0]
        for chosen in itertools.product(*matrix.values()):
            variables = base["variables"] | own["variables"] | dict(zip(matrix, chosen, strict=True))
            yield Job(
                name=f"gitlab: {name}",
                step=variables["STEP"],
                stack=variables["STACK"],
                environment=own["environment"]["name"].replace("$STACK", variables["STACK"]),
                lines=tuple(base["script"]),
                variables=variables,
                permissions={},
                definition=base | own,
            )


def resolved(text: str, values: Mapping[str, str]) -> str:
    """Put values in for the expressions of GitHub's that are known."""
    return re.sub(r"\$\{\{ ([\w.]+) \}\}", lambda found: values.get(found[1], found[0]), text)
