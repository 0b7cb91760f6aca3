"""Canaries: the secrets of a stack's whole life, and every place that must never hold one.

Each secret is unique. What a run leaves is looked at as a whole: the folder that is HOME, PULUMI_HOME, backend and
project at once, what every command printed at its most verbose, the event log, the engine's own gRPC log, its encrypted
log, and, as long as they were there, the arguments of every process and the temporary files. So are the hosts of other
machines, each with all that it was sent: the run's own Twilio and store are on this one.
"""

import json
import secrets
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.stacks.documents import Documents
from tests.stacks.leaks import encoded
from tests.stacks.stack import Run, Stack
from tests.trust.hosts import Hosts
from twilio_environments.emulator import Emulator

VERBOSE = ("-v=9", "--logtostderr", "--debug")
KINDS = {
    "/stacks/": "state",
    "/history/": "history",
    "/backups/": "backups",
    "-events.json": "event log",
    "-grpc.json": "gRPC log",
    "logs decrypt: stdout": "encrypted log",
    "stack output: stdout": "outputs",
    "project/": "project",
    "temporary/": "temporary files",
    "process ": "process arguments",
    "host ": "hosts",
    ": stdout": "stdout",
    ": stderr": "stderr",
}
"""Each kind of place, by what the name of such a place has in it."""
_SAMPLE_SECONDS = 0.05


class Canaries:
    """A stack whose commands are watched."""

    def __init__(
        self, folder: Path, twilio: Emulator, documents: Documents, given: dict[str, str], hosts: Hosts
    ) -> None:
        """Make an empty stack in a folder; `given` are the secrets that it is given, by what they are."""
        # Whatever an encoding would change is in it.
        passphrase = 'pass"\\&<>/+ ' + secrets.token_urlsafe(24)
        documents.variables["PULUMI_CONFIG_PASSPHRASE"] = passphrase
        self.secrets = given | {"the passphrase": passphrase, "the main auth token": twilio.auth_token}
        self.stack = stack = Stack.of_project("canaries", folder, twilio, documents)
        self._hosts = hosts
        stack.environment |= hosts.as_proxy
        stack.environment["PULUMI_DEBUG_COMMANDS"] = "true"  # for --event-log
        self._events = stack.home / "events"
        self._events.mkdir()
        self._passing: dict[str, bytes] = {}
        self._news = threading.Condition()
        self._decrypted: set[Path] = set()
        stack.twilio.on_answer = self._remember

    def run(self, *arguments: str, fails: bool | None = False) -> Run:
        """Run Pulumi, with everything that it can be made to say."""
        with self.watching():
            return self.stack.pulumi(*arguments, *self.loud(), fails=fails)

    def twilio_env(self, *arguments: str) -> Run:
        """Run `twilio-env`, which has to succeed."""
        command = [sys.executable, "-m", "twilio_environments.cli", *arguments]
        began = time.monotonic()
        with self.watching():
            done = subprocess.run(
                command, cwd=self.stack.folder, env=self.stack.environment, capture_output=True, text=True, check=False
            )
        run = Run(("twilio-env", *arguments), done.returncode, done.stdout, done.stderr, time.monotonic() - began)
        self.stack.runs.append(run)
        assert run.code == 0, str(run)
        return run

    def loud(self) -> list[str]:
        """Return the options by which Pulumi says all that it can; its gRPC log goes to a file of its own."""
        number = len(self.stack.runs)
        self.stack.environment["PULUMI_DEBUG_GRPC"] = str(self._events / f"{number}-grpc.json")
        return [*VERBOSE, "--event-log", str(self._events / f"{number}-events.json")]

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Write down the arguments of the processes and the temporary files that come and go meanwhile."""
        over = threading.Event()
        thread = threading.Thread(target=self._sample, args=(over, _processes()), daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def seen(self, process: str) -> None:
        """Wait until the arguments of a process were written down."""
        with self._news:
            assert self._news.wait_for(lambda: any(f"process {process} " in place for place in [*self._passing]), 60)

    def ask_for_everything(self) -> None:
        """Have the CLI show all that it has kept."""
        self.stack.environment.pop("PULUMI_DEBUG_GRPC", None)
        # Those of a command that does nothing to the stack have a name that begins with "pulumi-".
        logs = {
            log for log in (self.stack.home / "pulumi" / "logs").glob("*.log") if not log.name.startswith("pulumi-")
        }
        for log in sorted(logs - self._decrypted):
            self.stack.pulumi("logs", "decrypt", str(log), fails=None)  # a run that was killed has cut its own off
        self._decrypted |= logs
        for what in (("export",), ("output", "--json"), ("history", "--json")):
            self.stack.pulumi("stack", *what)

    def places(self) -> Iterator[tuple[str, bytes]]:
        """Yield every place and what it holds."""
        for path in self.stack.home.rglob("*"):
            if path.is_file() and not any(one.is_symlink() for one in (path, *path.parents)):
                yield str(path.relative_to(self.stack.home)), path.read_bytes()
        for number, run in enumerate(self.stack.runs):
            name = f"run {number}, {' '.join(run.arguments[:2])}"
            yield f"{name}: stdout", run.stdout.encode()
            yield f"{name}: stderr", run.stderr.encode()
        yield from self._passing.items()
        yield from self._hosts.places()

    def hits(self) -> tuple[int, list[str]]:
        """Return how many places were looked at, and where which secret was found in which form."""
        return search(self.places(), self.secrets)

    def kinds(self) -> set[str]:
        """Return which kinds of places there are, so that none is missing without being noticed."""
        places = [place for place, _ in self.places()]
        return {kind for part, kind in KINDS.items() if any(part in place for place in places)}

    def _remember(self, method: str, _product: str, _pattern: str, _status: int, body: Any) -> None:
        if method != "POST" or not isinstance(body, dict):
            return
        for name in ("secret", "auth_token", "secondary_auth_token"):
            secret = body.get(name)
            if isinstance(secret, str) and secret not in self.secrets.values():
                self.secrets[f"{name} {len(self.secrets)} of {body.get('friendly_name', 'an account')}"] = secret

    def _sample(self, over: threading.Event, before: set[str]) -> None:
        temporary = Path(self.stack.environment["TMPDIR"])
        while not over.wait(_SAMPLE_SECONDS):
            for number in _processes() - before:
                with suppress(OSError):  # it is over
                    arguments = Path(f"/proc/{number}/cmdline").read_bytes()
                    self._passing[f"process {number} {hash(arguments)}"] = arguments
            for path in temporary.rglob("*"):
                with suppress(OSError):  # it is gone
                    if path.is_file() and not path.is_symlink():
                        content = path.read_bytes()
                        self._passing[f"passing temporary/{path.name} {hash(content)}"] = content
            with self._news:
                self._news.notify_all()


def search(places: Iterable[tuple[str, bytes]], wanted: Mapping[str, str]) -> tuple[int, list[str]]:
    """Return how many places were looked at, and where which secret was found in which form."""
    forms = [
        (name, form, needle) for name, secret in wanted.items() for form, needle in [*encoded(secret), *_more(secret)]
    ]
    looked, found = 0, []
    for place, content in places:
        looked += 1
        found += [f"{place}: {name}, {form}" for name, form, needle in forms if needle in content]
    return looked, found


def _more(secret: str) -> Iterator[tuple[str, bytes]]:
    """Yield the forms that a secret may have besides: in JSON as Python, Go and JavaScript escape it, and others."""
    plain = json.dumps(secret)[1:-1]
    go = plain.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    once = (plain, go, plain.replace("/", "\\/"))
    for form in dict.fromkeys((*once, *(json.dumps(form)[1:-1] for form in once))):
        if form != secret:
            yield "json-escaped", form.encode()
    yield "in hexadecimal capitals", secret.encode().hex().upper().encode()
    if (form := urllib.parse.quote_plus(secret)) != secret:
        yield "form-escaped", form.encode()


def _processes() -> set[str]:
    return {path.name for path in Path("/proc").iterdir() if path.name.isdigit()}
