"""No answer is worse than a clear error: nothing is concluded from it, and the same again completes what was begun."""

from __future__ import annotations

import os
import re
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests import figures
from tests.damage.damages import CANARY
from tests.stores.memory import FOREIGN, Memory, MemoryStore
from tests.stores.wire import CHANGES, FOR_EVER, installed
from twilio_environments.problems import Problem
from twilio_environments.secrets.stores.vault.settings import VaultSettings
from twilio_environments.secrets.stores.vault.store import VaultStore

LONG = bool(os.environ.get("TWILIO_ENVIRONMENTS_LONG"))
OURS, RENAMED = "acme/messaging/prod", "acme/messaging/renamed"
SECRET = "shh-1"
_UNCLEAR = re.compile(r"<|Error\(|KeyError|fault in|hand it over|was not made|kept changing|Another run|" + CANARY)


@dataclass(frozen=True)
class Operation:
    """What is done with a document that holds `before`, or was never written, and what it holds then."""

    act: Callable[[Any, str], Any]
    before: dict[str, str] | None
    after: dict[str, str] | None
    versions: int


SET = {"a": SECRET}
OPERATIONS = {
    "read": Operation(lambda store, path: store.read(path), SET, SET, 0),
    "check": Operation(lambda store, path: store.check(path, OURS, to_write=True), SET, SET, 0),
    "make": Operation(lambda store, path: store.write(path, OURS, SET, expect={"a": None}), None, SET, 2),
    "change": Operation(
        lambda store, path: store.write(path, OURS, {"b": "2"}, ["a"], expect={"a": SECRET}), SET, {"b": "2"}, 1
    ),
    "remove": Operation(lambda store, path: store.remove(path, OURS, ["a"]), SET, None, 1),
    "hand over": Operation(lambda store, path: store.hand_over(path, OURS, RENAMED), SET, SET, 0),
}
READS_ALL = ("GET sys/internal/ui/mounts", "GET secret/data")
CASES = {
    "read": READS_ALL,
    "check": ("GET secret/metadata", "POST sys/capabilities-self", "GET auth/token/lookup-self"),
    "make": (*READS_ALL, "GET secret/metadata", "POST secret/data", "POST secret/metadata"),
    "change": ("GET secret/data", "POST secret/data"),
    "remove": ("GET secret/data", "POST secret/data", "POST secret/delete"),
    "hand over": ("GET secret/metadata", "POST secret/metadata"),
}


class Trial:
    """One operation, damaged, then again in peace."""

    def __init__(self, operation: Operation, connect: Callable[[], Any], path: str, versions: Callable[[str], int]):
        self.operation, self.connect, self.path, self.versions = operation, connect, path, versions
        if operation.before is not None:
            connect().write(path, OURS, operation.before)
        self.made = versions(path)

    def violations(self, damage: Callable[[], Any]) -> Iterator[str]:
        answer: Any = None
        said, done = "", False
        try:
            with damage():
                answer = self.operation.act(self.connect(), self.path)
            done = True
        except Problem as problem:
            said = "".join(traceback.format_exception_only(problem))
        except Exception as error:  # noqa: BLE001 - shown by the assertion
            yield f"{type(error).__name__}: {error}"
        if _UNCLEAR.search(said.partition(": ")[2]) or SECRET in said:
            yield f"it says: {said}"
        if done and self.operation.before and answer is None and self.operation.act is OPERATIONS["read"].act:
            yield "what is there is taken for gone"
        if done:
            yield from self.as_it_should_be()
        again = self.connect()
        if self.operation.act is OPERATIONS["make"].act or self.operation.act is OPERATIONS["change"].act:
            put = self.operation.after or {}
            again.write(self.path, OURS, put, set(self.operation.before or {}) - set(put))
        else:
            self.operation.act(again, self.path)
        yield from self.as_it_should_be()

    def as_it_should_be(self) -> Iterator[str]:
        document = self.connect().read(self.path)
        properties = dict(document.properties) if document else None
        if properties != self.operation.after:
            yield f"the document holds {properties}"
        made = self.versions(self.path) - self.made
        if made > self.operation.versions:
            yield f"it has {made} new versions"


@pytest.mark.usefixtures("vault_environment", "no_waiting")
@pytest.mark.parametrize("case", [(name, one) for name, ones in CASES.items() for one in ones], ids=": ".join)
def test_no_answer_of_vault_is_worse_than_a_clear_error(vault, root, path, record_property, case):
    name, endpoint = case
    kv = root.secrets.kv.v2

    def versions(path: str) -> int:
        found = root.adapter.get(f"/v1/secret/metadata/{path}", raise_exception=False)
        return len(found["data"]["versions"]) if isinstance(found, dict) else 0

    def connect() -> VaultStore:
        return VaultStore(VaultSettings().resolved())

    wrong, struck = [], 0
    both = [(damage, times) for damage in CHANGES for times in (1, FOR_EVER)]
    # In a short run every damage is tried, once or for ever by turns, and the other way round at the next endpoint.
    first = list(CASES).index(name) + CASES[name].index(endpoint)
    cases = both if LONG else [both[2 * n + (n + first) % 2] for n in range(len(CHANGES))]
    for number, (damage, times) in enumerate(cases):
        trial = Trial(OPERATIONS[name], connect, f"{path}-{number}", versions)
        with installed(vault.address) as wire:
            found = list(trial.violations(lambda: wire.damaging(endpoint, CHANGES[damage], times)))  # noqa: B023
        struck += wire.calls[endpoint] > 0
        if found:
            wrong.append(f"{damage}, {'once' if times == 1 else 'for ever'}: {'; '.join(found)}")
        kv.delete_metadata_and_all_versions(f"{path}-{number}")
    record_property(figures.COUNTED, ("stores", {"damages": len(cases), "violations": len(wrong)}))
    assert struck == len(cases)
    assert not wrong, "\n" + "\n".join(wrong)


MEMORY = ("lost", *FOREIGN)


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_answer_of_the_store_in_memory_is_worse_than_a_clear_error(no_waiting, path, record_property, name):
    def trial(at: int, damage: str, times: int) -> tuple[bool, list[str]]:
        memory = Memory()
        trial = Trial(OPERATIONS[name], lambda: MemoryStore(memory), path, lambda path: memory.versions.get(path, 0))
        found = list(trial.violations(lambda: memory.damaging(at, damage, times)))
        return memory.struck, [f"call {at}, {damage}, {times}: {one}" for one in found]

    wrong: list[str] = []
    tried = 0
    for at in range(1, 20):
        trials = [trial(at, damage, times) for damage in MEMORY for times in (1, FOR_EVER)]
        tried += sum(struck for struck, _ in trials)
        wrong += [one for _, found in trials for one in found]
        if not any(struck for struck, _ in trials):
            break
    record_property(figures.COUNTED, ("stores", {"damages": tried, "violations": len(wrong)}))
    assert tried >= 2 * len(MEMORY)
    assert not wrong, "\n" + "\n".join(wrong)
