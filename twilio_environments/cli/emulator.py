"""`twilio-env emulator`: a local Twilio, for people and programs without an account."""

import shlex
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from twilio_environments.emulator import Addresses, run
from twilio_environments.problems import Problem


def emulator(
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port on 127.0.0.1; 0: any free one.")] = 0,
    state: Annotated[
        Path | None, typer.Option(file_okay=False, help="Folder that keeps the state; without it, nothing is kept.")
    ] = None,
    tls_port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="Serve https as well, with a CA of its own; 0: any free port.")
    ] = None,
    proxy_port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65_535, help="Serve as a proxy for *.twilio.com, for Twilio's own clients; 0: any free port."
        ),
    ] = None,
    parent_pid: Annotated[int | None, typer.Option(help="Stop when this process ends.")] = None,
) -> None:
    """Run an emulated Twilio on 127.0.0.1 until Ctrl-C, and print shell commands to use it."""
    with TemporaryDirectory(prefix="twilio-emulator-") as forgotten:
        try:
            run(
                port=port,
                state=state or Path(forgotten),
                tls_port=tls_port,
                proxy_port=proxy_port,
                parent_pid=parent_pid,
                on_ready=lambda addresses: print("\n".join(_usage(addresses)), flush=True),
            )
        except OSError as error:
            raise Problem(
                f"The emulator cannot listen or save its state: {error.strerror or error}.",
                "Omit --port to use any free port, or pass a writable --state folder.",
            ) from None


def _usage(at: Addresses) -> list[str]:
    """Return shell commands to use it; the only secret is the token of an account that exists nowhere else."""
    exports = {
        "TWILIO_ENDPOINT": at.endpoint,
        "TWILIO_ACCOUNT_SID": at.account_sid,
        "TWILIO_AUTH_TOKEN": at.auth_token,
    }
    lines = ["# An emulated Twilio. For this library and its Pulumi program:", *_exports(exports)]
    if at.tls_endpoint:
        ca_file = str((at.ca_file or Path()).absolute())
        trust = dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"), ca_file)
        lines += [
            f"# Over https, with the product's name in the Host header: {at.tls_endpoint}, with this CA:",
            *_exports(trust),
        ]
    if at.proxy:
        lines += [
            "# For Twilio's own clients; with this proxy they reach nothing else:",
            *_exports({"HTTPS_PROXY": at.proxy}),
        ]
    return lines


def _exports(variables: dict[str, str]) -> list[str]:
    return [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
