"""The command line: its commands, and how it fails."""

import sys
from io import TextIOWrapper
from typing import Annotated, Any, NoReturn

import typer

from twilio_environments.cli import answers
from twilio_environments.cli.adopt import adopt
from twilio_environments.cli.doctor import doctor
from twilio_environments.cli.drift import drift
from twilio_environments.cli.emulator import emulator
from twilio_environments.cli.explain import explain
from twilio_environments.cli.flows import flows
from twilio_environments.cli.give_up_store import give_up_store
from twilio_environments.cli.groups import Group, show_help
from twilio_environments.cli.init import init
from twilio_environments.cli.leftovers import leftovers
from twilio_environments.cli.new import new
from twilio_environments.cli.profile import profiled
from twilio_environments.cli.rename import rename
from twilio_environments.cli.rotate import rotate, rotate_auth_token
from twilio_environments.cli.schema import schema
from twilio_environments.cli.sweep import sweep
from twilio_environments.problems import Problem
from twilio_environments.version import version
from twilio_environments.visible import visible_lines

FAILED, BAD_USAGE = 1, 2
_BadUsage: Any = typer.BadParameter.__bases__[0]  # click's UsageError; Typer decides which click it is

app = typer.Typer(
    name="twilio-env",
    cls=Group,
    rich_markup_mode=None,  # its boxes truncate the names of options in a narrow terminal
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


def _say_version(wanted: bool) -> None:
    if wanted:
        print(version())
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _twilio_env(
    context: typer.Context,
    _version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Twilio environments as code: the commands that complement `pulumi up`."""
    show_help(context)


def main() -> NoReturn:
    """Run the command in the process's arguments, and exit: 1 with a Problem, 2 for bad usage.

    What is wrong goes to stderr, in words; with --json to stdout, where a program looks for the answer.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # characters that the locale lacks are spelled out
    as_json = answers.are_wanted(sys.argv[1:])
    try:
        sys.exit(app(prog_name="twilio-env", standalone_mode=not as_json))
    except Problem as problem:
        _tell(problem, as_json=as_json)
    except typer.Abort:
        _tell(Problem("The question was not answered.", "Pass --yes."), as_json=as_json)
    except _BadUsage as error:
        _tell(Problem(f"{error.format_message().rstrip('.')}.", "See twilio-env --help."), as_json=as_json)
        sys.exit(BAD_USAGE)
    sys.exit(FAILED)


def _tell(problem: Problem, *, as_json: bool) -> None:
    if as_json:
        answers.Failure.of(problem).show()
    else:
        print(visible_lines(problem), file=sys.stderr)
