"""The command line: its commands, and how it fails."""

import sys
from typing import NoReturn

import typer

from twilio_environments.cli.adopt import adopt
from twilio_environments.cli.doctor import doctor
from twilio_environments.cli.drift import drift
from twilio_environments.cli.emulator import emulator
from twilio_environments.cli.explain import explain
from twilio_environments.cli.flows import flows
from twilio_environments.cli.give_up_store import give_up_store
from twilio_environments.cli.init import init
from twilio_environments.cli.leftovers import leftovers
from twilio_environments.cli.new import new
from twilio_environments.cli.profile import profiled
from twilio_environments.cli.rename import rename
from twilio_environments.cli.rotate import rotate, rotate_auth_token
from twilio_environments.cli.schema import schema
from twilio_environments.cli.sweep import sweep
from twilio_environments.problems import Problem
from twilio_environments.visible import visible_lines

app = typer.Typer(
    name="twilio-env",
    help="Twilio environments as code: the commands that complement `pulumi up`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they print local variables, and some of ours hold secrets
)
app.command()(profiled(adopt))
app.command()(profiled(doctor))
app.command()(profiled(drift))
app.command()(emulator)
app.command()(explain)
app.add_typer(flows)
app.command()(profiled(give_up_store))
app.command()(init)
app.command()(profiled(leftovers))
app.command()(new)
app.command()(rename)
app.command()(profiled(rotate))
app.command()(profiled(rotate_auth_token))
app.command()(schema)
app.command()(profiled(sweep))


@app.callback()
def _is_a_group() -> None:
    """Keep the command's name on the command line even if there is only one command."""


def main() -> NoReturn:
    """Run the command in the process's arguments, and exit: 1 with a Problem on stderr, 2 for bad usage."""
    try:
        app(prog_name="twilio-env")
    except Problem as problem:
        print(visible_lines(problem), file=sys.stderr)
    sys.exit(1)
