"""One comment and one issue for each stack, found among others' by their first line, at both hosts."""

import pytest
from comment import comment
from issue import issue

from tests.pipelines.hosts import BOT, GITLAB_BOT, PULL_REQUEST
from twilio_environments.problems import Problem

MARKER = "<!-- twilio-environments preview prod -->"
ALL = {"pull-requests": "write", "issues": "write"}
HOSTS = {"github": (BOT, "PULL_REQUEST", "body"), "gitlab": (GITLAB_BOT, "CI_MERGE_REQUEST_IID", "description")}


@pytest.fixture(params=HOSTS)
def at(request, host, monkeypatch):
    """The name of the host that the job runs at."""
    for name in ("GITHUB_REPOSITORY", "GITHUB_STEP_SUMMARY", *(one[1] for one in HOSTS.values())):
        monkeypatch.delenv(name, raising=False)
    variables = host.github(ALL) if request.param == "github" else host.gitlab() | {"GITLAB_TOKEN": host.gitlab_token}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv(HOSTS[request.param][1], str(PULL_REQUEST))
    return request.param


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "text.md"
        path.write_text(f"{MARKER}\n{text}\n")
        return str(path)

    return write


def test_a_comment_is_made_once_and_then_edited_in_place(host, at, file):
    for number in range(5):
        host.add(at, "comments", "somebody", f"comment {number}")
    comment(file("first"))
    host.add(at, "comments", HOSTS[at][0], "<!-- twilio-environments preview staging -->\nanother stack's")
    before = [dict(one) for one in host.posts[at, "comments"]]
    comment(file("second"))
    after = host.posts[at, "comments"]
    assert [one["body"] for one in before] != [one["body"] for one in after]
    assert after[5].pop("body") == f"{MARKER}\nsecond\n"
    assert before[5].pop("body") == f"{MARKER}\nfirst\n"
    assert before == after


def test_what_somebody_else_wrote_is_not_edited_whatever_its_first_line(host, at, file):
    host.add(at, "comments", "somebody", f"{MARKER}\nno changes")
    comment(file("3 to create"))
    assert [one["body"].split("\n")[1] for one in host.posts[at, "comments"]] == ["no changes", "3 to create"]


def test_an_issue_is_opened_edited_and_closed_and_another_one_opened(host, at, file):
    body = HOSTS[at][2]
    issue("close", file("nothing"))
    issue("edit", file("could not be checked"))
    assert host.posts[at, "issues"] == []
    for number in range(3):
        host.add(at, "issues", "somebody", f"issue {number}")
    if at == "github":  # it lists pull requests among the issues
        host.add(at, "issues", HOSTS[at][0], f"{MARKER}\n", pull_request={})
    count = len(host.posts[at, "issues"])
    for action, text in (
        ("open", "drift"),
        ("open", "more drift"),
        ("edit", "could not be checked"),
        ("close", "none"),
    ):
        issue(action, file(text))
        (mine,) = host.posts[at, "issues"][count:]
        assert mine[body] == f"{MARKER}\n{text}\n"
        assert mine["title"] == "Twilio: preview prod"
        assert mine["state"].startswith("closed" if action == "close" else "open")
    issue("close", file("none"))
    issue("open", file("again"))
    assert [one["state"][:4] for one in host.posts[at, "issues"][count:]] == ["clos", "open"]


def test_without_a_pull_request_the_text_goes_to_the_summary(host, at, file, tmp_path, monkeypatch):
    monkeypatch.delenv(HOSTS[at][1])
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    comment(file("3 to create"))
    assert (tmp_path / "summary.md").read_text() == f"{MARKER}\n3 to create\n"
    assert host.posts[at, "comments"] == []


def test_a_token_that_may_not_write_is_told_and_not_shown(host, file, monkeypatch):
    variables = host.github({"pull-requests": "read"})
    for name, value in (variables | {"PULL_REQUEST": str(PULL_REQUEST)}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Problem, match=r"GET .*/comments was answered with HTTP 403.* may write comments") as refused:
        comment(file("first"))
    assert variables["GITHUB_TOKEN"] not in str(refused.value)
