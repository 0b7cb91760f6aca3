"""Real servers for tests, on loopback, that end with the test process: Vault's dev server, moto's AWS, the emulator."""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parents[1]
# As it was before any test changed HOME: the tools' folder is the user's, and building Vault takes minutes.
_INHERITED = dict(os.environ)
# Where a server's environment may come from; credentials of whoever runs the tests stay out.
_ENVIRONMENT = {
    name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV") if name in os.environ
}
# A test process that is killed runs no cleanup. Linux passes the wish on through exec; elsewhere the server would stay.
_DIE_WITH_PARENT = """
import ctypes, os, signal, sys
PR_SET_PDEATHSIG = 1
ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
os.execvp(sys.argv[1], sys.argv[1:])
"""


@dataclass(frozen=True)
class Vault:
    """A running dev server: unsealed, in memory, KV version 2 at `secret`."""

    address: str
    token: str = field(repr=False)
    ca_cert: str | None
    unseal_key: str = field(repr=False)
    binary: Path


@cache
def vault_binary() -> Path:
    """Return where the `vault` command is; brings it when it is not there."""
    return Path(_output(sys.executable, "tools/install.py", "vault")) / "vault"


@contextmanager
def vault_server(*, tls: bool = False) -> Iterator[Vault]:
    """Run `vault server -dev`; raises CalledProcessError with the reason on stderr when there is no Vault to run."""
    binary = vault_binary()
    with tempfile.TemporaryDirectory() as folder:
        # Vault does not say which port it was given for port 0, so one is chosen here, and again if it was taken.
        for attempt in range(5):
            port = _free_port()
            token = secrets.token_hex(16)
            command = [str(binary), "server", "-dev", "-dev-no-store-token", f"-dev-listen-address=127.0.0.1:{port}"]
            command += ["-dev-tls", f"-dev-tls-cert-dir={folder}"] if tls else []
            with _running(command, {"VAULT_DEV_ROOT_TOKEN_ID": token}) as lines:
                key = _wait_for(lines, "Unseal Key: ", required=attempt == 4)
                if key is None:
                    continue
                yield Vault(
                    address=f"{'https' if tls else 'http'}://127.0.0.1:{port}",
                    token=token,
                    ca_cert=f"{folder}/vault-ca.pem" if tls else None,
                    unseal_key=key,
                    binary=binary,
                )
                return


@contextmanager
def moto_server() -> Iterator[str]:
    """Run the local AWS and give its URL, for AWS_ENDPOINT_URL."""
    command = [sys.executable, str(ROOT / "tools" / "local_aws.py"), "-H", "127.0.0.1", "-p", "0"]
    with _running(command, {"NO_COLOR": "1"}) as lines:
        yield str(_wait_for(lines, "Running on ", required=True))


@contextmanager
def emulator_server() -> Iterator[dict[str, str]]:
    """Run the emulated Twilio, in memory, in a process of its own, and give the variables by which programs meet it."""
    with _running([sys.executable, "-m", "twilio_environments.cli", "emulator"], {}) as lines:
        names = ("TWILIO_ENDPOINT", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
        yield {name: str(_wait_for(lines, f"export {name}=", required=True)).strip("'") for name in names}


@dataclass
class Request:
    """What `answering` was asked."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@contextmanager
def answering(answer: Callable[[Request], tuple[int, dict[str, str], str]]) -> Iterator[str]:
    """Run an HTTP server that answers with status, headers and body as `answer` says, and give its URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            status, headers, text = answer(Request(self.command, self.path, dict(self.headers), body))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[list[str | None]]:
    """Run `command`, and give the list that its output lines are added to, None for the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", _DIE_WITH_PARENT, *command] if sys.platform == "linux" else command,
        env=_ENVIRONMENT | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    output = process.stdout
    lines: list[str | None] = []
    # Read to the end, or the server stops when the pipe is full.
    reader = threading.Thread(target=_collect, args=(output, lines), daemon=True)
    reader.start()
    try:
        yield lines
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reader.join()
        output.close()


def _collect(output: Iterable[str], lines: list[str | None]) -> None:
    for line in output:
        lines.append(line)  # noqa: PERF402 - a reader waits for each line as it comes
    lines.append(None)


def _wait_for(lines: list[str | None], prefix: str, *, required: bool) -> str | None:
    """Return what follows `prefix` in the output; None if the process ended before, unless `required`."""
    deadline = time.monotonic() + 60
    seen = 0
    while time.monotonic() < deadline:
        if seen == len(lines):
            time.sleep(0.01)
            continue
        line = lines[seen]
        seen += 1
        if line is None:
            break
        if prefix in line:
            return line.split(prefix)[1].strip()
    if required:
        raise RuntimeError("the server did not start:\n" + "".join(line or "" for line in lines))
    return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _output(*command: str) -> str:
    return subprocess.run(
        command, cwd=ROOT, env=_INHERITED, check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()
