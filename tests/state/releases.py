"""What a release left behind, kept as text: its state, the emulator's rows and the secret documents it goes with.

Identifiers and secrets are made of a counter, so they are obviously nobody's; in the files they are shortened to
`PN@12`, so that no scanner takes one for an identifier of Twilio's.
"""

from __future__ import annotations

import itertools
import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from tests.servers import Vault
from tests.stacks.stack import Stack
from twilio_environments.emulator import Emulator
from twilio_environments.secrets.stores import StoreSettings, connect

RELEASES = Path(__file__).parent / "releases"
STACK = "released"
_SID = re.compile(r"\b([A-Z]{2})(0{20}[0-9a-f]{12})\b")
_SHORT = re.compile(r"\b([A-Z]{2})@([0-9]+)\b")


def shortened(text: str) -> str:
    return _SID.sub(lambda found: f"{found[1]}@{int(found[2], 16)}", text)


def lengthened(text: str) -> str:
    return _SHORT.sub(lambda found: f"{found[1]}{int(found[2]):032x}", text)


def released() -> list[str]:
    """The versions that a state is kept of, oldest first."""
    return sorted(path.name for path in RELEASES.iterdir())


@contextmanager
def counted() -> Iterator[None]:
    """Within, the emulator's identifiers and secrets are numbers in a row."""
    numbers = itertools.count(1)

    def number(_bytes: int) -> str:
        return f"{next(numbers):032x}"

    with mock.patch("secrets.token_hex", number), mock.patch("secrets.token_urlsafe", number):
        yield


def new_stack(folder: Path, project: Path, twilio: Emulator, vault: Vault) -> Stack:
    """The stack as a release's own settings declare it, run by the program of today."""
    stack = Stack.of_project(STACK, folder, twilio, None)
    for path in (project / "project").rglob("*.*"):
        target = stack.folder / path.relative_to(project / "project")
        target.parent.mkdir(exist_ok=True)
        target.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    stack.environment |= {"VAULT_ADDR": vault.address, "VAULT_TOKEN": vault.token}
    return stack


def write(folder: Path, stack: Stack, vault: Vault) -> None:
    """Keep the state of a stack that is up, and what it goes with."""
    tables = stack.twilio.state._tables
    documents = {
        (place["path"], place["owner"])
        for resource in stack.resources().values()
        for place in (resource.get("outputs", {}).get(name) for name in ("delivery", "document"))
        if isinstance(place, dict)
    }
    store = _store(vault)
    kept: dict[str, Any] = {
        "state": _impersonal(json.loads(stack.pulumi("stack", "export").stdout)),
        "twilio": {name: table._rows for name, table in sorted(tables.items()) if name != "events" and table._rows},
        "documents": [
            {"path": path, "owner": owner, "properties": dict(found.properties)}
            for path, owner in sorted(documents)
            if (found := store.read(path))
        ],
    }
    for name, content in kept.items():
        text = json.dumps(content, indent=1, ensure_ascii=False)
        assert lengthened(shortened(text)) == text
        (folder / f"{name}.json").write_text(shortened(text) + "\n", encoding="utf-8")


def _impersonal(state: dict[str, Any]) -> dict[str, Any]:
    """The state without what is of the machine that wrote it; it has no secret, so it needs no key to one either."""
    deployment = state["deployment"]
    del deployment["secrets_providers"]
    for resource in deployment["resources"]:
        for position in ("sourcePosition", "stackTrace"):
            resource.pop(position, None)
    return state


def read(folder: Path, name: str) -> Any:
    return json.loads(lengthened((folder / f"{name}.json").read_text(encoding="utf-8")))


@contextmanager
def twilio_of(folder: Path) -> Iterator[Emulator]:
    """An emulator that finds what the release had made in its file, as after an upgrade."""
    tables = read(folder, "twilio")
    main = next(iter(tables["accounts"].values()))
    with tempfile.TemporaryDirectory() as kept:
        with Emulator(Path(kept), account_sid=main["sid"], auth_token=main["auth_token"]) as twilio:
            for name, rows in tables.items():
                for sid, row in rows.items():
                    twilio.state.table(name).put(sid, row)
        with Emulator(Path(kept)) as twilio:
            yield twilio


def store_documents(folder: Path, vault: Vault) -> None:
    for document in read(folder, "documents"):
        _store(vault).write(document["path"], document["owner"], document["properties"])


def _store(vault: Vault) -> Any:
    return connect(StoreSettings.model_validate({"vault": {"address": vault.address}}))
