"""How a group of commands shows itself."""

from typing import Any

import typer.core

_LONGEST_SUMMARY = 200


class Group(typer.core.TyperGroup):
    """A group whose help has the whole first sentence of each command, in lines as wide as the terminal."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - click's signature
        """Write the list of commands."""
        shown = [(name, one.get_short_help_str(limit=_LONGEST_SUMMARY)) for name, one in sorted(self.commands.items())]
        with formatter.section("Commands"):
            formatter.write_dl(shown)


def show_help(context: typer.Context) -> None:
    """Show the help of a group that was called without a command."""
    if context.invoked_subcommand is None:
        print(context.get_help())
