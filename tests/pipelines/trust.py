"""Who trusts which job, in a real Vault, as docs/pipelines.md says it: roles, claims and policies out of the page."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

import hvac

from tests.pipelines.hosts import HostStandIn
from tests.servers import ROOT, Vault

PAGE = (ROOT / "docs" / "pipelines.md").read_text(encoding="utf-8")
SECRETS_PAGE = (ROOT / "docs" / "secrets.md").read_text(encoding="utf-8")
NUMBERS = {"github": {"repository_id": "123456789"}, "gitlab": {"project_id": "3"}}
"""The number of the repository at either host."""


@dataclass(frozen=True)
class Role:
    """A line of the page's table, for one host."""

    host: str
    environment: str
    policy: str
    claims: Mapping[str, str]

    @property
    def name(self) -> str:
        return f"{self.host}-{self.environment}"


def roles(stack: str = "prod") -> Iterator[Role]:
    rows = re.findall(r"^\| `(prod[\w-]*)` \| `(twilio-[\w-]+)` \| `(\{.*?\})` \| `(\{.*?\})` \|$", PAGE, re.MULTILINE)
    assert len(rows) == 4
    for environment, policy, github, gitlab in rows:
        for host, text in (("github", github), ("gitlab", gitlab)):
            claims = json.loads(text.replace('"prod', f'"{stack}')) | NUMBERS[host]
            assert claims["environment"] == environment.replace("prod", stack) or host == "gitlab"
            yield Role(host, claims["environment"], policy.replace("prod", stack), claims)


def policies(stack: str = "prod") -> dict[str, str]:
    own = re.findall(r"```hcl\n(.*?)```", PAGE, flags=re.DOTALL)
    assert len(own) == 3
    writing = re.findall(r"```hcl\n(.*?)```", SECRETS_PAGE, flags=re.DOTALL)[0] + own[0]
    named = {"twilio-prod": writing, "twilio-prod-preview": own[1], "twilio-prod-review": own[2]}
    return {name.replace("prod", stack): text.replace("prod", stack) for name, text in named.items()}


def trusting(vault: Vault, host: HostStandIn, stack: str = "prod") -> None:
    """Let Vault trust the host, as the page says it."""
    root = hvac.Client(url=vault.address, token=vault.token)
    with suppress(hvac.exceptions.InvalidRequest):  # another test's, in the same Vault
        root.sys.enable_auth_method("jwt")
    root.auth.jwt.configure(jwt_validation_pubkeys=[host.public_key])
    for name, policy in policies(stack).items():
        root.sys.create_or_update_policy(name, policy)
    page = json.loads(re.findall(r"```json\n(.*?)```", PAGE, flags=re.DOTALL)[0])
    ephemeral = [
        Role(one.host, "ephemeral", one.policy, dict(one.claims) | {"environment": "ephemeral"})
        for one in roles(stack)
        if one.environment == f"{stack}-rotation"
    ]
    for one in (*roles(stack), *ephemeral):
        role = page | {"bound_claims": one.claims, "token_policies": [one.policy], "bound_audiences": [vault.address]}
        root.auth.jwt.create_role(one.name, allowed_redirect_uris=[], **role)


def claims_of(host: str, environment: str) -> dict[str, str]:
    """What a host says of a job of its default branch, or, by its environment, of a request."""
    of_request = environment.endswith("-request")
    if host == "github":
        ref, event = ("refs/pull/7/merge", "pull_request") if of_request else ("refs/heads/main", "push")
        return NUMBERS["github"] | {
            "repository": "acme/twilio",
            "environment": environment,
            "ref": ref,
            "event_name": event,
        }
    return NUMBERS["gitlab"] | {
        "project_path": "acme/twilio",
        "environment": environment,
        "environment_protected": str(environment in {"prod", "staging"}).lower(),
        "ref": "feature" if of_request else "main",
        "ref_type": "branch",
        "ref_protected": str(not of_request).lower(),
        "pipeline_source": "merge_request_event" if of_request else "push",
    }
