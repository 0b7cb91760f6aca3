"""What a killed run or a full disk leaves of a state in a folder: and what mends that, with the real CLI."""

import gzip
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.stacks.stack import pulumi_folder
from twilio_environments import state_files
from twilio_environments.cli import pulumi
from twilio_environments.cli.checks import engine
from twilio_environments.problems import Problem

NAME, OTHER = "prod", "staging"
STATE = f"stacks/acme/{NAME}.json"
LOOK = ["stack", "export", "--stack", NAME]
TAKE_THE_LOCK = ["refresh", "--yes", "--skip-preview", "--stack", NAME]


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Iterator[Path]:
    """A project `acme`, and a backend with two stacks of it, one of which was brought up before; for copies."""
    folder: Path = tmp_path_factory.mktemp("whole")
    for name in ("project", "backend", "home"):
        (folder / name).mkdir()
    (folder / "project" / "Pulumi.yaml").write_text("name: acme\nruntime: python\n")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("PULUMI_")]:
            patch.delenv(name)
        patch.setenv("PATH", f"{pulumi_folder()}:{os.environ['PATH']}")
        patch.setenv("PULUMI_HOME", str(folder / "home"))
        patch.setenv("PULUMI_BACKEND_URL", (folder / "backend").as_uri())
        patch.setenv("PULUMI_CONFIG_PASSPHRASE", "")
        patch.setenv("PULUMI_SKIP_UPDATE_CHECK", "true")
        patch.chdir(folder / "project")
        for stack in (NAME, OTHER):
            pulumi.output(["stack", "init", stack])
        pulumi.output(TAKE_THE_LOCK)
        yield folder / "backend"


@pytest.fixture
def home(whole, tmp_path, monkeypatch) -> Path:
    """The folder `.pulumi` of a backend of its own."""
    backend = shutil.copytree(whole, tmp_path / "the backend")
    monkeypatch.setenv("PULUMI_BACKEND_URL", backend.as_uri())
    return Path(backend) / ".pulumi"


def empty(*names: str) -> Callable[[Path], None]:
    def damage(home: Path) -> None:
        for name in names:
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_text("")

    return damage


def cut(*names: str) -> Callable[[Path], None]:
    def damage(home: Path) -> None:
        for name in names:
            (home / name).write_text((home / name).read_text()[:50])

    return damage


DAMAGES = {
    "a run was killed while it saved": (empty(f"{STATE}.attrs"), LOOK, "rm"),
    "the disk was full": (cut(STATE), LOOK, "cp"),
    "the machine went down": (empty(STATE, f"{STATE}.attrs"), LOOK, "rm cp"),
    "the disk was full for a while": (cut(STATE, f"{STATE}.bak"), LOOK, "cp"),
    "the disk was full when a tag was set and a lock taken": (
        empty(f"stacks/acme/{NAME}.pulumi-tags", f"locks/organization/acme/{NAME}/a.json"),
        TAKE_THE_LOCK,
        "rm rm",
    ),
    "the folder was new, and the disk full": (empty("meta.yaml"), LOOK, "rm"),
    "the folder was new, and the run killed": (empty("meta.yaml.attrs"), LOOK, "rm"),
}


@pytest.mark.parametrize(("damage", "asked", "commands"), DAMAGES.values(), ids=DAMAGES.keys())
def test_what_is_said_mends_it(home, damage, asked, commands):
    pulumi.output(asked)
    damage(home)

    with pytest.raises(Problem) as caught:
        pulumi.output(asked)

    said = re.findall(r"((rm|cp) .+?) (?:removes it|restores the)", str(caught.value))
    assert " ".join(sorted((name for _, name in said), reverse=True)) == commands
    for command, _ in said:
        subprocess.run(command, shell=True, check=True)
    pulumi.output(asked)
    assert pulumi.stacks("acme") == [NAME, OTHER]
    assert not state_files.broken(home.parent)


def test_make_mends_it_all(home, capsys):
    for damage, *_ in DAMAGES.values():
        damage(home)
    assert state_files.main(str(home.parent)) == 0
    assert len(capsys.readouterr().out.splitlines()) == 6
    pulumi.output(TAKE_THE_LOCK)
    assert state_files.main(str(home.parent)) == 0
    assert not capsys.readouterr().out


def test_a_state_without_a_backup_is_set_aside(home, capsys):
    for file in [*home.rglob("*.bak"), *home.rglob("backups/acme/prod/*")]:
        file.unlink()
    cut(STATE)(home)
    with pytest.raises(Problem, match=r"There is no backup: mv '\S+ backend/\S+json' '\S+ \S+broken' sets it aside"):
        pulumi.output(LOOK)
    state_files.main(str(home.parent))
    assert "has no backup: moved to prod.json.broken." in capsys.readouterr().out
    assert pulumi.stacks("acme") == [OTHER]


def test_one_stack_that_cannot_be_read_does_not_hide_the_others(home):
    cut(STATE)(home)
    assert pulumi.stacks("acme") == [NAME, OTHER]
    pulumi.output(["stack", "export", "--stack", OTHER])


def test_what_is_wrong_with_another_stack_is_not_said(home):
    cut(f"stacks/acme/{OTHER}.json")(home)
    with pytest.raises(Problem) as caught:
        pulumi.output(["stack", "export", "--stack", "nobodys"])
    assert caught.value.remedy == "Fix that, then run again."


def test_the_doctor_names_the_file_and_warns_of_what_lets_it_happen(home, monkeypatch):
    cut(STATE)(home)
    found = {(one.check, one.state): one for one in engine.look(NAME, "acme")}
    assert found.keys() == {("pulumi", "pass"), ("backend", "warn"), ("state", "fail"), ("stack", "pass")}
    assert f"{NAME}.json is empty or cut off" in found["state", "fail"].what
    assert "?metadata=skip" in found["backend", "warn"].remedy
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"{os.environ['PULUMI_BACKEND_URL']}?metadata=skip")
    assert ("backend", "pass") in {(one.check, one.state) for one in engine.look(NAME, "acme")}


def test_without_metadata_nothing_is_kept_beside_the_state(home, monkeypatch):
    before = {file.name for file in home.rglob("*.attrs")}
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"{os.environ['PULUMI_BACKEND_URL']}?metadata=skip")
    pulumi.output(["stack", "init", "new"])
    assert {file.name for file in home.rglob("*.attrs")} == before
    assert pulumi.stacks("acme") == ["new", NAME, OTHER]


def test_a_compressed_state_is_known_too(home):
    state = home / STATE
    packed = state.with_name(f"{state.name}.gz")
    packed.write_bytes(gzip.compress(state.read_bytes()))
    state.unlink()
    assert not state_files.broken(home.parent)
    shutil.copy(packed, f"{packed}.bak")
    packed.write_bytes(packed.read_bytes()[:-20])
    (found,) = state_files.broken(home.parent)
    found.mend()
    pulumi.output(LOOK)


def test_a_file_that_may_not_be_opened_is_not_called_broken(home, monkeypatch):
    empty(f"{STATE}.attrs", STATE)(home)
    monkeypatch.setattr(Path, "read_bytes", lambda _: (_ for _ in ()).throw(PermissionError))
    assert not state_files.broken(home.parent)


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("file:///srv/state", "/srv/state"),
        ("file:///srv/a%20state?metadata=skip", "/srv/a state"),
        ("file:///srv/a state", "/srv/a state"),
        ("file://~/state", "{home}/state"),
        ("file://~", "{home}"),
        ("file://./state", "{here}/state"),
        ("s3://bucket", None),
        ("https://api.pulumi.com", None),
        ("", None),
    ],
)
def test_the_folder_is_the_one_that_pulumi_takes(url, folder):
    expected = Path(folder.format(home=Path.home(), here=Path.cwd())) if folder else None
    assert state_files.folder_of(url) == expected
