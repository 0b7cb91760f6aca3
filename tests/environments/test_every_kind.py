"""Whatever kinds a stack file declares: under another name all stays what it is, and a copy of it is whole."""

import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.kinds.world import sid
from tests.random_stacks.declarations import Generated, placed, stacks
from tests.sweep.programs import program_of
from twilio_environments.drift.review.project import Project
from twilio_environments.environments.new import New
from twilio_environments.environments.rename import NewName, renamed
from twilio_environments.kinds.registry import SECTIONS
from twilio_environments.lifecycle.mistakes import Mistake
from twilio_environments.settings import NAMESPACE, SettingsProblem, load
from twilio_environments.stackfile import StackFile

PROJECT, STACK = "acme", "main"  # as some objects are called, too
STORE = {"vault": {"address": "https://vault.example.com"}}
STACK_FILES = 10
_SID = re.compile(r"\b[A-Z]{2}[0-9a-f]{32}\b")


def limited(test: Any) -> Any:
    test = seed(20261128)(test)
    phases = (Phase.explicit, Phase.generate)
    return settings(max_examples=STACK_FILES, deadline=None, phases=phases, suppress_health_check=list(HealthCheck))(
        test
    )


@contextmanager
def project_of(generated: Generated) -> Iterator[Project]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        generated.write(root)
        config = placed(generated, store=STORE, document=f"{STACK}/twilio", account=sid("AC", 7))
        document = {"config": {f"{NAMESPACE}:{key}": value for key, value in config.items()}}
        yield Project(PROJECT, STACK, root, StackFile(f"Pulumi.{STACK}.yaml", yaml.safe_dump(document)))


def config_of(file: StackFile) -> dict[str, Any]:
    return {key.removeprefix(f"{NAMESPACE}:"): value for key, value in file.config().items()}


def declared(project: Project, file: StackFile) -> dict[str, Any]:
    """The inputs of every resource, but for what goes by logical names: the environment's document, and senders."""
    found = {}
    for one in program_of(config_of(file), STACK, project.root):
        by_name = {"documents", *one.adapter.kind.declaration.children()}
        inputs = {name: value for name, value in one.inputs.items() if name not in by_name}
        found[one.name] = inputs
    found.pop("secrets")
    return found


@limited
@given(stacks(rich=True))
def test_under_another_name_every_object_is_what_it_was(generated):
    with project_of(generated) as project:
        file, before = project.file, declared(project, project.file)
        for section in [one for one in SECTIONS if config_of(file).get(one)]:
            name = min(config_of(file)[section])
            now = Project(PROJECT, STACK, project.root, file)
            found = renamed(now, NewName.of(f"{section}.{name}", "other"), [])
            assert found.stack_file is not None
            for draft in found.flow_files:
                draft.path.write_text(str(draft.text), encoding="utf-8")
            file = StackFile(file.name, str(found.stack_file.text))
            after = declared(project, file)

            place = re.compile(rf"\b{re.escape(f'{section}.{name}')}(?![A-Za-z0-9_-])")
            assert after == json.loads(place.sub(f"{section}.other", json.dumps(before)))
            before = after


def mistakes(file: StackFile, root: Path) -> Sequence[Mistake]:
    try:
        load(file.config(), project=PROJECT, stack="qa", root=root)
    except SettingsProblem as problem:
        return problem.mistakes
    return ()


@limited
@given(stacks(rich=True))
def test_a_copy_declares_the_same_shape_and_nothing_of_the_others(generated):
    with project_of(generated) as project:
        made = New(PROJECT, "qa", project.root, project.file, STACK).file()
        before, after = config_of(project.file), config_of(made)

        assert {section: {*after[section]} for section in SECTIONS if section in after} == {
            section: {*before[section]} for section in SECTIONS if section in before
        }
        assert not _SID.findall(json.dumps(after))
        assert not any("adopt" in one for section in SECTIONS for one in after.get(section, {}).values())
        documents = [{*_documents(one)} for one in (before, after)]
        assert documents[0].isdisjoint(documents[1])
        refused = mistakes(made, project.root)  # what was the account's own is decided by a person
        assert all(f"decide: this is refused: {one.path}" in made.text for one in refused)
        assert not [one for one in refused if re.match("names (no|a) |has the unknown", one.what)]


def _documents(config: Mapping[str, Any]) -> Iterator[str]:
    for one in (config["secrets"], *config.get("keys", {}).values()):
        if "document" in one:
            yield one["document"]
