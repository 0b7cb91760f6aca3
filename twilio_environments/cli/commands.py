"""How far each command of `twilio-env` goes and how it exits; the tables of the documentation are made from this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

EXITS = {
    0: "done, or what was asked for is in order",
    1: "it failed: what is wrong and what to do is on standard error, with `--json` on standard output",
    2: "bad usage: an unknown command or option, or one is missing",
}
"""What exit codes mean unless a command gives them another meaning."""


class Reach(StrEnum):
    """How far a command goes."""

    LOOKS = "only looks"
    FILES = "writes files"
    CHANGES = "changes or costs"


@dataclass(frozen=True)
class Command:
    """`options` make it go further or less far; `exits` is what its exit codes mean beyond EXITS."""

    reach: Reach
    options: Mapping[str, Reach] = field(default_factory=dict)
    exits: Mapping[int, str] = field(default_factory=dict)
    pulumis: bool = False
    """Whether it exits with the code of the `pulumi` command that it runs."""


COMMANDS: dict[str, Command] = {
    "adopt": Command(Reach.FILES),
    "doctor": Command(Reach.LOOKS, {"--bundle": Reach.FILES}, {0: "nothing fails", 1: "something does"}),
    "drift": Command(
        Reach.LOOKS,
        {"--accept": Reach.FILES, "--output": Reach.FILES},
        {
            0: "no drift of at least `--fail-on`",
            2: "drift of at least `--fail-on`; also bad usage",
            1: "no such drift was found, but something could not be checked, or the review could not start",
        },
    ),
    "emulator": Command(Reach.FILES),
    "explain": Command(
        Reach.LOOKS,
        exits={0: "the code is known, or some contain the words", 1: "it is not, or none contains them"},
    ),
    "flows diff": Command(
        Reach.LOOKS,
        exits={0: "no difference, or only in the layout", 2: "a difference that callers may notice; also bad usage"},
    ),
    "flows pull": Command(Reach.FILES),
    "give-up-store": Command(Reach.CHANGES, pulumis=True),
    "init": Command(Reach.FILES),
    "leftovers": Command(
        Reach.LOOKS,
        {"--remove": Reach.CHANGES},
        {0: "nothing was left behind", 2: "something was, and is still there; also bad usage"},
    ),
    "new": Command(Reach.FILES),
    "rename": Command(Reach.CHANGES),
    "rotate": Command(Reach.CHANGES, pulumis=True),
    "rotate-auth-token": Command(Reach.CHANGES),
    "schema": Command(Reach.LOOKS),
    "sweep": Command(
        Reach.CHANGES,
        {"--dry-run": Reach.LOOKS},
        {
            0: "all that was due is gone, or was only looked at",
            1: "something due could not be removed, is in doubt, or could not be judged",
        },
    ),
}
