#!/usr/bin/env python3
"""The environment `local`, entirely on this machine: what `make up`, `make down`, `make status` and `make env` run.

An emulated Twilio, moto's server as AWS, and Pulumi's state in files. Everything that comes and goes with it is in
`.local`; none of the user's own accounts and settings reach it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import sys
import urllib.request
from pathlib import Path

import install
import python_env
from background import LocalError, Server, say
from recipes import PULUMI
from stack import STACK, Pulumi, stack_exists

ROOT = python_env.ROOT
LOCAL = ROOT / ".local"
STATE = LOCAL / "state"
FOREIGN = re.compile("(TWILIO(?!_ENVIRONMENTS)|AWS|VAULT|PULUMI)_")  # variables for real accounts and other state
NOT_A_CREDENTIAL = "local"  # moto accepts anything
AWS_SETTINGS = {
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": NOT_A_CREDENTIAL,
    "AWS_SECRET_ACCESS_KEY": NOT_A_CREDENTIAL,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
PULUMI_SETTINGS = {
    # Other projects share the CLI's own folder, with their logins and plugins.
    "PULUMI_HOME": str(LOCAL / "pulumi"),
    # Without metadata: its files are written in place, and a SIGKILL in the middle of that makes the
    # stack unreadable.
    "PULUMI_BACKEND_URL": f"{STATE.as_uri()}?metadata=skip",
    "PULUMI_CONFIG_PASSPHRASE": "",  # this stack's settings hold no secret
    "PULUMI_SKIP_UPDATE_CHECK": "true",
    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
}
NO_PROXY = "127.0.0.1,localhost"


def answers(url: str, headers: dict[str, str] | None = None) -> bytes | None:
    """Fetch from one of our servers, bypassing any proxy; None if nothing answers with success."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, headers=headers or {}), timeout=5) as response:  # noqa: S310
            return bytes(response.read())
    except (OSError, ValueError):  # ValueError: what listens there does not speak HTTP
        return None


def emulator_exports() -> dict[str, str]:
    """Read the emulator's address and credentials from the `export` lines it prints."""
    text = EMULATOR.out.read_text() if EMULATOR.out.exists() else ""
    return {name: shlex.split(value)[0] for name, value in re.findall(r"^export (\w+)=(\S+)$", text, re.MULTILINE)}


def emulator_ready(port: int) -> bool:
    """Tell whether this is our emulator, not that of another checkout."""
    health = answers(f"http://127.0.0.1:{port}/_emulator/health", {"Emulator-Control": "1"})
    return health is not None and json.loads(health)["account_sid"] == emulator_exports().get("TWILIO_ACCOUNT_SID", "")


def python(*arguments: str) -> list[str]:
    """Return the path of a command of the project's Python."""
    return [str(ROOT / ".venv" / "bin" / "python"), *arguments]


EMULATOR = Server(
    "emulator",
    LOCAL,
    lambda port: python("-m", "twilio_environments.cli", "emulator", f"--port={port}", f"--state={LOCAL / 'emulator'}"),
    emulator_ready,
)
AWS = Server(
    "moto",
    LOCAL,
    lambda port: python("tools/local_aws.py", "-H", "127.0.0.1", "-p", str(port)),
    lambda port: answers(f"http://127.0.0.1:{port}/moto-api/data.json") is not None,
)
SERVERS = (EMULATOR, AWS)


def own_environment() -> dict[str, str]:
    """Return the user's environment without what points at real accounts, with no proxy for loopback."""
    kept = {name: value for name, value in os.environ.items() if not FOREIGN.match(name)}
    exempt = ",".join(filter(None, [kept.get("NO_PROXY") or kept.get("no_proxy"), NO_PROXY]))
    return {**kept, "NO_PROXY": exempt, "no_proxy": exempt}


def settings(tools: Path, aws: str) -> dict[str, str]:
    """Return the environment variables that Pulumi and the program need; the emulator must be running."""
    # The venv comes first: Pulumi's Python host runs the first python on PATH.
    path = os.pathsep.join([str(ROOT / ".venv" / "bin"), str(tools), os.environ.get("PATH", os.defpath)])
    return {"PATH": path, **PULUMI_SETTINGS, **AWS_SETTINGS, "AWS_ENDPOINT_URL": aws, **emulator_exports()}


def prepared() -> tuple[Pulumi, bool]:
    """Install the tools and .venv and start the servers, in that order, each only if missing.

    Return Pulumi's command line, and whether its state may be out of date because a killed run left it half written.
    """
    tools, _ = install.install(PULUMI)
    python_env.ensure(ROOT)
    STATE.mkdir(parents=True, exist_ok=True)
    for server in SERVERS:
        server.start(own_environment())
    pulumi = Pulumi(STATE, {**own_environment(), **settings(tools, AWS.url() or "")})
    return pulumi, pulumi.clear_up(python("-m", "twilio_environments.state_files", str(STATE)))


def up() -> None:
    """Bring everything up, and show what there is."""
    pulumi, _ = prepared()
    bring_up(pulumi)
    print_summary(pulumi)


def bring_up(pulumi: Pulumi) -> None:
    """Create what is declared, and find what exists already but is not recorded."""
    pulumi.select()
    # With refresh, as moto keeps secrets in memory only: after a restart of the machine they are created again.
    if pulumi.run("up", "--stack", STACK, "--yes", "--refresh", "--skip-preview", "--suppress-outputs"):
        raise LocalError("`pulumi up` did not finish, for the reason above: `make up` continues where it stopped.")


def down() -> None:
    """Destroy what was created, which needs the servers, then stop them."""
    if stack_exists(STATE):
        pulumi, outdated = prepared()
        if outdated:
            bring_up(pulumi)  # what is not recorded would not be destroyed
        if pulumi.run("destroy", "--stack", STACK, "--yes", "--skip-preview"):
            raise LocalError("`pulumi destroy` did not finish, for the reason above: `make down` continues from there.")
        pulumi.ask("stack", "rm", STACK, "--yes", "--preserve-config")
    for server in SERVERS:
        if server.stop():
            print(f"Stopped {server.name}.")
    print(f"Nothing is left running. Logs and the closed accounts are in {LOCAL.name}, which you may delete.")


def status() -> None:
    """Show what is running and what there is; change nothing."""
    pulumi = running()
    print_summary(pulumi) if pulumi else print("Not running: `make up` starts it.")


def env() -> None:
    """Print the lines that point a shell, and so plain `pulumi`, at this environment."""
    pulumi = running()
    if pulumi is None:
        raise LocalError("The local environment is not running: run `make up` first.")
    for name in sorted(name for name in os.environ if FOREIGN.match(name) and name not in pulumi.environment):
        print(f"unset {name}")
    for name in sorted(name for name in pulumi.environment if pulumi.environment[name] != os.environ.get(name)):
        print(f"export {name}={shlex.quote(pulumi.environment[name])}")


def running() -> Pulumi | None:
    """Return Pulumi's command line if everything is there already."""
    found, aws = install.find(PULUMI), AWS.url()
    if found is None or aws is None or EMULATOR.url() is None:
        return None
    return Pulumi(STATE, {**own_environment(), **settings(found[0], aws)})


def print_summary(pulumi: Pulumi) -> None:
    """Show what there is, where its secrets are, and what to do next."""
    print(f"\nStack {STACK}, entirely on this machine:")
    print("\n".join(pulumi.summary() or ["  nothing yet"]))
    print(f"\n  Twilio (emulated) {EMULATOR.url()}   AWS (moto) {AWS.url()}   state and logs {LOCAL.name}/")
    print('  Plain Pulumi:   eval "$(make -s env)" && pulumi preview')
    if document := pulumi.document():
        print(f'  Read a secret:  eval "$(make -s env)" && {read_command(document)}')


def read_command(document: str) -> str:
    """Return the command that reads a document as a consumer does; in Python, as not everybody has AWS's CLI."""
    ask = f"boto3.client('secretsmanager').get_secret_value(SecretId={document!r})"
    return f"python -c \"import boto3; print({ask}['SecretString'])\""


def venv() -> None:
    """Make .venv with what tests and lint need."""
    python_env.ensure(ROOT, dev=True)


COMMANDS = {command.__name__: command for command in (up, down, status, env, venv)}


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=COMMANDS)
    command = parser.parse_args(arguments).command
    os.chdir(ROOT)  # for Pulumi, and so that the servers import this checkout
    LOCAL.mkdir(mode=0o700, exist_ok=True)
    try:
        if command in ("status", "env"):
            COMMANDS[command]()
        else:
            with install.locked(LOCAL / "lock"):
                COMMANDS[command]()
    except (LocalError, install.InstallError) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("Stopped; run the same command again to continue from here.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
