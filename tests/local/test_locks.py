"""The locks: each package once, and whatever a group asks for, with what that asks for in turn."""

import ast
import re
import tomllib
from importlib.metadata import distribution, packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from python_env import LOCKS

from tests.servers import ROOT

LOCK, DEV = ((ROOT / name).read_text(encoding="utf-8") for name in LOCKS)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pinned(lock):
    return dict(re.findall(r"^([^ ]+?)==([^ ]+)", lock, re.MULTILINE))


def asked_by(group):
    for wanted in PROJECT["dependency-groups"][group]:
        yield from [wanted] if isinstance(wanted, str) else asked_by(wanted["include-group"])
    yield from PROJECT["project"]["dependencies"]


def needed(texts):
    """The packages that these requirements bring here, as the installed packages say it themselves."""
    found: set[tuple[str, str]] = set()
    todo = [(text, "") for text in texts]
    while todo:
        text, extra = todo.pop()
        requirement = Requirement(text)
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        for wanted in {"", *requirement.extras} - {extra for seen, extra in found if seen == name}:
            found.add((name, wanted))
            todo += [(text, wanted) for text in distribution(name).requires or ()]
    return {name for name, _ in found}


def test_the_second_begins_with_the_first_and_repeats_none_of_it():
    assert DEV.startswith(f"-r {LOCKS[0]}\n")
    assert not pinned(LOCK).keys() & pinned(DEV).keys()


@pytest.mark.parametrize(("group", "lock"), [("local", LOCK), ("dev", LOCK + DEV)], ids=["local", "dev"])
def test_all_that_is_needed_is_locked_as_it_is_installed(group, lock):
    names = needed(asked_by(group))
    assert {name: pinned(lock).get(name) for name in names} == {name: distribution(name).version for name in names}


@pytest.mark.parametrize("lock", [LOCK, DEV], ids=LOCKS)
def test_every_package_has_its_hashes_and_none_an_address(lock):
    assert len(re.findall(r"^[^ ]+==.+\\\n +--hash=sha256:", lock, re.MULTILINE)) == len(pinned(lock))
    assert "://" not in lock


def imported():
    """The packages of others that the library imports."""
    for path in (ROOT / "twilio_environments").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (one.name.partition(".")[0] for one in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.partition(".")[0]


def test_the_library_imports_whatever_it_depends_on():
    packages_of = packages_distributions()
    packages = {canonicalize_name(name) for one in set(imported()) for name in packages_of.get(one, ())}
    assert {canonicalize_name(Requirement(text).name) for text in PROJECT["project"]["dependencies"]} <= packages
