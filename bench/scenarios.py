"""The life of a stack, measured step by step: ours, the reference of resources that do nothing, and one GET each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests

from bench.process import Usage
from bench.servers import Twilio
from bench.stack import COMMANDS, FAST, Stack, noop_project, noop_settings, one_by_one, project
from bench.stacks import Shape

SCENARIOS = ("create", "preview", "refresh", "drift", "change", "destroy")
Sample = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """The conditions under which one life of a stack is measured."""

    twilio: Twilio
    shape: Shape
    latency: int
    fast: bool = True

    def life(self, subject: str) -> Iterator[Sample]:
        """Yield a sample of each step of a life; `subject` is `ours`, `noop` or `empty`."""
        with TemporaryDirectory(prefix="bench-") as folder:
            yield from (self._ours(Path(folder)) if subject == "ours" else self._noop(Path(folder), subject))

    def _ours(self, home: Path) -> Iterator[Sample]:
        folder = project(home / "project")
        self.shape.write(folder)
        stack = Stack(folder, home, self.twilio.variables | (FAST if self.fast else {}))
        self.twilio.latency(self.latency)
        try:
            yield self._step("ours", "create", lambda: stack.run(*COMMANDS["create"]))
            if not self.fast:
                return
            for scenario in ("preview", "refresh"):
                yield self._step("ours", scenario, lambda scenario=scenario: stack.run(*COMMANDS[scenario]))  # type: ignore[misc]
            copy = one_by_one(folder, home / "one-by-one")
            yield self._step("one by one", "refresh", lambda: stack.run(*COMMANDS["refresh"], folder=copy))
            self._by_hand("drifted")
            yield self._step("ours", "drift", stack.drift)
            self._by_hand("")
            self.shape.write(folder, changed=True)
            yield self._step("ours", "change", lambda: stack.run(*COMMANDS["change"]))
            yield self._step("ours", "destroy", lambda: stack.run(*COMMANDS["destroy"]))
        finally:
            self._close()

    def _noop(self, home: Path, subject: str) -> Iterator[Sample]:
        folder = noop_project(home / "project")
        count = self.shape.resources if subject == "noop" else 0
        noop_settings(folder, count, "old")
        stack = Stack(folder, home, FAST if self.fast else {})
        yield self._step(subject, "create", lambda: stack.run(*COMMANDS["create"]))
        if not self.fast:
            return
        yield self._step(subject, "preview", lambda: stack.run(*COMMANDS["preview"]))
        if subject == "empty":
            return
        yield self._step(subject, "refresh", lambda: stack.run(*COMMANDS["refresh"]))
        noop_settings(folder, count, "new")
        yield self._step(subject, "change", lambda: stack.run(*COMMANDS["change"]))
        yield self._step(subject, "destroy", lambda: stack.run(*COMMANDS["destroy"]))

    def _step(self, subject: str, scenario: str, command: Callable[[], Usage]) -> Sample:
        self.twilio.begin()
        usage = command()
        calls = self.twilio.counted()
        return {
            "family": self.shape.family,
            "size": self.shape.size,
            "latency": self.latency,
            "checkpoints": not self.fast,
            "subject": subject,
            "scenario": scenario,
            "calls": calls.count,
            "bytes": calls.bytes,
            **{name: round(value, 3) for name, value in asdict(usage).items()},
        }

    def _by_hand(self, status_callback: str) -> None:
        """Change 1% of the numbers, at least one, as somebody else would: without the measured latency."""
        self.twilio.latency(0)
        url = f"https://hooks.acme.example.com/{status_callback}" if status_callback else ""
        account = self._accounts()[0]
        api = f"{self.twilio.variables['TWILIO_ENDPOINT']}/2010-04-01/Accounts/{account['sid']}"
        auth, host = (account["sid"], account["auth_token"]), {"Host": "api.twilio.com"}
        listed = requests.get(
            f"{api}/IncomingPhoneNumbers.json?PageSize=1000", auth=auth, headers=host, timeout=60
        ).json()["incoming_phone_numbers"]
        for number in listed[: max(1, len(listed) // 100)]:
            answer = requests.post(
                f"{api}/IncomingPhoneNumbers/{number['sid']}.json",
                auth=auth,
                headers=host,
                data={"StatusCallback": url},
                timeout=60,
            )
            answer.raise_for_status()
        self.twilio.latency(self.latency)

    def _close(self) -> None:
        """Close the accounts that an unfinished life left open, so that its numbers are for sale again."""
        self.twilio.latency(0)
        for account in self._accounts():
            self._main("POST", f"/2010-04-01/Accounts/{account['sid']}.json", {"Status": "closed"})

    def _accounts(self) -> list[dict[str, Any]]:
        main = self.twilio.variables["TWILIO_ACCOUNT_SID"]
        listed = self._main("GET", "/2010-04-01/Accounts.json?Status=active")["accounts"]
        return [account for account in listed if account["sid"] != main]

    def _main(self, method: str, path: str, form: dict[str, str] | None = None) -> Any:
        variables = self.twilio.variables
        answer = requests.request(
            method,
            variables["TWILIO_ENDPOINT"] + path,
            auth=(variables["TWILIO_ACCOUNT_SID"], variables["TWILIO_AUTH_TOKEN"]),
            headers={"Host": "api.twilio.com"},
            data=form,
            timeout=60,
        )
        answer.raise_for_status()
        return answer.json()
