"""A small stand-in for the part of GitHub's and GitLab's APIs that the steps call, as the hosts document it.

It keeps to what is easily got wrong: pages (two to a page, the next one in the header Link), pull requests among
GitHub's issues, texts of others, a token that may not do everything, and tokens that say which job this is.
"""

import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.servers import Request

PROJECT = "acme/twilio"
PULL_REQUEST = 7
BOT = "github-actions[bot]"
GITLAB_BOT = "project_3_bot"
_PAGE = 2
Answer = tuple[int, dict[str, str], str]
_GITHUB = rf"/github/repos/{PROJECT}/issues"
_GITLAB = "/gitlab/projects/3"
_ROUTES = (
    # path, kind, host, what the token needs
    (rf"{_GITHUB}/{PULL_REQUEST}/comments", "comments", "github", "pull-requests"),
    (rf"{_GITHUB}/comments/(\d+)", "comments", "github", "pull-requests"),
    (_GITHUB, "issues", "github", "issues"),
    (rf"{_GITHUB}/(\d+)", "issues", "github", "issues"),
    (rf"{_GITLAB}/merge_requests/{PULL_REQUEST}/notes", "comments", "gitlab", ""),
    (rf"{_GITLAB}/merge_requests/{PULL_REQUEST}/notes/(\d+)", "comments", "gitlab", ""),
    (rf"{_GITLAB}/issues", "issues", "gitlab", ""),
    (rf"{_GITLAB}/issues/(\d+)", "issues", "gitlab", ""),
)


@dataclass
class HostStandIn:
    """One project at either host; `posts` are its comments and issues, whoever wrote them."""

    url: str = ""
    posts: dict[tuple[str, str], list[dict[str, Any]]] = field(
        default_factory=lambda: {(host, kind): [] for host in ("github", "gitlab") for kind in ("comments", "issues")}
    )
    tokens: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """What each of GitHub's job tokens may do, by token."""
    identities: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """The claims of each job that may ask for a token of its identity, by the token that it asks with."""
    gitlab_token: str = field(default_factory=lambda: secrets.token_hex(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def public_key(self) -> str:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()

    def github(self, permissions: Mapping[str, str], claims: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return what GitHub sets for a job, but for its pull request."""
        token, request = secrets.token_hex(16), secrets.token_hex(16)
        self.tokens[token] = permissions
        variables = {
            "GITHUB_API_URL": f"{self.url}/github",
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": PROJECT,
            "GITHUB_TOKEN": token,
        }
        if permissions.get("id-token") == "write":
            self.identities[request] = claims or {}
            variables |= {
                "ACTIONS_ID_TOKEN_REQUEST_URL": f"{self.url}/identity?api-version=2.0",
                "ACTIONS_ID_TOKEN_REQUEST_TOKEN": request,
            }
        return variables

    def gitlab(self) -> dict[str, str]:
        """Return what GitLab sets for a job, but for its merge request."""
        return {"CI_API_V4_URL": f"{self.url}/gitlab", "CI_PROJECT_ID": "3"}

    def signed(self, claims: Mapping[str, str], audience: str) -> str:
        """Return the token that says which job this is."""
        now = int(time.time())
        lasting = {"aud": audience, "iat": now, "exp": now + 300}
        return jwt.encode({"sub": PROJECT, **claims, **lasting}, self.key, algorithm="ES256")

    def add(self, host: str, kind: str, author: str, body: str, **more: Any) -> dict[str, Any]:
        """Write a comment or an issue."""
        posts = self.posts[host, kind]
        post: dict[str, Any] = {"github": _of_github, "gitlab": _of_gitlab}[host](kind, len(posts) + 1, author, body)
        posts.append(post | more)
        return posts[-1]

    def answer(self, request: Request) -> Answer:
        """Answer as the host does."""
        address = urlsplit(request.path)
        if address.path == "/identity":
            return self._identity(request, parse_qs(address.query)["audience"][0])
        if address.path == "/gitlab/user":
            return _json(200, {"username": GITLAB_BOT}) if self._lets_in(request, "gitlab", "") else _json(401, {})
        for path, kind, host, needs in _ROUTES:
            if found := re.fullmatch(path, address.path):
                if not self._lets_in(request, host, needs):
                    return _json(403, {"message": "Resource not accessible by integration"})
                number = int(found[1]) if found.groups() else 0
                return self._post(request, host, kind, number)
        return _json(404, {})

    def _identity(self, request: Request, audience: str) -> Answer:
        claims = self.identities.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        return _json(403, {}) if claims is None else _json(200, {"value": self.signed(claims, audience)})

    def _lets_in(self, request: Request, host: str, needs: str) -> bool:
        if host == "gitlab":
            return request.headers.get("PRIVATE-TOKEN") == self.gitlab_token
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return self.tokens.get(token, {}).get(needs) == "write"

    def _post(self, request: Request, host: str, kind: str, number: int) -> Answer:
        author = BOT if host == "github" else GITLAB_BOT
        given = json.loads(request.body) if request.body else {}
        if not number:
            if request.method == "GET":
                return self._page(request, self.posts[host, kind])
            text = given.pop("description" if (host, kind) == ("gitlab", "issues") else "body")
            return _json(201, self.add(host, kind, author, text, **given))
        editing = {"github": "PATCH", "gitlab": "PUT"}[host]
        found = [one for one in self.posts[host, kind] if _number(one) == number]
        if request.method != editing or not found:
            return _json(404, {})
        if given.pop("state_event", "") == "close":
            given["state"] = "closed"
        found[0].update(given)
        return _json(200, found[0])

    def _page(self, request: Request, posts: list[dict[str, Any]]) -> Answer:
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}
        if "state" in query:
            posts = [one for one in posts if one["state"] == query["state"]]
        size, page = min(int(query["per_page"]), _PAGE), int(query.get("page", "1"))
        shown = posts[(page - 1) * size : page * size]
        rest = "&".join(f"{name}={value}" for name, value in query.items() if name != "page")
        next_ = f'<{self.url}{urlsplit(request.path).path}?{rest}&page={page + 1}>; rel="next"'
        return 200, {"Link": next_} if len(posts) > page * size else {}, json.dumps(shown)


def _of_github(kind: str, number: int, author: str, body: str) -> dict[str, Any]:
    post = {"id": 9000 + number, "body": body, "user": {"login": author}}
    return post | ({"number": number, "state": "open"} if kind == "issues" else {})


def _of_gitlab(kind: str, number: int, author: str, body: str) -> dict[str, Any]:
    post = {"id": 9000 + number, "author": {"username": author}}
    return post | ({"iid": number, "description": body, "state": "opened"} if kind == "issues" else {"body": body})


def _number(post: dict[str, Any]) -> int:
    return int(post.get("number") or post.get("iid") or post["id"])


def _json(status: int, body: Any) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(body)
