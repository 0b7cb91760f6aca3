"""Files of the user's: whole, and all of them or none, whatever happens on the way."""

import ast
import errno
import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.files import killed
from tests.files.full_disk import room_for
from tests.servers import ROOT
from twilio_environments import files
from twilio_environments.files import Draft
from twilio_environments.problems import Problem

FIRST, LAST = ("old", "old"), ("new", "new")


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "project"
    (root / "studio").mkdir(parents=True)
    (root / "studio/ivr.json").write_text("old flow")
    (root / "Pulumi.prod.yaml").write_text("old")
    return root


def there(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}


def refused(drafts, root) -> str:
    before = there(root)
    with pytest.raises(Problem) as caught:
        files.replace(drafts, root)
    assert there(root) == before, "nothing is changed, and nothing is left beside it"
    return str(caught.value)


def test_a_process_that_is_killed_leaves_each_file_whole_and_the_last_one_decides(tmp_path):
    (tmp_path / "studio").mkdir()
    command = [sys.executable, killed.__file__, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True, stdout=-1)
    seen = [tuple(one) for one in json.loads(done.stdout)]
    assert len(seen) > 50
    assert set(seen) == {FIRST, ("new", "old"), LAST}
    assert seen == sorted(seen, key=[FIRST, ("new", "old"), LAST].index), "there is no way back"


def test_on_a_full_disk_nothing_is_changed(project):
    drafts = [Draft(project / "Pulumi.prod.yaml", "new"), Draft(project / "studio/ivr.json", "new flow" * 10_000)]
    with room_for(1_000):
        said = refused(drafts, project)
    what = f"{project}/studio/ivr.json cannot be written: File too large. Nothing was changed."
    assert said == f"{what} Make room, then run it again."


def test_a_file_that_cannot_be_put_in_its_place_takes_the_others_back(project, monkeypatch):
    rename = Path.replace

    def refusing(self, target):
        if target.name == "ivr.json":
            raise PermissionError(1, "Operation not permitted")  # an immutable file, a read-only mount
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", refusing)
    new = Draft(project / "studio/new.json", "new", before="")
    drafts = [Draft(project / "Pulumi.prod.yaml", "new"), new, Draft(project / "studio/ivr.json", "new")]
    assert "Operation not permitted" in refused(drafts, project)


def test_a_file_that_was_changed_meanwhile_stops_all(project):
    drafts = [Draft(project / "Pulumi.prod.yaml", "new"), Draft(project / "studio/ivr.json", "new", before="another")]
    assert refused(drafts, project) == "ivr.json was changed in the meantime. Run it again."
    assert "changed in the meantime" in refused([Draft(project / "Pulumi.prod.yaml", "new", before="")], project)


def test_mode_and_links_stay_and_missing_folders_are_made(project):
    shared = project / "shared"
    shared.mkdir()
    (project / "Pulumi.prod.yaml").rename(shared / "prod.yaml")
    (project / "Pulumi.prod.yaml").symlink_to("shared/prod.yaml")
    (shared / "prod.yaml").chmod(0o640)
    files.replace(
        [Draft(project / "Pulumi.prod.yaml", "new"), Draft(project / "studio/prod/a.json", "{}\r\n")], project
    )
    assert (project / "Pulumi.prod.yaml").is_symlink()
    assert stat.S_IMODE((shared / "prod.yaml").stat().st_mode) == 0o640
    assert there(shared) == {"prod.yaml": "new"}
    assert (project / "studio/prod/a.json").read_bytes() == b"{}\r\n"


@pytest.mark.parametrize("link", ["Pulumi.prod.yaml", "studio", "studio/ivr.json"])
def test_a_link_that_leads_out_of_the_project_is_not_followed(project, tmp_path, link):
    outside = tmp_path / "outside"
    outside.mkdir()
    (project / link).rename(outside / "it")
    (project / link).symlink_to(outside / "it")
    before = there(tmp_path)
    drafts = [Draft(project / "Pulumi.prod.yaml", "new"), Draft(project / "studio/ivr.json", "new")]
    assert "leads out of the project. Replace the link with the file or folder itself." in refused(drafts, project)
    assert there(tmp_path) == before


def test_nor_is_one_to_a_device(project):
    (project / "Pulumi.prod.yaml").unlink()
    (project / "Pulumi.prod.yaml").symlink_to("/dev/null")
    with pytest.raises(Problem, match="leads out of the project"):
        files.replace([Draft(project / "Pulumi.prod.yaml", "new")], project)
    files.replace([Draft(Path("/dev/null"), "new")], project)


def test_a_path_that_the_user_names_may_be_anywhere(project, tmp_path):
    (tmp_path / "reports").mkdir()
    (tmp_path / "latest.md").symlink_to(tmp_path / "reports" / "drift.md")
    files.replace([Draft(tmp_path / "latest.md", "new")], project)
    assert there(tmp_path / "reports") == {"drift.md": "new"}


def test_what_is_no_file_is_written_to(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    files.replace([Draft(pipe, "new")], tmp_path)
    reader.join(timeout=10)
    assert read == ["new"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize(
    ("name", "reason"), [("studio", "Is a directory"), ("circle", "links"), ("Pulumi.prod.yaml", "Permission denied")]
)
def test_what_cannot_be_written_is_said(project, name, reason, monkeypatch):
    (project / "circle").symlink_to("circle")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write what nobody may
    assert reason in refused([Draft(project / name, "new")], project)


def test_a_text_with_half_a_character_in_it_is_said(project):
    assert "half a character" in refused([Draft(project / "Pulumi.prod.yaml", "new \ud800")], project)


ELSEWHERE = {
    "adoption/plan.py",  # into a folder of its own, that is gone with it
    "files.py",
}


def test_nothing_else_writes_files():
    """What writes a file of the user's goes through here; the emulator's are its own."""
    package = ROOT / "twilio_environments"
    writing = {str(path.relative_to(package)) for path in package.rglob("*.py") if _writes(path)}
    assert {one for one in writing if not one.startswith("emulator/")} == ELSEWHERE


def _writes(path: Path) -> bool:
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    named = {getattr(call.func, "attr", getattr(call.func, "id", "")): call for call in calls}
    modes = {
        argument.value
        for call in calls
        if getattr(call.func, "attr", getattr(call.func, "id", "")) in ("open", "fdopen")
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }
    return bool({"write_text", "write_bytes"} & named.keys()) or any(set("wax+") & set(mode) for mode in modes)


def test_the_page_says_what_is_said(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))))
    page = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
    assert f"```text\n{refused([Draft(Path('Pulumi.prod.yaml'), 'new')], tmp_path)}\n```" in page
