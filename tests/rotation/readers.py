"""Who reads a document, as docs/secrets.md has it and past our own store: each gives the pair that it logs in with."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from typing import Any

import boto3
import hvac
import yaml

from tests.kinds.world import World
from tests.servers import ROOT, vault_binary

PAGE = (ROOT / "docs" / "secrets.md").read_text(encoding="utf-8")
Get = Callable[[], Mapping[str, str]]
Read = Callable[[], tuple[str, str]]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", PAGE, flags=re.MULTILINE | re.DOTALL)


def external_secrets() -> list[Mapping[str, Any]]:
    """The ExternalSecrets of the page."""
    documents = [one for block in blocks("yaml") for one in yaml.safe_load_all(block)]
    return [one for one in documents if one.get("kind") == "ExternalSecret"]


def reconciled(example: Mapping[str, Any], get: Get) -> dict[str, str]:
    """What the operator makes of an ExternalSecret: it asks once for each entry, and then fills in the template.

    A template that refers to what is not there is an error to the operator, and a KeyError here.
    """
    spec = example["spec"]
    found = {entry["secretKey"]: get()[entry["remoteRef"]["property"]] for entry in spec.get("data", [])}
    for _ in spec.get("dataFrom", []):
        found |= get()
    template = spec["target"].get("template", {}).get("data")
    if template is None:
        return found
    return {name: re.sub(r"\{\{ \.(\w+) \}\}", lambda match: found[match[1]], text) for name, text in template.items()}


def pair(example: Mapping[str, Any], get: Get) -> tuple[str, str]:
    """What a pod that has this Secret as its environment logs in with."""
    secret = reconciled(example, get)
    return secret["TWILIO_API_KEY"], secret["TWILIO_API_SECRET"]


def _example(store: str, world: World, get: Get) -> Read:
    (example,) = (one for one in external_secrets() if one["spec"]["secretStoreRef"]["name"] == store)
    path = example["spec"]["dataFrom"][0]["extract"]["key"].rpartition("/")[2]

    def named_as_there() -> dict[str, str]:
        stem = "reporting" if path.endswith("-reporting") else "api"
        carried = {"account_sid": world.account_sid, "auth_token": "another resource's"}
        return carried | {re.sub("^api_", f"{stem}_", name): value for name, value in get().items()}

    return lambda: pair(example, named_as_there)


def _of(document: Mapping[str, str]) -> tuple[str, str]:
    return document["api_key"], document["api_secret"]


def from_vault(world: World) -> dict[str, Read]:
    address, token = world.store_settings["vault"]["address"], os.environ["VAULT_TOKEN"]
    kv = hvac.Client(url=address, token=token).secrets.kv.v2

    def get() -> dict[str, str]:
        return dict(kv.read_secret_version(world.path, raise_on_deleted_version=True)["data"]["data"])

    (command,) = re.findall(r"`(vault kv get [^`]+)`", PAGE)
    arguments = [str(vault_binary()), *command.replace("prod/twilio", world.path).split()[1:]]
    environment = {"VAULT_ADDR": address, "VAULT_TOKEN": token, "HOME": os.environ["HOME"]}

    def by_command() -> tuple[str, str]:
        answer = subprocess.run(arguments, env=environment, check=True, capture_output=True, text=True).stdout
        return _of(json.loads(answer)["data"]["data"])

    return {"external secrets": _example("vault", world, get), "vault kv get": by_command}


def from_aws(world: World) -> dict[str, Read]:
    client = boto3.client("secretsmanager", region_name=world.store_settings["aws"]["region"])

    def get() -> dict[str, str]:
        return dict(json.loads(client.get_secret_value(SecretId=world.path)["SecretString"]))

    return {"external secrets": _example("aws", world, get), "GetSecretValue": lambda: _of(get())}
