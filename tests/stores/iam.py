"""A gate before AWS that lets through what a policy allows, as IAM decides it.

Nothing is allowed that no statement allows; `*` stands for any characters and `?` for one [AWS: IAM policy elements].
A secret is judged by its ARN, its name and six characters of AWS's choice, also before it exists [AWS: Secrets Manager,
permissions policies]. Conditions, denials and resource policies are not looked at: the documented policies have none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.servers import Request, answering

_ACCOUNT = "123456789012"  # moto's, and that of the page
_JSON = {"Content-Type": "application/x-amz-json-1.1"}
Policy = Mapping[str, Any]


@dataclass
class Gate:
    """What it lets through, and the actions that were asked for."""

    upstream: str
    policy: Policy
    url: str = ""
    asked: set[str] = field(default_factory=set)

    def answer(self, request: Request) -> tuple[int, dict[str, str], str]:
        operation, body = request.headers["X-Amz-Target"].rpartition(".")[2], json.loads(request.body)
        action = f"secretsmanager:{operation}"
        self.asked.add(action)
        if not allows(self.policy, action, self._resource(request, body.get("SecretId") or body["Name"])):
            refusal = {"__type": "AccessDeniedException", "message": "no identity-based policy allows the action"}
            return 400, _JSON, json.dumps(refusal)
        passed = requests.post(self.upstream, headers=request.headers, data=request.body, timeout=20)
        return passed.status_code, _JSON | {"x-amzn-RequestId": passed.headers["x-amzn-RequestId"]}, passed.text

    def _resource(self, request: Request, name: str) -> str:
        headers = request.headers | {"X-Amz-Target": "secretsmanager.DescribeSecret"}
        known = requests.post(self.upstream, headers=headers, data=json.dumps({"SecretId": name}), timeout=20)
        if known.ok:
            return str(known.json()["ARN"])
        region = request.headers["Authorization"].split("/")[2]
        return f"arn:aws:secretsmanager:{region}:{_ACCOUNT}:secret:{name}-AbC123"


def allows(policy: Policy, action: str, resource: str) -> bool:
    return any(
        statement["Effect"] == "Allow"
        and any(_fits(pattern, action) for pattern in _list(statement["Action"]))
        and any(_fits(pattern, resource) for pattern in _list(statement["Resource"]))
        for statement in policy["Statement"]
    )


def _fits(pattern: str, text: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), text) is not None


def _list(one_or_more: str | Sequence[str]) -> Sequence[str]:
    return [one_or_more] if isinstance(one_or_more, str) else one_or_more


@contextmanager
def gate(upstream: str, policy: Policy) -> Iterator[Gate]:
    one = Gate(upstream, policy)
    with answering(one.answer) as one.url:
        yield one
