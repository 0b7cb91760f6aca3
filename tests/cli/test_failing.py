"""How commands fail that read or write files, or run Pulumi: one sentence and what to do, and never a traceback."""

import pytest

from twilio_environments import files
from twilio_environments.cli import main, project, pulumi
from twilio_environments.problems import Problem


def test_a_report_that_cannot_be_written(tmp_path):
    with pytest.raises(Problem, match="cannot be written: No such file or directory"):
        files.replace([files.Draft(tmp_path / "nowhere" / "drift.md", "")], tmp_path / "project")


@pytest.mark.parametrize("text", ["", "runtime: python", "- name: acme", "name: [", "name:"])
def test_a_project_without_a_name(tmp_path, text):
    (tmp_path / "Pulumi.yaml").write_text(text)
    with pytest.raises(Problem, match=r"Pulumi\.yaml (has no project name|is not YAML)"):
        project.opened("prod", tmp_path)


@pytest.mark.parametrize("printed", ["", "{}\n{}", "[1]"])
def test_pulumi_prints_something_else_than_json(monkeypatch, printed):
    monkeypatch.setattr(pulumi, "output", lambda _: printed)
    with pytest.raises(Problem, match="pulumi preview did not print a JSON object"):
        pulumi.said(["preview", "--json"])


def test_what_is_invisible_in_a_failure_is_spelled_out(monkeypatch, tmp_path, capsys):
    (tmp_path / "Pulumi.yaml").write_text("name: acme")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["twilio-env", "drift", "--stack", "a\x1b[31m"])
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith("Pulumi.a[U+001B][31m.yaml cannot be read.")
