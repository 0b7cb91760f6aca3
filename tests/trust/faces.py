"""All that a stack file, its flow files and its record can make happen: every command, and what Pulumi asks for.

Pulumi's own command line is the one thing that is stood in for: it hands the files' contents over and exports the
record, and calls nobody.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from operator import methodcaller
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from pulumi import log
from pulumi.dynamic import ConfigureRequest
from pulumi.dynamic.config import Config

from twilio_environments import trust
from twilio_environments.cli import adopt, doctor, drift, flows, new, pulumi, rotate, sweep
from twilio_environments.problems import Problem
from twilio_environments.resources import adapter, host
from twilio_environments.resources.api_key import ApiKeyProvider
from twilio_environments.resources.secret_document import SecretDocumentProvider
from twilio_environments.rest import sessions
from twilio_environments.rest.session import Session
from twilio_environments.secrets import stores
from twilio_environments.settings import load
from twilio_environments.settings.guard_rail_checks import untrusted

_PROVIDERS: Mapping[str, type[adapter.Adapter]] = {"ApiKey": ApiKeyProvider, "SecretDocument": SecretDocumentProvider}
PROJECT = "acme"
SID = "AC" + "0" * 31 + "1"


def credentials() -> dict[str, str]:
    """The credentials of a run's environment, each a canary."""
    names = ("TWILIO_AUTH_TOKEN", "VAULT_TOKEN", "VAULT_ROLE_ID", "VAULT_SECRET_ID", "VAULT_JWT", "VAULT_PASSWORD")
    aws = {"AWS_ACCESS_KEY_ID": "AKIA" + secrets.token_hex(8).upper(), "AWS_SESSION_TOKEN": secrets.token_hex(30)}
    return {name: secrets.token_hex(20) for name in (*names, "AWS_SECRET_ACCESS_KEY")} | aws


@dataclass
class Run:
    """A project's folder, what was recorded, and the environment that a run of it has."""

    root: Path
    patch: pytest.MonkeyPatch
    stack: str = "qa"
    config: Mapping[str, Any] = field(default_factory=dict)
    record: list[dict[str, Any]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def write(self, config: Mapping[str, Any], files: Mapping[str, str] | None = None) -> None:
        """Write the stack file of a configuration, which is given without its namespace, and other files."""
        self.config = config
        self.text(yaml.safe_dump({"config": {f"twilio:{name}": value for name, value in config.items()}}), files or {})

    def text(self, stack_file: str, files: Mapping[str, str]) -> None:
        (self.root / "Pulumi.yaml").write_text(f"name: {PROJECT}\nruntime: python\n", encoding="utf-8")
        (self.root / f"Pulumi.{self.stack}.yaml").write_text(stack_file, encoding="utf-8")
        for name, text in files.items():
            (self.root / name).write_text(text, encoding="utf-8")

    def environment(self, **variables: str) -> None:
        """Let the process have these variables, and no other credentials or addresses."""
        for name in list(os.environ):
            if name.startswith(("AWS_", "VAULT_", "TWILIO_", "PULUMI_")):
                self.patch.delenv(name)
        for name, value in ({"HOME": str(self.root)} | variables).items():
            self.patch.setenv(name, value)
        self.patch.setattr(stores, "_stores", {})
        self.patch.setattr(pulumi, "output", self._pulumi)
        self.patch.setattr(pulumi, "run", lambda *_, **__: 1)
        self.patch.setattr(log, "info", self.said.append)
        self.patch.setattr(log, "warn", self.said.append)
        self.patch.setitem(Session.__init__.__kwdefaults__ or {}, "sleep", lambda _seconds: None)
        self.patch.chdir(self.root)

    def everything(self) -> None:
        """Do all of it; each as a process of its own would, and whatever the one before came to."""
        for name, face in self.faces().items():
            sessions.configure({})
            sessions.use(None)
            trust.declare(production=False)
            try:
                with suppress(typer.Exit):
                    face()
            except (Problem, host.HostError) as problem:
                self.said.append(f"{name}: {problem}")

    def faces(self) -> dict[str, Callable[[], Any]]:
        return {
            "doctor": lambda: self.said.extend(
                f"doctor: {one.what}" for one in doctor.examined(self.stack, self.root)[0]
            ),
            "drift": lambda: drift.review(self.stack, root=self.root),
            "flows": lambda: list(flows._flows(self.stack, [], self.root)),
            "adopt": lambda: adopt.adopt(SID, "other"),
            "new": lambda: new.new("pr-1", self.stack, force=True),
            "sweep": lambda: sweep.sweep(yes=True),
            "rotate-auth-token": lambda: rotate.rotate_auth_token(self.stack),
            "rotate-auth-token --promote": lambda: rotate.rotate_auth_token(self.stack, promote=True),
            "rotate-auth-token --abort": lambda: rotate.rotate_auth_token(self.stack, abort=True),
            "the program": self._program,
            **{f"the provider: {name}": act for name, act in self._provider()},
        }

    def _program(self) -> None:
        trust.require_own_environment(self.root)
        untrusted_ = [*untrusted(load(self._handed_over(), project=PROJECT, stack=self.stack, root=self.root))]
        self.said += map(str, untrusted_)

    def _provider(self) -> Iterator[tuple[str, Callable[[], Any]]]:
        """Yield what Pulumi asks the provider, for what is declared and for what is recorded."""
        for one in self.record:
            provider = _PROVIDERS[one["type"].rpartition(":")[2]]
            given, kept, id_ = one["inputs"], one["outputs"], one["id"]
            acts: dict[str, Callable[[adapter.Adapter], Any]] = {
                "check": partial(self._check, given),
                "create": methodcaller("create", given),
                "read": methodcaller("read", id_, kept),
                "update": methodcaller("update", id_, kept, given),
                "delete": methodcaller("delete", id_, kept),
            }
            for name, act in acts.items():
                yield f"{name} {one['type']}", partial(self._asked, provider(), act)

    def _check(self, given: dict[str, Any], ask: adapter.Adapter) -> None:
        self.said += [failure.reason for failure in ask.check({}, given).failures]

    def _asked(self, ask: adapter.Adapter, act: Callable[[Any], Any]) -> None:
        ask.configure(ConfigureRequest(Config(self._handed_over(), PROJECT)))
        act(ask)

    def _handed_over(self) -> dict[str, Any]:
        """The configuration as Pulumi hands it over."""
        return {
            f"twilio:{name}": json.dumps(value) if isinstance(value, dict | list) else str(value)
            for name, value in self.config.items()
        }

    def _pulumi(self, arguments: list[str]) -> str:
        match arguments:
            case ["version"]:
                return "v3.259.0"
            case ["stack", "export", *_]:
                return json.dumps({"deployment": {"resources": self.record}})
            case ["stack", "ls", *_]:
                return json.dumps([{"name": self.stack}])
        return "{}"


def recorded(store: Mapping[str, Any], **delivery: Any) -> list[dict[str, Any]]:
    """The record of a key and a document in a store, as `pulumi stack export` has it."""
    place = {"store": dict(store), "path": "qa/twilio", "owner": f"{PROJECT}/qa"}
    common = {"account_sid": SID, "mark": f"[{PROJECT}/qa]", "__provider": "x"}
    key = (
        common
        | {
            "friendly_name": f"api [{PROJECT}/qa]",
            "delivery": place | {"sid_property": "api_key", "secret_property": "api_secret"},
        }
        | delivery
    )
    document = common | {"document": place, "properties": {}, "auth_token_property": "auth_token"}
    facts = {"sid": "SK" + "0" * 32, "version": "1", "fingerprint": "0" * 16, "created": "2026-01-01T00:00:00Z"}
    return [
        {
            "urn": f"urn:pulumi:qa::{PROJECT}::pulumi-python:dynamic/twilio:{name}::{place_}",
            "type": f"pulumi-python:dynamic/twilio:{name}",
            "id": id_,
            "inputs": inputs,
            "outputs": inputs | facts,
        }
        for name, place_, id_, inputs in (
            ("ApiKey", "keys.api", key["friendly_name"], key),
            ("SecretDocument", "secrets", "qa/twilio", document),
        )
    ]
