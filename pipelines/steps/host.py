"""The part of GitHub's and GitLab's REST API that the steps need: our comments and issues, found by their first line.

Variables that the host sets say where the job runs. GitHub's token is the job's own. GitLab's job token may
not write comments, so GITLAB_TOKEN is a project access token from the secret store.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests

from twilio_environments.problems import Problem

Post = dict[str, Any]
_SECONDS = 30


@dataclass(frozen=True)
class Host:
    """A project at a host, and who we are there."""

    project: str
    """The project's address in the API."""
    headers: Mapping[str, str] = field(repr=False)
    editing: str
    """The HTTP method that edits a post."""
    author: str
    """The property of a post that has its author."""
    ours: Mapping[str, str]
    """What that property says of us. Others may write our first line too."""

    def call(self, method: str, url: str, fields: Mapping[str, str] | None = None) -> requests.Response:
        """Return the host's answer; raise Problem unless it reports success."""
        where = f"{method} {urlsplit(url).path}"
        try:
            # A redirect would take the token along.
            answer = requests.request(
                method, url, headers=dict(self.headers), json=fields, timeout=_SECONDS, allow_redirects=False
            )
        except requests.RequestException as error:
            raise Problem(f"{where} got no answer ({type(error).__name__}).", "Run the job again.") from None
        if not answer.ok or answer.is_redirect:
            raise Problem(
                f"{where} was answered with HTTP {answer.status_code}.",
                "Check that the job's token may write comments and issues (docs/pipelines.md), then run it again.",
            )
        return answer


@dataclass(frozen=True)
class Posts:
    """The comments of one pull request, or the open issues of a project."""

    host: Host
    place: str
    """Where they are listed and created, below the project."""
    item: str
    """Where a single one is, with {id}."""
    query: str = ""
    id: str = "id"
    body: str = "body"
    """The name of the property that holds the text."""
    closing: Mapping[str, str] = field(default_factory=dict)

    def find(self, marker: str) -> Post | None:
        """Return our newest one whose text begins with the marker."""
        found = [post for post in self._all() if self._is_ours(post) and post[self.body].startswith(marker)]
        return max(found, key=lambda post: int(post[self.id]), default=None)

    def create(self, fields: Mapping[str, str]) -> None:
        """Create one."""
        self.host.call("POST", f"{self.host.project}{self.place}", fields)

    def edit(self, post: Post, fields: Mapping[str, str]) -> None:
        """Edit one in place."""
        self.host.call(self.host.editing, self.host.project + self.item.format(id=post[self.id]), fields)

    def _all(self) -> Iterator[Post]:
        url = f"{self.host.project}{self.place}?per_page=100{self.query}"
        while url:
            answer = self.host.call("GET", url)
            yield from answer.json()
            url = answer.links.get("next", {}).get("url", "")
            if url and not url.startswith(f"{self.host.project}/"):
                raise Problem("The next page is at another address.", "Check this runner's proxy.")

    def _is_ours(self, post: Post) -> bool:
        author = post.get(self.host.author) or {}
        is_pull_request = "pull_request" in post  # GitHub lists them as issues too
        return all(author.get(name) == value for name, value in self.host.ours.items()) and not is_pull_request


def comments() -> Posts | None:
    """Return the comments of this job's pull request; None if there is none."""
    if number := os.environ.get("PULL_REQUEST"):
        return Posts(_github(), f"/issues/{int(number)}/comments", "/issues/comments/{id}")
    if number := os.environ.get("CI_MERGE_REQUEST_IID"):
        notes = f"/merge_requests/{int(number)}/notes"
        return Posts(_gitlab(), notes, f"{notes}/{{id}}")
    return None


def issues() -> Posts:
    """Return the open issues of this job's project; raise Problem if there is none."""
    item = "/issues/{id}"
    if os.environ.get("GITHUB_REPOSITORY"):
        return Posts(_github(), "/issues", item, "&state=open", id="number", closing={"state": "closed"})
    closing = {"state_event": "close"}
    return Posts(_gitlab(), "/issues", item, "&state=opened", id="iid", body="description", closing=closing)


def _github() -> Host:
    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {_variable('GITHUB_TOKEN')}",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    project = f"{_variable('GITHUB_API_URL')}/repos/{_variable('GITHUB_REPOSITORY')}"
    # The author of what the job's own token writes; it may not query that.
    return Host(project, headers, "PATCH", "user", {"login": "github-actions[bot]"})


def _gitlab() -> Host:
    headers = {"PRIVATE-TOKEN": _variable("GITLAB_TOKEN")}
    api = _variable("CI_API_V4_URL")
    project = f"{api}/projects/{_variable('CI_PROJECT_ID')}"
    host = Host(project, headers, "PUT", "author", {})
    return Host(project, headers, "PUT", "author", {"username": host.call("GET", f"{api}/user").json()["username"]})


def _variable(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise Problem(f"{name} is not set.", "Run this in a job of GitHub Actions or GitLab CI (docs/pipelines.md).")
    return value
